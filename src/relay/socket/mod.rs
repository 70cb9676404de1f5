//! A connection to a relay: drives the [`conversation`](crate::relay::conversation) over TCP and TLS, with a deadline for each
//! phase.
//!
//! Promises: TCP_NODELAY (Nagle's algorithm costs 45 ms a letter); host names are checked; a terminator opens a write of its own,
//! begun only when the kernel has all of the body, so that a failed body is a definite no. A dropped [`Connection::settled`] leaves a
//! connection that is never used again: its next reply would belong to the letter that was given up.

mod certificate;
mod dial;
mod exchange;
mod tls;

#[cfg(test)]
mod tests;

use crate::address::Address;
use crate::delivery::reply::{Class, Stage};
use crate::relay::conversation::capabilities::Capabilities;
use crate::relay::conversation::{Conversation, Envelope, Event, Mode, Profile, Ticket};
use crate::relay::outcome::{Outcome, Trouble};
use crate::relay::server::{Deadlines, Login, Security, Server};
use crate::relay::socket::exchange::{Buffers, Line, converse, converse_until, overhear};
use std::fmt;
use std::future::{Future, pending};
use std::pin::pin;
pub use tls::Protection;
use tokio::io::AsyncWriteExt;

/// An open, greeted, logged-in line to a relay.
pub struct Connection {
    line: Box<dyn Line>,
    conversation: Conversation,
    buffers: Buffers,
    deadlines: Deadlines,
    relay_name: String,
    protection: Option<Protection>,
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

/// Connects, encrypts, greets and logs in. A token that is refused is fetched anew, once, before it counts as a refused login.
///
/// # Errors
/// When no letter can be handed to this server now; no recipient is concerned.
pub async fn open(server: &Server) -> Result<Connection, Trouble> {
    let Some(login) = &server.login else {
        return open_as(server, None).await;
    };
    let login = login.newest();
    let trouble = match open_as(server, Some(&login)).await {
        Err(trouble) if trouble.is_token_refused => trouble,
        opened => return opened,
    };
    match renewed(&login).await {
        None => Err(trouble),
        Some(Err(why)) => Err(Trouble {
            why: format!("{}; and no fresh token can be had: {why}", trouble.why),
            ..trouble
        }),
        Some(Ok(login)) => open_as(server, Some(&login)).await.map_err(|trouble| Trouble {
            why: match trouble.is_token_refused {
                true => format!("{}; that token was fresh", trouble.why),
                false => trouble.why,
            },
            ..trouble
        }),
    }
}

/// The login with a fresh token; `None` where there is none but the one that was refused.
async fn renewed(login: &Login) -> Option<Result<Login, String>> {
    let (renewal, refused) = (login.renewal.clone()?, login.password.clone());
    // Fetching one may take a program half a minute; the other connections go on.
    let fetched = tokio::task::spawn_blocking(move || renewal.renew(&refused)).await;
    match fetched.unwrap_or_else(|_| Err("what fetches it broke off".to_owned())) {
        Ok(same) if same == login.password => None,
        Ok(password) => Some(Ok(Login {
            password,
            ..login.clone()
        })),
        Err(why) => Some(Err(why)),
    }
}

async fn open_as(server: &Server, login: Option<&Login>) -> Result<Connection, Trouble> {
    let opened = connect(server, login).await;
    opened.map_err(|trouble| login.map_or(trouble.clone(), |login| trouble.redacted(login)))
}

async fn connect(server: &Server, login: Option<&Login>) -> Result<Connection, Trouble> {
    let profile = Profile {
        hello: server.hello.clone(),
        security: server.security,
        login: login.cloned(),
        in_flight: server.in_flight,
    };
    let mut conversation = Conversation::new(profile);
    let mut tcp = dial::connect(server).await?;
    let mut protection = None;
    let mut line: Box<dyn Line> = match server.security {
        Security::Plain => Box::new(tcp),
        Security::Implicit => {
            let secured = tls::secure(tcp, server).await?;
            protection = Some(tls::protection(&secured));
            Box::new(secured)
        }
        Security::StartTls => {
            await_event(&mut tcp, &mut conversation, server, &Event::Secure).await?;
            let secured = tls::secure(tcp, server).await?;
            protection = Some(tls::protection(&secured));
            conversation.secured();
            Box::new(secured)
        }
    };
    await_event(&mut line, &mut conversation, server, &Event::Ready).await?;
    Ok(Connection {
        line,
        conversation,
        buffers: Buffers::default(),
        deadlines: server.deadlines.clone(),
        relay_name: server.host.clone(),
        protection,
        under_way: false,
    })
}

async fn await_event<L: Line>(
    line: &mut L,
    conversation: &mut Conversation,
    server: &Server,
    wanted: &Event,
) -> Result<(), Trouble> {
    match converse(line, conversation, &server.deadlines, &mut Buffers::default()).await {
        Event::Failed(trouble) => Err(trouble),
        event if event == *wanted => Ok(()),
        Event::Secure | Event::Ready | Event::Settled(..) | Event::Over(_) => Err(Trouble::new(
            Stage::Ehlo,
            Class::RelayDown,
            "the connection to the relay was over before it was open",
        )),
    }
}

impl Connection {
    /// How letters travel on this connection.
    pub fn mode(&self) -> Mode {
        self.conversation.mode()
    }

