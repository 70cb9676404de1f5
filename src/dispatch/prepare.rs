//! Preparing: which edition a campaign wants next, and its draft in the store.
//!
//! Wanted − recorded: the articles of the files, minus the editions of the store. Nothing here sends, and a draft that is not released
//! is nobody's letter.

use super::DispatchError;
use super::choice::{Choice, choice, place, question};
use super::compiled::Texts;
use super::prove::{Proof, prove};
use crate::address::Address;
use crate::article::Article;
use crate::campaign::edition::EditionKey;
use crate::campaign::schedule::{ClinicHours, Hours};
use crate::campaign::sender::Sender;
use crate::campaign::{Campaign, Timing};
use crate::finding::Finding;
use crate::letter::compile::{Compiled, compile, compile_released};
use crate::letter::sign::Signer;
use crate::letter::{LookSource, SenderSource, Sources, Vocabulary};
use crate::store::draft::NewEdition;
use crate::store::edition::{Edition, Status};
use crate::store::{EditionId, Store};
use crate::template::TemplateSource;
use aws_lc_rs::digest;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A campaign as the workspace has it, checked.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// The campaign.
    pub campaign: &'a Campaign,
    /// Its articles, in turn.
    pub articles: &'a [Article],
    /// Its template.
    pub template: &'a TemplateSource,
    /// Who writes.
    pub sender: &'a Sender,
    /// When the clinic's letters may leave at all, and in which zone it reckons.
    pub clinic: &'a ClinicHours,
    /// How the clinic's letters look.
    pub look: &'a LookSource,
    /// Who signs the letters, where that is us.
    pub signer: Option<&'a Arc<Signer>>,
}

impl Plan<'_> {
    /// The hours in which the campaign's letters may leave.
    pub fn hours(&self) -> Hours {
        let hours = self.clinic.with(self.campaign.window);
        match &self.campaign.timing {
            Timing::Schedule(schedule) => hours.with_own(schedule.at),
            Timing::ByHand | Timing::Series(_) => hours,
        }
    }
}

/// What a campaign wants next.
#[derive(Debug)]
pub enum Next<'a> {
    /// This edition has letters that wait; no other begins before it.
    Unfinished(Box<Edition>),
    /// This article is next.
    Article(&'a Article),
    /// Every article has gone out.
    NothingLeft,
}

/// When an edition is due and when it ends.
#[derive(Debug, Clone, Copy)]
pub struct Due {
    /// The moment it is due.
    pub at: Timestamp,
    /// No attempt begins after this moment.
    pub expires_at: Option<Timestamp>,
    /// The day of the clinic's calendar that the edition is for.
    pub on: Date,
    /// The day, in the workspace's zone, by which consent is judged.
    pub today: Date,
}

/// A draft that is in the store, its letters composed once.
pub struct Draft {
    /// The edition.
    pub edition: Edition,
    /// Its compiled text.
    pub compiled: Arc<Compiled>,
    /// What composing everything has shown.
    pub proof: Proof,
    /// What deserves a look in the text.
    pub warnings: Vec<Finding>,
}

/// Which edition the campaign wants next, from what the store has seen.
///
/// # Errors
/// When the store cannot be read.
pub fn next<'a>(store: &Store, plan: Plan<'a>) -> Result<Next<'a>, DispatchError> {
    if let Timing::Series(_) = plan.campaign.timing {
        // People come to its steps one by one; whoever looks at a series as a whole looks at its beginning.
        return Ok(plan.articles.first().map_or(Next::NothingLeft, Next::Article));
    }
    let recorded = store.editions_of(&plan.campaign.id)?;
    let unfinished = store
        .unfinished_editions()?
        .into_iter()
        .find(|edition| edition.key.campaign == plan.campaign.id);
    if let Some(edition) = unfinished {
        return Ok(Next::Unfinished(Box::new(edition)));
    }
    let used = |article: &&Article| {
        recorded
            .iter()
            .any(|edition| edition.status != Status::Draft && edition.key.article == article.id)
    };
    let left = || plan.articles.iter().filter(|article| !used(article));
    // A pinned article has its own day, and is taken only where nothing else is left.
    let of_the_row = left().find(|article| pin(plan, &article.id).is_none());
    Ok(of_the_row.or_else(|| left().next()).map_or(Next::NothingLeft, Next::Article))
}

