//! A long text takes the rules no longer than its length.

use super::{file, sources};
use std::time::{Duration, Instant};
use tidings::letter::lint::edition;

/// A debug build on a busy machine is given ten times what it needs.
const PATIENCE: Duration = Duration::from_secs(15);

const PIECES: &[&str] = &[
    "word ",
    "word\n\n",
    "[",
    "[a](https://a.test) ",
    "http://",
    "www.a.test ",
    "*|",
    "<a ",
    "<div>",
    "</p>",
    "{{ x }} ",
    "cure ",
    "prevents ",
    "free massage ",
    "“I am well” — Anna\n\n",
    "> ",
    "mаss ",
    "Ã© ",
    "\u{200b}",
    "<p style=\"color:#777\">a ",
    "<style>a{",
    "((((",
    "\"",
    "{",
    "<table>",
    "before and after ",
    "100 % ",
    "&amp;",
    "# a\n",
    "- ",
    "![a](b.png) ",
    "%NAME% ",
    "é",
];

#[test]
#[allow(clippy::disallowed_methods, reason = "a test of how long the rules take")]
fn a_megabyte_takes_no_longer_than_its_length() {
    let mut longest = Duration::ZERO;
    for piece in PIECES {
        let text = piece.repeat(1_000_000 / piece.len());
        let mut sources = sources(&file("Breathe."), &[("letter.html", &text)]).unwrap();
        let begun = Instant::now();
        edition(&sources);
        let template = begun.elapsed();
        sources.article.markdown = text;
        sources.template.files.clear();
        let begun = Instant::now();
        edition(&sources);
        let article = begun.elapsed();
        longest = longest.max(template).max(article);
        assert!(
            template < PATIENCE && article < PATIENCE,
            "a megabyte of {piece:?}: as template {template:?}, as article {article:?}"
        );
    }
    println!(
        "proof| lint | the slowest of {} kinds of a megabyte | {longest:?}",
        PIECES.len()
    );
}
