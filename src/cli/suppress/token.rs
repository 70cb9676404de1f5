//! A letter's token, typed in by whoever reads the mailbox by hand: it says whose letter it was, and which lists they leave.

use crate::address::Address;
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind};
use crate::cli::ui::listed;
use crate::delivery::token::Token;
use crate::store::Store;
use crate::store::suppress::{NewSuppression, Whom};
use crate::store::token::Holder;
use crate::subscriber::suppression::{Reason, Scope, Suppression};
use jiff::Timestamp;

/// The token in what somebody typed: alone, or with the words that a mail program put around it.
pub(super) fn typed(text: &str) -> Option<Token> {
    Token::all_in(text).first().copied()
}

/// What is meant as a token and is none: no address begins so and has no `@`.
pub(super) fn damaged(text: &str) -> Option<Failure> {
    let meant = text.split_whitespace().find(|word| word.starts_with("v1."))?;
    if text.contains('@') {
        return None;
    }
    let shown: String = meant.chars().take(SHOWN).collect();
    let text = format!("`{shown}…` begins like a letter's token, and is damaged or incomplete; nothing was changed");
    Some(Failure::new(Kind::Usage, text).hint(format!("copy it whole, from `v1.` to its end: it has {LENGTH} characters")))
}

/// So much of a damaged token shows which one is meant, and is no key.
const SHOWN: usize = 12;
/// `v1.`, four characters of the key, and two parts more.
const LENGTH: usize = 90;

/// What a person leaves by this token, as far as it is one of ours.
pub(super) fn leaving(
    context: &Context,
    store: &Store,
    token: &Token,
    args: &super::Add,
    at: Timestamp,
) -> Result<Vec<NewSuppression>, Failure> {
    let holder = match store.holder(token)? {
        Some(holder) if holder.is_sample => return Err(sample()),
        Some(holder) => holder,
        None => return Err(forged()),
    };
    let scopes = scopes(&holder, args.list.as_deref());
    tell(context, store, &holder, &scopes)?;
    let new = |scope| NewSuppression {
        whom: Whom::Hash(holder.person),
        suppression: Suppression {
            scope,
            reason: args.reason.unwrap_or(Reason::Unsubscribed),
            at,
            evidence: Some(
                args.evidence
                    .clone()
                    .unwrap_or_else(|| "the token of their letter".to_owned()),
            ),
        },
        happened: None,
    };
    Ok(scopes.into_iter().map(new).collect())
}

/// The lists of the letter; all mail where it is on no record any more.
fn scopes(holder: &Holder, list: Option<&str>) -> Vec<Scope> {
    match (list, holder.lists.is_empty()) {
        (Some(list), _) => vec![Scope::List(list.to_owned())],
        (None, true) => vec![Scope::All],
        (None, false) => holder.lists.iter().cloned().map(Scope::List).collect(),
    }
}

fn tell(context: &Context, store: &Store, holder: &Holder, scopes: &[Scope]) -> Result<(), Failure> {
    let letter = holder.delivery.map(|delivery| store.letter_of(delivery)).transpose()?;
    let address = letter.flatten().and_then(|letter| letter.address);
    let whose = address.as_ref().map_or_else(
        || "somebody whose letter is on no record any more".to_owned(),
        Address::masked,
    );
    let mail: Vec<String> = scopes.iter().map(ToString::to_string).collect();
    context
        .ui
        .say(&format!("the token of a letter to {whose}: no more of {}", listed(&mail)));
    Ok(())
}

fn sample() -> Failure {
    let text = "this token was in a test letter or a preview, which nobody was sent: nobody leaves by it, and nothing was changed";
    Failure::new(Kind::Usage, text)
        .hint("whoever wrote it has tried the way out, and it works; a person leaves by `tidings suppress add ADDRESS`")
}

fn forged() -> Failure {
    Failure::new(Kind::Usage, "this store did not make this token; nothing was changed")
        .hint("copy it whole, from `v1.` to its end; a rehearsal's token, or another clinic's, means nobody here")
}