/// The day that an article is pinned to, if any.
pub fn pin(plan: Plan<'_>, article: &str) -> Option<Date> {
    let file = &plan.articles.iter().find(|known| known.id == article)?.file;
    plan.campaign.articles.iter().find(|entry| entry.file == *file)?.date
}

/// Writes the draft of an article's edition and composes all its letters (law 1).
///
/// People whose own data spoil their letter are put on hold; a fault that would be everybody's throws the draft away.
///
/// # Errors
/// Findings when the text cannot be compiled or the proof does not hold; nothing is left behind then.
pub fn draft(store: &mut Store, plan: Plan<'_>, article: &Article, due: Due, now: Timestamp) -> Result<Draft, DispatchError> {
    let sources = sources(plan, article);
    let compiled = compile(&sources).map_err(|findings| DispatchError::Findings { findings })?;
    let compiled = compiled.signed_by(plan.signer);
    let choice = refuse_unknown_names(store, plan, &compiled, due.today)?;
    let text = serde_json::to_string(&sources).map_err(|error| DispatchError::Frozen { what: error.to_string() })?;
    let key = EditionKey {
        campaign: plan.campaign.id.clone(),
        article: article.id.clone(),
        round: round(store, plan, article)?,
    };
    let article_hash = article_hash(article);
    if let Some(same) = store.same_text(&key, &article_hash)? {
        return Err(DispatchError::Findings {
            findings: vec![sent_before(plan, article, &same)],
        });
    }
    let hours = plan.campaign.window.map(|window| window.frozen());
    let new = NewEdition {
        key: &key,
        campaign_name: &plan.campaign.name,
        title: &article.title,
        domain: plan.sender.from.address.domain(),
        lists: &plan.campaign.audience.lists,
        not_lists: &plan.campaign.audience.not_lists,
        only: &choice.only,
        sources: &text,
        sources_hash: &text_hash(&sources),
        article_hash: &article_hash,
        due_at: due.at,
        due_on: due.on,
        expires_at: due.expires_at,
        hours: hours.as_deref(),
    };
    let question = question(plan, &choice.only, due.today);
    let edition = store.draft(&new, now, |candidate| place(&question, candidate))?;
    let mut draft = settle_proof(store, plan, edition, Arc::new(compiled), now)?;
    draft.warnings.splice(0..0, names_and_conditions(plan, choice.findings));
    Ok(draft)
}

/// The round of a draft: the first. A series that has begun is played once more by whoever looks at it; its own letters are not drafted.
fn round(store: &Store, plan: Plan<'_>, article: &Article) -> Result<u32, DispatchError> {
    let Timing::Series(_) = plan.campaign.timing else {
        return Ok(1);
    };
    let known = store.editions_of(&plan.campaign.id)?.into_iter();
    let known = known.filter(|edition| edition.key.article == article.id && edition.status != Status::Draft);
    Ok(known.map(|edition| edition.key.round + 1).max().unwrap_or(1))
}

/// What deserves a look before anything of the text does: who is chosen, and by what names others learn of it.
fn names_and_conditions(plan: Plan<'_>, conditions: Vec<Finding>) -> Vec<Finding> {
    plan.campaign.telling.iter().cloned().chain(conditions).collect()
}

