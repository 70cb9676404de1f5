//! Telling a mail server who we are: AUTHENTICATE PLAIN (RFC 4616), LOGIN where it offers nothing better, XOAUTH2 with a token.
//!
//! Promises: only on a line that TLS protects already, since no other is ever opened; the secret's bytes are wiped, and no error has them.

use super::Account;
use super::session::{Session, Verdict, is_for_now, quoted};
use super::trouble::Trouble;
use data_encoding::BASE64;
use imap_proto::{Capability, Response};
use tokio::io::{AsyncRead, AsyncWrite};
use zeroize::Zeroizing;

/// What a server lets us log in with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Ways {
    plain: bool,
    tokens: bool,
    /// The command LOGIN is there unless it is said not to be.
    no_command: bool,
}

/// Logs in.
pub(super) async fn log_in<S: AsyncRead + AsyncWrite + Unpin>(session: &mut Session<S>, account: &Account) -> Result<(), Trouble> {
    let (user, secret) = (&account.user, &account.secret);
    let ways = ways(session).await?;
    let is_token = account.is_token;
    let verdict = match (is_token, ways) {
        (true, Ways { tokens: true, .. }) => {
            let said = Zeroizing::new(format!("user={user}\x01auth=Bearer {}\x01\x01", secret.as_str()));
            authenticate(session, "XOAUTH2", &said, secret).await?
        }
        (false, Ways { plain: true, .. }) => {
            let said = Zeroizing::new(format!("\0{user}\0{}", secret.as_str()));
            authenticate(session, "PLAIN", &said, secret).await?
        }
        (false, Ways { no_command: false, .. }) => {
            session.secrets = vec![secret.clone(), Zeroizing::new(quoted(secret))];
            let command = Zeroizing::new(format!("LOGIN {} {}", quoted(user), &*session.secrets[1]));
            session.ask(&command, &mut |_| {}).await?
        }
        (true, _) | (false, _) => return Err(Trouble::NoWayIn { is_token }),
    };
    match verdict {
        Verdict { is_yes: true, .. } => Ok(()),
        Verdict { words, .. } if is_for_now(&words) => Err(Trouble::Unavailable { words }),
        Verdict { words, .. } => Err(Trouble::LoginRefused { words, is_token }),
    }
}

async fn authenticate<S: AsyncRead + AsyncWrite + Unpin>(
    session: &mut Session<S>,
    way: &str,
    said: &str,
    secret: &Zeroizing<String>,
) -> Result<Verdict, Trouble> {
    let dressed = Zeroizing::new(BASE64.encode(said.as_bytes()));
    session.secrets = vec![secret.clone(), dressed.clone()];
    let tag = session.say(&format!("AUTHENTICATE {way}")).await?;
    match session.answer_question(&tag, &dressed).await? {
        Some(verdict) => Ok(verdict),
        // A token that is refused is told in another question, which wants an empty answer.
        None => session.heard_out(&tag, &mut |_| {}).await,
    }
}

async fn ways<S: AsyncRead + AsyncWrite + Unpin>(session: &mut Session<S>) -> Result<Ways, Trouble> {
    let mut ways = Ways::default();
    let mut hear = |response: Response<'_>| {
        if let Response::Capabilities(capabilities) = response {
            for capability in capabilities {
                match capability {
                    Capability::Auth(way) => {
                        ways.plain |= way.eq_ignore_ascii_case("PLAIN");
                        ways.tokens |= way.eq_ignore_ascii_case("XOAUTH2");
                    }
                    Capability::Atom(word) => ways.no_command |= word.eq_ignore_ascii_case("LOGINDISABLED"),
                    Capability::Imap4rev1 => {}
                }
            }
        }
    };
    // One that cannot say what it can do has at least the oldest way.
    session.ask("CAPABILITY", &mut hear).await?;
    Ok(ways)
}
