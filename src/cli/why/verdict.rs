//! The verdict: whether a campaign's next edition would go to one person, condition by condition.
//!
//! Asked of the store as it is, or, where list files were changed since they were imported, of a copy in memory that has them: nothing is
//! stored by asking.

use super::super::context::{Context, campaign_named};
use super::super::failure::Failure;
use super::super::sending::{bring_lists, plan};
use super::super::ui::{Ui, listed};
use crate::campaign::Timing;
use crate::dispatch::choice::{choice, on_lists, question};
use crate::dispatch::due::next_begins;
use crate::dispatch::enrol;
use crate::dispatch::prepare::{self, Next, Plan};
use crate::store::Store;
use crate::store::import::Guard;
use crate::store::people::Membership;
use crate::subscriber::audience::{self, Decision, Reason};
use crate::subscriber::consent::{self, Consent, Jurisdiction};
use crate::subscriber::segment::{Asked, Clause};
use crate::subscriber::suppression::Suppression;
use crate::workspace::settings::Settings;
use crate::workspace::{CampaignFolder, ListFile, Workspace};
use jiff::civil::Date;
use std::fmt::Write as _;

/// What a campaign says to one row of a person.
struct Row {
    list: String,
    /// Counted from 1, among the rows that share the address.
    number: usize,
    name: Option<String>,
    clauses: Vec<Clause>,
}

/// What the law says of one consent.
struct Permission {
    list: String,
    refusal: Option<String>,
    ends: Option<Date>,
    rule: &'static str,
}

/// Whether the next edition would go to them, and everything that decides it.
pub(super) struct Verdict {
    campaign: String,
    next: Result<String, String>,
    /// Whether there is no next edition for everybody, but a step for each person.
    is_series: bool,
    day: Date,
    list: Option<String>,
    reasons: Vec<Reason>,
    rows: Vec<Row>,
    permissions: Vec<Permission>,
}

/// The desk at which a campaign is asked: its folder and the settings, without an error.
pub(super) struct Desk<'a> {
    workspace: &'a Workspace,
    settings: &'a Settings,
    plan: Plan<'a>,
}

impl<'a> Desk<'a> {
    /// The campaign that was named, if it can be asked; says so where it is there and cannot.
    pub(super) fn at(context: &Context, workspace: &'a Workspace, campaign: Option<&str>) -> Option<Self> {
        let folder: &CampaignFolder = campaign_named(workspace, campaign?).ok()?;
        let desk = workspace.settings.as_ref().and_then(|settings| {
            let plan = plan(settings, folder).ok()?;
            Some(Self {
                workspace,
                settings,
                plan,
            })
        });
        if desk.is_none() {
            context.ui.say(&format!(
                "`{}` has errors, so nobody can say who would get its next edition",
                folder.name
            ));
            context.ui.hint(&format!("`tidings check {}` names them", folder.name));
        }
        desk
    }

    /// The store that the campaign would ask: this one, or a copy in memory that has the list files of now.
    pub(super) fn store(&self, context: &Context, store: Option<Store>) -> Result<Store, Failure> {
        let now = context.clock.now();
        let changed: Vec<&ListFile> = self.lists().filter(|list| is_changed(store.as_ref(), list)).collect();
        let store = match store {
            Some(store) if changed.is_empty() => return Ok(store),
            Some(store) => store,
            None => Store::in_memory(now)?,
        };
        let mut copy = store.copy_in_memory()?;
        match bring_lists(&mut copy, self.workspace, self.plan, Guard::Trusted, now) {
            Ok(_) => {
                let files: Vec<String> = changed.iter().map(|list| format!("`{}`", list.file)).collect();
                context.ui.say(&format!("as {} would be imported now", listed(&files)));
                Ok(copy)
            }
            // A list that cannot be read stops the edition; what is known stands as it was.
            Err(failure) => {
                context.ui.findings(&failure.findings);
                Ok(store)
            }
        }
    }