/// Reads an edition's frozen text back and compiles it: what a resumed run sends is what was released (law 2). Keys are never
/// frozen: whoever signs now signs it.
///
/// # Errors
/// When the store cannot be read, or this program can no longer compile the text.
pub fn thaw(store: &Store, edition: EditionId, signer: Option<&Arc<Signer>>) -> Result<Arc<Texts>, DispatchError> {
    let own = compile_frozen(&store.sources(edition)?, signer)?;
    let mut texts = Texts::of(own);
    for (id, text) in store.later_texts(edition)? {
        texts.add(id, compile_frozen(&text, signer)?);
    }
    Ok(Arc::new(texts))
}

fn compile_frozen(text: &str, signer: Option<&Arc<Signer>>) -> Result<Compiled, DispatchError> {
    let sources: Sources = serde_json::from_str(text).map_err(|error| DispatchError::Frozen { what: error.to_string() })?;
    if let Some(stranger) = signer.and_then(|signer| foreign_signature(&sources.sender.from_address, signer)) {
        return Err(DispatchError::Findings {
            findings: vec![stranger],
        });
    }
    let compiled = compile_released(&sources).map_err(|findings| DispatchError::Findings { findings })?;
    Ok(compiled.signed_by(signer))
}

/// A signature of another house than the one the letter is from: mailboxes take such a letter for a forgery (DMARC).
fn foreign_signature(from: &str, signer: &Signer) -> Option<Finding> {
    let house = from.rsplit_once('@').map_or(from, |(_, domain)| domain).to_ascii_lowercase();
    let text = format!(
        "it is from `{from}`, and the settings sign as `{}` now, which does not vouch for it",
        signer.domain()
    );
    let hint = format!("give `dkim` the keys of `{house}` back until it is through, or cancel it and send it anew");
    (!signer.vouches_for(&house)).then(|| Finding::error("tidings.yaml", text).hint(hint))
}

/// Whether the files still say what the edition was released with.
pub fn differs(edition: &Edition, plan: Plan<'_>) -> bool {
    let Some(article) = plan.articles.iter().find(|article| article.id == edition.key.article) else {
        return true;
    };
    text_hash(&sources(plan, article)) != edition.sources_hash
}

/// The hash of what a letter says, wherever its files lie: a renamed folder is no other text.
pub(super) fn text_hash(sources: &Sources) -> Vec<u8> {
    let placeless = |article: &Article| Article {
        file: String::new(),
        body_line: 0,
        ..article.clone()
    };
    let placeless = Article {
        variants: sources.article.variants.iter().map(placeless).collect(),
        ..placeless(&sources.article)
    };
    let text = serde_json::to_string(&Sources {
        article: placeless,
        // A newer program greets in more languages; that makes no text another one.
        vocabulary: Vocabulary::default(),
        ..sources.clone()
    });
    hash(text.unwrap_or_default().as_bytes())
}

/// Everything the letters of this article are made from, apart from the people.
pub fn sources(plan: Plan<'_>, article: &Article) -> Sources {
    let (sender, clinic) = (plan.sender, &plan.sender.clinic);
    let placed = |article: &Article| Article {
        file: format!("campaigns/{}/{}", plan.campaign.name, article.file),
        ..article.clone()
    };
    Sources {
        article: Article {
            variants: article.variants.iter().map(placed).collect(),
            ..placed(article)
        },
        template: plan.template.clone(),
        sender: SenderSource {
            clinic_name: clinic.name.clone(),
            postal_address: clinic.postal_address.clone(),
            contact: clinic.contact.to_string(),
            from_name: sender.from.name.clone(),
            from_address: sender.from.address.to_string(),
            reply_to: sender.reply_to.as_ref().map(Address::to_string),
            unsubscribe_mailto: sender.unsubscribe.mailto.as_ref().map(Address::to_string),
            unsubscribe_url: sender.unsubscribe.url.clone(),
            one_click: sender.unsubscribe.one_click,
            signed_for: plan.signer.map(|signer| signer.domain().to_owned()),
            return_path: sender.return_path.as_ref().map(Address::to_string),
        },
        campaign_title: plan.campaign.title.clone(),
        campaign_id: plan.campaign.id.0.clone(),
        look: plan.look.clone(),
        vocabulary: Vocabulary::Whole,
    }
}

