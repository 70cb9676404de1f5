//! What a web page leaves in a text that was copied from it: invitations to share, subscribe and read on.

use super::words;

/// Beginnings that give a leftover away, in lower case.
const BEGINNINGS: [&str; 38] = [
    "home >",
    "home »",
    "home /",
    "image:",
    "read more:",
    "read also",
    "also read",
    "read next",
    "share this",
    "share on",
    "share via",
    "tweet this",
    "subscribe to",
    "subscribe now",
    "sign up for",
    "sign up to",
    "follow us",
    "like us on",
    "find us on",
    "click here",
    "tap here",
    "advertisement",
    "related articles",
    "related posts",
    "you may also like",
    "you might also like",
    "back to top",
    "filed under",
    "posted in",
    "tags:",
    "categories:",
    "leave a comment",
    "leave a reply",
    "skip to content",
    "continue reading",
    "photo by",
    "photo credit",
    "image credit",
];

/// Whole lines that give themselves away, in lower case.
const WHOLE: [&str; 30] = [
    "read more",
    "more",
    "learn more",
    "find out more",
    "share",
    "tweet",
    "pin it",
    "print",
    "email",
    "subscribe",
    "sign up",
    "newsletter",
    "comments",
    "no comments",
    "book now",
    "book online",
    "contact us",
    "previous",
    "next",
    "home",
    "menu",
    "search",
    "weiterlesen",
    "mehr lesen",
    "teilen",
    "jetzt buchen",
    "zum newsletter anmelden",
    "lire la suite",
    "partager",
    "leer más",
];

/// Whether a short line looks like a leftover.
pub(crate) fn is_leftover(text: &str) -> bool {
    if words::count(text) > 12 {
        return false;
    }
    let lower = text.to_lowercase();
    let bare = lower.trim_matches(|character: char| !character.is_alphanumeric());
    let counts_comments = bare
        .strip_suffix("comments")
        .or(bare.strip_suffix("comment"))
        .is_some_and(|n| n.trim().parse::<u32>().is_ok());
    counts_comments || BEGINNINGS.iter().any(|beginning| lower.starts_with(beginning)) || WHOLE.contains(&bare)
}