    /// The list files that the campaign uses.
    fn lists(&self) -> impl Iterator<Item = &'a ListFile> {
        let audience = &self.plan.campaign.audience;
        let uses = |list: &&ListFile| audience.lists.contains(&list.name) || audience.not_lists.contains(&list.name);
        self.workspace.lists.iter().filter(uses)
    }

    /// What the campaign says to this person.
    pub(super) fn verdict(
        &self,
        context: &Context,
        store: &Store,
        memberships: &[Membership],
        suppressions: &[Suppression],
    ) -> Result<Verdict, Failure> {
        let now = context.clock.now();
        let day = next_begins(store, self.plan, now)?.unwrap_or(now);
        let day = day.to_zoned(self.settings.zone().clone()).date();
        let choice = choice(store, self.plan, day)?;
        context.ui.findings(&choice.findings);
        let question = question(self.plan, &choice.only, day);
        let standing: Vec<Membership> = memberships.iter().filter(|membership| !membership.left).cloned().collect();
        let on_lists = on_lists(&standing);
        let concerned = suppressions.iter().filter(|suppression| suppression.concerns(question.lists));
        let candidate = audience::Candidate {
            on_lists: &on_lists,
            suppressed: concerned.reduce(|gravest, next| if next.outranks(gravest) { next } else { gravest }),
        };
        let list = match audience::decide(&question, &candidate) {
            Decision::In(position) => standing.get(position).map(|membership| membership.list.clone()),
            Decision::Out(_) => None,
        };
        let wanted = || {
            question
                .lists
                .iter()
                .filter_map(|list| standing.iter().find(|one| one.list == *list))
        };
        let law = question.jurisdiction;
        Ok(Verdict {
            campaign: self.plan.campaign.name.clone(),
            next: self.next(store)?,
            is_series: matches!(self.plan.campaign.timing, Timing::Series(_)),
            day,
            list,
            reasons: audience::objections(&question, &candidate),
            rows: wanted().flat_map(|membership| rows(membership, &choice.only)).collect(),
            permissions: wanted()
                .map(|membership| permission(&membership.list, &membership.consent, law, day))
                .collect(),
        })
    }

    /// The article of the next edition, or why there is none.
    fn next(&self, store: &Store) -> Result<Result<String, String>, Failure> {
        if let Some(reason) = store.campaign_hold(&self.plan.campaign.id)? {
            return Ok(Err(format!("the campaign is on hold: {reason}")));
        }
        if let Timing::Series(_) = self.plan.campaign.timing {
            return Ok(Err("a series goes to each person step by step".to_owned()));
        }
        Ok(match prepare::next(store, self.plan)? {
            Next::Article(article) => Ok(article.id.clone()),
            Next::NothingLeft => Err("no article is left".to_owned()),
            Next::Unfinished(edition) => Err(format!("`{}` has to finish first", edition.key.article)),
        })
    }
}

/// Whether a list's file is not the one that was imported last.
fn is_changed(store: Option<&Store>, list: &ListFile) -> bool {
    store.is_none_or(|store| enrol::is_changed(store, list).unwrap_or(true))
}

fn rows(membership: &Membership, only: &Asked) -> Vec<Row> {
    let rows = match membership.rows.as_slice() {
        [] => std::slice::from_ref(&membership.attributes),
        rows => rows,
    };
    let row = |(number, attributes): (usize, &crate::subscriber::Attributes)| Row {
        list: membership.list.clone(),
        number,
        name: attributes.get("first_name").or_else(|| attributes.get("name")).cloned(),
        clauses: only.explain(attributes),
    };
    (1..).zip(rows).map(row).collect()
}

fn permission(list: &str, consent: &Consent, law: Jurisdiction, day: Date) -> Permission {
    Permission {
        list: list.to_owned(),
        refusal: consent::accepts(law, consent, day).err().map(|refusal| refusal.to_string()),
        ends: consent.ends(law),
        rule: rule(law),
    }
}