/// What an article's text is recognised by, whatever its file and id.
pub fn article_hash(article: &Article) -> Vec<u8> {
    hash(article.markdown.as_bytes())
}

fn hash(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

/// A variable or a condition that no list has a column for is everybody's fault, and known before anybody's letter is tried; gives the
/// conditions as they are asked on the day.
pub(super) fn refuse_unknown_names(
    store: &Store,
    plan: Plan<'_>,
    compiled: &Compiled,
    today: Date,
) -> Result<Choice, DispatchError> {
    let columns: BTreeSet<String> = store.columns(&plan.campaign.audience.lists)?.into_keys().collect();
    let names = compiled.check_names(&columns).into_iter().filter(Finding::is_error);
    let choice = choice(store, plan, today)?;
    let unfit = choice.findings.iter().filter(|finding| finding.is_error()).cloned();
    let findings: Vec<Finding> = names.chain(unfit).collect();
    match findings.is_empty() {
        true => Ok(choice),
        false => Err(DispatchError::Findings { findings }),
    }
}

/// What one person's finished letter shows about the text that all get: its size, the postal address, the way out.
fn lint(store: &Store, edition: EditionId, compiled: &Compiled) -> Result<Vec<Finding>, DispatchError> {
    let example = store.example(edition)?.map(|(_, recipient)| recipient);
    Ok(compiled.looked_over(example.as_ref()))
}

fn settle_proof(
    store: &mut Store,
    plan: Plan<'_>,
    edition: EditionId,
    compiled: Arc<Compiled>,
    now: Timestamp,
) -> Result<Draft, DispatchError> {
    let proof = prove(store, edition, &compiled, now)?;
    if !proof.holds() {
        store.discard(edition)?;
        return Err(DispatchError::Findings {
            findings: faults(plan, &proof),
        });
    }
    let mut warnings = lint(store, edition, &compiled)?;
    warnings.retain(|finding| !crate::letter::lint::names::is_accepted(finding, &plan.campaign.accept));
    if warnings.iter().any(Finding::is_error) {
        store.discard(edition)?;
        return Err(DispatchError::Findings { findings: warnings });
    }
    let held = proof.faults.iter().map(|fault| {
        (
            fault.delivery,
            format!("their letter cannot be written: {}", fault.error.finding.text),
        )
    });
    store.hold_faulty(held, now)?;
    Ok(Draft {
        edition: store.edition(edition)?,
        compiled,
        proof,
        warnings,
    })
}

fn faults(plan: Plan<'_>, proof: &Proof) -> Vec<Finding> {
    let mut findings: Vec<Finding> = proof.shown().map(|unfit| unfit.error.named()).collect();
    if proof.stopped_by.is_none() {
        let text = format!("{} of {} letters cannot be written", proof.faults.len(), proof.letters);
        let finding = Finding::error(format!("campaigns/{}", plan.campaign.name), text);
        findings.push(finding.hint("more than one in a hundred is no slip: mend the list or the template; nothing was sent"));
    }
    findings
}

pub(super) fn sent_before(plan: Plan<'_>, article: &Article, same: &Edition) -> Finding {
    let file = format!("campaigns/{}/{}", plan.campaign.name, article.file);
    if same.skipped.is_some() {
        let text = format!(
            "article `{}` has the very text of `{}`, which was skipped",
            article.id, same.key.article
        );
        return Finding::error(file, text).hint(format!(
            "`tidings release {}/{}` takes the skip back",
            plan.campaign.name, same.key.article
        ));
    }
    let text = format!(
        "article `{}` has the very text that went out as `{}`",
        article.id, same.key.article
    );
    Finding::error(file, text).hint(format!(
        "if it is the same article, give it its old id `{}` back",
        same.key.article
    ))
}
