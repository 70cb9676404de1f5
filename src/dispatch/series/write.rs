//! Writing: the letters of those who were called to a step, in batches that stand or fall with their proof: whoever cannot be written to
//! is held, and the others go; a step stops where none of several letters can be written, or the fault is everybody's.

use super::super::DispatchError;
use super::super::choice::{Choice, place, question};
use super::super::prepare::{Plan, article_hash, refuse_unknown_names, sent_before, sources, text_hash};
use super::super::prove::{Proof, UnfitLetter, prove_these};
use super::{Called, Look};
use crate::article::Article;
use crate::campaign::calendar::late_words;
use crate::campaign::edition::EditionKey;
use crate::campaign::schedule::Then;
use crate::campaign::series::Appointment;
use crate::finding::Finding;
use crate::letter::compile::{Compiled, compile};
use crate::store::ask::LogLine;
use crate::store::claim::Claim;
use crate::store::draft::NewEdition;
use crate::store::freeze::{Comer, Fate, Frozen};
use crate::store::{DeliveryId, Store, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;

/// Letters that are written in one transaction.
const BATCH: usize = 500;

/// What was written for those whose steps were due.
#[derive(Debug, Default)]
pub struct Served {
    /// How many letters wait now, those on hold among them.
    pub letters: u64,
    /// The letters on hold, and why: somebody has to know.
    pub held: Vec<(LogLine, String)>,
    /// How many go on to their next step without this one.
    pub left_out: u64,
    /// What keeps steps from being written.
    pub findings: Vec<Finding>,
}

/// Why a batch was not written.
enum NotWritten<E> {
    /// A fault that is everybody's.
    Findings(Vec<Finding>),
    /// Something else.
    Failed(E),
}

impl<E: From<StoreError>> From<StoreError> for NotWritten<E> {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Writes the letters of everybody who was called. `begin` is called before any of them stands.
///
/// A fault that is everybody's stops its batch alone, and is in what is given back.
///
/// # Errors
/// When the store fails, or with what `begin` says.
pub fn serve<E: From<DispatchError> + From<StoreError>>(
    store: &mut Store,
    look: &Look<'_>,
    called: &[Called],
    begin: impl FnMut() -> Result<(), E>,
) -> Result<Served, E> {
    step_by_step(store, look, called, |one| comer(look, one), begin)
}

/// Writes down, in these words, that those who were called pass their step by: they go on to the next one.
///
/// # Errors
/// When the store fails, or with what is wrong with a step.
pub fn pass_by(store: &mut Store, look: &Look<'_>, called: &[Called], words: &str) -> Result<(), DispatchError> {
    let passes = |one: &Called| Comer {
        person: one.person,
        due: one.appointment.due,
        fate: Fate::PassesBy(words.to_owned()),
    };
    let served = step_by_step::<DispatchError>(store, look, called, passes, || Ok(()))?;
    match served.findings.is_empty() {
        true => Ok(()),
        false => Err(DispatchError::Findings {
            findings: served.findings,
        }),
    }
}

fn step_by_step<E: From<DispatchError> + From<StoreError>>(
    store: &mut Store,
    look: &Look<'_>,
    called: &[Called],
    comer: impl Fn(&Called) -> Comer,
    mut begin: impl FnMut() -> Result<(), E>,
) -> Result<Served, E> {
    let mut served = Served::default();
    for of_step in called.chunk_by(|one, other| one.appointment.step == other.appointment.step) {
        let Some(article) = of_step
            .first()
            .and_then(|first| look.plan.articles.get(first.appointment.step))
        else {
            continue;
        };
        let comers: Vec<Comer> = of_step.iter().map(&comer).collect();
        let findings = write_step(store, look, article, &comers, &mut begin, &mut served)?;
        let stopped = (!findings.is_empty()).then_some(look.now);
        store.note_stop(&look.plan.campaign.id, &article.id, stopped)?;
        served.findings.extend(findings);
    }
    Ok(served)
}

/// Writes the letters of one step; gives what keeps some of them from being written.
fn write_step<E: From<DispatchError> + From<StoreError>>(
    store: &mut Store,
    look: &Look<'_>,
    article: &Article,
    comers: &[Comer],
    begin: &mut impl FnMut() -> Result<(), E>,
    served: &mut Served,
) -> Result<Vec<Finding>, E> {
    let step = match Step::of(store, look, article) {
        Ok(step) => step,
        Err(DispatchError::Findings { findings }) => return Ok(findings),
        Err(error) => return Err(error.into()),
    };
    let mut stopping = Vec::new();
    for batch in comers.chunks(BATCH) {
        match step.write(store, look, batch, begin) {
            Ok(frozen) => served.add(store, frozen)?,
            Err(NotWritten::Findings(findings)) => stopping.extend(findings),
            Err(NotWritten::Failed(error)) => return Err(error),
        }
    }
    Ok(stopping)
}

impl Served {
    fn add(&mut self, store: &Store, frozen: Frozen) -> Result<(), StoreError> {
        self.letters += frozen.letters;
        self.left_out += frozen.left_out;
        for (letter, reason) in frozen.held {
            self.held.extend(store.delivery(letter)?.map(|line| (line, reason)));
        }
        Ok(())
    }

    /// Adds what was written after it.
    pub fn merge(&mut self, more: Self) {
        self.letters += more.letters;
        self.left_out += more.left_out;
        self.held.extend(more.held);
        self.findings.extend(more.findings);
    }
}

/// One step, with the text it has today.
struct Step<'a> {
    article: &'a Article,
    key: EditionKey,
    compiled: Compiled,
    choice: Choice,
    text: String,
    text_hash: Vec<u8>,
    article_hash: Vec<u8>,
    hours: Option<String>,
    today: Date,
}

impl<'a> Step<'a> {
    fn of(store: &Store, look: &Look<'a>, article: &'a Article) -> Result<Self, DispatchError> {
        let (plan, today) = (look.plan, look.day(look.now));
        let sources = sources(plan, article);
        let compiled = compile(&sources).map_err(|findings| DispatchError::Findings { findings })?;
        let compiled = compiled.signed_by(plan.signer);
        let choice = refuse_unknown_names(store, plan, &compiled, today)?;
        let key = EditionKey {
            campaign: plan.campaign.id.clone(),
            article: article.id.clone(),
            round: 1,
        };
        let article_hash = article_hash(article);
        if let Some(same) = store.same_text(&key, &article_hash)? {
            let findings = vec![sent_before(plan, article, &same)];
            return Err(DispatchError::Findings { findings });
        }
        Ok(Self {
            article,
            key,
            compiled,
            choice,
            text: serde_json::to_string(&sources).map_err(|error| DispatchError::Frozen { what: error.to_string() })?,
            text_hash: text_hash(&sources),
            article_hash,
            hours: plan.campaign.window.map(|window| window.frozen()),
            today,
        })
    }

    fn write<E: From<StoreError>>(
        &self,
        store: &mut Store,
        look: &Look<'_>,
        comers: &[Comer],
        begin: &mut impl FnMut() -> Result<(), E>,
    ) -> Result<Frozen, NotWritten<E>> {
        let (question, now) = (question(look.plan, &self.choice.only, self.today), look.now);
        let due = comers.first().map_or(now, |first| first.due);
        let planned = self.planned(store)?;
        let prove = |letters: &[Claim]| {
            let held = self.prove(look, planned, letters).map_err(NotWritten::Findings)?;
            begin().map_err(NotWritten::Failed)?;
            Ok(held)
        };
        let new = self.edition(look.plan, due, look.day(due));
        store.freeze(&new, comers, now, |candidate| place(&question, candidate), prove)
    }

    /// How many have come to the step before.
    fn planned(&self, store: &Store) -> Result<u64, StoreError> {
        let known = store.editions_of(&self.key.campaign)?;
        Ok(known
            .iter()
            .find(|edition| edition.key == self.key)
            .map_or(0, |edition| edition.planned))
    }

    fn edition<'s>(&'s self, plan: Plan<'s>, due: Timestamp, due_on: Date) -> NewEdition<'s> {
        NewEdition {
            key: &self.key,
            campaign_name: &plan.campaign.name,
            title: &self.article.title,
            domain: plan.sender.from.address.domain(),
            lists: &plan.campaign.audience.lists,
            not_lists: &plan.campaign.audience.not_lists,
            only: &self.choice.only,
            sources: &self.text,
            sources_hash: &self.text_hash,
            article_hash: &self.article_hash,
            due_at: due,
            due_on,
            expires_at: None,
            hours: self.hours.as_deref(),
        }
    }

    /// Composes the letters, besides the `planned` ones of before; gives those that one person's data spoil, or why none may stand.
    fn prove(&self, look: &Look<'_>, planned: u64, letters: &[Claim]) -> Result<Vec<(DeliveryId, String)>, Vec<Finding>> {
        let proof = prove_these(letters, &self.compiled, look.now);
        if !proof.holds_for_a_step(planned) {
            return Err(everybodys(look.plan, self.article, &proof));
        }
        let example = letters.iter().map(|letter| &letter.recipient);
        let example = example.into_iter().find(|recipient| self.compiled.render(recipient).is_ok());
        let mut findings = self.compiled.looked_over(example);
        findings.retain(Finding::is_error);
        if !findings.is_empty() {
            return Err(findings);
        }
        let held = |fault: &UnfitLetter| {
            let why = format!("their letter cannot be written: {}", fault.error.finding.text);
            (fault.delivery, why)
        };
        Ok(proof.faults.iter().map(held).collect())
    }
}

fn comer(look: &Look<'_>, called: &Called) -> Comer {
    let Appointment { due, from, .. } = called.appointment;
    let words = |late| late_words(&due.to_zoned(look.hours.clinic.zone.clone()), from, late);
    let fate = match (called.late, look.plan.campaign.late.then) {
        (None, _) | (Some(_), Then::Send) => Fate::Goes,
        (Some(late), Then::Hold) => Fate::Held(words(late)),
        (Some(late), Then::Skip) => Fate::LeftOut(words(late)),
    };
    Comer {
        person: called.person,
        due,
        fate,
    }
}

/// What keeps everybody's letter from being written.
fn everybodys(plan: Plan<'_>, article: &Article, proof: &Proof) -> Vec<Finding> {
    let mut findings: Vec<Finding> = proof.shown().map(|unfit| unfit.error.named()).collect();
    if proof.stopped_by.is_none() {
        let file = format!("campaigns/{}/{}", plan.campaign.name, article.file);
        let text = format!("none of {} letters can be written", proof.letters);
        let hint = "mend the list or the article: whoever is due waits for it, and is not late meanwhile";
        findings.push(Finding::error(file, text).hint(hint));
    }
    findings
}
