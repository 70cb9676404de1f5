//! `tidings resolve`: the only way out of doubt.

use super::context::Context;
use super::failure::{Failure, Kind};
use super::hold::open_recovered;
use super::letters::{editions_meant, letters_in, letters_to, stands_by, warn_of_hold, whose, whose_masked};
use super::ui::{count, listed};
use crate::delivery::relay_log::RelayLog;
use crate::delivery::state::State;
use crate::store::Store;
use crate::store::ask::LogLine;
use crate::store::edition::Edition;
use crate::store::order::{Found, Resolved};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, stdin};

/// Settle letters in doubt: say whether they went, or let the relay's log prove it
///
/// A letter is in doubt when the connection or the program ended between its last byte and the relay's answer. Nobody can know from
/// here what became of it, so it is never sent again by itself. A Postfix log (`/var/log/mail.log`) proves which letters the relay took;
/// the others stay in doubt, until you say. Where nobody is named, that is asked about first (the people of a relay with `test: true` are
/// nobody, and nothing is asked).
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("finding").required(true),
    after_help = "Examples:\n  tidings resolve seasonal-immunity --from-log /var/log/mail.log\n  tidings resolve seasonal-immunity --sent ann@example.org\n  zcat /var/log/mail.log.2.gz | tidings resolve seasonal-immunity --from-log -"
)]
pub(super) struct Args {
    /// The campaign, or an edition as `status --json` names it (campaign/article)
    campaign: String,
    /// They went: count them as accepted
    #[arg(long, group = "finding")]
    sent: bool,
    /// They did not go: send them with the next run
    #[arg(long, group = "finding")]
    not_sent: bool,
    /// Look for their Message-IDs in this Postfix log; `-` reads it from standard input
    #[arg(long, group = "finding", value_name = "FILE")]
    from_log: Option<String>,
    /// Only the letters to these addresses; all in doubt without any
    #[arg(value_name = "ADDRESS")]
    to: Vec<String>,
    /// Do not ask before people who were not named are settled
    #[arg(long)]
    yes: bool,
}

/// What came of it, as `--json` shows it.
#[derive(serde::Serialize)]
struct Shape<'a> {
    campaign: &'a str,
    order: &'static str,
    letters: u64,
    in_doubt: u64,
}

/// A letter in doubt and what was found out about it.
type Settled = (LogLine, String);

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let root = context.root()?;
    let mut store = open_recovered(context, &root, &format!("resolve {}", args.campaign))?;
    let editions = editions_meant(&store, &args.campaign)?;
    let doubts = doubts(&store, args, &editions)?;
    if doubts.is_empty() {
        return tell(context, args, &[], 0);
    }
    let settled = match &args.from_log {
        Some(file) => proved(context, &store, &editions, &doubts, file)?,
        None => doubts
            .iter()
            .map(|line| (line.clone(), by_word(args.sent).to_owned()))
            .collect(),
    };
    if args.from_log.is_none() && args.to.is_empty() && !stands_by(context, &store, args.yes, &question(args, settled.len()))? {
        return Ok(());
    }
    let done = store.resolve(&settled, args.found(), context.clock.now())?;
    let left = doubts.len() as u64 - done.letters;
    let stands = settled.iter().map(|(line, _)| store.delivery(line.delivery));
    let stands = stands.collect::<Result<Vec<_>, _>>()?;
    let settled: Vec<Settled> = stands
        .into_iter()
        .flatten()
        .zip(settled)
        .map(|(now, (_, why))| (now, why))
        .collect();
    tell(context, args, &settled, left)?;
    if args.not_sent {
        editions.iter().for_each(|edition| warn_of_hold(context, edition));
    }
    if args.not_sent && !context.ui.wants_json() {
        tell_what_leaves(context, &done);
    }
    match left {
        0 => Ok(()),
        _ => Err(Failure::new(Kind::Attention, format!("{} in doubt still", count(left, "letter"))).hint(
            "look them up at the relay by Message-ID (`tidings log --state in_doubt --json`), then `--sent` or `--not-sent` with their addresses",
        )),
    }
}

impl Args {
    fn found(&self) -> Found {
        match self.not_sent {
            true => Found::NotSent,
            false => Found::Sent,
        }
    }
}

fn question(args: &Args, letters: usize) -> String {
    let letters = count(letters as u64, "letter");
    match args.found() {
        Found::NotSent => format!("send {letters} again?"),
        Found::Sent => format!("count {letters} as sent, so that nobody of them gets one?"),
    }
}

