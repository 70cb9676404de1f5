//! Tags of a template that are opened and never closed, or close nothing: one lost `</h1>` makes the whole letter a heading.
//!
//! What is opened in one file may be closed in another, and what stands in an `{% if %}` may not be there at all; so the judgement is made
//! on the page that a letter is, once as Outlook reads it and once as all others do. Marks before the tags say where each was written.
//!
//! Promises: what HTML lets be open is left alone, but for the cells and rows of tables, which mail programs do not forgive. Knows nothing
//! of what the elements are for.

use super::reading::blinded;
use super::report::shown;
use super::size::LARGEST_HTML;
use crate::finding::{Finding, Place};
use crate::letter::Recipient;
use crate::letter::compile::Compiled;
use crate::letter::markup::{self, Kind};
use crate::template::TemplateFile;
use std::collections::{BTreeSet, HashMap};

/// A mark is `BEFORE`, the number of a file, a comma, the byte in it, `BEHIND`.
const BEFORE: char = '\u{e010}';
const BEHIND: char = '\u{e011}';

/// More would say the same.
const MOST: usize = 20;

/// After so many closes of nothing it is no page any more.
const MOST_SLIPS: usize = 200;

/// Elements without an inside.
const VOID: &[&str] = &[
    "br", "img", "hr", "meta", "link", "input", "area", "base", "col", "embed", "source", "track", "wbr", "basefont", "frame",
    "param",
];

/// Elements that HTML lets be open until what is around them ends.
const MAY_STAY_OPEN: &[&str] = &[
    "html", "head", "body", "p", "li", "dt", "dd", "option", "optgroup", "colgroup", "caption", "thead", "tbody", "tfoot", "rt",
    "rp",
];

/// Where a tag was written: the number of its file, and the byte in it.
type Written = (usize, usize);

/// Who reads a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readers {
    All,
    Outlook,
    Others,
}

#[derive(Debug)]
struct Tag {
    opens: bool,
    name: String,
    written: Option<Written>,
    readers: Readers,
}

/// What is wrong with a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wrong {
    Unclosed,
    Stray,
}

impl Compiled {
    /// What is said of the tags of the template, as they stand in the letter to `recipient`.
    pub(crate) fn unbalanced(&self, recipient: &Recipient) -> Vec<Finding> {
        let page = self
            .as_written
            .rewritten(|index, file| marked(index, &file.text))
            .and_then(|marked| marked.render(&self.html_name, &self.context(recipient)).ok());
        let files = &self.as_written.source().files;
        // A page beyond what can be sent is said to be that.
        let page = page.filter(|page| page.len() < 8 * LARGEST_HTML);
        let wrong = page.map(|page| judged(&page)).unwrap_or_default();
        wrong
            .into_iter()
            .take(MOST)
            .filter_map(|(at, wrong)| finding(files, at, wrong))
            .collect()
    }
}

fn finding(files: &[TemplateFile], (file, at): Written, wrong: Wrong) -> Option<Finding> {
    let file = files.get(file)?;
    let written = file.text.get(at..)?;
    let tag = &written[..written.find('>').map_or(written.len(), |end| end + 1)];
    let tag_shown = shown(tag, 60);
    let name = name_of(tag.trim_start_matches(['<', '/']));
    let warning = |text: String| Finding::warning(format!("templates/{}", file.name), text).at(Place::of_offset(&file.text, at));
    Some(match wrong {
        Wrong::Unclosed if tag.starts_with("<!--") => warning(format!(
            "`{tag_shown}` is opened here and never closed, so what follows is hidden"
        ))
        .called("tag-unclosed")
        .hint(if tag.starts_with("<!--[") {
            "write `<![endif]-->` where it ends"
        } else {
            "write `-->` where it ends"
        }),
        Wrong::Unclosed => warning(format!(
            "`{tag_shown}` is opened here and never closed, so it goes on to where the letter ends"
        ))
        .called("tag-unclosed")
        .hint(format!("write `</{name}>` where it ends")),
        Wrong::Stray if tag.starts_with("<!") => warning(format!("`{tag_shown}` closes nothing that is open"))
            .called("tag-stray")
            .hint("take it out, or write the `<!--[if mso]>` that it closes"),
        Wrong::Stray => warning(format!("`{tag_shown}` closes nothing that is open"))
            .called("tag-stray")
            .hint(format!("take it out, or write the `<{name}>` that it closes")),
    })
}

