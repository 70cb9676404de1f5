//! `tidings why`: everything that is known about one person's letters.

mod series;
mod verdict;

use super::context::{Context, campaign_named};
use super::failure::Failure;
use super::hold::parse_address;
use super::log::editions_named;
use super::strikes::{strike_json, strike_words};
use super::ui::{Ui, moment};
use super::waits;
use crate::address::Address;
use crate::delivery::state::State;
use crate::store::ask::{AttemptLine, LogLine};
use crate::store::change::ChangeLine;
use crate::store::edition::Edition;
use crate::store::lookup::Evidence;
use crate::store::people::Membership;
use crate::store::strike::StrikeLine;
use crate::store::{EditionId, PersonId, Store};
use crate::subscriber::suppression::{Scope, Suppression};
use crate::workspace::Workspace;
use jiff::Timestamp;
use series::{Standing, standings};
use std::collections::BTreeMap;
use verdict::{Desk, Verdict};

/// Tell why a person got a letter, or did not
///
/// Shows their lists and consent, what keeps them from being written to, and every attempt with the relay's own words. With a campaign, also
/// every condition of its `only:` with what the person's rows say, and whether the next edition would go to them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidings why ann@example.org\n  tidings why ann@example.org seasonal-immunity --json")]
pub(super) struct Args {
    /// The person's address
    address: String,
    /// Only this campaign
    campaign: Option<String>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let address = parse_address(&args.address)?;
    let (root, workspace) = context.workspace()?;
    let campaign = args.campaign.as_deref();
    let desk = Desk::at(context, &workspace, campaign);
    let store = match (context.store_if_any(&root)?, &desk) {
        (store, Some(desk)) => Some(desk.store(context, store)?),
        (store, None) => store,
    };
    let person = store.as_ref().map(|store| store.person(&address)).transpose()?.flatten();
    let Some((store, person)) = store.as_ref().zip(person) else {
        return unknown(context, store.as_ref(), &address);
    };
    let editions = match editions_named(store, campaign) {
        // A campaign that has not sent yet is no mistake: the person's lists and consent tell what it would do.
        Err(_) if campaign.is_some_and(|name| campaign_named(&workspace, name).is_ok()) => Vec::new(),
        editions => editions?,
    };
    let mut known = Known::read(store, person, &address, &editions, &workspace, context.clock.now())?;
    if let Some(settings) = &workspace.settings {
        known.ask_what_waits(store, &waits::Desk::at(&workspace, settings, context.clock.now()))?;
    }
    let verdict = match &desk {
        Some(desk) => Some(desk.verdict(context, store, &known.memberships, &known.suppressions)?),
        None => None,
    };
    let series = standings(context, &workspace, store, person, campaign)?;
    match context.ui.wants_json() {
        true => {
            let mut story = known.as_json(&address, verdict.as_ref());
            story["series"] = series.iter().map(Standing::as_json).collect();
            context.ui.json(&story)
        }
        false => {
            known.show(context.ui, &address)?;
            verdict.map_or(Ok(()), |verdict| verdict.show(context.ui))?;
            series.iter().try_for_each(|standing| standing.show(context.ui))
        }
    }
}

/// Nobody by that address; if one slip away there is somebody, who is named where data are, not in the talk.
fn unknown(context: &Context, store: Option<&Store>, address: &Address) -> Result<(), Failure> {
    let suppressions = store
        .map(|store| store.suppressions(address))
        .transpose()?
        .unwrap_or_default();
    if !suppressions.is_empty() {
        return suppressed_stranger(context, address, &suppressions);
    }
    let meant = store.map(|store| store.nearest_address(address)).transpose()?.flatten();
    if context.ui.wants_json() {
        let mut answer = serde_json::json!({"address": address.to_string(), "known": false});
        if let Some(meant) = meant {
            answer["did_you_mean"] = meant.to_string().into();
        }
        return context.ui.json(&answer);
    }
    context.ui.data(&format!("nobody with the address {address} is on record"))?;
    if let Some(meant) = meant {
        return context.ui.data(&format!("  did you mean {meant}?"));
    }
    context
        .ui
        .hint("their row may not be imported yet: `tidings import subscribers/LIST.csv`, or look at the spelling");
    Ok(())
}

