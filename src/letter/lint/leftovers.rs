//! What was meant to be filled in and was not: placeholders of people and of other programs, and greetings of nobody.

use super::links::Text;
use super::reading::{Block, Reading, is_blind};
use super::report::{Report, shown};
use super::words::{self, folded, stands_in};

/// What a placeholder looks like.
struct Mark {
    open: &'static str,
    close: &'static str,
    /// Whether it can be nothing else, and so must not leave.
    sure: bool,
}

const MARKS: &[Mark] = &[
    Mark {
        open: "*|",
        close: "|*",
        sure: true,
    },
    Mark {
        open: "%%",
        close: "%%",
        sure: false,
    },
    Mark {
        open: "[[",
        close: "]]",
        sure: false,
    },
    Mark {
        open: "<<",
        close: ">>",
        sure: false,
    },
    Mark {
        open: "${",
        close: "}",
        sure: false,
    },
    Mark {
        open: "#{",
        close: "}",
        sure: false,
    },
    Mark {
        open: "{",
        close: "}",
        sure: false,
    },
    Mark {
        open: "%",
        close: "%",
        sure: false,
    },
    Mark {
        open: "[",
        close: "]",
        sure: false,
    },
    Mark {
        open: "<",
        close: ">",
        sure: false,
    },
];

/// What people call what is to be filled in, in small letters without blanks and lines.
const FIELDS: &[&str] = &[
    "name",
    "firstname",
    "fname",
    "lastname",
    "lname",
    "fullname",
    "yourname",
    "patientname",
    "clientname",
    "customername",
    "clinicname",
    "company",
    "companyname",
    "email",
    "emailaddress",
    "date",
    "time",
    "address",
    "phone",
    "phonenumber",
    "city",
    "link",
    "url",
    "insert",
    "greeting",
    "salutation",
    "title",
    "subject",
    "text",
    "image",
    "logo",
    "website",
    "vorname",
    "nachname",
    "anrede",
    "ihrname",
    "datum",
    "adresse",
    "telefon",
    "prenom",
    "nom",
    "votrenom",
    "nombre",
    "apellido",
    "sunombre",
    "fecha",
    "nome",
    "cognome",
    "sobrenome",
    "data",
    "voornaam",
    "achternaam",
    "naam",
    "clinic",
    "price",
    "month",
    "year",
    "firstnamefallback",
    "contactfirstname",
    "subscriberfirstname",
    "recipientname",
    "unsubscribe",
    "unsubscribeurl",
    "unsubscribelink",
];

/// Parts of the names of what only a person has.
const OF_A_PERSON: &[&str] = &[
    "name",
    "fname",
    "lname",
    "naam",
    "nom",
    "prenom",
    "nombre",
    "apellido",
    "cognome",
    "nome",
    "anrede",
    "greeting",
    "salutation",
];

/// The next step: a name is put in for each person by the template, everything else only the author knows.
fn fill(what: &str, words_: &str, ground: Text) -> String {
    let plain = folded(what).replace(' ', "");
    let is_name = OF_A_PERSON.iter().any(|part| plain.contains(part)) && !plain.contains("clinic") && !plain.contains("company");
    // A greeting stands at the beginning; a whole article in one line is looked at no further.
    let line = folded(&words_.chars().take(80).collect::<String>());
    let greets = words::of_any("greeting").any(|greeting| line.starts_with(&format!("{greeting} ")));
    match (is_name, ground) {
        (false, _) => "write what belongs here, or take it out".to_owned(),
        (true, Text::Template) => "write `{{ greeting }}`, or `{{ first_name }}` for the name alone".to_owned(),
        (true, Text::Article) if greets || line == folded(what) => "delete this line: the letter greets already".to_owned(),
        (true, Text::Article) => {
            "take it out: an article is the same for everybody; a name goes into the template or the subject, as `{{ first_name }}`"
                .to_owned()
        }
    }
}

/// The next step in a line of the inbox.
pub(super) fn fill_line(what: &str) -> String {
    match fill(what, "", Text::Template).starts_with("write `") {
        true => "write `{{ first_name }}` for a person's name".to_owned(),
        false => "write what belongs here, or take it out".to_owned(),
    }
}

