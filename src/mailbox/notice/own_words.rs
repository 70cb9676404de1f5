//! What a person wrote themselves: the lines before whatever their mail program quoted.
//!
//! Promises: a line counts as their own only while nothing has hinted at a quotation, in the marks of plain text or of HTML, and no
//! attachment counts; rather too little than somebody else's words.

use super::part::{Content, Part};
use super::plain::{small, words};
use mail_parser::decoders::html::html_to_text;

/// Lines that are looked at; who wants out says so early.
const MOST_LINES: usize = 40;
/// Of text, in bytes, before it is cut into lines.
const MOST_TEXT: usize = 64 * 1024;

/// How the head of a quoted mail begins where nothing else sets it apart.
const QUOTED_HEADS: &[&str] = &[
    "from",
    "von",
    "de",
    "da",
    "van",
    "od",
    "fra",
    "fran",
    "kimden",
    "lahettaja",
    "expediteur",
    "gesendet",
    "sent",
    "envoye",
    "enviado",
    "subject",
    "betreff",
    "objet",
    "asunto",
    "oggetto",
    "date",
    "datum",
];

/// What mail programs add on their own.
const BADGES: &[&str] = &[
    "sent from",
    "get outlook for",
    "gesendet von",
    "von meinem",
    "diese nachricht wurde von",
    "envoye de",
    "envoye depuis",
    "enviado desde",
    "enviado do",
    "enviado a partir",
    "inviato da",
    "verzonden vanaf",
    "verstuurd vanaf",
    "skickat fran",
    "sendt fra",
    "wyslano z",
    "lahetetty",
    "odeslano z",
];

/// Where HTML begins to quote.
const QUOTES_IN_HTML: &[&str] = &[
    "<blockquote",
    "<hr",
    "gmail_quote",
    "gmail_attr",
    "divrplyfwdmsg",
    "appendonsend",
    "moz-cite-prefix",
    "moz-forward-container",
    "yahoo_quoted",
    "protonmail_quote",
    "olk_src_body_section",
    "mail-editor-reference-message-container",
    "border-top:solid #",
    "name=\"quote\"",
    "class=\"quote\"",
];

/// What mail programs write above a mail that is passed on, behind dashes or none.
const PASSED_ON: &[&str] = &[
    "forwarded message",
    "begin forwarded message",
    "forwarded by",
    "weitergeleitete nachricht",
    "anfang der weitergeleiteten",
    "message transfere",
    "debut du message transfere",
    "debut du message reexpedie",
    "mensaje reenviado",
    "inicio del mensaje reenviado",
    "messaggio inoltrato",
    "inizio messaggio inoltrato",
    "doorgestuurd bericht",
    "begin doorgestuurd bericht",
    "mensagem encaminhada",
    "mensagem reencaminhada",
    "inicio da mensagem",
    "wiadomosc przekazana",
    "przekazana wiadomosc",
    "poczatek przekaz",
    "vidarebefordrat",
    "videresendt",
    "edelleenlahetetty",
    "valitetty viesti",
    "preposlana zprava",
    "zacatek preposilane",
    "iletilen",
    "iletilmis",
    "yonlendirilen",
];

/// The lines that are a person's own, without blank ones.
pub(super) fn lines(mail: &Part) -> Vec<String> {
    match (body(mail, "text/plain"), body(mail, "text/html")) {
        (Some(text), _) => before_the_quotation(cut(text)),
        (None, Some(html)) => before_the_quotation(&from_html(cut(html))),
        (None, None) => Vec::new(),
    }
}

fn body<'a>(mail: &'a Part, kind: &str) -> Option<&'a str> {
    let bodies = mail.own().into_iter().filter(|part| !part.head.is_attachment);
    let texts = bodies.filter(|part| part.head.kind == kind).filter_map(Part::text);
    texts.map(str::trim).find(|text| !text.is_empty())
}

/// Whether the mail passes another one on, attached or below its own words: rather one too many than somebody else's wish.
pub(super) fn is_passed_on(mail: &Part) -> bool {
    let is_mail = |part: &&Part| matches!(part.content, Content::Mail(_));
    let plain = body(mail, "text/plain").is_some_and(|text| is_passed_on_in(cut(text)));
    let html = || body(mail, "text/html").is_some_and(|html| is_passed_on_in(&spaced(cut(html))));
    mail.own().iter().any(is_mail) || plain || html()
}