/// Somebody on no list, who is not to be written to all the same.
fn suppressed_stranger(context: &Context, address: &Address, suppressions: &[Suppression]) -> Result<(), Failure> {
    let words: Vec<String> = suppressions.iter().map(suppression_words).collect();
    if context.ui.wants_json() {
        let answer = serde_json::json!({"address": address.to_string(), "known": false, "suppressions": words});
        return context.ui.json(&answer);
    }
    context.ui.data(&Ui::bold(address.as_str()))?;
    context.ui.data("  on no list")?;
    words
        .iter()
        .try_for_each(|words| context.ui.data(&format!("  not written to: {words}")))
}

/// One letter: where it stands, and how it came there.
struct Story {
    edition: Edition,
    line: LogLine,
    /// What it waits for, where that is not the relay.
    waits: Option<String>,
    attempts: Vec<AttemptLine>,
    changes: Vec<ChangeLine>,
}

/// All that the store holds about a person.
struct Known {
    erased_at: Option<Timestamp>,
    memberships: Vec<Membership>,
    /// What proves each membership, by list.
    evidence: BTreeMap<String, Evidence>,
    suppressions: Vec<Suppression>,
    /// What still counts against the address.
    strikes: Vec<StrikeLine>,
    letters: Vec<Story>,
    left_out: Vec<(Edition, String, String)>,
}

impl Known {
    fn read(
        store: &Store,
        person: PersonId,
        address: &Address,
        editions: &[Edition],
        workspace: &Workspace,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let mut strikes = store.strikes(address, now)?;
        strikes.retain(|strike| strike.standing.is_alive());
        let of = |id: EditionId| editions.iter().find(|edition| edition.id == id).cloned();
        let mut letters = Vec::new();
        for line in store.deliveries_of(person)? {
            if let Some(edition) = of(line.edition) {
                letters.push(Story {
                    edition,
                    waits: None,
                    attempts: store.attempts(line.delivery)?,
                    changes: store.changes(line.delivery)?,
                    line,
                });
            }
        }
        let left_out = store.left_out_of(person)?.into_iter();
        let left_out = left_out
            .filter_map(|left| of(left.edition).map(|edition| (edition, left.reason, left.detail)))
            .collect();
        let mut evidence = store.evidence(person)?;
        for (list, evidence) in &mut evidence {
            // An import that was not written down left the line alone: the list's file is where it stands.
            let file = workspace
                .lists
                .iter()
                .find(|file| file.name == *list)
                .map(|list| list.file.clone());
            evidence.file = evidence.file.take().or(file);
        }
        Ok(Self {
            erased_at: store.erased_at(person)?,
            evidence,
            memberships: store.memberships(person)?,
            suppressions: store.suppressions(address)?,
            strikes,
            letters,
            left_out,
        })
    }

    fn ask_what_waits(&mut self, store: &Store, desk: &waits::Desk) -> Result<(), Failure> {
        let letters = self.letters.iter_mut();
        for story in letters.filter(|story| matches!(story.line.state, State::Pending | State::Deferred { .. })) {
            story.waits = desk.letter_waits(store, &story.edition, story.line.delivery)?;
        }
        Ok(())
    }