/// `text` with a mark before each of its tags and comments, those in comments for Outlook too.
fn marked(file: usize, text: &str) -> String {
    let mut places = Vec::new();
    starts(&blinded(text), 0, &mut places);
    let mut marked = String::with_capacity(text.len() + 12 * places.len());
    let mut at = 0;
    for place in places {
        marked.push_str(&text[at..place]);
        marked.push_str(&format!("{BEFORE}{file},{place}{BEHIND}"));
        at = place;
    }
    marked.push_str(&text[at..]);
    marked
}

fn starts(html: &str, from: usize, places: &mut Vec<usize>) {
    for piece in markup::pieces(html) {
        match piece.kind {
            Kind::Open | Kind::Close => places.push(from + piece.range.start),
            Kind::Comment => {
                places.push(from + piece.range.start);
                if let Some((head, inside)) = for_outlook(piece.text) {
                    starts(inside, from + piece.range.start + head, places);
                }
            }
            Kind::Text | Kind::Raw => {}
        }
    }
}

/// What a comment for Outlook (`<!--[if mso]>…<![endif]-->`) holds, and the byte at which that begins.
fn for_outlook(comment: &str) -> Option<(usize, &str)> {
    let condition = comment.strip_prefix("<!--[if").and_then(|rest| rest.find("]>"))?;
    let head = condition + "<!--[if]>".len();
    let inside = &comment[head..];
    let is_door = ["<!--", "-->"].iter().any(|door| inside.trim_start().starts_with(door));
    let end = inside.rfind("<![endif]-->").unwrap_or(inside.len());
    (!is_door).then(|| (head, &inside[..end]))
}

/// All that is wrong with the tags of a page, by where they were written.
fn judged(page: &str) -> BTreeSet<(Written, Wrong)> {
    let mut reader = Reader::default();
    reader.read(page, Readers::All);
    if let Some(at) = reader.door.take() {
        reader.swallow(at);
    }
    if let Some(at) = reader.swallowed {
        // What follows is not where it seems; the rest is looked at when this is mended.
        return BTreeSet::from([(at, Wrong::Unclosed)]);
    }
    let mut wrong = reader.wrong;
    for others in [Readers::Outlook, Readers::Others] {
        let seen: Vec<&Tag> = reader.tags.iter().filter(|tag| tag.readers != others).collect();
        wrong.extend(unbalanced(&seen));
    }
    wrong
}

#[derive(Default)]
struct Reader {
    tags: Vec<Tag>,
    wrong: BTreeSet<(Written, Wrong)>,
    /// What hides tags that were written to be seen.
    swallowed: Option<Written>,
    /// A `<!--[if !mso]><!-->` that is open.
    door: Option<Option<Written>>,
}

impl Reader {
    fn read(&mut self, html: &str, readers: Readers) {
        let mut mark: Option<Written> = None;
        let mut opened: Option<(String, Option<Written>)> = None;
        for piece in markup::pieces(html) {
            match piece.kind {
                Kind::Text => mark = mark_at_end(piece.text),
                Kind::Raw => {
                    let (_, at) = opened.take().unwrap_or_default();
                    let ends = piece.range.end < html.len();
                    if piece.text.contains("<style") || !ends || piece.text.trim_end_matches(BEHIND).contains(BEHIND) {
                        self.swallow(at);
                    }
                    mark = mark_at_end(piece.text);
                }
                Kind::Comment => self.comment(piece.text, readers, mark.take()),
                Kind::Open | Kind::Close => {
                    let name = name_of(piece.text.trim_start_matches(['<', '/']));
                    let written = mark.take();
                    let opens = piece.kind == Kind::Open;
                    if opens {
                        opened = Some((name.clone(), written));
                    }
                    let is_whole = VOID.contains(&name.as_str()) || opens && piece.text.ends_with("/>");
                    if !is_whole {
                        let readers = match self.door {
                            Some(_) if readers == Readers::All => Readers::Others,
                            _ => readers,
                        };
                        self.tags.push(Tag {
                            opens,
                            name,
                            written,
                            readers,
                        });
                    }
                }
            }
        }
    }