/// Notes to oneself, spelled in halves so that this file holds none.
const NOTES: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    "TBC",
    "TBD",
    "TKTK",
];

/// Everything in a text that was to be filled in.
pub(super) fn of(report: &mut Report<'_>, reading: &Reading, language: &str, ground: Text) {
    for block in &reading.blocks {
        let at = |report: &mut Report<'_>, at: usize, what: &str, sure: bool| {
            let text = format!("`{}` is a placeholder that nobody filled in", shown(what, 40));
            let hint = fill(what, &block.words, ground);
            match sure {
                true => report.refuse("placeholder", block.offset(at), text, hint),
                false => report.warn("placeholder", block.offset(at), text, hint),
            }
        };
        in_words(&block.words, language, |offset, what, sure| at(report, offset, what, sure));
        for (offset, what) in braces(block) {
            at(report, offset, what, false);
        }
        pictures(report, block);
    }
}

/// Fields and tags in double braces that stand in the words as they are: other programs, and our own templates, would have filled them.
fn braces(block: &Block) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (open, close) in [("{{", "}}"), ("{%", "%}")] {
        let mut at = 0;
        while let Some(start) = block.words[at..].find(open).map(|start| at + start) {
            at = start + 1;
            let inside = &block.words[start + open.len()..];
            let end = inside[..inside.floor_char_boundary(120)].find(close);
            if let Some(end) = end.filter(|end| !inside[..*end].trim().is_empty() && !block.is_code(start)) {
                at = start + open.len() + end + close.len();
                found.push((start, &block.words[start..at]));
            }
        }
    }
    found
}

/// The marks of a picture that Markdown did not take for one: a blank in its file's name, another program's way to write it.
fn pictures(report: &mut Report<'_>, block: &Block) {
    for (at, _) in block.words.match_indices("![") {
        let rest = &block.words[at..];
        let rest = &rest[..rest.floor_char_boundary(300)];
        let end = rest.find([')', '\n']).map_or(rest.len(), |end| end + 1);
        if block.is_code(at) || !rest[..end].contains(']') {
            continue;
        }
        let text = format!(
            "`{}` stands in the letter as it is, and shows no picture",
            shown(&rest[..end], 60)
        );
        let hint = "write `![what it shows](hands.jpg)`; a name with blanks in it needs `<…>` around it: `![what it shows](<warm hands.jpg>)`";
        report.warn("picture-unread", block.offset(at), text, hint);
    }
}

/// What other programs fill in, in an article's source: `*|FNAME|*` is emphasis to Markdown, and gone from the words.
pub(super) fn of_source(report: &mut Report<'_>, source: &str) {
    marks(source, &mut |at, what: &str, sure| {
        if sure {
            let text = format!("`{}` is a placeholder that nobody filled in", shown(what, 40));
            let window = &source[source.floor_char_boundary(at.saturating_sub(60))..at];
            let before = window.rsplit('\n').next().unwrap_or("");
            report.refuse("placeholder", at, text, fill(what, &format!("{before}{what}"), Text::Article));
        }
    });
}

/// Everything in one line of words; `found` is told the byte, the words, and whether they can be nothing else.
pub(super) fn in_words(words_: &str, language: &str, mut found: impl FnMut(usize, &str, bool)) {
    let mut is_marked = false;
    marks(words_, &mut |at, what: &str, sure| {
        is_marked = true;
        found(at, what, sure);
    });
    notes(words_, &mut found);
    let folded_words = folded(words_);
    if let Some(at) = words_.to_ascii_lowercase().find("lorem ipsum") {
        found(at, "lorem ipsum", true);
    }
    let inserts = words::of("insert", language).iter().chain(words::of("insert", "en"));
    if !is_marked && let Some(insert) = inserts.into_iter().find(|insert| stands_in(insert, &folded_words)) {
        found(0, insert, false);
    }
}

