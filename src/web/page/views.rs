//! What each page says and offers.
//!
//! Promises: a page has one heading, one language and one direction; every control has a label; a form as it stands, sent by anybody who
//! fills nothing in, does no more than stop the letters like the one it belongs to.

use super::{Html, style};
use crate::address::Address;
use crate::web::face::Face;
use crate::web::words::Words;

/// A page: what it is about, for which clinic, in which language.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    pub(crate) face: &'a Face,
    pub(crate) words: &'static Words,
    pub(crate) view: View<'a>,
}

/// What a page is about.
#[derive(Debug)]
pub(crate) enum View<'a> {
    /// What a letter links to.
    Ask(Forms<'a>),
    /// The same, because a tick was missing.
    TickFirst(Forms<'a>),
    /// The mail program's button was heard.
    OneClick,
    /// The letters of this kind stop.
    TheseDone(Forms<'a>),
    /// All letters stop.
    AllDone(Forms<'a>),
    /// The ticked ones stop.
    SomeDone(Forms<'a>),
    /// Whether letters shall come again.
    ComeBack {
        /// What proves the form.
        form: String,
        /// Titles and marks of what else could come again.
        others: Vec<(&'a str, &'a str)>,
        /// What went wrong before, if anything did.
        note: Option<Note>,
    },
    /// Letters come again.
    CameBack,
    /// Letters do not come again by this page alone.
    WriteToUs,
    /// A test letter.
    Sample,
    /// A wrong token.
    Wrong,
    /// The store cannot be written, or too much is asked.
    Busy,
    /// No request of ours.
    Odd,
}

/// What a page says before it asks once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Note {
    /// The tick is missing.
    TickFirst,
    /// The form is too old, or not ours.
    TooLate,
}

/// The forms that a person may be offered.
#[derive(Debug, Default)]
pub(crate) struct Forms<'a> {
    pub(crate) these_stopped: bool,
    pub(crate) all_stopped: bool,
    /// Titles and marks of the lists that may be named and that they are on.
    pub(crate) lists: Vec<(&'a str, &'a str)>,
    /// Whether there is anything to come back to.
    pub(crate) can_come_back: bool,
}

impl Page<'_> {
    /// The page as HTML.
    pub(crate) fn render(&self) -> String {
        let mut html = Html::default();
        html.raw("<!DOCTYPE html>\n<html").attribute("lang", self.words.tag);
        html.attribute("dir", if self.words.is_rtl { "rtl" } else { "ltr" });
        html.raw("><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>");
        html.text(&self.heading().replace("{clinic}", &self.face.clinic));
        // Without an icon of its own a browser asks for one.
        html.raw("</title><link rel=\"icon\" href=\"data:,\"><style>");
        html.0.push_str(&style(self.face.colour));
        html.raw("</style></head><body><main>");
        self.element(&mut html, "<h1>", self.heading(), "</h1>");
        self.body(&mut html);
        html.raw("</main><footer class=\"quiet\"><p><bdi>")
            .text(&self.face.clinic)
            .raw("</bdi></p>");
        // Where a page is about other ways, they stand in its midst.
        if !matches!(self.view, View::Wrong | View::Busy | View::WriteToUs) {
            self.questions(&mut html);
        }
        html.raw("</footer></body></html>\n");
        html.0
    }

    fn heading(&self) -> &'static str {
        let words = self.words;
        match &self.view {
            View::Ask(_) | View::TickFirst(_) => words.letters_from,
            View::OneClick | View::TheseDone(_) => words.these_done,
            View::AllDone(_) => words.all_done,
            View::SomeDone(_) => words.some_done,
            View::ComeBack { .. } | View::WriteToUs => words.back_title,
            View::CameBack => words.back_done,
            View::Sample => words.sample_title,
            View::Wrong => words.wrong_title,
            View::Busy => words.busy_title,
            View::Odd => words.odd_title,
        }
    }

    fn body(&self, html: &mut Html) {
        let words = self.words;
        match &self.view {
            View::Ask(forms) => self.ask(html, forms, None),
            View::TickFirst(forms) => self.ask(html, forms, Some(Note::TickFirst)),
            View::OneClick => self.paragraph(html, words.done_text),
            View::TheseDone(forms) | View::SomeDone(forms) => {
                self.paragraph(html, words.done_text);
                self.stop_all(html, forms);
                self.back(html, forms);
            }
            View::AllDone(forms) => {
                self.paragraph(html, words.done_text);
                self.back(html, forms);
            }
            View::ComeBack { form, others, note } => self.come_back(html, form, others, *note),
            View::CameBack => self.paragraph(html, words.back_done_text),
            View::WriteToUs => {
                self.paragraph(html, words.back_write);
                self.questions(html);
            }
            View::Sample => self.paragraph(html, words.sample_text),
            View::Wrong => self.other_ways(html, words.wrong_text),
            View::Busy => self.other_ways(html, words.busy_text),
            View::Odd => self.paragraph(html, words.odd_text),
        }
    }

    fn ask(&self, html: &mut Html, forms: &Forms<'_>, note: Option<Note>) {
        let words = self.words;
        self.note(html, note);
        if forms.all_stopped || forms.these_stopped {
            let told = if forms.all_stopped {
                words.all_stopped_already
            } else {
                words.these_stopped_already
            };
            self.paragraph(html, told);
        } else {
            self.paragraph(html, words.nothing_yet);
            html.raw("<form method=\"post\"><input type=\"hidden\" name=\"do\" value=\"stop\"><p><button class=\"main\">");
            html.text(words.stop_these).raw("</button></p></form>");
            html.raw("<p class=\"quiet\">").text(words.at_once).raw("</p>");
        }
        self.stop_some(html, forms);
        self.stop_all(html, forms);
        self.back(html, forms);
    }

    fn stop_some(&self, html: &mut Html, forms: &Forms<'_>) {
        if forms.all_stopped || forms.lists.is_empty() {
            return;
        }
        self.element(html, "<section><h2>", self.words.some_heading, "</h2>");
        html.raw("<form method=\"post\"><input type=\"hidden\" name=\"do\" value=\"stop-some\">");
        self.boxes(html, self.words.some_legend, &forms.lists);
        self.element(html, "<button>", self.words.stop_some, "</button></form></section>");
    }

    fn stop_all(&self, html: &mut Html, forms: &Forms<'_>) {
        if forms.all_stopped {
            return;
        }
        self.element(html, "<section><h2>", self.words.all_heading, "</h2>");
        html.raw("<form method=\"post\"><input type=\"hidden\" name=\"do\" value=\"stop-all\">");
        self.tick(html, self.words.all_tick);
        self.element(html, "<button>", self.words.stop_all, "</button></form></section>");
    }

    fn back(&self, html: &mut Html, forms: &Forms<'_>) {
        if !forms.can_come_back {
            return;
        }
        self.element(html, "<section><h2>", self.words.back_heading, "</h2>");
        html.raw("<form method=\"post\"><input type=\"hidden\" name=\"do\" value=\"come-back\">");
        self.element(html, "<button>", self.words.back_button, "</button></form></section>");
    }

    fn come_back(&self, html: &mut Html, form: &str, others: &[(&str, &str)], note: Option<Note>) {
        self.note(html, note);
        self.paragraph(html, self.words.back_text);
        html.raw("<form method=\"post\"><input type=\"hidden\" name=\"do\" value=\"return\"><input type=\"hidden\" name=\"form\"");
        html.attribute("value", form).raw(">");
        if !others.is_empty() {
            self.boxes(html, self.words.back_legend, others);
        }
        self.tick(html, self.words.back_tick);
        self.element(html, "<button class=\"main\">", self.words.back_confirm, "</button></form>");
    }

    /// Boxes for lists, by their titles; none is ticked.
    fn boxes(&self, html: &mut Html, legend: &str, lists: &[(&str, &str)]) {
        self.element(html, "<fieldset><legend>", legend, "</legend>");
        for (title, mark) in lists {
            html.raw("<label><input type=\"checkbox\" name=\"list\"")
                .attribute("value", mark);
            html.raw("><bdi>").text(title).raw("</bdi></label>");
        }
        html.raw("</fieldset>");
    }

    /// The tick by which a person says that they mean it; browsers ask for it themselves.
    fn tick(&self, html: &mut Html, words: &str) {
        html.raw("<label><input type=\"checkbox\" name=\"sure\" value=\"yes\" required><span>");
        html.sentence(words, &self.face.clinic).raw("</span></label>");
    }

    fn note(&self, html: &mut Html, note: Option<Note>) {
        let told = match note {
            None => return,
            Some(Note::TickFirst) => self.words.tick_first,
            Some(Note::TooLate) => self.words.back_late,
        };
        self.element(html, "<p class=\"note\" role=\"alert\">", told, "</p>");
    }

    /// What somebody can do whose link, or whose wish, came to nothing.
    fn other_ways(&self, html: &mut Html, told: &str) {
        self.paragraph(html, told);
        if let Some(mailbox) = &self.face.mailto {
            html.raw("<p>").text(self.words.by_mail).raw(" ");
            self.link(html, mailbox, Some("unsubscribe"));
            html.raw("</p>");
        }
        self.questions(html);
    }

    fn questions(&self, html: &mut Html) {
        html.raw("<p>").text(self.words.questions).raw(" ");
        self.link(html, &self.face.contact, None);
        html.raw("</p>");
    }

    fn link(&self, html: &mut Html, to: &Address, subject: Option<&'static str>) {
        let mut target = format!("mailto:{}", percent_encoded(to.as_str()));
        if let Some(subject) = subject {
            target = format!("{target}?subject={subject}");
        }
        html.raw("<a dir=\"ltr\"")
            .attribute("href", &target)
            .raw(">")
            .text(to.as_str())
            .raw("</a>");
    }

    fn paragraph(&self, html: &mut Html, words: &str) {
        self.element(html, "<p>", words, "</p>");
    }

    fn element(&self, html: &mut Html, open: &'static str, words: &str, close: &'static str) {
        html.element(open, words, &self.face.clinic, close);
    }
}

/// What may stand in a `mailto:` address as it is (RFC 6068); everything else as bytes.
fn percent_encoded(address: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@!$'*".contains(&byte);
    let mut text = String::new();
    for byte in address.bytes() {
        match plain(byte) {
            true => text.push(char::from(byte)),
            false => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
