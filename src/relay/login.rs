//! Who we are to a relay: a name, a secret, and the way the two are said.
//!
//! Promises: the secret is never printed, and its bytes are wiped when they are dropped (what a mail library or the TLS layer copies for
//! a moment is theirs); a token that has run out is fetched anew once for all connections together. Knows nothing of where a secret
//! comes from: whoever makes a [`Renewal`] does.

use data_encoding::BASE64;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

/// Name and secret for the relay.
#[derive(Debug, Clone)]
pub struct Login {
    /// The user name.
    pub user: String,
    /// The password, or the token.
    pub password: Secret,
    /// How they are said.
    pub way: Way,
    /// Where a fresh token comes from; only then is a secret taken for a token without being called one.
    pub renewal: Option<Renewal>,
}

/// How name and secret are said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Way {
    /// The best of what the relay offers: PLAIN, or else LOGIN; XOAUTH2 where it offers nothing else and tokens can be had.
    #[default]
    Best,
    /// AUTH PLAIN (RFC 4616).
    Plain,
    /// AUTH LOGIN, which some providers still prefer.
    Login,
    /// AUTH XOAUTH2: the secret is a token.
    Xoauth2,
}

impl Login {
    /// A name and its password, said in the best way.
    pub fn new(user: impl Into<String>, password: Secret) -> Self {
        Self {
            user: user.into(),
            password,
            way: Way::Best,
            renewal: None,
        }
    }

    /// The same login with the newest token that was fetched for it.
    #[must_use]
    pub fn newest(&self) -> Self {
        let newest = self.renewal.as_ref().and_then(Renewal::newest);
        Self {
            password: newest.unwrap_or_else(|| self.password.clone()),
            ..self.clone()
        }
    }

    /// `text` without the secret, in whatever clothes it travels: some servers repeat a command that they do not like.
    pub fn redact(&self, text: &str) -> String {
        let (user, secret) = (&self.user, self.password.expose());
        let dressed = [
            BASE64.encode(format!("\0{user}\0{secret}").as_bytes()),
            BASE64.encode(format!("user={user}\x01auth=Bearer {secret}\x01\x01").as_bytes()),
            BASE64.encode(secret.as_bytes()),
            secret.to_owned(),
        ];
        dressed
            .iter()
            .fold(text.to_owned(), |text, needle| without(&text, needle.trim_end_matches('=')))
    }
}

/// A beginning of this many characters is enough to be taken out: messages cut what they quote.
const TELLING: usize = 8;

fn without(text: &str, needle: &str) -> String {
    let telling: String = needle.chars().take(TELLING).collect();
    if !text.contains(&telling) {
        return text.to_owned();
    }
    let needle: Vec<char> = needle.chars().collect();
    let least = needle.len().min(TELLING);
    let (mut rest, mut kept): (Vec<char>, String) = (text.chars().collect(), String::new());
    while !rest.is_empty() {
        let alike = rest.iter().zip(&needle).take_while(|(one, other)| one == other).count();
        // A secret so short is in every text.
        let found = least >= 3 && alike >= least;
        kept.push_str(if found { "***" } else { "" });
        kept.extend(rest.drain(..if found { alike } else { 1 }).filter(|_| !found));
    }
    kept
}

/// A text that is never printed, and wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Keeps `text` from being printed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, for the wire.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

type Fetch = Box<dyn Fn() -> Result<Secret, String> + Send + Sync>;

/// Where fresh tokens come from; shared by all connections.
#[derive(Clone)]
pub struct Renewal(Arc<Source>);

struct Source {
    fetch: Fetch,
    newest: Mutex<Option<Secret>>,
}

impl Renewal {
    /// Fresh tokens from `fetch`, which may take its time; why there is none is told without the token.
    pub fn new(fetch: impl Fn() -> Result<Secret, String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(Source {
            fetch: Box::new(fetch),
            newest: Mutex::new(None),
        }))
    }

    fn newest(&self) -> Option<Secret> {
        self.0.newest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A token for one that was `refused`: what another connection has fetched meanwhile, or a fresh one. Blocks.
    ///
    /// # Errors
    /// When no token can be had.
    pub fn renew(&self, refused: &Secret) -> Result<Secret, String> {
        let mut newest = self.0.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(newer) = newest.as_ref().filter(|newer| *newer != refused) {
            return Ok(newer.clone());
        }
        let fetched = (self.0.fetch)()?;
        *newest = Some(fetched.clone());
        Ok(fetched)
    }
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("renewable")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn a_password_is_never_printed() {
        let login = Login {
            renewal: Some(Renewal::new(|| Ok(Secret::new("hunter3")))),
            ..Login::new("tips", Secret::new("hunter2"))
        };
        assert_eq!(
            format!("{login:?}"),
            r#"Login { user: "tips", password: ***, way: Best, renewal: Some(renewable) }"#
        );
    }

    #[test]
    fn a_secret_is_taken_out_of_what_a_relay_repeats() {
        let login = Login::new("tips", Secret::new("pass word"));
        let check = |said: &str, kept: &str| assert_eq!(login.redact(said), kept);
        check(
            "unknown command `AUTH PLAIN AHRpcHMAcGFzcyB3b3Jk`",
            "unknown command `AUTH PLAIN ***`",
        );
        check("cut off: AHRpcHMAcGFz", "cut off: ***");
        check("no `cGFzcyB3b3Jk`, no `pass word`!", "no `***`, no `***`!");
        check("dXNlcj10aXBzAWF1dGg9QmVhcmVyIHBhc3Mgd29yZAEB", "***");
        check("the passage of words to tips", "the passage of words to tips");
    }

    #[test]
    fn one_fresh_token_serves_all_connections() {
        let fetched = Arc::new(AtomicU32::new(0));
        let counting = Arc::clone(&fetched);
        let renewal = Renewal::new(move || Ok(Secret::new(format!("token {}", counting.fetch_add(1, Ordering::SeqCst)))));
        let login = Login {
            renewal: Some(renewal.clone()),
            ..Login::new("tips", Secret::new("stale"))
        };
        assert_eq!(login.newest().password.expose(), "stale");
        for _ in 0..2 {
            assert_eq!(renewal.renew(&Secret::new("stale")).unwrap().expose(), "token 0");
        }
        assert_eq!(login.newest().password.expose(), "token 0");
        assert_eq!(renewal.renew(&Secret::new("token 0")).unwrap().expose(), "token 1");
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    }
}
