//! Pictures: inside the letter or on the clinic's own host, in the HTML and in words.

use super::{BARE, headers, recipient, sources, stamp, text_of};
use crate::article::image::Image;
use crate::letter::compile::compile;
use crate::letter::{Letter, LookSource, Sources};

/// A picture of this size in pixels and bytes.
fn gif(file: &str, width: u8, bytes: usize) -> Image {
    let mut gif = b"GIF89a\0\0\x10\0\0\0\0\x2c\0\0\0\0\x20\0\x10\0\0\x02".to_vec();
    gif[6] = width;
    gif.extend((gif.len()..bytes).map(|at| (at % 251) as u8));
    Image::read(file, &gif).unwrap()
}

fn pictured(html: &str, markdown: &str, images: Vec<Image>) -> Sources {
    let mut sources = sources(&[("letter.html", html)], "Calmer days", markdown);
    sources.article.images = images;
    sources.look = LookSource {
        colour: None,
        logo: Some(gif("logo.gif", 32, 40)),
        images: Some("https://www.riverside.example/letters/".to_owned()),
    };
    sources
}

fn letter(sources: &Sources) -> Letter {
    compile(sources)
        .unwrap()
        .compose(&recipient("ann@example.org", &[("first_name", "Ann")]), &stamp("m4x2.k7"))
        .unwrap()
}

const MARKDOWN: &str = "![Two *hands* \"at\" work](hands.gif)\n\nAnd ![the pool](pool.gif) twice: ![hands](./hands.gif)";

#[test]
fn a_small_picture_travels_in_the_letter_and_a_large_one_does_not() {
    let images = vec![gif("hands.gif", 200, 300), gif("pool.gif", 100, 30_000)];
    let sources = pictured(
        &format!("{BARE}<img src=\"{{{{ look.logo }}}}\" alt=\"\">"),
        MARKDOWN,
        images.clone(),
    );
    let letter = letter(&sources);
    let whole = text_of(&letter);
    let kinds: Vec<&str> = whole.lines().filter(|line| line.starts_with("Content-Type")).collect();
    assert_eq!(
        kinds,
        [
            "Content-Type: multipart/alternative; boundary=\"=_m4x2k7\"",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Type: multipart/related; boundary=\"=_.m4x2k7\"; type=\"text/html\"",
            "Content-Type: text/html; charset=utf-8",
            "Content-Type: image/gif",
            "Content-Type: image/gif",
        ]
    );
    assert_eq!(headers(&letter).len(), 15, "pictures add nothing to the head");
    let ids: Vec<&str> = whole.lines().filter_map(|line| line.strip_prefix("Content-ID: <")).collect();
    assert!(
        ids.len() == 2 && ids.iter().all(|id| id.ends_with("@riverside.example>")),
        "{ids:?}"
    );
    // The bytes of the first picture, whole.
    let body = whole.split("Content-ID:").nth(1).unwrap();
    let (_, body) = body.split_once("\r\n\r\n").unwrap();
    let (base64, _) = body.split_once("\r\n--").unwrap();
    let bytes = data_encoding::BASE64.decode(base64.replace("\r\n", "").as_bytes()).unwrap();
    assert_eq!(Some(bytes), images[0].carried());
}

#[test]
fn the_html_has_size_and_words_and_the_text_says_them() {
    let images = vec![gif("hands.gif", 200, 300), gif("pool.gif", 100, 30_000)];
    let sources = pictured(BARE, MARKDOWN, images);
    let rendered = compile(&sources).unwrap().render(&recipient("ann@example.org", &[])).unwrap();
    let pieces: Vec<&str> = rendered
        .html
        .split("<img ")
        .skip(1)
        .map(|piece| piece.split('>').next().unwrap())
        .collect();
    assert_eq!(pieces.len(), 3, "{}", rendered.html);
    assert!(
        pieces[0].starts_with("src=\"cid:")
            && pieces[0].ends_with("alt=\"Two hands &quot;at&quot; work\" width=\"200\" height=\"16\"")
    );
    assert_eq!(
        pieces[1],
        "src=\"https://www.riverside.example/letters/pool.gif\" alt=\"the pool\" width=\"100\" height=\"16\""
    );
    assert!(rendered.text.contains("[Two hands \"at\" work]\n"), "{}", rendered.text);
    let text = rendered.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("And [the pool: https://www.riverside.example/letters/pool.gif] twice: [hands]"),
        "{text}"
    );
}

