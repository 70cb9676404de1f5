//! The command line: one file a verb.
//!
//! Promises: data goes to stdout, talk to stderr; every ending has its documented exit code; nothing asks a question where nobody
//! sits. Knows nothing of how letters are made or sent: verbs open the workspace and the store, call dispatch, and tell what came of
//! it.

pub mod failure;
pub mod ui;

mod answers;
mod batch;
mod context;
mod handwriting;
mod letters;
mod listing;
mod outcome;
mod outlook;
mod password;
mod private;
mod reminder;
mod scribe;
mod sending;

mod adopt;
mod backup;
mod cancel;
mod check;
mod consent;
mod cron;
mod doctor;
mod hold;
mod import;
mod init;
mod log;
mod mail_in;
mod mistakes;
mod namesake;
mod new;
mod people;
mod plan;
mod plan_file;
mod preview;
mod rehearse;
mod release;
mod resend;
mod resolve;
mod restore;
mod run;
mod send;
mod serve;
mod status;
mod steps;
mod strikes;
mod suppress;
mod test;
mod turns;
mod waits;
mod why;

use clap::{Parser, Subcommand};
use context::Context;
use failure::{Failure, Kind};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use ui::Ui;

/// Turn articles into email campaigns: nobody gets a letter twice, nobody is skipped, and anyone can ask what happened
#[derive(Debug, Parser)]
#[command(name = "tidings", version, arg_required_else_help = true, max_term_width = 100, after_help = AFTER_HELP)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// The heading of the options that every command understands.
const EVERYWHERE: &str = "Options of every command";

const AFTER_HELP: &str = "\
Start here:
  tidings init my-clinic             make a workspace to fill in
  tidings new calmer --article a.txt turn a text into a campaign
  tidings check                      find every mistake before anybody else does
  tidings preview                    look at the letters in a browser, as each reader gets them
  tidings rehearse                   send everything to yourself, on this machine alone

Exit codes: 0 all well · 1 letters need a person · 2 wrong usage · 65 files have errors ·
70 our fault · 74 the store cannot be written · 75 stopped for now, run again · 78 fix first";

/// What every command understands.
#[derive(Debug, Clone, clap::Args)]
struct Global {
    /// Use the workspace in this folder instead of the nearest one
    #[arg(
        short = 'C',
        long = "workspace",
        global = true,
        value_name = "DIR",
        env = "TIDINGS_WORKSPACE",
        hide_env_values = true,
        help_heading = EVERYWHERE
    )]
    workspace: Option<PathBuf>,
    /// Print data as JSON
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    json: bool,
    /// Look at, or act on, the last rehearsal instead of the real store
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    rehearsal: bool,
    /// Play another moment, such as 2027-01-05T09:00Z (rehearsals and test relays only)
    #[arg(long, global = true, value_name = "INSTANT", help_heading = EVERYWHERE)]
    now: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Args),
    New(new::Args),
    Check(check::Args),
    Preview(preview::Args),
    Import(import::Args),
    People(people::Args),
    Suppress(suppress::Args),
    Consent(consent::Args),
    MailIn(mail_in::Args),
    Rehearse(rehearse::Args),
    Test(test::Args),
    Plan(plan::Args),
    Send(send::Args),
    Run(run::Args),
    Serve(serve::Args),
    Status(status::Args),
    Log(log::Args),
    Why(why::Args),
    Hold(hold::Args),
    Release(release::Args),
    Cancel(cancel::Args),
    Resend(resend::Args),
    Resolve(resolve::Args),
    Doctor(doctor::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Adopt(adopt::Args),
    Cron(cron::Args),
}

/// Runs the command line and gives the process's exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are asked for and go to stdout; everything else is wrong usage. A closed pipe is nobody's fault.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { Kind::Usage.exit_code() } else { 0 });
        }
    };
    let ui = Ui::new(arguments.global.json);
    end_at_our_own_faults(ui, kind_of_our_faults(&arguments.command));
    match dispatch(arguments, ui) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            ui.failure(&failure);
            ExitCode::from(failure.kind.exit_code())
        }
    }
}

/// A mail server takes 70 for a no, and sends the mail back to whoever wrote it: told to come again, it keeps the mail.
fn kind_of_our_faults(command: &Command) -> Kind {
    match command {
        Command::MailIn(args) if args.is_handed_in() => Kind::Later,
        _ => Kind::Internal,
    }
}

