//! What is shown of a letter: itself, in its window, or one of its other sides.
//!
//! Promises: a letter that is older than its files says so before anything else; where none can be shown, the page says why and what to do.

use super::Page;
use super::size::sizes;
use crate::finding::Finding;
use crate::web::page::Html;
use crate::web::preview::asked::{View, WIDTHS, Wanted};
use crate::web::preview::door::guise;
use crate::web::preview::guise::{Dressed, dress};
use crate::web::preview::stage::{Chosen, Composed};
use aws_lc_rs::digest;
use data_encoding::HEXLOWER;

impl Page<'_> {
    /// The view that was asked for.
    pub(super) fn shown(&self, html: &mut Html) {
        let Some(chosen) = self.chosen else {
            return self.nothing(html);
        };
        if let Some(doubt) = &self.scene.catalogue.doubt {
            html.raw("<p class=\"note\">Who left is not known, and is shown as a reader here: ")
                .text(doubt);
            html.raw(". <code>tidings doctor</code> tells what to do about the store.</p>");
        }
        for missing in &chosen.missing {
            html.raw("<p class=\"note\">").text(missing).raw("</p>");
        }
        if self.wanted.view == View::Findings {
            return self.all_findings(html);
        }
        match &chosen.letter {
            Some(Ok(letter)) => {
                if let Some(at) = letter.old {
                    html.raw("<div class=\"note\" role=\"alert\"><h2>This letter is old</h2><p>");
                    html.text(&format!(
                        "The files have an error now. What you see is the last letter that could be made, of {}.",
                        self.scene.catalogue.moment(at)
                    ));
                    html.raw("</p>");
                    list(html, &errors(chosen.article.faults()));
                    html.raw("</div>");
                }
                self.view(html, chosen, letter);
            }
            Some(Err(fault)) => {
                html.raw("<div class=\"note\" role=\"alert\"><h2>This person’s letter cannot be made</h2>");
                list(html, std::slice::from_ref(fault));
                html.raw("</div>");
            }
            None => {
                html.raw("<div class=\"note\" role=\"alert\"><h2>This letter cannot be made yet</h2>");
                html.raw("<p>Mend these, and it is shown by itself:</p>");
                list(html, &errors(chosen.article.faults()));
                html.raw("</div>");
            }
        }
    }

    fn nothing(&self, html: &mut Html) {
        html.raw("<div class=\"note\"><h2>There is no letter to show</h2>");
        html.raw(
            "<p>A campaign with an article is wanted: <code>tidings new NAME --article FILE</code> makes one of a text.</p></div>",
        );
        self.all_findings(html);
    }

    fn all_findings(&self, html: &mut Html) {
        html.raw("<h2>Findings</h2>");
        if self.scene.checked.is_none() {
            html.raw("<p class=\"quiet\">Every letter is being composed; what that shows comes here by itself.</p>");
        }
        let findings = self.findings();
        if findings.is_empty() {
            html.raw("<p>Nothing is wrong with the files.</p>");
        }
        list(html, &findings);
    }

    fn view(&self, html: &mut Html, chosen: &Chosen, letter: &Composed) {
        let reading = &letter.reading;
        match self.wanted.view {
            View::Letter | View::Dark | View::NoPictures => self.letter(html, chosen, letter),
            View::Text => {
                html.raw(
                    "<h2>Plain text</h2><p>What mail programs show that show no HTML, and what screen readers may prefer.</p>",
                );
                paper(html, "The letter as plain text", &reading.text);
            }
            View::Headers => {
                html.raw("<h2>Headers</h2><p>As they stand in the letter. The relay may add a signature and its own stamps.</p>");
                html.raw("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"Headers\"><table><thead><tr>");
                html.raw("<th scope=\"col\">Field</th><th scope=\"col\">Value</th></tr></thead><tbody>");
                for (name, value) in &reading.fields {
                    html.raw("<tr><th scope=\"row\">")
                        .text(name)
                        .raw("</th><td>")
                        .text(value)
                        .raw("</td></tr>");
                }
                html.raw("</tbody></table></div>");
            }
            View::Source => {
                html.raw("<h2>Source</h2><p>The message as it would leave. <a id=\"keep\" download");
                html.attribute("href", &format!("message.eml{}", self.wanted.query()));
                html.raw(">Keep it as a file</a> to open it in a mail program.</p>");
                paper(
                    html,
                    "The message as it would leave",
                    &String::from_utf8_lossy(&letter.bytes).replace('\r', ""),
                );
            }
            View::Size => sizes(html, letter),
            View::Findings => {}
        }
    }

    fn letter(&self, html: &mut Html, chosen: &Chosen, letter: &Composed) {
        let reading = &letter.reading;
        let dressed = dress(&reading.html, &reading.pictures, guise(self.wanted.view));
        html.raw("<h2 class=\"hidden\">The letter</h2><dl class=\"inbox\">");
        for (name, value) in [
            ("From", &reading.from),
            ("To", &reading.to),
            ("Subject", &reading.subject),
            ("Preheader", &letter.preheader),
        ] {
            html.raw("<div><dt>")
                .text(name)
                .raw("</dt><dd><bdi>")
                .text(value)
                .raw("</bdi></dd></div>");
        }
        html.raw("</dl>");
        if self.wanted.view == View::Dark && !dressed.has_dark_rules {
            html.raw("<p class=\"note\">This letter has no rules of its own for dark screens: mail programs show it as it is, or turn its ");
            html.raw("colours round themselves.</p>");
        }
        if self.wanted.view != View::Letter {
            self.widths(html);
        }
        self.frame(html, chosen, &dressed);
        targets(html, &dressed);
    }

    /// The other widths of a view that has no tab for each.
    fn widths(&self, html: &mut Html) {
        html.raw("<p>Width:");
        for width in WIDTHS {
            let wanted = Wanted {
                width,
                ..self.wanted.clone()
            };
            html.raw(" ");
            let id = format!("width-{width}");
            self.link(html, &id, None, &wanted, width == self.wanted.width, &width.to_string());
        }
        html.raw("</p>");
    }

    fn frame(&self, html: &mut Html, chosen: &Chosen, dressed: &Dressed) {
        let hash = HEXLOWER.encode(&digest::digest(&digest::SHA256, dressed.html.as_bytes()).as_ref()[..6]);
        html.raw("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"The letter’s window\"><iframe id=\"frame\" sandbox=\"allow-same-origin\"");
        html.attribute("class", &format!("w{}", self.wanted.width));
        html.attribute(
            "title",
            &format!("The letter “{}”, {} pixels wide", chosen.article.title, self.wanted.width),
        );
        html.attribute("src", &format!("letter{}&v={hash}", self.wanted.query()));
        html.raw("></iframe></div>");
    }
}

