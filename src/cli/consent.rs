//! `tidings consent`: what somebody agreed to, with its proof, and the only way back for whoever left.

use super::context::Context;
use super::failure::{Failure, Kind};
use super::hold::parse_address;
use super::private::{nobody, person_meant, store_there, store_to_change};
use super::suppress;
use super::ui::{Ui, listed, moment};
use crate::address::Address;
use crate::store::dossier::Standing;
use crate::store::lift::{Lifted, Lifting};
use crate::store::suppress::SuppressionLine;
use crate::store::{PersonId, Store};
use crate::subscriber::consent::{Answer, Consent, Jurisdiction, accepts};
use crate::subscriber::suppression::Suppression;
use jiff::civil::Date;

/// Show what somebody agreed to, or let somebody back who had left
#[derive(Debug, clap::Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:\n  tidings consent show ann@example.org\n  tidings consent restore ann@example.org --evidence \"signed the form again on 3 May\""
)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Show(Show),
    Restore(Restore),
}

/// Show what somebody agreed to: when, in which words, and the file and line that prove it
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tidings consent show ann@example.org --json")]
struct Show {
    /// The person's address
    address: String,
}

/// Let somebody get letters again who had left: the only way back
///
/// Lifts what keeps the person from letters, and keeps your proof with it. Whoever reported our mail as spam, or asked to be forgotten,
/// comes back only by their own written request.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings consent restore ann@example.org --evidence \"signed the form again on 3 May\"\n  tidings consent restore ann@example.org --list newsletter --evidence \"asked at the desk\""
)]
struct Restore {
    /// The person's address
    address: String,
    /// What proves that they want letters again
    #[arg(long, value_name = "TEXT")]
    evidence: Option<String>,
    /// Only the suppression for this list
    #[arg(long, value_name = "LIST")]
    list: Option<String>,
    /// The proof is the person's own request in writing
    #[arg(long)]
    written_request: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    match &args.verb {
        Verb::Show(args) => show(context, args),
        Verb::Restore(args) => restore(context, args),
    }
}

/// The law that a consent is held against.
pub(super) struct Law {
    jurisdiction: Jurisdiction,
    today: Date,
}

impl Law {
    fn of(context: &Context) -> Result<Self, Failure> {
        let (_, workspace) = context.workspace()?;
        let settings = context.settings(&workspace)?;
        Ok(Self {
            jurisdiction: settings.sender.clinic.jurisdiction,
            today: context.clock.now().to_zoned(settings.zone().clone()).date(),
        })
    }

    /// `enough under the law of GB`, or why it is not.
    fn words(&self, consent: &Consent) -> String {
        let law = self.jurisdiction.as_str();
        let ends = consent
            .ends(self.jurisdiction)
            .map(|day| format!(", until {day}"))
            .unwrap_or_default();
        match accepts(self.jurisdiction, consent, self.today) {
            Ok(()) => format!("enough under the law of {law}{ends}"),
            Err(refusal) => format!("not enough under the law of {law}: {refusal}"),
        }
    }
}