#[test]
fn a_letter_takes_no_picture_along_that_it_does_not_show() {
    let plain = pictured(BARE, "No picture.", vec![gif("hands.gif", 9, 300)]);
    let letter = letter(&plain);
    assert!(!text_of(&letter).contains("related") && !text_of(&letter).contains("image/gif"));
}

#[test]
fn a_picture_from_the_clinics_own_host_is_named_in_the_text() {
    let sources = pictured(BARE, "![Our door](https://www.riverside.example/door.png)", Vec::new());
    let rendered = compile(&sources).unwrap().render(&recipient("ann@example.org", &[])).unwrap();
    assert!(
        rendered.text.contains("[Our door: https://www.riverside.example/door.png]"),
        "{}",
        rendered.text
    );
}

#[test]
fn a_large_picture_without_a_host_is_refused_with_the_way_out() {
    let mut sources = pictured(BARE, "![a](pool.gif)", vec![gif("pool.gif", 9, 30_000)]);
    sources.look.images = None;
    let found: Vec<String> = compile(&sources).err().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 1);
    assert!(
        found[0].starts_with("calm.md: `pool.gif` is too large to travel inside a letter") && found[0].contains("look: {images:"),
        "{found:?}"
    );
}

#[test]
fn the_look_stands_in_styles_and_attributes_before_the_styles_are_written_in() {
    let html = format!(
        "<style>td {{ background: {{{{ look.colour }}}}; color: {{{{ look.on_colour }}}} }} [dir=rtl] p {{ float: right }}</style>\
         <body dir=\"{{{{ article.dir }}}}\"><table><tbody><tr><td bgcolor=\"{{{{ look.colour }}}}\">{{% if look.logo %}}\
         <img src=\"{{{{ look.logo }}}}\" width=\"{{{{ look.logo_width }}}}\" alt=\"{{{{ clinic.name }}}}\">{{% endif %}}</td></tr></tbody></table>{BARE}</body>"
    );
    let mut sources = pictured(&html, "Text.", Vec::new());
    sources.look.colour = Some("#aa3300".to_owned());
    sources.article.language = "fa-IR".to_owned();
    let rendered = compile(&sources).unwrap().render(&recipient("ann@example.org", &[])).unwrap();
    let page = &rendered.html;
    assert!(
        page.contains("dir=\"rtl\"") && page.contains("float:right") | page.contains("float: right"),
        "{page}"
    );
    assert!(page.contains("bgcolor=\"#aa3300\"") && page.contains("#ffffff"), "{page}");
    assert!(page.contains("src=\"cid:") && page.contains("width=\"32\""), "{page}");
}

#[test]
fn sections_and_contents_get_the_styles_and_lead_to_one_another() {
    let html = format!(
        "<style>.section-body {{ color: red }} .contents a {{ color: blue }}</style><body>{{% if article.contents %}}<p>{{{{ words.contents }}}}</p>\
         {{{{ article.contents }}}}{{% endif %}}<div>{{{{ article.sections }}}}</div>{}</body>",
        BARE.replace("{{ article.html }}", "")
    );
    let markdown =
        "Lead.\n\n## One & \"two\"\n\nFirst ![h](hands.gif) [a](https://riverside.example/a).\n\n> ## Quoted\n\n## Three\n\nLast.";
    let sources = pictured(&html, markdown, vec![gif("hands.gif", 9, 300)]);
    let edition = compile(&sources).unwrap();
    let rendered = edition.render(&recipient("ann@example.org", &[])).unwrap();
    let page = &rendered.html;
    assert_eq!(page.matches("class=\"section\"").count(), 2, "{page}");
    assert_eq!(
        (page.matches("class=\"lead\"").count(), page.matches("id=\"part-").count()),
        (1, 2)
    );
    assert!(
        page.contains("href=\"#part-1\"") && page.contains("<h2 id=\"part-2\""),
        "{page}"
    );
    assert!(
        page.contains("section-body\" style=\"color:red\"") || page.contains("style=\"color: red\""),
        "{page}"
    );
    assert!(page.contains("In this letter") && page.contains("cid:"), "{page}");
    let text = &rendered.text;
    assert!(
        text.contains("https://riverside.example/a") && text.contains("* Three") | text.contains("- Three"),
        "{text}"
    );
    assert_eq!(edition.lint(&rendered).iter().filter(|finding| finding.is_error()).count(), 0);
    let single = pictured(&html, "## Only one\n\nText.", Vec::new());
    let rendered = compile(&single).unwrap().render(&recipient("ann@example.org", &[])).unwrap();
    assert!(!rendered.html.contains("In this letter"), "{}", rendered.html);
}