/// Where the links lead, and what a mail program would fetch.
fn targets(html: &mut Html, dressed: &Dressed) {
    if !dressed.links.is_empty() {
        html.raw("<details id=\"links\"><summary>").text(&match dressed.links.len() {
            1 => "One link in this letter".to_owned(),
            count => format!("{count} links in this letter"),
        });
        html.raw("</summary><p>They lead nowhere from here.</p><ul>");
        for (words, target) in &dressed.links {
            html.raw("<li><bdi>")
                .text(words)
                .raw("</bdi>: <code>")
                .text(target)
                .raw("</code></li>");
        }
        html.raw("</ul></details>");
    }
    if !dressed.hosted.is_empty() {
        html.raw("<details id=\"hosted\"><summary>")
            .text(&match dressed.hosted.len() {
                1 => "One picture is on the web".to_owned(),
                count => format!("{count} pictures are on the web"),
            });
        html.raw("</summary><p>Mail programs fetch them there when the reader allows it; here they are boxes.</p><ul>");
        for (words, place) in &dressed.hosted {
            html.raw("<li><bdi>")
                .text(words)
                .raw("</bdi>: <code>")
                .text(place)
                .raw("</code></li>");
        }
        html.raw("</ul></details>");
    }
}

/// Text as it is, to be scrolled by keyboard too.
fn paper(html: &mut Html, label: &str, text: &str) {
    html.raw("<pre role=\"region\" tabindex=\"0\" dir=\"auto\"")
        .attribute("aria-label", label)
        .raw(">");
    html.text(text).raw("</pre>");
}

fn errors(findings: &[Finding]) -> Vec<Finding> {
    findings.iter().filter(|finding| finding.is_error()).cloned().collect()
}

/// Words of a finding, what stands between backticks as code; a lone backtick is itself.
fn with_code(html: &mut Html, words: &str) {
    let parts: Vec<&str> = words.split('`').collect();
    if parts.len().is_multiple_of(2) {
        html.text(words);
        return;
    }
    for (at, part) in parts.into_iter().enumerate() {
        match at % 2 {
            0 => html.text(part),
            _ => html.raw("<code>").text(part).raw("</code>"),
        };
    }
}

/// Findings as `check` tells them.
pub(in crate::web::preview) fn list(html: &mut Html, findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    html.raw("<ul class=\"findings\">");
    for finding in findings {
        let place = finding.place.map(|place| format!(":{place}")).unwrap_or_default();
        html.raw("<li><strong>")
            .raw(if finding.is_error() { "Error" } else { "Warning" })
            .raw("</strong> <code>");
        html.text(&finding.file).text(&place).raw("</code><br>");
        with_code(html, &finding.text);
        html.text(&finding.shown_name());
        if let Some(hint) = &finding.hint {
            html.raw("<br><span class=\"quiet\">");
            with_code(html, hint);
            html.raw("</span>");
        }
        html.raw("</li>");
    }
    html.raw("</ul>");
}
