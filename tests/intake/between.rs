//! Two that read one Maildir at once: one is stopped behind each of its calls that give a mail another name, the other one reads to the
//! end meanwhile, and then the first goes on.

use super::letters::{by_token, letters, maildir, read_mails};
use super::{suppressed, written_to};
use crate::peers::{or_passed_over, program};
use crate::support::ledger::until;
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Running;

const MAILS: usize = 2;
const LOG: &str = "calls.log";
const READ: [&str; 3] = ["mail-in", "Maildir", "--json"];

/// What gives a file a name or takes one away. Not every kind of machine has every call.
const NAMING: [&str; 7] = ["link", "linkat", "unlink", "unlinkat", "rename", "renameat", "renameat2"];

/// Whether the file system can rename in one step; where it cannot, readers give a second name and take the first one away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Renames {
    InOneStep,
    InTwo,
}

impl Renames {
    /// Starts a reader under a tracer that writes down the calls of `kind` over new mails, and does to them what `inject` says.
    fn reader(self, clinic: &Workspace, kind: &str, inject: Option<&str>) -> Running {
        let (log, trace) = (clinic.path(LOG), format!("trace=?{kind},?renameat2"));
        // As its own grandchild, so that the process we watch is the program's.
        let mut tracer = vec!["strace", "-D", "-f", "-qq", "-o", log.to_str().unwrap(), "-e", &trace];
        tracer.extend(inject.iter().flat_map(|inject| ["-e", inject]));
        if self == Self::InTwo {
            tracer.extend(["-e", "inject=?renameat2:error=EINVAL"]);
        }
        // Who is stopped over the store keeps everybody waiting.
        let mails = std::fs::read_dir(clinic.path("Maildir/new")).unwrap();
        let mails: Vec<_> = mails.map(|mail| mail.unwrap().path()).collect();
        tracer.extend(mails.iter().flat_map(|mail| ["-P", mail.to_str().unwrap()]));
        clinic.spawn_through(&tracer, &READ)
    }

    /// A reader that has stopped behind its `nth` call of this kind, and its calls; `None` when it came to its end before.
    fn stopped_behind(self, kind: &str, nth: usize, clinic: &Workspace) -> Option<(Running, String)> {
        let stop = format!("inject=?{kind}:signal=STOP:when={nth}");
        let mut reader = self.reader(clinic, kind, Some(&stop));
        let (mut calls, mut stopped) = (String::new(), false);
        until("a call that stops the reader, or its end", || {
            calls = std::fs::read_to_string(clinic.path(LOG)).unwrap_or_default();
            stopped = calls.contains("stopped by SIGSTOP");
            stopped || !reader.is_alive()
        });
        if stopped {
            return Some((reader, calls));
        }
        reader.wait().exits(0);
        None
    }

    /// `None` when a reader makes no such call any more.
    fn meet(self, kind: &str, nth: usize) -> Option<()> {
        let (clinic, judge) = written_to(MAILS);
        let letters = letters(&judge);
        let mails: Vec<String> = letters.iter().map(|letter| by_token(&letter.to, &letter.token)).collect();
        maildir(&clinic.path("Maildir"), &mails);
        let (first, calls) = self.stopped_behind(kind, nth, &clinic)?;
        let second = self.reader(&clinic, kind, None).wait().exits(0).json().len();
        first.signal("CONT");
        let told = first.wait().exits(0).json().len() + second;
        assert_eq!(told, MAILS, "each mail is told by one of them\n{calls}");
        assert_eq!(suppressed(&clinic).len(), MAILS, "{calls}");
        assert_eq!(
            read_mails(&clinic.path("Maildir")),
            MAILS,
            "stopped behind the last of\n{calls}"
        );
        assert_eq!(std::fs::read_dir(clinic.path("Maildir/new")).unwrap().count(), 0, "{calls}");
        Some(())
    }

    /// How often a reader was stopped over a mail.
    fn meet_everywhere(self) -> usize {
        let kinds = NAMING.iter().filter(|&&kind| self == Self::InOneStep || kind != "renameat2");
        kinds
            .flat_map(|kind| (1..).map_while(move |nth| self.meet(kind, nth)))
            .count()
    }
}

#[test]
fn a_mail_that_two_mark_as_read_stays() {
    let Some(_) = or_passed_over(program("strace"), "strace") else {
        return;
    };
    for (renames, calls) in [(Renames::InOneStep, 1), (Renames::InTwo, 2)] {
        assert_eq!(renames.meet_everywhere(), MAILS * calls, "{renames:?}");
    }
}