fn marks(text: &str, found: &mut impl FnMut(usize, &str, bool)) {
    let mut at = 0;
    while let Some(length) = text[at..].find(['*', '%', '[', '<', '$', '#', '{']) {
        let start = at + length;
        let rest = &text[start..];
        at = start + 1;
        // Tags of our own template language are said to be tags.
        if rest.starts_with("{{") || rest.starts_with("{%") {
            at = start + 2;
            continue;
        }
        for mark in MARKS.iter().filter(|mark| rest.starts_with(mark.open)) {
            let inside = rest.get(mark.open.len()..).unwrap_or("");
            let end: usize = inside.char_indices().nth(60).map_or(inside.len(), |(end, _)| end);
            let Some(close) = inside[..end].find(mark.close) else {
                continue;
            };
            if !(mark.open == "*|" && ends_emphasis(&text[..start])) && is_field(&inside[..close], mark) {
                let whole = mark.open.len() + close + mark.close.len();
                found(start, &rest[..whole], mark.sure);
                at = start + whole;
                break;
            }
        }
    }
}

/// Whether a `*` behind these words ends what they stress: `|*Mon*|9-5|*Tue*|` is a table, and `Dear *|FNAME|*` is none.
fn ends_emphasis(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or(before);
    let is_row = line.trim_start().starts_with('|');
    before.ends_with('*') || is_row && before.ends_with(|c: char| !c.is_whitespace() && c != '|')
}

fn is_field(inside: &str, mark: &Mark) -> bool {
    if inside.contains(is_blind) || inside.is_empty() {
        return false;
    }
    if mark.sure {
        return inside.chars().all(|c| c.is_alphanumeric() || "_:- ".contains(c));
    }
    let name = inside.split(['|', ',', ':']).next().unwrap_or("");
    let plain: String = folded(name).replace(' ', "");
    // `{first name}`, `[Your Name Here]`, `%FIRSTNAME%`: a field's name, or words that ask for one.
    let asks = [
        "insert", "your", "enter", "add", "ihr", "votre", "su", "einfugen", "inserer", "insertar", "inserire",
    ];
    let first = folded(name);
    let mut words = first.split(' ');
    FIELDS.contains(&plain.as_str())
        || FIELDS.contains(&plain.trim_end_matches("here"))
        || asks.contains(&words.next().unwrap_or("")) && words.next().is_some() && words.count() <= 4
}

fn notes(text: &str, found: &mut impl FnMut(usize, &str, bool)) {
    for note in NOTES {
        for (at, _) in text.match_indices(note) {
            let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-');
            // Three crosses stand in sizes of clothes and in Roman numbers; alone it is a note.
            if !letter(text[..at].chars().next_back()) && !letter(text[at + note.len()..].chars().next()) {
                found(at, note, false);
                break;
            }
        }
    }
}

/// Lines of a finished letter that greet nobody: `Dear ,`, `Hello !`.
pub(super) fn empty_greeting<'w>(lines: impl Iterator<Item = &'w str>) -> Option<String> {
    lines
        .map(str::trim)
        .filter(|line| line.chars().count() < 40)
        .find(|line| greets_nobody(line))
        .map(|line| shown(line, 40))
}

fn greets_nobody(line: &str) -> bool {
    let end = line.trim_end_matches([',', '!', '.', ':', ' ']);
    let marks = &line[end.len()..];
    let said = folded(end);
    let greets = words::of_any("greeting").any(|greeting| greeting == said);
    // `Hello,` greets everybody; a gap before the comma, or a `Dear` of nobody, is a name that is missing.
    let gap = marks.starts_with(' ') && marks.trim().starts_with([',', '!']);
    let wants_a_name = !matches!(
        said.as_str(),
        "hello"
            | "hi"
            | "hallo"
            | "hey"
            | "good morning"
            | "good afternoon"
            | "guten tag"
            | "bonjour"
            | "salut"
            | "hola"
            | "ciao"
            | "buongiorno"
            | "ola"
            | "dag"
    );
    greets && !marks.is_empty() && (gap || wants_a_name && marks.starts_with([',', '!']))
}

#[cfg(test)]
#[path = "leftovers_tests.rs"]
mod tests;