fn show(context: &Context, args: &Show) -> Result<(), Failure> {
    let law = Law::of(context)?;
    let store = store_there(context)?;
    let (address, person) = person_meant(context, &store, &args.address)?;
    let standings = store.standings(person)?;
    let suppressions = store.suppressions_ever(&address)?;
    let (now, before): (Vec<&Standing>, Vec<&Standing>) = standings.iter().partition(|standing| standing.until.is_none());
    if context.ui.wants_json() {
        return context.ui.json(&serde_json::json!({
            "address": address.to_string(),
            "erased_at": store.erased_at(person)?.map(|at| at.to_string()),
            "jurisdiction": law.jurisdiction.as_str(),
            "lists": now.iter().map(|standing| standing_json(standing, Some(&law))).collect::<Vec<_>>(),
            "history": before.iter().map(|standing| standing_json(standing, None)).collect::<Vec<_>>(),
            "suppressions": suppressions.iter().map(suppress::as_json).collect::<Vec<_>>(),
        }));
    }
    let ui = context.ui;
    ui.data(&Ui::bold(address.as_str()))?;
    if let Some(at) = store.erased_at(person)? {
        ui.data(&format!("  asked to be forgotten, and erased on {}", moment(at)))?;
    }
    if now.is_empty() {
        ui.data("  on no list")?;
    }
    for standing in now {
        ui.data(&format!("  list {}: {}", standing.list, consent_words(standing)))?;
        if let Some(wording) = &standing.consent.wording {
            ui.data(&format!("    in these words: {wording}"))?;
        }
        ui.data(&format!("    proof: {}", proof(standing)))?;
        ui.data(&format!("    {}", law.words(&standing.consent)))?;
    }
    for standing in before {
        let until = standing.until.map(moment).unwrap_or_default();
        let (list, words) = (&standing.list, consent_words(standing));
        ui.data(&format!("  before {until}, list {list}: {words}; proof: {}", proof(standing)))?;
    }
    suppressions
        .iter()
        .try_for_each(|line| ui.data(&format!("  {}", suppression_words(line))))
}

/// `yes, express, on 2025-03-01, paper form`.
pub(super) fn consent_words(standing: &Standing) -> String {
    let consent = &standing.consent;
    let mut words = vec![match consent.answer {
        Answer::Unknown => "no answer".to_owned(),
        answer => answer.as_str().to_owned(),
    }];
    words.extend(consent.basis.map(|basis| basis.as_str().to_owned()));
    words.extend(consent.date.map(|day| format!("on {day}")));
    words.extend(consent.source.clone());
    if standing.is_assumed {
        words.push("vouched for by the clinic (`--assume-consent`)".to_owned());
    }
    if standing.left_at.is_some() {
        words.push("no longer on the list".to_owned());
    }
    words.join(", ")
}

/// The file and line that say so.
pub(super) fn proof(standing: &Standing) -> String {
    match &standing.evidence {
        Some(evidence) => format!(
            "{} line {} (SHA-256 {}), imported {}",
            evidence.file,
            evidence.line,
            evidence.file_hash,
            moment(evidence.at)
        ),
        None => format!(
            "line {} of the list's file, first imported {}",
            standing.line,
            moment(standing.since)
        ),
    }
}

pub(super) fn suppression_words(line: &SuppressionLine) -> String {
    let one = &line.suppression;
    let evidence = one.evidence.as_ref().map(|text| format!(" ({text})")).unwrap_or_default();
    let words = format!("{}, {} since {}{evidence}", one.scope, one.reason, moment(one.at));
    match &line.lifted {
        None => format!("not written to: {words}"),
        Some((at, evidence)) => format!(
            "was not written to: {words}; lifted {}: {}",
            moment(*at),
            evidence.as_deref().unwrap_or_default()
        ),
    }
}

pub(super) fn standing_json(standing: &Standing, law: Option<&Law>) -> serde_json::Value {
    let (consent, evidence) = (&standing.consent, standing.evidence.as_ref());
    let mut value = serde_json::json!({
        "list": standing.list, "answer": consent.answer.as_str(), "basis": consent.basis.map(|basis| basis.as_str()),
        "date": consent.date.map(|day| day.to_string()), "source": consent.source, "wording": consent.wording,
        "assumed": standing.is_assumed, "line": standing.line, "file": evidence.map(|evidence| &evidence.file),
        "file_hash": evidence.map(|evidence| &evidence.file_hash), "imported_at": evidence.map(|evidence| evidence.at.to_string()),
        "vouched": evidence.filter(|_| standing.is_assumed).and_then(|evidence| evidence.assumed.as_ref()),
        "left_at": standing.left_at.map(|at| at.to_string()),
    });
    let more = match law {
        Some(law) => {
            let judged = accepts(law.jurisdiction, consent, law.today);
            let ends = consent.ends(law.jurisdiction).map(|day| day.to_string());
            serde_json::json!({"accepted": judged.is_ok(), "refusal": judged.err().map(|refusal| refusal.to_string()), "ends": ends})
        }
        None => serde_json::json!({"until": standing.until.map(|at| at.to_string())}),
    };
    if let (Some(value), Some(more)) = (value.as_object_mut(), more.as_object()) {
        value.extend(more.clone());
    }
    value
}