/// A fault of ours ends the process like a crash, which the journal is made for; a run that went on without one of its threads
/// would wait for it for ever, with the lock in its hands.
#[expect(
    clippy::exit,
    reason = "a fault is no place to go on from, and the journal needs no goodbye"
)]
fn end_at_our_own_faults(ui: Ui, kind: Kind) {
    std::panic::set_hook(Box::new(move |fault| {
        // A damaged workbook is no fault of ours: its reader catches what others' code makes of it, and tells it as a finding.
        if crate::subscriber::workbook::is_caught() {
            return;
        }
        let place = fault.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
        // Only words that stand in a program's text: a value could be somebody's address.
        let what = fault
            .payload()
            .downcast_ref::<&str>()
            .copied()
            .unwrap_or("something could not be done");
        let text = format!(
            "a fault of ours, or a machine without room for one more thread or file: {what}{}",
            place.unwrap_or_default()
        );
        ui.failure(
            &Failure::new(kind, text)
                .hint("what was sent is on record, and `tidings run` goes on; please report this if it comes again"),
        );
        std::process::exit(i32::from(kind.exit_code()));
    }));
}

fn dispatch(arguments: Arguments, ui: Ui) -> Result<(), Failure> {
    let mut context = Context::new(arguments.global, ui)?;
    if let Command::Run(args) = &arguments.command {
        context.ui = run::heard(&context, args);
        end_at_our_own_faults(context.ui, Kind::Internal);
    }
    if context.is_rehearsal()
        && matches!(
            arguments.command,
            Command::Init(_)
                | Command::New(_)
                | Command::Check(_)
                | Command::Preview(_)
                | Command::Test(_)
                | Command::Backup(_)
                | Command::Restore(_)
                | Command::Adopt(_)
                | Command::Cron(_)
        )
    {
        return Err(Failure::new(
            Kind::Usage,
            "`--rehearsal` points at the last rehearsal's letters, and this command has nothing to do with those",
        )
        .hint("leave `--rehearsal` out; `status`, `log`, `why`, `plan`, `hold`, `release` and `import` know it"));
    }
    match arguments.command {
        Command::Init(args) => init::run(&context, &args),
        Command::New(args) => new::run(&context, &args),
        Command::Check(args) => check::run(&context, &args),
        Command::Preview(args) => preview::run(context, &args),
        Command::Import(args) => import::run(&context, &args),
        Command::People(args) => people::run(&context, &args),
        Command::Suppress(args) => suppress::run(&context, &args),
        Command::Consent(args) => consent::run(&context, &args),
        Command::MailIn(args) => mail_in::run(&context, &args),
        Command::Rehearse(args) => rehearse::run(&context, &args),
        Command::Test(args) => test::run(&context, &args),
        Command::Plan(args) => plan::run(&context, &args),
        Command::Send(args) => send::run(&context, &args),
        Command::Run(args) => run::run(&context, &args),
        Command::Serve(args) => serve::run(&context, &args),
        Command::Status(args) => status::run(&context, &args),
        Command::Log(args) => log::run(&context, &args),
        Command::Why(args) => why::run(&context, &args),
        Command::Hold(args) => hold::run(&context, &args),
        Command::Release(args) => release::run(&context, &args),
        Command::Cancel(args) => cancel::run(&context, &args),
        Command::Resend(args) => resend::run(&context, &args),
        Command::Resolve(args) => resolve::run(&context, &args),
        Command::Doctor(args) => doctor::run(&context, &args),
        Command::Backup(args) => backup::run(&context, &args),
        Command::Restore(args) => restore::run(&context, &args),
        Command::Adopt(args) => adopt::run(&context, &args),
        Command::Cron(args) => cron::run(&context, &args),
    }
}

#[cfg(test)]
mod tests {
    use super::{Arguments, kind_of_our_faults};
    use clap::Parser as _;

    #[test]
    fn a_mail_that_is_handed_in_outlives_a_fault_of_ours() {
        let code = |line: &str| {
            let arguments = Arguments::try_parse_from(line.split(' ')).unwrap_or_else(|error| panic!("{error}"));
            kind_of_our_faults(&arguments.command).exit_code()
        };
        assert_eq!(code("tidings mail-in -"), 75);
        assert_eq!(code("tidings -C /srv/clinic mail-in --dry-run -"), 75);
        assert_eq!(code("tidings mail-in"), 70);
        assert_eq!(code("tidings mail-in Maildir"), 70);
        assert_eq!(code("tidings run"), 70);
    }
}