    /// How many more letters may be announced now.
    pub fn room(&self) -> usize {
        self.conversation.room()
    }

    /// Announces a letter: see [`Conversation::announce`]. Nothing is written before [`Connection::settled`] is awaited.
    pub fn announce(&mut self, letter: &Envelope<'_>) -> Ticket {
        self.conversation.announce(letter)
    }

    /// The letter may leave: its intent is on record.
    pub fn permit(&mut self, ticket: Ticket) {
        self.conversation.permit(ticket);
    }

    /// The letter may not leave any more.
    pub fn revoke(&mut self, ticket: Ticket) {
        self.conversation.revoke(ticket);
    }

    /// Writes and listens until a letter has its outcome; gives all that are known then. Some letter must have been permitted.
    ///
    /// Dropping the future gives the connection up; whether its letters were taken is then not known here.
    pub async fn settled(&mut self) -> Vec<(Ticket, Outcome)> {
        self.settled_unless(pending()).await
    }

    /// The same, until `called` is done: then it gives what is known, which may be nothing, and the connection goes on as it stands.
    pub async fn settled_unless(&mut self, called: impl Future<Output = ()>) -> Vec<(Ticket, Outcome)> {
        self.under_way = true;
        if self.conversation.awaited_replies() == 0 && !self.conversation.has_news() {
            overhear(&mut self.line, &mut self.conversation, &mut self.buffers).await;
        }
        let (line, conversation) = (&mut self.line, &mut self.conversation);
        let event = converse_until(pin!(called), line, conversation, &self.deadlines, &mut self.buffers).await;
        self.under_way = false;
        match event {
            Some(Event::Settled(ticket, outcome)) => {
                let outcome = self.discreet(outcome);
                [(ticket, outcome)].into_iter().chain(self.known()).collect()
            }
            Some(Event::Secure | Event::Ready | Event::Failed(_) | Event::Over(_)) | None => Vec::new(),
        }
    }

    /// The outcomes that are known and were not given yet.
    pub fn known(&mut self) -> Vec<(Ticket, Outcome)> {
        let mut outcomes = Vec::new();
        while let Some(Event::Settled(ticket, outcome)) = self.conversation.poll() {
            outcomes.push((ticket, self.discreet(outcome)));
        }
        outcomes
    }

    fn discreet(&self, outcome: Outcome) -> Outcome {
        match self.conversation.login() {
            Some(login) => outcome.redacted(login),
            None => outcome,
        }
    }

    /// Hands one letter to the relay and waits for what becomes of it.
    pub async fn post(&mut self, letter: &Envelope<'_>) -> Outcome {
        if self.under_way {
            let why = "an earlier letter was given up half-way on this connection".to_owned();
            return Outcome::NotTaken { stage: Stage::Mail, why };
        }
        let ticket = self.announce(letter);
        self.permit(ticket);
        self.outcome_of(ticket).await
    }

    async fn outcome_of(&mut self, ticket: Ticket) -> Outcome {
        loop {
            let outcomes = self.settled().await;
            if let Some((_, outcome)) = outcomes.into_iter().find(|(settled, _)| *settled == ticket) {
                return outcome;
            }
            if self.conversation.is_over() {
                // Each letter gets its outcome first; were that ever broken, doubt is the one safe answer.
                let why = "the conversation lost its thread".to_owned();
                return Outcome::InDoubt { why };
            }
        }
    }

    /// Asks whether the relay takes letters from `sender`: a positive answer at the stage MAIL is a yes. No letter follows.
    pub async fn ask_about(&mut self, sender: &Address) -> Outcome {
        let ticket = self.conversation.ask_about(sender);
        self.outcome_of(ticket).await
    }

    /// Listens in, without waiting, whether the relay has hung up on an idle connection.
    pub async fn is_still_there(&mut self) -> bool {
        if self.is_usable() && self.conversation.is_idle() {
            overhear(&mut self.line, &mut self.conversation, &mut self.buffers).await;
        }
        self.is_usable()
    }

    /// Whether another letter may be announced here. The relay may still have hung up meanwhile: then the letter is not taken.
    pub fn is_usable(&self) -> bool {
        !self.under_way && self.conversation.is_open() && self.conversation.is_in_step()
    }

    /// The relay's host name.
    pub fn relay_name(&self) -> &str {
        &self.relay_name
    }

    /// What protects the line; `None` is clear text on this machine.
    pub fn protection(&self) -> Option<&Protection> {
        self.protection.as_ref()
    }

    /// What the relay said it can do.
    pub fn capabilities(&self) -> &Capabilities {
        self.conversation.capabilities()
    }

    /// Says goodbye and closes; gives up politeness after a few seconds.
    pub async fn quit(mut self) {
        if self.under_way || !self.conversation.is_idle() {
            return;
        }
        let deadline = self.deadlines.quit;
        let goodbye = async {
            self.conversation.quit();
            converse(&mut self.line, &mut self.conversation, &self.deadlines, &mut self.buffers).await;
            self.line.shutdown().await
        };
        // A relay that does not answer QUIT has all its letters already.
        let _ = tokio::time::timeout(deadline, goodbye).await;
    }
}
