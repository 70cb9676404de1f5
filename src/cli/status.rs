//! `tidings status`: where every edition stands, in numbers that close.

use super::answers::{counts, reader};
use super::context::Context;
use super::failure::{Failure, Kind};
use super::listing::table;
use super::mail_in::{kept, look};
use super::mistakes::mistakes;
use super::outlook::Limited;
use super::steps::in_order;
use super::strikes::Answers;
use super::turns::{Ahead, Skipped, Turns};
use super::ui::{Ui, count, listed};
use super::waits::{Desk, Waits};
use crate::campaign::CampaignId;
use crate::store::Store;
use crate::store::ask::Tally;
use crate::store::edition::{Edition, Status};
use crate::workspace::Workspace;
use crate::workspace::settings::Settings;
use std::collections::BTreeMap;
use std::path::Path;

/// Show where every edition stands
///
/// The numbers close: planned is the sum of all states. The exit code is 1 while a letter needs a person, and 65 while `run` passes
/// something over because the files are wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tidings status --json | jq .editions")]
pub(super) struct Args {}

#[derive(serde::Serialize)]
struct Line<'a> {
    campaign: &'a str,
    edition: String,
    title: &'a str,
    status: &'static str,
    held: Option<&'a str>,
    due_at: String,
    /// The day of the clinic's calendar that it is for.
    due_on: Option<String>,
    planned: u64,
    states: BTreeMap<&'static str, u64>,
    left_out: BTreeMap<String, u64>,
    /// Why the program ended it: superseded by the next.
    ended: Option<&'a str>,
    /// When the letters go on that are outside their hours.
    resumes_at: Option<String>,
    /// How many letters wait because their people got another one lately.
    capped: u64,
    /// What letters wait for that are due, in words.
    waits: Option<String>,
}

#[derive(serde::Serialize)]
struct Whole<'a> {
    store: &'static str,
    sender: Option<String>,
    editions: Vec<Line<'a>>,
    need_a_person: u64,
    /// Why every campaign that nobody has released since is on hold (law 13).
    distrust: Option<String>,
    /// What is used up while letters wait, and when the next may leave.
    quota: Option<String>,
    /// The boxes that people's answers were read in, the last one read first.
    answers: serde_json::Value,
    /// Mails of the last 30 days that somebody has to read.
    mails_for_a_person: u64,
    /// Mails that were handed in, and wait beside the store for somebody to act on.
    kept_mails: u64,
    /// Who reads what people answer, where letters leave for real people.
    reader: Option<String>,
    /// What each campaign with a schedule does next.
    next: Vec<Ahead>,
    /// On which occurrences of the last 60 days nothing began, and why.
    skipped: Vec<Skipped>,
    /// What `run` passes over until the files are mended.
    mistakes: Vec<String>,
}