fn restore(context: &Context, args: &Restore) -> Result<(), Failure> {
    let address = parse_address(&args.address)?;
    let evidence = args.evidence.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let Some(evidence) = evidence else {
        return Err(
            Failure::new(Kind::Usage, "without proof nobody is written to again who had left")
                .hint("say what proves it: `--evidence \"signed the form again on 3 May\"`; nothing was changed"),
        );
    };
    let mut store = store_to_change(context)?;
    let lifting = Lifting {
        list: args.list.as_deref(),
        evidence,
        is_written_request: args.written_request,
    };
    let done = store.lift(&address, &lifting, context.clock.now())?;
    if !done.refused.is_empty() {
        return Err(needs_their_word(&address, &done.refused));
    }
    let person = store.person(&address)?;
    if done.lifted.is_empty() && done.stand.is_empty() && person.is_none() {
        return Err(nobody(context, &store, &address)?);
    }
    tell(context, &store, &address, person, &done)
}

fn needs_their_word(address: &Address, refused: &[Suppression]) -> Failure {
    let reasons: Vec<String> = refused.iter().map(|one| one.reason.to_string()).collect();
    let text = format!("{} {}: nothing was lifted", address.masked(), listed(&reasons));
    Failure::new(Kind::Usage, text)
        .hint("they come back by their own request in writing alone: keep it, name it in `--evidence`, and add `--written-request`")
}

fn tell(context: &Context, store: &Store, address: &Address, person: Option<PersonId>, done: &Lifted) -> Result<(), Failure> {
    let in_the_way = in_the_way(context, store, person, done)?;
    let words = |suppressions: &[Suppression]| {
        suppressions
            .iter()
            .map(|one| format!("{}, {}", one.scope, one.reason))
            .collect::<Vec<_>>()
    };
    if context.ui.wants_json() {
        return context.ui.json(&serde_json::json!({
            "address": address.to_string(), "lifted": words(&done.lifted), "stand": words(&done.stand), "in_the_way": in_the_way,
        }));
    }
    match done.lifted.is_empty() {
        true => context
            .ui
            .data(&format!("{address}: nothing that was meant stood, so nothing was lifted"))?,
        false => context.ui.data(&format!("{address}: lifted"))?,
    }
    words(&done.lifted)
        .iter()
        .try_for_each(|words| context.ui.data(&format!("  {words}")))?;
    for reason in &in_the_way {
        context.ui.data(&format!("  still in the way: {reason}"))?;
    }
    Ok(())
}

/// What else keeps a person from letters: other suppressions, a no in their list's file, no list at all.
fn in_the_way(context: &Context, store: &Store, person: Option<PersonId>, done: &Lifted) -> Result<Vec<String>, Failure> {
    let mut reasons: Vec<String> = done
        .stand
        .iter()
        .map(|one| format!("suppressed for {}: {}", one.scope, one.reason))
        .collect();
    let standings = match person {
        Some(person) => store.standings(person)?,
        None => Vec::new(),
    };
    let law = Law::of(context)?;
    let mut is_on_a_list = false;
    for standing in standings
        .iter()
        .filter(|standing| standing.until.is_none() && standing.left_at.is_none())
    {
        is_on_a_list = true;
        if let Err(refusal) = accepts(law.jurisdiction, &standing.consent, law.today) {
            let file = standing.evidence.as_ref().map_or_else(
                || format!("the file of list `{}`", standing.list),
                |evidence| format!("`{}`", evidence.file),
            );
            reasons.push(format!("line {} of {file}: {refusal}", standing.line));
        }
    }
    if !is_on_a_list {
        reasons.push("on no list: add their row to a list's file".to_owned());
    }
    Ok(reasons)
}