/// What a country asks of a consent, in a line.
fn rule(law: Jurisdiction) -> &'static str {
    match law {
        Jurisdiction::Us => "US: mail is permitted until the person says no",
        Jurisdiction::Ca => {
            "CA: a yes with its day on record; implied by a treatment it ends after 24 months, by an inquiry after 6"
        }
        Jurisdiction::Gb => "GB: a yes, or a treatment or purchase behind it; blank is not yes",
        Jurisdiction::Eu => "EU: a yes, or a treatment or purchase behind it; blank is not yes",
        Jurisdiction::Au => "AU: a yes, or one that follows from a treatment or purchase; blank is not yes",
        Jurisdiction::Nz => "NZ: a yes, or one that follows from a treatment or purchase; blank is not yes",
    }
}

impl Row {
    fn matches(&self) -> bool {
        self.clauses.iter().all(|clause| clause.holds)
    }

    fn title(&self) -> String {
        let name = self.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        let verb = if self.matches() { "matches" } else { "does not match" };
        format!("row {} of list {}{name}: {verb}", self.number, self.list)
    }
}

impl Permission {
    fn words(&self) -> String {
        let judged = self.refusal.clone().unwrap_or_else(|| "is enough".to_owned());
        let ends = match (&self.refusal, self.ends) {
            (None, Some(end)) => format!(", until it ends on {end}"),
            _ => String::new(),
        };
        format!("consent on list {}: {judged}{ends} ({})", self.list, self.rule)
    }
}

impl Verdict {
    pub(super) fn show(&self, ui: Ui) -> Result<(), Failure> {
        match self.is_series {
            true => ui.data(&format!("  the steps of {}, asked of today:", self.campaign))?,
            false => ui.data(&format!("  the next edition of {}, on {}:", self.campaign, self.day))?,
        }
        for row in self.rows.iter().filter(|row| !row.clauses.is_empty()) {
            ui.data(&format!("    {}", row.title()))?;
            for clause in &row.clauses {
                let sign = if clause.holds { "yes" } else { "no " };
                let found = clause
                    .found
                    .as_ref()
                    .map_or_else(|| "nothing".to_owned(), |found| format!("`{found}`"));
                ui.data(&format!("      {sign}  {}: found {found}", clause.text))?;
            }
        }
        for permission in &self.permissions {
            ui.data(&format!("    {}", permission.words()))?;
        }
        ui.data(&format!("  {}", self.sentence()))
    }

    /// The last sentence: would, or would not, because.
    fn sentence(&self) -> String {
        let what = if self.is_series {
            "a step that is theirs"
        } else {
            "the next edition"
        };
        let mut sentence = match &self.list {
            Some(list) => format!("would get {what}, with the data of list {list}"),
            None => {
                let reasons: Vec<String> = self.reasons.iter().map(ToString::to_string).collect();
                format!("would not get {what}, because: {}", reasons.join("; "))
            }
        };
        if let (Err(why), false) = (&self.next, self.is_series) {
            let _ = write!(sentence, "; but there is none now: {why}");
        }
        sentence
    }

    pub(super) fn as_json(verdict: Option<&Self>) -> serde_json::Value {
        let Some(verdict) = verdict else {
            return serde_json::json!({
                "campaign": null, "next": null, "day": null, "would_get": null, "verdict": null, "reasons": [], "clauses": [], "permissions": [],
            });
        };
        let clauses = verdict.rows.iter().flat_map(|row| {
            row.clauses.iter().map(|clause| {
                serde_json::json!({
                    "list": row.list, "row": row.number, "text": clause.text, "found": clause.found, "holds": clause.holds,
                })
            })
        });
        let permissions = verdict.permissions.iter().map(|one| {
            serde_json::json!({
                "list": one.list, "permitted": one.refusal.is_none(), "refusal": one.refusal,
                "ends": one.ends.map(|end| end.to_string()), "rule": one.rule,
            })
        });
        let reasons = verdict
            .reasons
            .iter()
            .map(|reason| serde_json::json!({"reason": reason.name(), "text": reason.to_string()}));
        serde_json::json!({
            "campaign": verdict.campaign,
            "next": verdict.next.as_ref().ok(),
            "day": verdict.day.to_string(),
            "would_get": verdict.list.is_some(),
            "verdict": verdict.sentence(),
            "reasons": reasons.collect::<Vec<_>>(),
            "clauses": clauses.collect::<Vec<_>>(),
            "permissions": permissions.collect::<Vec<_>>(),
        })
    }
}