/// Whether the first that is not the writer's own is a mail passed on; what an answer quotes may hold one.
fn is_passed_on_in(text: &str) -> bool {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST_LINES);
    let marked = lines.map(small).find_map(|line| {
        let words = line.trim_start_matches(|c: char| !c.is_alphanumeric());
        let is_mark = !line.starts_with('>') && PASSED_ON.iter().any(|mark| words.starts_with(mark));
        (is_mark || begins_quotation(&line)).then_some(is_mark)
    });
    marked == Some(true)
}

/// Whether the mail has a place for a person's words at all, and not only pictures or what nobody can read.
pub(super) fn has_place(mail: &Part) -> bool {
    let is_place = |part: &&Part| !part.head.is_attachment && matches!(part.head.kind.as_str(), "text/plain" | "text/html");
    mail.own().iter().any(is_place)
}

/// All that is in words in the mail itself.
pub(super) fn all_text(mail: &Part) -> String {
    let mut text = String::new();
    for part in mail.own() {
        match (&part.content, part.head.kind.as_str()) {
            (Content::Text(html), "text/html") => text.push_str(&spaced(cut(html))),
            (Content::Text(plain), _) => text.push_str(cut(plain)),
            (Content::Parts(_) | Content::Mail(_) | Content::Other, _) => {}
        }
        text.push('\n');
        if text.len() > 4 * MOST_TEXT {
            break;
        }
    }
    text
}

fn cut(text: &str) -> &str {
    match text.char_indices().take_while(|(at, _)| *at < MOST_TEXT).last() {
        Some((at, c)) => &text[..at + c.len_utf8()],
        None => text,
    }
}

fn before_the_quotation(text: &str) -> Vec<String> {
    let mut own = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST_LINES) {
        let plain = small(line);
        if begins_quotation(&plain) {
            break;
        }
        if !BADGES.iter().any(|badge| plain.starts_with(badge)) {
            own.push(line.to_owned());
        }
    }
    own
}

/// Whether the line is a quoted one, stands before one, or ends what a person writes.
fn begins_quotation(line: &str) -> bool {
    let is_rule = ["---", "___", "***", "===", "~~~", "- - -"]
        .into_iter()
        .any(|rule| line.starts_with(rule));
    let is_signature = line == "--";
    let is_attribution = line.ends_with(':') && line.contains(|c: char| c.is_ascii_digit() || c == '@');
    let is_head = line
        .split_once(':')
        .is_some_and(|(name, _)| QUOTED_HEADS.contains(&name.trim().trim_matches('*')));
    line.starts_with(['>', '|', '»']) || is_rule || is_signature || is_attribution || is_head
}

fn from_html(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let found = QUOTES_IN_HTML.iter().filter_map(|mark| lower.find(mark)).min();
    // The tag in which the mark stands is the first that is not theirs.
    let end = found.map_or(html.len(), |at| lower[..at].rfind('<').unwrap_or(at).min(at));
    let end = if found.is_some_and(|at| lower[at..].starts_with('<')) {
        found.unwrap_or(end)
    } else {
        end
    };
    spaced(&html[..end])
}

/// HTML as text, with a line's end wherever a block begins or ends.
fn spaced(html: &str) -> String {
    const BLOCKS: [&str; 12] = [
        "div",
        "/div",
        "tr",
        "/tr",
        "li",
        "/li",
        "td",
        "h1",
        "/h1",
        "table",
        "ul",
        "blockquote",
    ];
    let mut lined = String::with_capacity(html.len());
    let mut pieces = html.split('<');
    lined.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let name = piece
            .split(|c: char| c == '>' || c.is_whitespace())
            .next()
            .unwrap_or_default();
        if BLOCKS.iter().any(|block| name.eq_ignore_ascii_case(block)) {
            lined.push_str("<br>");
        }
        lined.push('<');
        lined.push_str(piece);
    }
    html_to_text(&lined)
}

