//! A connection to a relay: drives the [`conversation`](crate::relay::conversation) over TCP and TLS, with a deadline for each
//! phase.
//!
//! Promises: TCP_NODELAY (Nagle's algorithm costs 45 ms a letter); host names are checked; the terminator is a write of its own,
//! begun only when the kernel has all of the body, so that a failed body is a definite no. A dropped [`Connection::post`] leaves a
//! connection that is never used again: its next reply would belong to the letter that was given up.

mod dial;
mod exchange;
mod tls;

#[cfg(test)]
mod tests;

use crate::delivery::reply::{Class, Stage};
use crate::relay::conversation::{Conversation, Envelope, Event, Profile};
use crate::relay::outcome::{Outcome, Trouble};
use crate::relay::server::{Deadlines, Security, Server};
use crate::relay::socket::exchange::{Line, converse, overhear};
use std::fmt;
use tokio::io::AsyncWriteExt;

/// An open, greeted, logged-in line to a relay.
pub struct Connection {
    line: Box<dyn Line>,
    conversation: Conversation,
    deadlines: Deadlines,
    relay_name: String,
    /// Set while a letter is under way; stays set when its future is dropped.
    under_way: bool,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("relay_name", &self.relay_name)
            .finish_non_exhaustive()
    }
}

/// Connects, encrypts, greets and logs in.
///
/// # Errors
/// When no letter can be handed to this server now; no recipient is concerned.
pub async fn open(server: &Server) -> Result<Connection, Trouble> {
    let profile = Profile {
        hello: server.hello.clone(),
        security: server.security,
        login: server.login.clone(),
    };
    let mut conversation = Conversation::new(profile);
    let mut tcp = dial::connect(server).await?;
    let mut line: Box<dyn Line> = match server.security {
        Security::Plain => Box::new(tcp),
        Security::Implicit => Box::new(tls::secure(tcp, server).await?),
        Security::StartTls => {
            await_event(&mut tcp, &mut conversation, server, &Event::Secure).await?;
            let secured = tls::secure(tcp, server).await?;
            conversation.secured();
            Box::new(secured)
        }
    };
    await_event(&mut line, &mut conversation, server, &Event::Ready).await?;
    Ok(Connection {
        line,
        conversation,
        deadlines: server.deadlines.clone(),
        relay_name: server.host.clone(),
        under_way: false,
    })
}

async fn await_event<L: Line>(
    line: &mut L,
    conversation: &mut Conversation,
    server: &Server,
    wanted: &Event,
) -> Result<(), Trouble> {
    match converse(line, conversation, &server.deadlines).await {
        Event::Failed(trouble) => Err(trouble),
        event if event == *wanted => Ok(()),
        Event::Secure | Event::Ready | Event::Settled(_) | Event::Over(_) => Err(Trouble::new(
            Stage::Ehlo,
            Class::RelayDown,
            "the connection to the relay was over before it was open",
        )),
    }
}

impl Connection {
    /// Hands one letter to the relay and waits for what becomes of it.
    ///
    /// Dropping the future gives the connection up; whether the letter was taken is then not known here.
    pub async fn post(&mut self, letter: &Envelope<'_>) -> Outcome {
        if self.under_way {
            let why = "an earlier letter was given up half-way on this connection".to_owned();
            return Outcome::NotTaken { stage: Stage::Mail, why };
        }
        self.under_way = true;
        overhear(&mut self.line, &mut self.conversation).await;
        self.conversation.post(letter);
        let event = converse(&mut self.line, &mut self.conversation, &self.deadlines).await;
        self.under_way = false;
        match event {
            Event::Settled(outcome) => outcome,
            // Each posted letter gets its outcome first; were that ever broken, doubt is the one safe answer.
            Event::Over(why) => Outcome::InDoubt { why },
            Event::Secure | Event::Ready | Event::Failed(_) => Outcome::InDoubt {
                why: "the conversation lost its thread".to_owned(),
            },
        }
    }

    /// Whether another letter may be posted here. The relay may still have hung up meanwhile: then the letter is not taken.
    pub fn is_usable(&self) -> bool {
        !self.under_way && self.conversation.is_idle()
    }

    /// The relay's host name.
    pub fn relay_name(&self) -> &str {
        &self.relay_name
    }

    /// Says goodbye and closes; gives up politeness after a few seconds.
    pub async fn quit(mut self) {
        if !self.is_usable() {
            return;
        }
        let deadline = self.deadlines.quit;
        let goodbye = async {
            self.conversation.quit();
            converse(&mut self.line, &mut self.conversation, &self.deadlines).await;
            self.line.shutdown().await
        };
        // A relay that does not answer QUIT has all its letters already.
        let _ = tokio::time::timeout(deadline, goodbye).await;
    }
}
