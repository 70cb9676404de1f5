//! `tidings test`: one marked letter through the real relay, to look at in a real mail program.

use super::context::{Context, campaign_named};
use super::failure::{Failure, Kind};
use super::send::due_now;
use super::sending::{bring_lists, plan, route, runtime};
use crate::address::Address;
use crate::dispatch::prepare::{self, Plan};
use crate::dispatch::report::Stop;
use crate::dispatch::verdict::{judge, stop_for_trouble};
use crate::finding::suggestion;
use crate::letter::compile::compile;
use crate::letter::{Letter, Recipient, Stamp};
use crate::relay::conversation::Envelope;
use crate::relay::outcome::{Outcome, Trouble};
use crate::relay::server::Server;
use crate::relay::socket;
use crate::store::import::Guard;
use crate::store::keys::random_id;
use crate::store::token::Tokens;
use crate::store::{Kind as StoreKind, Store};
use crate::workspace::Workspace;
use crate::workspace::settings::Settings;
use std::path::Path;

/// Send one marked letter to yourself through the real relay
///
/// The subject begins with "[Test]". It shows the data of the person with this address, or else of the first one on the list. It is no
/// delivery: it counts nowhere and uses nothing up.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tidings test seasonal-immunity --to you@riverside.example")]
pub(super) struct Args {
    /// The campaign
    campaign: String,
    /// Where the letter goes
    #[arg(long, value_name = "ADDRESS")]
    to: String,
    /// The article, by id; default: the next one
    #[arg(long, value_name = "ID")]
    article: Option<String>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let to = Address::parse(&args.to).map_err(|error| Failure::new(Kind::Usage, error.to_string()))?;
    let (root, workspace) = context.workspace()?;
    let settings = context.settings(&workspace)?;
    context.refuse_played_time_for(settings)?;
    let folder = campaign_named(&workspace, &args.campaign)?;
    let plan = plan(settings, folder)?;
    let store = context.store_if_any(&root)?;
    if let Some(store) = store.as_ref().filter(|store| store.identity().kind == StoreKind::Test) {
        context.refuse_other_kind(&root, settings, store.identity().kind)?;
    }
    if let Some(store) = &store
        && store.is_erased(&to)?
    {
        let text = format!("{} asked to be forgotten, and is not written to", to.masked());
        return Err(Failure::new(Kind::Usage, text).hint("send the test letter to an address of your own; nothing was sent"));
    }
    let route = route(&root, settings)?;
    let letter = compose(context, &root, &workspace, settings, plan, args, &to)?;
    match runtime()?.block_on(hand_over(&route.server, &letter)) {
        Ok(outcome) => told(context, &root, settings, plan, &letter, &outcome),
        Err(trouble) => Err(no_letter_left(&stop_for_trouble(&trouble))),
    }
}

/// A stop, in the words for a single letter: there is nothing that a run could go on with.
fn no_letter_left(stop: &Stop) -> Failure {
    match stop {
        Stop::RelayForNow { why } => Failure::new(Kind::Later, format!("no test letter was sent: {why}"))
            .hint("try again in a while; nobody else was touched"),
        Stop::FixFirst { .. }
        | Stop::Hold { .. }
        | Stop::Store { .. }
        | Stop::Quota { .. }
        | Stop::Hours { .. }
        | Stop::Time { .. }
        | Stop::Signal { .. }
        | Stop::Limit { .. } => Failure::from(stop),
    }
}