pub(super) fn run(context: &Context, _args: &Args) -> Result<(), Failure> {
    let root = context.root()?;
    let Some(store) = context.store_if_any(&root)? else {
        return nothing_yet(context, &root);
    };
    if !context.is_rehearsal() {
        context.require_newest(&root, &store)?;
    }
    let mut editions = store.editions()?;
    in_order(&Workspace::read(&root), &mut editions);
    let numbers = editions
        .iter()
        .map(|edition| Ok((store.tally(edition.id)?, store.left_out(edition.id)?)));
    let numbers = numbers.collect::<Result<Vec<_>, Failure>>()?;
    let waits = what_waits(context, &root, &store, &editions)?;
    let sender = context.live_sender(&root)?;
    let need: u64 = editions
        .iter()
        .zip(&numbers)
        .map(|(edition, (tally, _))| waiting_for_a_person(edition, tally, sender.is_some()))
        .sum();
    let next_steps = next_steps(&numbers);
    let waiting = editions
        .iter()
        .zip(&numbers)
        .filter(|(edition, _)| edition.held.is_none() && edition.status == Status::Released);
    let quota = used_up(context, &root, &store, waiting.map(|(_, (tally, _))| tally.open()).sum())?;
    let distrust = store.distrusted()?;
    let answers = Answers::read(&store, context.clock.now())?;
    let reader = who_reads(context, &root, Some(&store))?;
    let kept_mails = kept(store.dir()).len() as u64;
    let turns = Turns::read(context, &root, &store)?;
    let mistakes = mistakes(context, &root, &store)?;
    let has_mistakes = !mistakes.is_empty();
    if context.ui.wants_json() {
        let lines = editions
            .iter()
            .zip(numbers)
            .zip(&waits)
            .map(|((edition, (tally, left_out)), waits)| line(edition, &tally, left_out, waits))
            .collect();
        context.ui.json(&Whole {
            store: store.identity().kind.name(),
            sender,
            editions: lines,
            need_a_person: need,
            distrust: distrust.clone(),
            quota,
            answers: answers.as_json(),
            mails_for_a_person: answers.for_a_person(),
            kept_mails,
            reader,
            next: turns.next,
            skipped: turns.skipped,
            mistakes,
        })?;
    } else {
        show(context, &editions, &numbers, &waits, sender.as_deref())?;
        let reader = reader_words(context, &root, reader);
        let turns = turns.words();
        let unsaid = mistakes.into_iter().filter(|line| !turns.contains(line)).collect::<Vec<_>>();
        let lines = quota
            .into_iter()
            .chain(reader)
            .chain(answers.words())
            .chain(kept_words(&store, kept_mails))
            .chain(turns)
            .chain(unsaid);
        lines.into_iter().try_for_each(|line| context.ui.data(&line))?;
    }
    let waiting = waiting_campaigns(context, &store)?;
    if let (Some(why), false) = (&distrust, waiting.is_empty() || context.ui.wants_json()) {
        context
            .ui
            .data(&format!("on hold until you release them ({why}): {}", listed(&waiting)))?;
    }
    ending(context, need, !waiting.is_empty(), next_steps)?;
    wrong_files(has_mistakes)
}

/// 65 while `run` passes something over: whoever watches the one alone hears it from either.
fn wrong_files(has_mistakes: bool) -> Result<(), Failure> {
    match has_mistakes {
        true => Err(Failure::said(Kind::Files)),
        false => Ok(()),
    }
}

/// What keeps letters waiting that nothing else does. Settings that cannot be read keep nobody from knowing where letters stand.
pub(super) fn used_up(context: &Context, root: &Path, store: &Store, waiting: u64) -> Result<Option<String>, Failure> {
    if waiting == 0 {
        return Ok(None);
    }
    let Some(settings) = settings_if_sound(root) else {
        return Ok(None);
    };
    let limited = Limited::by(store, &settings, context.clock.now())?;
    Ok(limited.and_then(|limited| limited.spent(waiting)))
}

/// What the letters of each edition wait for, as far as the settings can be read.
fn what_waits(context: &Context, root: &Path, store: &Store, editions: &[Edition]) -> Result<Vec<Waits>, Failure> {
    let workspace = Workspace::read(root);
    let desk = workspace.settings.as_ref().filter(|_| !context.is_rehearsal());
    let desk = desk.map(|settings| Desk::at(&workspace, settings, context.clock.now()));
    let waits = editions.iter().map(|edition| match &desk {
        Some(desk) => desk.waits(store, edition),
        None => Ok(Waits::default()),
    });
    waits.collect()
}

fn settings_if_sound(root: &Path) -> Option<Settings> {
    Workspace::settings(root).0
}

/// The settings, where letters leave for real people.
fn real_settings(context: &Context, root: &Path) -> Option<Settings> {
    settings_if_sound(root).filter(|settings| counts(settings) && !context.is_rehearsal())
}

/// Who reads what people answer, where letters leave for real people.
fn who_reads(context: &Context, root: &Path, store: Option<&Store>) -> Result<Option<String>, Failure> {
    let Some(settings) = real_settings(context, root) else {
        return Ok(None);
    };
    let reader = reader(&settings, store, context.clock.now())?;
    let since = store.map(Store::read_by_hand_since).transpose()?.flatten();
    Ok(reader.map(|reader| reader.words(since)))
}

/// The same in a line, and that nothing leaves where nobody does.
fn reader_words(context: &Context, root: &Path, reader: Option<String>) -> Option<String> {
    let settings = real_settings(context, root)?;
    Some(match (look(root, &settings), reader) {
        (Err(failure), _) => format!(
            "what people answer: {}, and `send` and `run` refuse until it can be read",
            failure.text
        ),
        (Ok(()), Some(reader)) => format!("what people answer: {reader}"),
        (Ok(()), None) => "what people answer: nobody reads it, and `send` and `run` refuse until somebody does".to_owned(),
    })
}

