//! The body of an article file: what in it will not be seen in a letter as its author thinks.

use crate::article::front_matter::Split;
use crate::article::markdown;
use crate::article::markdown::address::Target;
use crate::article::markdown::{depth, picture};
use crate::finding::{Finding, Place};
use pulldown_cmark::{Event, HeadingLevel, OffsetIter, Parser, Tag};

/// The body without blank lines around it, and the line it then starts on.
pub(crate) fn without_blank_edges(split: &Split<'_>) -> (String, usize) {
    let blank = split.body.lines().take_while(|line| line.trim().is_empty()).count();
    let start: usize = split.body.split_inclusive('\n').take(blank).map(str::len).sum();
    (split.body[start..].trim_end().to_owned(), split.body_line + blank)
}

/// Everything to say about the body of `file`, whose front matter names `title`.
pub(crate) fn findings(file: &str, split: &Split<'_>, title: &str) -> Vec<Finding> {
    let body = Body {
        file,
        text: split.body,
        first_line: split.body_line,
    };
    if split.body.trim().is_empty() {
        let place = Place::new(split.body_line, 1);
        return vec![
            Finding::error(file, "the article has no text below its front matter")
                .at(place)
                .hint("write it below the second `---`"),
        ];
    }
    if let Some(offset) = depth::too_deep(split.body) {
        let place = Place::of_offset(split.body, offset);
        return vec![depth::finding(file).at(Place::new(split.body_line + place.line - 1, place.column))];
    }
    let mut findings = body.template_marks();
    findings.extend(body.endless_comment());
    findings.extend(body.pictures());
    let events: OffsetIter<'_> = Parser::new_ext(split.body, markdown::options()).into_offset_iter();
    let mut inside_html = false;
    let mut heading: Option<(usize, String)> = None;
    for (index, (event, range)) in events.enumerate() {
        match event {
            Event::Start(Tag::HtmlBlock) => inside_html = true,
            Event::End(pulldown_cmark::TagEnd::HtmlBlock) => inside_html = false,
            Event::Html(html) if inside_html && !markdown::is_comment(&html) && !html.trim().is_empty() => {
                findings.push(body.html(range.start, &html));
                inside_html = false;
            }
            Event::InlineHtml(html)
                if !markdown::is_comment(&html) && !markdown::is_line_break(&html) && !html.starts_with("</") =>
            {
                findings.push(body.html(range.start, &html));
            }
            Event::Start(Tag::Link { link_type, dest_url, .. }) if Target::of_link(link_type, &dest_url) == Target::Refused => {
                findings.push(body.link(range.start, &dest_url));
            }
            Event::Start(Tag::Heading {
                level: HeadingLevel::H1 | HeadingLevel::H2,
                ..
            }) if index == 0 => {
                heading = Some((range.start, String::new()));
            }
            Event::Text(text) => {
                if let Some((_, words)) = &mut heading {
                    words.push_str(&text);
                }
            }
            Event::End(pulldown_cmark::TagEnd::Heading(_)) => {
                if let Some((start, words)) = heading.take()
                    && words.trim().eq_ignore_ascii_case(title.trim())
                {
                    findings.push(body.title_again(start));
                }
            }
            _ => {}
        }
    }
    findings
}

struct Body<'a> {
    file: &'a str,
    text: &'a str,
    first_line: usize,
}

impl Body<'_> {
    fn warning(&self, offset: usize, text: String) -> Finding {
        let place = Place::of_offset(self.text, offset);
        Finding::warning(self.file, text).at(Place::new(self.first_line + place.line - 1, place.column))
    }

    fn error(&self, offset: usize, text: String) -> Finding {
        let place = Place::of_offset(self.text, offset);
        Finding::error(self.file, text).at(Place::new(self.first_line + place.line - 1, place.column))
    }

    /// The first `{{` and the first `{%`: one warning of each kind says it all.
    fn template_marks(&self) -> Vec<Finding> {
        let code = markdown::code(self.text);
        let first = |mark: &str| {
            let mut marks = self.text.match_indices(mark).map(|(offset, _)| offset);
            marks.find(|offset| !markdown::is_in(&code, *offset))
        };
        let found = ["{{", "{%"]
            .into_iter()
            .filter_map(|mark| first(mark).map(|offset| (mark, offset)));
        found
            .map(|(mark, offset)| {
                self.error(
                    offset,
                    format!("`{mark}` would stand in every letter as it is, because an article's text is no template"),
                )
                .hint("put names and other personal words into the template, the subject or the preheader")
            })
            .collect()
    }

    fn endless_comment(&self) -> Option<Finding> {
        let offset = markdown::endless_comment(self.text)?;
        let text = "the comment that begins here with `<!--` is never closed, so the letter would end here";
        Some(self.error(offset, text.to_owned()).hint("write `-->` where it ends"))
    }

    fn html(&self, offset: usize, html: &str) -> Finding {
        let tag: String = html
            .trim()
            .chars()
            .take(30)
            .take_while(|character| *character != '\n')
            .collect();
        self.warning(offset, format!("HTML such as `{tag}` is left out of the letter"))
            .hint("say it in Markdown: `**bold**`, `[text](https://…)`")
    }

    fn link(&self, offset: usize, url: &str) -> Finding {
        let text = format!("the link to `{url}` becomes plain text, because it leads nowhere from a letter");
        self.warning(offset, text)
            .hint("write the whole address, starting with `https://`, `mailto:` or `tel:`")
    }

    /// Pictures that cannot be shown, and those that say nothing to people who do not see them.
    fn pictures(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for shown in picture::pictures(self.text) {
            let name = &shown.written;
            if shown.target == Target::Refused {
                let text = format!("the image `{name}` is replaced by its description, because it cannot be reached from a letter");
                let finding = self.warning(shown.range.start, text);
                findings.push(
                    finding.hint("put the picture beside the article and name it alone, as in `![what it shows](hands.jpg)`"),
                );
            } else if shown.words.is_empty() {
                let text = format!("the picture `{name}` has no words, and many people see letters without pictures");
                let finding = self.error(shown.range.start, text);
                findings.push(finding.hint(format!("say what it shows: `![two hands on a back]({name})`")));
            }
        }
        findings
    }

    fn title_again(&self, offset: usize) -> Finding {
        self.warning(
            offset,
            "the text opens with the title again, so the letter shows it twice".to_owned(),
        )
        .hint("delete this line; the letter takes its heading from `title`")
    }
}
