//! Failures: what went wrong, the next step, and the exit code that cron and scripts can rely on.

use crate::dispatch::DispatchError;
use crate::dispatch::report::Stop;
use crate::finding::Finding;
use crate::store::StoreError;
use crate::workspace::create::CreateError;
use crate::workspace::sent::SentError;
use std::error::Error;
use std::io::ErrorKind;

/// The kinds of failure, each with its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Letters need a person: failed, held, expired or in doubt.
    Attention,
    /// The command line is wrong.
    Usage,
    /// Files or input have errors.
    Files,
    /// A fault of this program.
    Internal,
    /// The store cannot be written.
    Store,
    /// Stopped for now; run again.
    Later,
    /// Settings, login, TLS or the sender need mending first, or the store is missing; nobody was touched.
    FixFirst,
}

impl Kind {
    /// The exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::Attention => 1,
            Kind::Usage => 2,
            Kind::Files => 65,
            Kind::Internal => 70,
            Kind::Store => 74,
            Kind::Later => 75,
            Kind::FixFirst => 78,
        }
    }
}

/// Why a command ends without having done its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What kind, and so which exit code.
    pub kind: Kind,
    /// What was found against what was wanted; empty when all is said already.
    pub text: String,
    /// The next steps.
    pub hints: Vec<String>,
    /// The findings behind it, if files are at fault.
    pub findings: Vec<Finding>,
}

impl Failure {
    /// A failure in words.
    pub fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            hints: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// The same failure with a next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Files have errors; the findings say which.
    pub fn findings(findings: Vec<Finding>) -> Self {
        Self {
            findings,
            ..Self::new(Kind::Files, "")
        }
    }

    /// The exit code alone: everything has been said.
    pub fn said(kind: Kind) -> Self {
        Self::new(kind, "")
    }
}

/// What the system says, without its number for programmers.
pub(super) fn plain(error: &dyn Error) -> String {
    let text = error.to_string();
    text.split(" (os error ").next().unwrap_or_default().to_owned()
}

/// An error and its causes on one line, each said once.
fn chain(error: &dyn Error) -> String {
    let mut text = plain(error);
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = plain(error);
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let text = chain(&error);
        match &error {
            StoreError::Missing { .. } => {
                Self::new(Kind::FixFirst, text).hint("the store is made by the first `tidings send` or `tidings import`")
            }
            StoreError::File { path, source, doing }
                if matches!(*doing, "make the folder" | "look into")
                    && matches!(source.kind(), ErrorKind::AlreadyExists | ErrorKind::NotADirectory) =>
            {
                let hint = format!("a file is in the way of the folder `{}`: move it elsewhere", path.display());
                Self::new(Kind::Store, text).hint(hint)
            }
            StoreError::File { path, .. } => {
                let hint = format!(
                    "check that `{}` belongs to you, can be written, and that the disk is not full",
                    path.display()
                );
                Self::new(Kind::Store, text).hint(hint)
            }
            StoreError::Database { .. } if error.is_damage() => {
                Self::new(Kind::Store, "the store in `.tidings/` is damaged: it is no longer a database")
                    .hint("`tidings restore FILE --replace` brings back what `tidings backup` wrote, and lays the damaged store aside; nothing was sent")
                    .hint("do not copy an old `.tidings/` folder back: it cannot know what left since")
            }
            StoreError::Database { .. } | StoreError::Stopped => Self::new(Kind::Store, text)
                .hint("check that the disk is not full and that `.tidings/` belongs to you; what was sent is on record"),
            StoreError::Real => {
                Self::new(Kind::FixFirst, text).hint("try things out in a copy of the workspace without its `.tidings/`")
            }
            StoreError::Newer { .. } => Self::new(Kind::FixFirst, text),
            StoreError::NoBackup { .. } => {
                Self::new(Kind::Files, text).hint("name the file that `tidings backup FILE` wrote; nothing was changed")
            }
            StoreError::Backup { .. } => {
                Self::new(Kind::FixFirst, text).hint("move it out of `.tidings/`, and bring it back with `tidings restore FILE`")
            }
            StoreError::Damaged { .. } => Self::new(Kind::Store, text)
                .hint("keep a copy of `.tidings/` as it is before you change anything; nothing more was sent"),
        }
    }
}

impl From<CreateError> for Failure {
    fn from(error: CreateError) -> Self {
        Self::new(Kind::Files, chain(&error)).hint(error.hint())
    }
}

impl From<SentError> for Failure {
    fn from(error: SentError) -> Self {
        let kind = match &error {
            SentError::Damaged { .. } | SentError::Unreadable { .. } => Kind::FixFirst,
            SentError::Unwritable { .. } => Kind::Store,
        };
        Self::new(kind, chain(&error)).hint(error.hint())
    }
}

impl From<DispatchError> for Failure {
    fn from(error: DispatchError) -> Self {
        match error {
            DispatchError::Store(error) => error.into(),
            DispatchError::Findings { findings } => Self {
                text: "mend these first; nothing was sent".to_owned(),
                ..Self::findings(findings)
            },
            DispatchError::Thread { .. } => Self::new(Kind::Internal, error.to_string())
                .hint("please report this; what was sent is on record, and `tidings run` goes on"),
            other => Self::new(Kind::FixFirst, chain(&other)),
        }
    }
}

impl From<&Stop> for Failure {
    fn from(stop: &Stop) -> Self {
        match stop {
            Stop::RelayForNow { why } => Self::new(Kind::Later, format!("stopped for now: {why}"))
                .hint("nobody is lost: `tidings run` goes on where this stopped"),
            Stop::Quota { why } => Self::new(Kind::Later, why.clone())
                .hint("nobody is lost: `tidings run` goes on when it is time; leave that to cron"),
            Stop::Hours { why } => Self::new(Kind::Later, why.clone())
                .hint("nobody is lost: `tidings run` goes on when their hours begin; leave that to cron"),
            Stop::Time { why } => {
                Self::new(Kind::Later, why.clone()).hint("nobody is lost: `tidings run` goes on where this stopped")
            }
            Stop::FixFirst { why, hint } => Self::new(Kind::FixFirst, why.clone()).hint(hint.clone()),
            Stop::Hold {
                why, hint, fix_first, ..
            } => {
                let kind = if *fix_first { Kind::FixFirst } else { Kind::Attention };
                Self::new(kind, format!("{why}; whoever still waits is on hold")).hint(hint.clone())
            }
            Stop::Store { why } => Self::new(Kind::Store, why.clone())
                .hint("check that the disk is not full and that `.tidings/` belongs to you; what was sent is on record"),
            Stop::Signal { interrupt: true } => Self::new(
                Kind::Later,
                "interrupted; the letters that were under way are settled, the rest is on hold",
            )
            .hint("`tidings release CAMPAIGN`, then `tidings run`, sends the rest"),
            Stop::Signal { interrupt: false } => {
                Self::new(Kind::Later, "stopped because it was asked to").hint("`tidings run` goes on where this stopped")
            }
            Stop::Limit { .. } => Self::said(Kind::Attention),
        }
    }
}