/// Mails that nobody could act on, and that no mailbox holds.
fn kept_words(store: &Store, mails: u64) -> Option<String> {
    let folder = store.dir().join("mail");
    let words = format!(
        "{} for a person to read, act on and remove: {}",
        count(mails, "mail"),
        folder.display()
    );
    (mails > 0).then_some(words)
}

/// 1 while a letter needs a person, or a campaign waits for one since the store was restored.
fn ending(context: &Context, need: u64, is_waited_for: bool, next_steps: Vec<String>) -> Result<(), Failure> {
    match need {
        0 if !is_waited_for => Ok(()),
        0 => Err(Failure::said(Kind::Attention)),
        _ if context.ui.wants_json() => Err(Failure::said(Kind::Attention)),
        need => Err(Failure {
            hints: next_steps,
            ..Failure::new(Kind::Attention, format!("{} a person to look at", needs(need)))
        }),
    }
}

/// Letters that a person has to look at: those that ended badly, those a dead run began, and all that a rule holds back.
pub(super) fn waiting_for_a_person(edition: &Edition, tally: &Tally, somebody_sends: bool) -> u64 {
    if edition.status == Status::Draft {
        return 0;
    }
    let waiting = match (edition.held_by_rule, somebody_sends) {
        (true, _) => tally.open(),
        (false, true) => 0,
        (false, false) => tally.of("sending"),
    };
    tally.need_a_person() + waiting
}

/// The next steps towards the letters that need a person.
fn next_steps(numbers: &[(Tally, BTreeMap<String, u64>)]) -> Vec<String> {
    let some = |state: &str| numbers.iter().any(|(tally, _)| tally.of(state) > 0);
    let states = ["failed", "held", "in_doubt", "expired"]
        .into_iter()
        .filter(|state| some(state));
    let commands: Vec<String> = states.map(|state| format!("`tidings log --state {state}`")).collect();
    let mut steps = Vec::new();
    if !commands.is_empty() {
        let verb = if commands.len() == 1 { "names" } else { "name" };
        steps.push(format!("{} {verb} them", listed(&commands)));
    }
    if some("in_doubt") {
        steps.push("`tidings resolve CAMPAIGN --from-log FILE` settles what is in doubt by the relay's log, `--sent` or `--not-sent` by your word".to_owned());
    }
    if some("sending") {
        steps.push("a run was cut off: the next `tidings run` names what it left in doubt and goes on with the rest".to_owned());
    }
    if commands.is_empty() && !some("sending") {
        steps.push("`tidings release CAMPAIGN` lets go what a rule holds".to_owned());
    }
    steps
}

/// The workspace's campaigns that nobody has released since the store was restored or replaced.
fn waiting_campaigns(context: &Context, store: &Store) -> Result<Vec<String>, Failure> {
    if store.distrusted()?.is_none() {
        return Ok(Vec::new());
    }
    let (_, workspace) = context.workspace()?;
    let mut waiting = Vec::new();
    for folder in &workspace.campaigns {
        let id = folder.id().map(|id| CampaignId(id.to_owned()));
        if let Some(id) = id
            && store.is_distrusted(&id)?.is_some()
        {
            waiting.push(folder.name.clone());
        }
    }
    Ok(waiting)
}

pub(super) fn needs(need: u64) -> String {
    match need {
        1 => "1 letter needs".to_owned(),
        need => format!("{} need", count(need, "letter")),
    }
}

fn nothing_yet(context: &Context, root: &Path) -> Result<(), Failure> {
    let store = Store::in_memory(context.clock.now())?;
    let turns = Turns::read(context, root, &store)?;
    let mistakes = mistakes(context, root, &store)?;
    let has_mistakes = !mistakes.is_empty();
    if context.ui.wants_json() {
        context.ui.json(&Whole {
            store: "none",
            sender: None,
            editions: Vec::new(),
            need_a_person: 0,
            distrust: None,
            quota: None,
            answers: serde_json::json!([]),
            mails_for_a_person: 0,
            kept_mails: 0,
            reader: who_reads(context, root, None)?,
            next: turns.next,
            skipped: turns.skipped,
            mistakes,
        })?;
        return wrong_files(has_mistakes);
    }
    context.ui.data(context.no_store_yet())?;
    let reader = who_reads(context, root, None)?;
    let (reader, turns) = (reader_words(context, root, reader).into_iter(), turns.words());
    let unsaid = mistakes.into_iter().filter(|line| !turns.contains(line)).collect::<Vec<_>>();
    let mut lines = reader.chain(turns).chain(unsaid);
    lines.try_for_each(|line| context.ui.data(&line))?;
    wrong_files(has_mistakes)
}