    fn show(&self, ui: Ui, address: &Address) -> Result<(), Failure> {
        ui.data(&Ui::bold(address.as_str()))?;
        if let Some(at) = self.erased_at {
            ui.data(&format!(
                "  erased on {}, as they asked: only what became of their letters is kept",
                moment(at)
            ))?;
        }
        for membership in &self.memberships {
            let evidence = self.evidence.get(&membership.list);
            ui.data(&format!(
                "  list {}: {}",
                membership.list,
                membership_words(membership, evidence)
            ))?;
        }
        for suppression in &self.suppressions {
            ui.data(&format!("  not written to: {}", suppression_words(suppression)))?;
        }
        for strike in &self.strikes {
            ui.data(&format!("  {}", strike_words(strike)))?;
        }
        for story in &self.letters {
            story.show(ui)?;
        }
        for (edition, _, detail) in &self.left_out {
            ui.data(&format!(
                "  {} · {}: left out, {detail}",
                edition.campaign_name, edition.key.article
            ))?;
        }
        match self.letters.is_empty() && self.left_out.is_empty() {
            true => ui.data("  no edition has been planned for them yet"),
            false => Ok(()),
        }
    }

    fn as_json(&self, address: &Address, verdict: Option<&Verdict>) -> serde_json::Value {
        let lists = self.memberships.iter().map(|membership| {
            let evidence = self.evidence.get(&membership.list);
            serde_json::json!({
                "list": membership.list,
                "left": membership.left,
                "consent": membership.consent.answer.as_str(),
                "basis": membership.consent.basis.map(|basis| basis.as_str()),
                "consent_date": membership.consent.date.map(|date| date.to_string()),
                "joined": membership.joined.map(|date| date.to_string()),
                "consent_source": membership.consent.source,
                "consent_wording": membership.consent.wording,
                "assumed": evidence.is_some_and(|evidence| evidence.is_assumed),
                "file": evidence.and_then(|evidence| evidence.file.clone()),
                "file_hash": evidence.and_then(Evidence::hash_words),
                "line": evidence.map(|evidence| evidence.line),
            })
        });
        let letters = self.letters.iter().map(Story::as_json);
        let left_out = self.left_out.iter().map(|(edition, reason, detail)| {
            serde_json::json!({
                "campaign": edition.campaign_name, "edition": edition.key.to_string(), "reason": reason, "detail": detail,
            })
        });
        let mut story = serde_json::json!({
            "address": address.to_string(),
            "known": true,
            "erased_at": self.erased_at.map(|at| at.to_string()),
            "lists": lists.collect::<Vec<_>>(),
            "suppressions": self.suppressions.iter().map(suppression_words).collect::<Vec<_>>(),
            "strikes": self.strikes.iter().map(strike_json).collect::<Vec<_>>(),
            "deliveries": letters.collect::<Vec<_>>(),
            "left_out": left_out.collect::<Vec<_>>(),
        });
        if let (Some(story), serde_json::Value::Object(verdict)) = (story.as_object_mut(), Verdict::as_json(verdict)) {
            story.extend(verdict);
        }
        story
    }
}

impl Story {
    /// Attempts and decisions in the order in which they happened.
    fn show(&self, ui: Ui) -> Result<(), Failure> {
        let (edition, line) = (&self.edition, &self.line);
        ui.data(&format!(
            "  {} · {}: {}",
            edition.campaign_name,
            edition.key.article,
            line.state.name().replace('_', " ")
        ))?;
        let mut changes = self.changes.iter().peekable();
        for attempt in self.attempts.iter().map(Some).chain([None]) {
            let before = attempt.map_or(u32::MAX, |attempt| attempt.number);
            while let Some(change) = changes.next_if(|change| change.attempts < before) {
                ui.data(&format!("    {}", change_words(change)))?;
            }
            if let Some(attempt) = attempt {
                ui.data(&format!("    {}", attempt_words(attempt)))?;
            }
        }
        if let Some(waits) = &self.waits {
            ui.data(&format!("    {waits}"))?;
        }
        match &edition.held {
            Some(reason) => ui.data(&format!("    the edition is on hold: {reason}")),
            None => Ok(()),
        }
    }

    fn as_json(&self) -> serde_json::Value {
        let (edition, line) = (&self.edition, &self.line);
        let attempts: Vec<_> = self.attempts.iter().map(attempt_json).collect();
        let decisions: Vec<_> = self.changes.iter().map(change_json).collect();
        serde_json::json!({
            "campaign": edition.campaign_name, "edition": edition.key.to_string(), "state": line.state.name(), "held": edition.held,
            "at": line.at.to_string(), "reply": line.reply, "waits": self.waits, "attempts": attempts, "decisions": decisions,
        })
    }
}

