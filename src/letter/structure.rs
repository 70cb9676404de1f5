//! What a template may not do because the layout could not keep it, and what is put into it so that the layout keeps it.
//!
//! Styles are written into the elements before anybody's letter is made, partials are put in where they are asked for, and a reader of
//! HTML mends tables. Whatever would mean something else afterwards is refused here, at its place.
//!
//! Promises: tells everything it finds, with file and line. Knows nothing of people.

use crate::finding::{Finding, Place};
use crate::letter::layout::blind;
use crate::letter::markup::{self, Kind};
use crate::template::TemplateSource;
use crate::template::tags::{self, Tag};

/// Inheritance, tags among an element's attributes, style sheets for some people only, and names that a partial would change for others.
pub(crate) fn faults(source: &TemplateSource) -> Vec<Finding> {
    let html = || source.files.iter().filter(|file| file.name.ends_with(".html"));
    let mut found: Vec<Finding> = html().flat_map(|file| faults_of(&file.name, &file.text)).collect();
    for file in html().filter(|file| source.uses(&file.name)) {
        found.extend(conditional_styles(source, &file.name, &file.text));
        found.extend(leaking_names(source, &file.name, &file.text));
    }
    found
}

fn faults_of(name: &str, text: &str) -> Vec<Finding> {
    let tags = tags::tags(text);
    let at = |text_: String, offset: usize| Finding::error(format!("templates/{name}"), text_).at(Place::of_offset(text, offset));
    let extends = tags
        .iter()
        .filter(|tag| tag.quoted_after("extends", text).is_some())
        .map(|tag| {
            at("a letter's template cannot extend another".to_owned(), tag.range.start)
                .hint("put what they share into a file of its own, and write `{% include \"header.html\" %}`")
        });
    let blind = blind(text, &tags);
    let pieces = markup::pieces(&blind);
    let loose = tags
        .iter()
        .filter(|tag| tag.kind != tags::Kind::Comment && stands_loose(tag, &pieces))
        .map(|tag| {
            at(
                format!("`{}` stands among an element's attributes", &text[tag.range.clone()]),
                tag.range.start,
            )
            .hint("put it inside an attribute's quotes, as in `class=\"{{ city }}\"`, or around the whole element")
        });
    extends.chain(loose).collect()
}

fn stands_loose(tag: &Tag, pieces: &[markup::Piece<'_>]) -> bool {
    let around = pieces
        .iter()
        .find(|piece| piece.range.contains(&tag.range.start))
        .filter(|piece| piece.kind == Kind::Open);
    around.is_some_and(|piece| !piece.quoted().iter().any(|quoted| quoted.contains(&tag.range.start)))
}

/// A style sheet is written into the elements of everybody's letter, whatever stands around it.
fn conditional_styles(source: &TemplateSource, name: &str, text: &str) -> Vec<Finding> {
    let tags = tags::tags(text);
    let blind = blind(text, &tags);
    let mut places: Vec<(usize, Option<&Tag>)> = markup::pieces(&blind)
        .iter()
        .filter(|piece| piece.is(Kind::Open, "style"))
        .map(|piece| (piece.range.start, None))
        .collect();
    let partials = tags.iter().filter(|tag| {
        let partial = tag.quoted_after("include", text);
        partial.is_some_and(|partial| holds_style(source, partial, 0))
    });
    places.extend(partials.map(|tag| (tag.range.start, Some(tag))));
    places.sort_by_key(|(at, _)| *at);
    let conditional = places
        .into_iter()
        .filter_map(|(at, include)| Some((at, include, open_around(&tags, text, at)?)));
    let finding = |(at, include, around): (usize, Option<&Tag>, &Tag)| {
        let what = include.map_or("<style>", |tag| &text[tag.range.clone()]);
        let around = &text[around.range.clone()];
        let words = format!("`{what}` stands inside `{around}`, and a style sheet counts in everybody's letter");
        Finding::error(format!("templates/{name}"), words)
            .at(Place::of_offset(text, at))
            .hint("put the styles outside, and the choice into a class: `<p class=\"{% if city == \"Bath\" %}warm{% endif %}\">`")
    };
    conditional.map(finding).collect()
}

fn holds_style(source: &TemplateSource, name: &str, depth: usize) -> bool {
    let text = source.file(name).unwrap_or("");
    let tags = tags::tags(text);
    let blind = blind(text, &tags);
    let own = || markup::pieces(&blind).iter().any(|piece| piece.is(Kind::Open, "style"));
    // Circles and depths are refused elsewhere.
    let below = || {
        let mut partials = tags.iter().filter_map(|tag| tag.quoted_after("include", text));
        partials.any(|partial| holds_style(source, partial, depth + 1))
    };
    depth <= 8 && (own() || below())
}

/// The innermost statement with an end of its own that is open at a byte of the text.
fn open_around<'g>(tags: &'g [Tag], text: &str, at: usize) -> Option<&'g Tag> {
    let mut open: Vec<&Tag> = Vec::new();
    let statements = tags
        .iter()
        .filter(|tag| tag.kind == tags::Kind::Statement && tag.range.start < at);
    for tag in statements {
        let word = tag
            .inside(text)
            .split(|c: char| !c.is_ascii_alphabetic())
            .next()
            .unwrap_or("");
        match word {
            "if" | "for" | "filter" => open.push(tag),
            "endif" | "endfor" | "endfilter" => drop(open.pop()),
            _ => {}
        }
    }
    open.pop()
}

