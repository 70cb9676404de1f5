//! Tests of pages beyond the labelled ones: what is clutter and what only looks so.

use super::read;
use crate::article::document::{markdown, tidy};

fn markdown(page: &str) -> String {
    let mut document = read(page).expect("a page").document;
    tidy::tidy(&mut document);
    markdown::write(&document.blocks)
}

const PROSE: &str = "<p>Enough words to be the prose of an article, which nobody would take for a menu or a button.</p>";

#[test]
fn classes_that_speak_of_the_whole_page_take_nothing_away() {
    let page = format!(
        "<body class='has-sidebar nav-open'><div class='page with-comments'><div id=social-page>{PROSE}{PROSE}</div></div></body>"
    );
    assert_eq!(markdown(&page).matches("Enough words").count(), 2);
}

#[test]
fn what_is_hidden_or_a_notice_does_not_come() {
    let page = format!(
        "<body>{PROSE}<div style='display: none'>hidden</div><p hidden>hidden</p><div class=postMetaShare>share</div><div id=onetrust-banner>cookies</div>\
         <aside>beside</aside><aside class=callout><p>A remark for the reader.</p></aside></body>"
    );
    let text = markdown(&page);
    assert!(
        !text.contains("hidden") && !text.contains("share") && !text.contains("cookies") && !text.contains("beside"),
        "{text}"
    );
    assert!(text.contains("A remark for the reader."), "{text}");
}

#[test]
fn further_reading_among_paragraphs_stays_and_a_block_of_links_goes() {
    let links = "<ul><li><a href='https://a.example/1'>One thing to read</a></li><li><a href='https://a.example/2'>Another thing</a></li><li><a href='https://a.example/3'>A third</a></li></ul>";
    let among = format!("<body><main>{PROSE}{PROSE}{links}</main></body>");
    assert!(markdown(&among).contains("[Another thing](https://a.example/2)"));
    let apart = format!("<body><main><div>{PROSE}{PROSE}</div><div>{links}</div></main></body>");
    assert!(!markdown(&apart).contains("Another thing"));
}

#[test]
fn lines_lists_and_tables_keep_their_shape() {
    let check = |html: &str, expected: &str| assert_eq!(markdown(html), expected, "{html}");
    check("one<br>two<br><br>three", "one\\\ntwo\n\nthree");
    check(
        "<ul><li>a<ul><li>b</li></ul></li><ul><li>c</li></ul></ul>",
        "- a\n  - b\n  - c",
    );
    check("<table><tr><td>only</td></tr></table>", "only");
    check(
        "<table><tr><th>a</th><th>b</th></tr><tr><td>1|2</td><td></td></tr></table>",
        "| a | b |\n| --- | --- |\n| 1\\|2 |  |",
    );
    check("<p>a<pre><code>x\n  {{ y }}</code></pre>", "a\n\n```\nx\n  {{ y }}\n```");
    check("<p><b>Warm: </b>hands <i> and </i> feet</p>", "**Warm:** hands *and* feet");
}