/// `held at 2026-12-01 09:00:00 GMT: typo in the text`.
fn change_words(change: &ChangeLine) -> String {
    let word = match change.event.as_str() {
        "hold" => "held",
        "release" => "released",
        "cancel" => "cancelled",
        "suppress" => "suppressed",
        "expire" => "expired",
        "sent" => "settled as sent",
        "not_sent" => "settled as not sent",
        "resend" => "ordered anew",
        _ => "in doubt",
    };
    let by = if change.by_person { " by hand" } else { "" };
    let reason = change.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{word}{by} at {}{reason}", moment(change.at))
}

fn change_json(change: &ChangeLine) -> serde_json::Value {
    let by = if change.by_person { "person" } else { "rule" };
    serde_json::json!({
        "event": change.event, "by": by, "reason": change.reason, "at": change.at.to_string(), "attempts": change.attempts,
    })
}

fn membership_words(membership: &Membership, evidence: Option<&Evidence>) -> String {
    let consent = &membership.consent;
    let mut words = vec![match membership.left {
        true => "no longer on it (the row is gone from the file)".to_owned(),
        false => "on it".to_owned(),
    }];
    words.extend(membership.joined.map(|joined| format!("since {joined}")));
    let date = consent.date.map(|date| format!(" on {date}")).unwrap_or_default();
    let source = consent
        .source
        .as_ref()
        .map(|source| format!(", {source}"))
        .unwrap_or_default();
    words.push(format!("consent: {}{date}{source}", consent.answer.as_str()));
    if let Some(evidence) = evidence {
        words.extend(evidence.is_assumed.then(|| "vouched for by the clinic".to_owned()));
        words.extend(evidence.file.as_ref().map(|file| format!("{file} line {}", evidence.line)));
    }
    words.join(", ")
}

fn suppression_words(suppression: &Suppression) -> String {
    let scope = match &suppression.scope {
        Scope::All => "all mail".to_owned(),
        Scope::List(list) => format!("list `{list}`"),
    };
    let evidence = suppression
        .evidence
        .as_ref()
        .map(|evidence| format!(" ({evidence})"))
        .unwrap_or_default();
    format!(
        "{scope}, {} at {}{evidence}",
        suppression.reason.as_str().replace('_', " "),
        moment(suppression.at)
    )
}

fn attempt_words(attempt: &AttemptLine) -> String {
    let outcome = attempt.outcome.as_deref().unwrap_or("not settled").replace('_', " ");
    let code = attempt.code.map(|code| format!(" {code}")).unwrap_or_default();
    let enhanced = attempt
        .enhanced_code
        .as_ref()
        .map(|code| format!(" {code}"))
        .unwrap_or_default();
    let stage = attempt
        .stage
        .as_ref()
        .filter(|_| outcome != "accepted")
        .map(|stage| format!(" at the stage `{stage}`"))
        .unwrap_or_default();
    let reply = attempt.reply.as_deref().unwrap_or_default();
    let relay = attempt.relay.as_ref().map(|relay| format!(" by {relay}")).unwrap_or_default();
    format!(
        "attempt {} at {}: {outcome}{relay}{stage}:{code}{enhanced} {reply}",
        attempt.number,
        moment(attempt.begun_at)
    )
}

fn attempt_json(attempt: &AttemptLine) -> serde_json::Value {
    serde_json::json!({
        "number": attempt.number,
        "begun_at": attempt.begun_at.to_string(),
        "settled_at": attempt.settled_at.map(|at| at.to_string()),
        "outcome": attempt.outcome,
        "stage": attempt.stage,
        "code": attempt.code,
        "enhanced_code": attempt.enhanced_code,
        "reply": attempt.reply,
        "relay": attempt.relay,
    })
}