/// What a partial sets would be seen by the page around it, which the page's author cannot know.
fn leaking_names(source: &TemplateSource, name: &str, text: &str) -> Vec<Finding> {
    if name == source.html_name() {
        return Vec::new();
    }
    let below = source.made_with(&[name]);
    let others = || {
        let html = source
            .files
            .iter()
            .filter(|file| file.name.ends_with(".html") && file.name != name);
        html.filter(|file| source.uses(&file.name) && !below.contains(&file.name.as_str()))
    };
    let mut found = Vec::new();
    for tag in tags::tags(text) {
        let Some(set) = tag.sets(text).filter(|set| !set.is_empty()) else {
            continue;
        };
        if let Some(other) = others().find(|other| asks_for(&other.text, set)) {
            let words = format!(
                "`{set}` is set here and asked for in `{}`, which would see this one",
                other.name
            );
            let hint = format!("call it something else here, and let `{}` set what it asks for", other.name);
            found.push(
                Finding::error(format!("templates/{name}"), words)
                    .at(Place::of_offset(text, tag.range.start))
                    .hint(hint),
            );
        }
    }
    found
}

fn asks_for(text: &str, name: &str) -> bool {
    tags::tags(text).iter().any(|tag| {
        let uses = tags::uses(text, tag);
        let asked = uses.iter().filter(|used| used.name == name).count();
        asked > usize::from(tag.sets(text) == Some(name))
    })
}

/// `html` with the `<tbody>` that a reader of HTML puts around rows, where a word in front of the rows would be left outside of it: a loop
/// around rows is to repeat rows. Words begin with `word`.
pub(crate) fn with_bodies(html: &str, word: char) -> String {
    let mut made = String::with_capacity(html.len());
    let mut frames: Vec<Frame> = Vec::new();
    for piece in markup::pieces(html) {
        let name = piece.name().to_ascii_lowercase();
        match (piece.kind, name.as_str()) {
            (Kind::Open, "table") => frames.push(Frame::default()),
            (Kind::Close, "table") => drop(frames.pop()),
            (_, "tbody" | "thead" | "tfoot") => {
                let is_open = piece.kind == Kind::Open;
                in_table(&mut frames, |frame| {
                    *frame = Frame {
                        is_open,
                        ..Frame::default()
                    }
                });
            }
            (Kind::Open, "tr") => in_table(&mut frames, |frame| {
                if let Some(at) = frame.word.take().filter(|_| !frame.is_open) {
                    made.insert_str(at, "<tbody>");
                }
                *frame = Frame {
                    is_open: true,
                    ..Frame::default()
                };
            }),
            (kind @ (Kind::Open | Kind::Close), "td" | "th") => in_table(&mut frames, |frame| frame.in_cell = kind == Kind::Open),
            (Kind::Close, "tr") => in_table(&mut frames, |frame| frame.in_cell = false),
            (Kind::Text, _) if piece.text.contains(word) => in_table(&mut frames, |frame| {
                if !frame.in_cell && !frame.is_open {
                    frame.word.get_or_insert(made.len());
                }
            }),
            _ => {}
        }
        made.push_str(piece.text);
    }
    made
}

/// Where a walk is in an open table.
#[derive(Debug, Default)]
struct Frame {
    /// Whether rows stand in a part of the table already.
    is_open: bool,
    in_cell: bool,
    /// Where the first word stands that belongs in front of rows.
    word: Option<usize>,
}