fn line<'a>(edition: &'a Edition, tally: &Tally, left_out: BTreeMap<String, u64>, waits: &Waits) -> Line<'a> {
    Line {
        campaign: &edition.campaign_name,
        edition: edition.key.to_string(),
        title: &edition.title,
        status: status_word(edition.status),
        held: edition.held.as_deref(),
        due_at: edition.due_at.to_string(),
        due_on: edition.due_on.map(|day| day.to_string()),
        planned: tally.planned(),
        states: tally.filled().collect(),
        left_out,
        ended: edition.ended.as_deref(),
        resumes_at: waits.resumes_at.map(|at| at.to_string()),
        capped: waits.capped,
        waits: waits.words.clone(),
    }
}

pub(super) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Draft => "draft",
        Status::Released => "released",
        Status::Cancelled => "cancelled",
    }
}

fn show(
    context: &Context,
    editions: &[Edition],
    numbers: &[(Tally, BTreeMap<String, u64>)],
    waits: &[Waits],
    sender: Option<&str>,
) -> Result<(), Failure> {
    if editions.is_empty() {
        return context.ui.data("nothing has been sent yet: the store holds no edition");
    }
    let rows = editions.iter().zip(numbers).zip(waits).map(|((edition, (tally, _)), waits)| {
        let states = tally
            .filled()
            .map(|(state, count)| format!("{count} {}", state.replace('_', " ")));
        vec![
            edition.campaign_name.clone(),
            edition.key.article.clone(),
            tally.planned().to_string(),
            states.collect::<Vec<_>>().join(", "),
            standing(edition, tally, waits),
        ]
    });
    context
        .ui
        .data(&table(&["campaign", "article", "planned", "letters", "edition"], rows))?;
    for (edition, (_, left_out)) in editions.iter().zip(numbers) {
        if !left_out.is_empty() {
            let reasons = left_out
                .iter()
                .map(|(reason, count)| format!("{count} {}", reason.replace('_', " ")));
            let reasons: Vec<String> = reasons.collect();
            context.ui.data(&format!(
                "left out of {}: {}",
                Ui::bold(&edition.key.article),
                reasons.join(", ")
            ))?;
        }
    }
    match sender {
        Some(sender) => context.ui.data(&format!("sending now: {sender}")),
        None => Ok(()),
    }
}

/// Whether a step of a series is called off.
fn is_closed(edition: &Edition) -> bool {
    edition.is_step && (edition.status == Status::Cancelled || edition.ended.is_some())
}

fn standing(edition: &Edition, tally: &Tally, waits: &Waits) -> String {
    match (&edition.held, edition.status, tally.open(), tally.need_a_person()) {
        (Some(reason), _, _, _) => match &waits.deadline {
            Some(deadline) => format!("on hold: {reason} ({deadline})"),
            None => format!("on hold: {reason}"),
        },
        (None, Status::Draft, _, _) => "draft".to_owned(),
        (None, Status::Cancelled, _, _) if !edition.is_step => edition.ended.clone().unwrap_or_else(|| "cancelled".to_owned()),
        (None, _, 0, 0) if is_closed(edition) => "closed: nobody comes to it any more".to_owned(),
        (None, _, 0, need) if is_closed(edition) => format!("closed, {} a person", needs(need)),
        (None, Status::Released, 0, 0) if edition.is_step => "open: people come to it one by one".to_owned(),
        (None, Status::Released, 0, need) if edition.is_step => format!("open, {} a person", needs(need)),
        (None, Status::Released, 0, 0) => "complete".to_owned(),
        (None, Status::Released, 0, need) => format!("complete, {} a person", needs(need)),
        (None, _, open, _) => match &waits.words {
            Some(words) => format!("{} to go: {words}", count(open, "letter")),
            None => format!("{} to go", count(open, "letter")),
        },
    }
}