fn tell_what_leaves(context: &Context, done: &Resolved) {
    let letters = done.letters - done.stopped;
    if letters > 0 {
        let goes = if letters == 1 { "goes" } else { "go" };
        context.ui.say(&format!(
            "{} {goes} out with the next `tidings run`",
            count(letters, "letter")
        ));
    }
    if done.stopped > 0 {
        let stays = if done.stopped == 1 { "stays" } else { "stay" };
        context.ui.say(&format!(
            "{} {stays}: cancelled or held by hand meanwhile",
            count(done.stopped, "letter")
        ));
    }
}

fn by_word(is_sent: bool) -> &'static str {
    match is_sent {
        true => "a person found that it went",
        false => "a person found that it did not go",
    }
}

/// The letters in doubt that are meant; one that was named and is not in doubt is an error.
fn doubts(store: &Store, args: &Args, editions: &[Edition]) -> Result<Vec<LogLine>, Failure> {
    if args.to.is_empty() {
        let found = editions.iter().map(|edition| letters_in(store, edition, "in_doubt"));
        return Ok(found.collect::<Result<Vec<_>, _>>()?.concat());
    }
    let named = letters_to(store, &args.campaign, editions, &args.to)?;
    let (doubts, others): (Vec<LogLine>, Vec<LogLine>) = named.into_iter().partition(|line| line.state == State::InDoubt);
    let settled = others
        .iter()
        .filter(|line| doubts.iter().all(|doubt| doubt.address != line.address))
        .map(|line| format!("`{}` is {}", whose_masked(line), line.state.name().replace('_', " ")));
    match settled.collect::<Vec<_>>() {
        settled if settled.is_empty() => Ok(doubts),
        settled => Err(Failure::new(
            Kind::Usage,
            format!("not in doubt: {}; nothing was changed", listed(&settled)),
        )
        .hint("`tidings why ADDRESS` tells a letter's story; `tidings resend` orders another one")),
    }
}

/// The letters that the relay's log proves taken.
fn proved(context: &Context, store: &Store, editions: &[Edition], doubts: &[LogLine], file: &str) -> Result<Vec<Settled>, Failure> {
    let log = read_log(file)?;
    let (lines, understood) = log.lines();
    let Some((first, last)) = log.span() else {
        let text = format!(
            "`{file}` holds no line that Postfix has written ({})",
            count(lines as u64, "line")
        );
        return Err(Failure::new(Kind::Files, text)
            .hint("a Postfix log is wanted, such as /var/log/mail.log; `journalctl -t postfix/qmgr -t postfix/cleanup -o short-iso` writes one; nothing was changed"));
    };
    context.ui.say(&format!(
        "`{file}`: {} by Postfix, from {first} to {last}",
        count(understood as u64, "line")
    ));
    let mut settled = Vec::new();
    for line in doubts {
        let edition = editions.iter().find(|edition| edition.id == line.edition);
        let proof = edition.and_then(|edition| log.proof(&edition.message_id(store.keys(), line)));
        if let Some(proof) = proof {
            let why = format!("{file}, line {}: the relay queued it as {}", proof.line, proof.queue_id);
            settled.push((line.clone(), why));
        }
    }
    Ok(settled)
}

fn read_log(file: &str) -> Result<RelayLog, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(
            Kind::Files,
            format!("cannot read `{file}`: {}", super::failure::plain(&error)),
        )
        .hint("mail logs often belong to root: `sudo cat FILE | tidings resolve CAMPAIGN --from-log -`; nothing was changed")
    };
    let source: Box<dyn Read> = match file {
        "-" => Box::new(stdin().lock()),
        file => Box::new(File::open(file).map_err(failed)?),
    };
    let (mut reader, mut log, mut line) = (BufReader::new(source), RelayLog::default(), Vec::new());
    // A log may hold anything that somebody sent; bytes that are no text are none of ours.
    while reader.read_until(b'\n', &mut line).map_err(failed)? > 0 {
        log.read(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    Ok(log)
}

fn tell(context: &Context, args: &Args, settled: &[Settled], left: u64) -> Result<(), Failure> {
    let order = if args.not_sent { "not_sent" } else { "sent" };
    let letters = settled.len() as u64;
    let campaign = &args.campaign;
    if context.ui.wants_json() {
        return context.ui.json(&Shape {
            campaign,
            order,
            letters,
            in_doubt: left,
        });
    }
    for (line, why) in settled {
        let state = line.state.name().replace('_', " ");
        context.ui.data(&format!("  {state:<9} {}  {why}", whose(line)))?;
    }
    let words = match (letters, left, args.from_log.is_some()) {
        (0, 0, _) => format!("nothing of `{campaign}` is in doubt"),
        (0, _, true) => "the log proves nothing about them".to_owned(),
        (_, _, true) => format!("{} of `{campaign}` proved", count(letters, "letter")),
        (_, _, false) => format!("{} of `{campaign}` settled", count(letters, "letter")),
    };
    context.ui.data(&words)
}
