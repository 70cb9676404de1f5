//! What comes of speaking with a relay: the outcome of one letter, and the trouble that keeps a connection from opening.
//!
//! Promises: an outcome is definite unless it says [`Outcome::InDoubt`]. Knows nothing of retries or of the store's states.

use crate::delivery::reply::{Class, Reply, Stage, classify};
use crate::relay::login::Login;

/// What became of one letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A whole reply decided it. Positive only at the end of data: then the relay has accepted the letter. Any other reply is a
    /// definite no of that stage.
    Answered(Reply),
    /// A definite no without a reply: the connection was lost, timed out or fell out of step before the first byte of the
    /// terminator could have left this process.
    NotTaken {
        /// How far it had got.
        stage: Stage,
        /// What happened.
        why: String,
    },
    /// The terminator may have reached the relay and no usable reply came back: nobody on this side can know.
    InDoubt {
        /// What happened.
        why: String,
    },
    /// The letter was not offered: this relay has said that it cannot take such a letter. The connection stays usable.
    Unsupported {
        /// Whose fault it is: the address (SMTPUTF8), the sender's address, or the letter (its size or its bytes).
        class: Class,
        /// What was found against what the relay offers.
        why: String,
    },
}

impl Outcome {
    /// Whether the relay has taken the letter.
    pub fn is_accepted(&self) -> bool {
        matches!(self, Outcome::Answered(reply) if reply.stage == Stage::EndOfData && reply.is_positive())
    }

    /// The same outcome without the secret of `login`, should the relay have repeated it.
    #[must_use]
    pub fn redacted(mut self, login: &Login) -> Self {
        let said = match &mut self {
            Outcome::Answered(reply) => &mut reply.text,
            Outcome::NotTaken { why, .. } | Outcome::InDoubt { why } | Outcome::Unsupported { why, .. } => why,
        };
        *said = login.redact(said);
        self
    }

    /// Whether nobody can know what became of the letter.
    pub fn is_in_doubt(&self) -> bool {
        matches!(self, Outcome::InDoubt { .. })
    }
}

/// Why no letter can be handed to the relay at all: no recipient is touched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Trouble {
    /// How far the opening had got.
    pub stage: Stage,
    /// Whose fault it is; its scope is never a single delivery.
    pub class: Class,
    /// What happened: lower case, names in backticks.
    pub why: String,
    /// The next step, when there is one to name.
    pub hint: Option<String>,
    /// The relay's own words, when it spoke.
    pub reply: Option<Reply>,
    /// A token was refused: a fresh one may do.
    pub is_token_refused: bool,
}

impl Trouble {
    /// Trouble that no reply of the relay's tells about.
    pub fn new(stage: Stage, class: Class, why: impl Into<String>) -> Self {
        Self {
            stage,
            class,
            why: why.into(),
            hint: None,
            reply: None,
            is_token_refused: false,
        }
    }

    /// The same trouble with a next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The relay has said no while the connection was opened.
    pub fn refused(reply: Reply) -> Self {
        let (stage, class) = (reply.stage, classify(&reply));
        let what = match stage {
            Stage::Greeting => "the relay does not want to speak with this machine",
            Stage::Ehlo => "the relay refuses our greeting (EHLO)",
            Stage::StartTls => "the relay cannot begin TLS",
            Stage::Login => "the relay refuses the login",
            Stage::Connect | Stage::Tls | Stage::Mail | Stage::Rcpt | Stage::Data | Stage::EndOfData => "the relay refuses",
        };
        let why = format!("{what}: it answered `{reply}`");
        Self {
            stage,
            class,
            why,
            hint: next_step(stage, class).map(str::to_owned),
            reply: Some(reply),
            is_token_refused: false,
        }
    }

    /// The same trouble without the secret of `login`, should the relay have repeated it.
    #[must_use]
    pub fn redacted(mut self, login: &Login) -> Self {
        self.why = login.redact(&self.why);
        if let Some(reply) = &mut self.reply {
            reply.text = login.redact(&reply.text);
        }
        self
    }
}

fn next_step(stage: Stage, class: Class) -> Option<&'static str> {
    match (class, stage) {
        (Class::Login, _) => {
            Some("check `user` and the password under `relay:` in `tidings.yaml`; many providers want an app password")
        }
        (Class::Throttle | Class::RelayDown | Class::Quota, _) => Some("nothing was sent; run the same command again later"),
        (_, Stage::Greeting) => Some("ask the provider whether this machine's address may send mail"),
        (_, Stage::Ehlo) => {
            Some("the relay dislikes the name we give: write this machine's own, such as `hello: mail.example.org`, under `relay:`")
        }
        (_, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::login::Secret;

    #[test]
    fn a_relay_that_repeats_the_password_late_is_not_believed_to_be_discreet() {
        let login = Login::new("tips", Secret::new("correct horse battery"));
        let said = "5.5.1 you said correct horse battery and AHRpcHMAY29ycmVjdCBob3JzZSBiYXR0ZXJ5".to_owned();
        let reply = Reply::new(Stage::Mail, 550, std::slice::from_ref(&said));
        let Outcome::Answered(kept) = Outcome::Answered(reply).redacted(&login) else {
            panic!("another outcome");
        };
        assert_eq!(kept.text, "you said *** and ***");
        let doubt = Outcome::InDoubt { why: said }.redacted(&login);
        assert_eq!(
            doubt,
            Outcome::InDoubt {
                why: "5.5.1 you said *** and ***".to_owned()
            }
        );
    }
}