    fn swallow(&mut self, at: Option<Written>) {
        if self.swallowed.is_none() {
            self.swallowed = at;
        }
    }

    fn comment(&mut self, comment: &str, readers: Readers, at: Option<Written>) {
        let begins = |head: &str| comment.starts_with(head);
        if begins("<![endif]") || begins("<!--<![endif]") {
            if self.door.take().is_none()
                && let Some(at) = at
            {
                self.wrong.insert((at, Wrong::Stray));
            }
        } else if begins("<![if") || begins("<!--[if") && for_outlook(comment).is_none() {
            self.door = Some(at);
        } else if let Some((_, inside)) = for_outlook(comment) {
            if !comment.ends_with("<![endif]-->") || inside.contains("<!--") {
                self.swallow(at);
            } else if readers == Readers::All {
                self.read(inside, Readers::Outlook);
            }
        } else if begins("<!--") && (!comment.ends_with("-->") || comment[4..].contains("<!--")) {
            self.swallow(at);
        }
    }
}

/// The mark that stands right before what comes next.
fn mark_at_end(text: &str) -> Option<Written> {
    let (_, mark) = text.strip_suffix(BEHIND)?.rsplit_once(BEFORE)?;
    let (file, at) = mark.split_once(',')?;
    Some((file.parse().ok()?, at.parse().ok()?))
}

/// An element's name in small letters, those of Outlook's own (`v:rect`) whole.
fn name_of(tag: &str) -> String {
    let name = tag
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == ':' || c == '-'))
        .next();
    name.unwrap_or("").to_ascii_lowercase()
}

/// What is opened and not closed, and the other way round, in a row of tags.
fn unbalanced(tags: &[&Tag]) -> BTreeSet<(Written, Wrong)> {
    let mut surplus: HashMap<&str, i64> = HashMap::new();
    for tag in tags {
        *surplus.entry(&tag.name).or_default() += if tag.opens { 1 } else { -1 };
    }
    let left = |name: &str| surplus.get(name).copied().unwrap_or_default();
    let must_close = |tag: &&&Tag| !MAY_STAY_OPEN.contains(&tag.name.as_str());
    let mut open: Vec<&Tag> = Vec::new();
    let mut names: HashMap<&str, usize> = HashMap::new();
    let (mut wrong, mut slips) = (BTreeSet::new(), 0);
    for tag in tags {
        if tag.opens {
            *names.entry(&tag.name).or_default() += 1;
            open.push(tag);
            continue;
        }
        if slips == MOST_SLIPS {
            break;
        }
        if names.get(tag.name.as_str()).is_none_or(|count| *count == 0) {
            slips += 1;
            wrong.extend(tag.written.map(|at| (at, Wrong::Stray)));
            continue;
        }
        let Some(match_) = open.iter().rposition(|known| known.name == tag.name) else {
            wrong.extend(tag.written.map(|at| (at, Wrong::Stray)));
            continue;
        };
        let mut inner = open[match_ + 1..].iter().filter(must_close).peekable();
        // Where there is one close too many of this name, and none too few of those inside, this one is it.
        if inner.peek().is_some() && left(&tag.name) < 0 && inner.all(|inside| left(&inside.name) <= 0) {
            slips += 1;
            wrong.extend(tag.written.map(|at| (at, Wrong::Stray)));
            continue;
        }
        let closed = open.split_off(match_);
        for tag in &closed {
            if let Some(count) = names.get_mut(tag.name.as_str()) {
                *count -= 1;
            }
        }
        let unclosed = &closed[1..];
        wrong.extend(
            unclosed
                .iter()
                .filter(must_close)
                .filter_map(|tag| Some((tag.written?, Wrong::Unclosed))),
        );
    }
    wrong.extend(
        open.iter()
            .filter(must_close)
            .filter_map(|tag| Some((tag.written?, Wrong::Unclosed))),
    );
    wrong
}