/// The letter, made from a draft in memory: what is proved here is what `send` would send.
fn compose(
    context: &Context,
    root: &Path,
    workspace: &Workspace,
    settings: &Settings,
    plan: Plan<'_>,
    args: &Args,
    to: &Address,
) -> Result<Letter, Failure> {
    let now = context.clock.now();
    let mut store = Store::in_memory(now)?;
    bring_lists(&mut store, workspace, plan, Guard::Trusted, now)?;
    let real = context.store_if_any(root)?;
    let article = match (&args.article, &real) {
        (Some(id), _) => plan.articles.iter().find(|article| article.id == *id).ok_or_else(|| {
            let ids = plan.articles.iter().map(|article| article.id.as_str());
            Failure::new(
                Kind::Usage,
                format!("campaign `{}` has no article `{id}`", plan.campaign.name),
            )
            .hint(suggestion::hint(id, ids))
        })?,
        (None, Some(real)) => match prepare::next(real, plan)? {
            prepare::Next::Article(article) => article,
            prepare::Next::Unfinished(_) | prepare::Next::NothingLeft => last(plan)?,
        },
        (None, None) => plan
            .articles
            .first()
            .ok_or_else(|| Failure::new(Kind::Files, "the campaign has no article"))?,
    };
    let draft = prepare::draft(&mut store, plan, article, due_now(context, settings, plan), now)?;
    let mut sources = prepare::sources(plan, article);
    sources.article.subject = format!("[Test] {}", sources.article.subject);
    let compiled = compile(&sources).map_err(Failure::findings)?.signed_by(plan.signer);
    let person = store
        .person(to)?
        .map(|person| store.memberships(person))
        .transpose()?
        .unwrap_or_default();
    let example = store.example(draft.edition.id)?.map(|(_, recipient)| recipient.attributes);
    let attributes = person
        .into_iter()
        .next()
        .map(|membership| membership.attributes)
        .or(example)
        .unwrap_or_default();
    let stamp = Stamp {
        message_id: format!("test-{}", random_id()?),
        date: now,
    };
    compiled
        .compose(
            &Recipient {
                address: to.clone(),
                attributes,
                token: tokens(context, root, settings, real.as_ref(), &store)?.sample(to),
            },
            &stamp,
        )
        .map_err(|error| Failure::findings(vec![error.named()]))
}

/// What makes the letter's token: the keys of the store that will be asked about it, made now where a real letter is about to leave.
fn tokens(context: &Context, root: &Path, settings: &Settings, real: Option<&Store>, memory: &Store) -> Result<Tokens, Failure> {
    let is_real = settings.relay.as_ref().is_some_and(|relay| !relay.test);
    match real {
        Some(store) => Ok(store.tokens()),
        None if is_real => Ok(context.store_or_new(root, settings)?.tokens()),
        None => Ok(memory.tokens()),
    }
}

fn last<'a>(plan: Plan<'a>) -> Result<&'a crate::article::Article, Failure> {
    plan.articles
        .last()
        .ok_or_else(|| Failure::new(Kind::Files, "the campaign has no article"))
}

async fn hand_over(server: &Server, letter: &Letter) -> Result<Outcome, Trouble> {
    let mut connection = socket::open(server).await?;
    let outcome = connection
        .post(&Envelope {
            from: &letter.from,
            to: &letter.to,
            bytes: &letter.bytes,
        })
        .await;
    connection.quit().await;
    Ok(outcome)
}

/// Remembers the test. One that went through a real relay is worth a new store: `send` asks whether there was one.
fn note(context: &Context, root: &Path, settings: &Settings, plan: Plan<'_>, words: &str) -> Result<(), Failure> {
    let Some(relay) = &settings.relay else { return Ok(()) };
    let store = match relay.test {
        true => context.store_if_any(root)?,
        false => Some(context.store_or_new(root, settings)?),
    };
    match store {
        Some(mut store) => Ok(store.note_test(&plan.campaign.id, &relay.described(), words, context.clock.now())?),
        None => Ok(()),
    }
}

fn told(
    context: &Context,
    root: &Path,
    settings: &Settings,
    plan: Plan<'_>,
    letter: &Letter,
    outcome: &Outcome,
) -> Result<(), Failure> {
    let verdict = judge(outcome, &letter.to);
    let words = verdict
        .reply
        .as_ref()
        .map(ToString::to_string)
        .or(verdict.reason)
        .unwrap_or_default();
    note(context, root, settings, plan, &words)?;
    if outcome.is_accepted() {
        if context.ui.wants_json() {
            let (to, id) = (letter.to.to_string(), &letter.message_id);
            return context
                .ui
                .json(&serde_json::json!({"address": to, "state": "accepted", "reply": words, "message_id": id}));
        }
        return context
            .ui
            .data(&format!("the relay accepted the test letter to {}: {words}", letter.to));
    }
    match verdict.stop {
        Some(stop @ (Stop::FixFirst { .. } | Stop::RelayForNow { .. })) => Err(no_letter_left(&stop)),
        Some(_) | None => Err(Failure::new(
            Kind::Attention,
            format!("the test letter to {} was not accepted: {words}", letter.to),
        )),
    }
}
