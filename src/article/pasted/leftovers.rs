//! What a web page or a mail leaves in a text that was copied from it: invitations to share, subscribe, read on and look elsewhere.

use super::words;
use crate::article::html::signs::OLD_MAIL_LINKS;

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
    // Mails begin and end with them; in a sentence of the author's they have more around them.
    let is_of_a_mail = OLD_MAIL_LINKS
        .iter()
        .any(|link| bare.starts_with(link) && words::count(bare) <= 7);
    is_of_a_mail || counts_comments || BEGINNINGS.iter().any(|beginning| lower.starts_with(beginning)) || WHOLE.contains(&bare)
}

#[cfg(test)]
mod tests {
    use super::is_leftover;

    #[test]
    fn what_belonged_to_the_mail_is_told_from_the_text() {
        for line in [
            "View this email in your browser",
            "Unsubscribe | Update preferences",
            "Abmelden",
            "View in browser.",
        ] {
            assert!(is_leftover(line), "{line}");
        }
        for line in [
            "You can unsubscribe at any time, or write to us.",
            "Sie können die Preise online ansehen.",
            "Viewed from the window, the garden is quiet",
        ] {
            assert!(!is_leftover(line), "{line}");
        }
    }
}
