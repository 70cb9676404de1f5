//! Tests of pages beyond the labelled ones: what is clutter and what only looks so.

use super::{Unread, read};
use crate::article::document::{markdown, tidy};

fn markdown(page: &str) -> String {
    let mut document = read(page).unwrap().document;
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
fn what_was_deleted_on_record_stays_out_and_an_old_price_does_not() {
    let page = format!(
        "<body><main>{PROSE}<p>Our <span class=msoDel><del cite='mailto:a@a.example' datetime='2026-11-01T10:00'>Mrs Miller</del></span> <s>£60</s> £50</p></main></body>"
    );
    let text = markdown(&page);
    assert!(!text.contains("Miller") && text.contains("~~£60~~ £50"), "{text}");
}

#[test]
fn answers_that_a_press_unfolds_are_text() {
    let answer = "No, most people come back without one, with a little patience and the right exercises.";
    for fold in [
        format!(
            "<div class=elementor-accordion-item><h3>Do I need surgery?</h3><div class=elementor-tab-content style='display:none'><p>{answer}</p></div></div>"
        ),
        format!(
            "<div class='et_pb_toggle et_pb_toggle_close'><h3>Do I need surgery?</h3><div class='et_pb_toggle_content' hidden><p>{answer}</p></div></div>"
        ),
        format!(
            "<h3><button aria-expanded=false>Do I need surgery?</button></h3><div role=region aria-labelledby=a hidden><p>{answer}</p></div>"
        ),
    ] {
        let text = markdown(&format!("<body><main>{PROSE}{fold}</main></body>"));
        assert!(
            text.contains("Do I need surgery?") && text.contains("most people come back"),
            "{text}"
        );
    }
    let menu = format!("<body>{PROSE}<div class='collapse navbar-collapse' hidden><p>Home and away and about us</p></div></body>");
    assert!(!markdown(&menu).contains("Home and away"));
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

const NOTICE: &str =
    "<p>We and our partners keep cookies on your device to measure reach, to show advertising and to learn about you.</p>";

#[test]
fn a_notice_does_not_become_the_letter_however_long_it_is() {
    let long = NOTICE.repeat(6);
    let dialogs = [
        format!("<div role=dialog>{long}</div>"),
        format!("<div aria-modal=true><h2>Before you go on</h2>{long}</div>"),
        format!("<div id=onetrust-consent-sdk>{long}</div>"),
        format!("<dialog><h1>Cookies</h1>{long}</dialog>"),
        format!("<div class=newsletter-popup>{long}</div>"),
        format!("<nav>{long}</nav>"),
        format!("<div hidden>{long}</div>"),
    ];
    for dialog in dialogs {
        for article in [
            "<main><h1>Warm hands</h1><p>Hold a mug of tea.</p></main>",
            "<div><p>Hold a mug of tea.</p></div>",
        ] {
            for page in [format!("<body>{dialog}{article}"), format!("<body>{article}{dialog}")] {
                let text = markdown(&page);
                assert!(text.contains("mug of tea") && !text.contains("partners"), "{page}\n{text}");
            }
        }
        // A page whose text a script would have brought holds nothing but the notice.
        let alone = read(&format!("<body><div id=app></div>{dialog}"));
        let is_cookies = !dialog.contains("hidden") && !dialog.contains("popup") && !dialog.contains("nav");
        assert!(!is_cookies || matches!(alone, Err(Unread::Around(_))), "{dialog}");
    }
    let wrapped = markdown(&format!(
        "<body><div style='visibility:hidden'>{PROSE}{PROSE}</div><footer><p>Clinic</p></footer>"
    ));
    assert!(wrapped.contains("Enough words"), "a page that a script uncovers: {wrapped}");
    let unmarked = format!(
        "<body><article><h1>Warm hands</h1>{PROSE}</article><div class=x>{}</div>",
        NOTICE.repeat(9)
    );
    assert!(!markdown(&unmarked).contains("partners"));
}

#[test]
fn readers_comments_go_even_where_they_say_more_than_the_author() {
    let comments = NOTICE.repeat(9);
    let page = format!("<body><div><h1>Warm hands</h1>{PROSE}</div><div id=comments>{comments}</div>");
    let text = markdown(&page);
    assert!(text.contains("Enough words") && !text.contains("partners"), "{text}");
}

#[test]
fn a_section_of_the_article_is_named_after_its_subject() {
    let section = |name: &str| format!("<div {name}><h2>A heading</h2><p>Words of this part of the article.</p></div>");
    for name in [
        "id=consent",
        "id=social",
        "id=menu",
        "class=share",
        "class=et_pb_promo",
        "id=comment-dit-on",
        "class='post category-newsletter'",
        "class='elementor-widget elementor-widget-text-editor'",
        "class=bio",
    ] {
        let page = format!("<body><article>{PROSE}{PROSE}{}</article></body>", section(name));
        assert!(markdown(&page).contains("Words of this part"), "{name}");
    }
    for name in [
        "id=comments",
        "class=related-posts",
        "class=newsletter",
        "class=widget-area",
        "class='widget widget_text'",
        "id=comment-7",
    ] {
        let page = format!("<body><article>{PROSE}{PROSE}{}</article></body>", section(name));
        assert!(!markdown(&page).contains("Words of this part"), "{name}");
    }
    let heading = format!("<body><article>{PROSE}<h2 id=subscribe>A heading</h2>{PROSE}</article></body>");
    assert!(markdown(&heading).contains("## A heading"));
}

#[test]
fn why_there_is_no_article_is_said_as_it_is() {
    let check = |page: &str, expected: fn(&Unread) -> bool| assert!(read(page).is_err_and(|unread| expected(&unread)), "{page}");
    check(
        "<frameset cols=1,2><frame src=a><noframes>No frames.</noframes></frameset>",
        |unread| matches!(unread, Unread::Frames),
    );
    check("<body><iframe src=a.html></iframe>", |unread| {
        matches!(unread, Unread::Frames)
    });
    check("<body><div id=app></div><script src=a.js></script>", |unread| {
        matches!(unread, Unread::Scripted)
    });
    check("<body><div> </div>", |unread| matches!(unread, Unread::Empty));
    check(
        &format!("<body><div id=cookie-banner>{NOTICE}</div>"),
        |unread| matches!(unread, Unread::Around(kinds) if kinds == &["a cookie notice"]),
    );
}

#[test]
fn comments_of_a_document_stay_with_those_who_wrote_them() {
    let page = format!(
        "<body class=doc-content>{PROSE}<p><span>Words</span><sup><a href='#cmnt1' id='cmnt_ref1'>[a]</a></sup><span> go on.</span></p>         <p><a href='https://a.example/'>Linked</a><sup><a href='#cmnt2'>[b]</a></sup></p>         <div><p><a href='#cmnt_ref1' id='cmnt1'>[a]</a><span>Secret one</span></p><p>Secret two</p></div>         <div><p><a href='#cmnt_ref2' id='cmnt2'>[b]</a>Secret three</p></div></body>"
    );
    let text = markdown(&page);
    assert!(
        !text.contains("Secret") && !text.contains("[a]") && !text.contains("[b]"),
        "{text}"
    );
    assert!(
        text.contains("Words go on.") && text.contains("[Linked](https://a.example/)"),
        "{text}"
    );
    let notes = read(&page).unwrap().document.notes;
    assert!(
        notes.iter().any(|note| note.text == "left out 2 comments of the document"),
        "{notes:?}"
    );
}

#[test]
fn cells_that_reach_over_rows_leave_places_empty() {
    let table = "<table><tr><th>What<th>Minutes<th>Price<tr><td rowspan=2>Back<td>30<td>40<tr><td>60<td>70<tr><td>Feet<td>20<td rowspan=0>25<tr><td>Hand<td>15</table>";
    let expected =
        "| What | Minutes | Price |\n| --- | --- | --- |\n| Back | 30 | 40 |\n|  | 60 | 70 |\n| Feet | 20 | 25 |\n| Hand | 15 |  |";
    assert_eq!(markdown(table), expected);
    assert_eq!(
        markdown("<table><tr><td>a<td rowspan=2 colspan=2>b<td>c<tr><td>d<td>e<tr><td>f<td>g<td>h<td>i</table>"),
        "| a | b |  | c |\n| --- | --- | --- | --- |\n| d |  |  | e |\n| f | g | h | i |"
    );
}

#[test]
fn raised_and_lowered_figures_do_not_join_the_words_before_them() {
    assert_eq!(
        markdown(
            "<p>10<sup>2</sup> visits, 4 m<sup>2</sup>, CO<sub>2</sub>, 10<sup>-3</sup>, the 1<sup>st</sup>, x<span style='vertical-align: super'>2</span></p>"
        ),
        "10² visits, 4 m², CO₂, 10⁻³, the 1st, x²"
    );
    let notes = read("<p>See room 10<sup>2a</sup> and T<sub>max</sub>.</p>")
        .unwrap()
        .document
        .notes;
    assert_eq!(notes.len(), 2, "{notes:?}");
}

#[test]
fn notes_stand_below_the_text_under_the_numbers_that_point_to_them() {
    let mark = |n: u8| format!("<a href='#_ftn{n}' name='_ftnref{n}'><span>[{n}]</span></a>");
    let note = |n: u8, words: &str| {
        format!("<div id=ftn{n}><p><a href='#_ftnref{n}' name='_ftn{n}'><span>[{n}]</span></a> {words}</p></div>")
    };
    let page = format!(
        "<body><div class=WordSection1>{PROSE}<p>One{}, two{}.</p></div><div style='mso-element:footnote-list'><hr>{}{}</div></body>",
        mark(1),
        mark(2),
        note(1, "First."),
        note(2, "Second.")
    );
    let text = markdown(&page);
    assert!(text.ends_with("One¹, two².\n\n* * *\n\n¹ First.\n\n² Second."), "{text}");
    let notes = read(&page).unwrap().document.notes;
    assert!(notes.is_empty(), "{notes:?}");
}

#[test]
fn a_picture_that_leads_somewhere_has_a_link_below_it() {
    let page = |inner: &str| format!("<body><article>{PROSE}<p>{inner}</p>{PROSE}</article>");
    let link = |alt: &str| format!("<a href='https://a.example/book'><img src='https://a.example/t.png' alt='{alt}'></a>");
    assert!(markdown(&page(&link("Book your hour"))).contains("\n\n[Book your hour](https://a.example/book)\n\n"));
    let notes = read(&page(&link(""))).unwrap().document.notes;
    assert!(
        notes
            .iter()
            .any(|note| note.text.contains("a picture led to `https://a.example/book`")),
        "{notes:?}"
    );
    let twice = format!("{}<a href='https://a.example/book'>Book here</a>", link("Book your hour"));
    assert!(!markdown(&page(&twice)).contains("[Book your hour](https://a.example/book)"));
    let large = "<a href='https://a.example/large.JPG?x=1'><img src=t.png alt='Two hands'></a>";
    assert!(!markdown(&page(large)).contains("[Two hands]"));
}

#[test]
fn links_with_words_between_them_are_a_sentence() {
    let link = |words: &str| format!("<a href='https://a.example/{words}'>{words}</a>");
    let [one, two, three] = ["Exercises", "Directions", "Prices"].map(link);
    let sentence = format!("<body><main><div>{PROSE}<p>{one} and {two} and {three}</p></div></main>");
    assert!(markdown(&sentence).contains("[Prices](https://a.example/Prices)"));
    let menu = format!("<body><main><div>{PROSE}<p>Go to: {one} | {two} | {three}</p></div></main>");
    assert!(!markdown(&menu).contains("Prices"));
}

#[test]
fn what_a_mail_program_wrote_around_a_mail_does_not_come() {
    let subject = |page: &str| {
        let mut document = read(page).unwrap().document;
        tidy::tidy(&mut document);
        (document.title.unwrap_or_default(), markdown::write(&document.blocks))
    };
    let rows = "<table><tr><td><b>From:</b></td><td>Ann Lee &lt;ann@secret.example&gt;</td></tr><tr><td><b>To:</b></td><td>bob@secret.example</td></tr>                <tr><td><b>Subject:</b></td><td>Warm hands</td></tr></table>";
    let (title, text) = subject(&format!(
        "<title>x.html</title><body>{rows}<hr><div>Words that stand in a mail, long enough to be the prose of it.</div><div>Yours</div></body>"
    ));
    assert_eq!(
        (title.as_str(), text.contains("secret"), text.contains("Yours")),
        ("Warm hands", false, true),
        "{text}"
    );
    // The head beside the part that holds the text.
    let (title, text) = subject(&format!("<body>{rows}<div>{PROSE}{PROSE}</div></body>"));
    assert_eq!((title.as_str(), text.contains("secret")), ("Warm hands", false), "{text}");
    // The name of a mail program in front of the subject.
    let (title, _) = subject(&format!(
        "<title>Riverside Mail - Warm hands</title><body><table><tr><td><font><b>Warm hands</b></font></td></tr></table><div>{PROSE}{PROSE}</div></body>"
    ));
    assert_eq!(title, "Warm hands");
}