fn in_table(frames: &mut [Frame], change: impl FnOnce(&mut Frame)) {
    if let Some(frame) = frames.last_mut() {
        change(frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::TemplateFile;

    fn source(files: &[(&str, &str)]) -> TemplateSource {
        let files = files.iter().map(|(name, text)| TemplateFile {
            name: (*name).to_owned(),
            text: (*text).to_owned(),
        });
        TemplateSource {
            name: "letter".to_owned(),
            files: files.collect(),
        }
    }

    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let found = faults(&source(files));
        let shown: Vec<String> = found
            .iter()
            .map(|finding| format!("{}:{} {}", finding.file, finding.place.unwrap(), finding.text))
            .collect();
        let fits = shown.len() == expected.len() && shown.iter().zip(expected).all(|(shown, words)| shown.starts_with(words));
        assert!(fits, "{files:?}: {shown:#?}");
        assert!(found.iter().all(|finding| finding.hint.is_some()));
    }

    #[test]
    fn what_the_layout_cannot_keep_is_refused_at_its_place() {
        let found = faults(&source(&[
            ("letter.html", "<p>\n<p {% if x %}class=\"a\"{% endif %} title=\"{{ x }}\">"),
            ("b.html", "{% extends \"a.html\" %}"),
        ]));
        let shown: Vec<String> = found
            .iter()
            .map(|finding| format!("{}:{} {}", finding.file, finding.place.unwrap(), finding.text))
            .collect();
        assert_eq!(
            shown,
            [
                "templates/letter.html:2:4 `{% if x %}` stands among an element's attributes",
                "templates/letter.html:2:23 `{% endif %}` stands among an element's attributes",
                "templates/b.html:1:1 a letter's template cannot extend another",
            ]
        );
    }

    #[test]
    fn styles_for_some_people_only_are_refused() {
        let style = "<style>p{color:red}</style>";
        let inside = format!("\n{{% if city == \"Bath\" %}}{style}{{% endif %}}");
        let said = "templates/letter.html:2:24 `<style>` stands inside `{% if city == \"Bath\" %}`";
        check(&[("letter.html", &inside)], &[said]);
        let include = "{% if city %}{% include \"a.html\" %}{% endif %}";
        let said = "templates/letter.html:1:14 `{% include \"a.html\" %}` stands inside `{% if city %}`";
        check(
            &[
                ("letter.html", include),
                ("a.html", "{% include \"b.html\" %}"),
                ("b.html", style),
            ],
            &[said],
        );
        let outside = format!(
            "{{% if city %}}a{{% else %}}b{{% endif %}}{style}{{% for x in y %}}<!--[if mso]>{style}<![endif]-->{{% endfor %}}"
        );
        check(&[("letter.html", &outside), ("unused.html", &inside)], &[]);
    }

    #[test]
    fn names_that_a_partial_would_change_for_others_are_refused() {
        let partial = "{% set shade = \"warm\" %}<i>{{ shade }}</i>";
        let asks = "{% include \"a.html\" %}{% if shade is defined %}x{% endif %}";
        let said = "templates/a.html:1:1 `shade` is set here and asked for in `letter.html`";
        check(&[("letter.html", asks), ("a.html", partial)], &[said]);
        check(
            &[
                ("letter.html", "{% set shade = 1 %}{% include \"a.html\" %}"),
                ("a.html", partial),
            ],
            &[],
        );
        let below = "{% set shade = \"warm\" %}{% include \"b.html\" %}";
        check(
            &[
                ("letter.html", "{% include \"a.html\" %}"),
                ("a.html", below),
                ("b.html", "{{ shade }}"),
            ],
            &[],
        );
        check(
            &[
                ("letter.html", "{% set shade = 1 %}{{ shade }}{% include \"b.html\" %}"),
                ("b.html", "{{ shade }}"),
            ],
            &[],
        );
    }

    #[test]
    fn a_table_gets_the_body_that_a_reader_of_html_would_give_it() {
        for (html, expected) in [
            (
                "<table>W<tr><td>W</td></tr>W</table>",
                "<table><tbody>W<tr><td>W</td></tr>W</table>",
            ),
            (
                "<table>\n W <TR><td></td></TR></table>",
                "<table><tbody>\n W <TR><td></td></TR></table>",
            ),
            (
                "<table>\n<tr><td>a</td></tr>W<tr></tr></table>",
                "<table>\n<tr><td>a</td></tr>W<tr></tr></table>",
            ),
            (
                "<table><tbody>W<tr></tr>W</tbody></table>",
                "<table><tbody>W<tr></tr>W</tbody></table>",
            ),
            (
                "<table><thead><tr></tr></thead>W<tr><td><table>W<tr>",
                "<table><thead><tr></tr></thead><tbody>W<tr><td><table><tbody>W<tr>",
            ),
            ("W<tr>", "W<tr>"),
        ] {
            assert_eq!(with_bodies(html, 'W'), expected);
        }
    }
}