/// Whether a line is only a greeting: it greets, and does little else.
pub(super) fn is_greeting(line: &str) -> bool {
    const GREETINGS: &[&str] = &[
        "hi",
        "hello",
        "hey",
        "dear",
        "good",
        "hallo",
        "guten",
        "sehr",
        "liebe",
        "lieber",
        "moin",
        "bonjour",
        "bonsoir",
        "madame",
        "cher",
        "chere",
        "hola",
        "buenos",
        "buenas",
        "estimado",
        "estimada",
        "estimados",
        "ciao",
        "buongiorno",
        "buonasera",
        "gentile",
        "gentili",
        "salve",
        "beste",
        "geachte",
        "goedemorgen",
        "goedemiddag",
        "dag",
        "ola",
        "bom",
        "boa",
        "caro",
        "cara",
        "prezados",
        "dzien",
        "witam",
        "szanowni",
        "hej",
        "hei",
        "god",
        "kaere",
        "kara",
        "basta",
        "moi",
        "terve",
        "hyva",
        "dobry",
        "vazeni",
        "merhaba",
        "sayin",
    ];
    let words = words(line);
    let greets = words.first().is_some_and(|word| GREETINGS.contains(&word.as_str()));
    let ends = line.trim_end().ends_with([',', '!', ':', '.', ';']);
    greets && words.len() <= 8 && (ends || words.len() <= 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_quoted_is_not_theirs() {
        for (text, own) in [
            ("Thanks!\n\n> Unsubscribe: here\n", vec!["Thanks!"]),
            (
                "Thanks!\n\nOn Tue, 1 Dec 2026 Riverside <tips@riverside.example> wrote:\nCalm days\n",
                vec!["Thanks!"],
            ),
            ("Danke\n-----Ursprüngliche Nachricht-----\nVon: a\n", vec!["Danke"]),
            ("Danke\n\nVon: Riverside\nGesendet: gestern\n", vec!["Danke"]),
            ("stop\n-- \nAnn\n", vec!["stop"]),
            ("stop\nSent from my phone\n", vec!["stop"]),
            ("> quoted first\nbelow\n", vec![]),
        ] {
            assert_eq!(before_the_quotation(text), own, "{text}");
        }
    }

    #[test]
    fn a_mail_that_is_passed_on_is_known_by_the_first_line_that_is_not_the_writers() {
        for text in [
            "---------- Forwarded message ---------\nFrom: Ann\n",
            "See below.\n\nBegin forwarded message:\n\n> stop\n",
            "-------- Weitergeleitete Nachricht --------\nBetreff: abmelden\n",
            "Début du message réexpédié :\n",
        ] {
            assert!(is_passed_on_in(text), "{text}");
        }
        for text in [
            "stop",
            "stop\n\nAm 1.12.2026 schrieb Riverside:\n> ---------- Forwarded message ---------\n",
            "stop\n> ---------- Forwarded message ---------\n",
            "stop\n-----Original Message-----\n---------- Forwarded message ---------\n",
        ] {
            assert!(!is_passed_on_in(text), "{text}");
        }
    }

    #[test]
    fn html_ends_where_it_quotes() {
        for (html, own) in [
            ("<div>Thanks</div><div class=\"gmail_quote\">unsubscribe</div>", "Thanks"),
            ("<p>Thanks</p><blockquote>unsubscribe</blockquote>", "Thanks"),
            ("<div>one</div><div>two</div>", "one\ntwo"),
            ("<BLOCKQUOTE>x", ""),
        ] {
            let lines: Vec<String> = from_html(html)
                .lines()
                .map(|line| line.trim().to_owned())
                .filter(|line| !line.is_empty())
                .collect();
            assert_eq!(lines.join("\n"), own, "{html}");
        }
    }

    #[test]
    fn a_greeting_asks_for_nothing() {
        for line in [
            "Hi,",
            "Dear Riverside Clinic team,",
            "Guten Tag",
            "Sehr geehrte Damen und Herren,",
        ] {
            assert!(is_greeting(line), "{line}");
        }
        for line in ["Stop", "Hello, could you please take me off your list, I have moved", ""] {
            assert!(!is_greeting(line), "{line}");
        }
    }
}
