//! The page around a letter: what is shown, to whom, in which view; it works by links and forms alone.
//!
//! Promises: whatever is not ours goes in as text or as an attribute's value; every control has a name and a place in the order of the Tab
//! key; what changes by itself is in a part with a name, so that the script can exchange it and leave the reader where they are. Knows
//! nothing of connections.

mod shown;
mod size;

pub(super) use shown::list;
pub(super) use size::kilobytes;

use super::asked::{View, WIDTHS, Wanted};
use super::door;
use super::invented::Invented;
use super::people::{Person, Standing};
use super::stage::{Chosen, Scene, Stage};
use crate::finding::Finding;
use crate::web::page::Html;
use axum::response::Response;

/// So many of the people who were looked for are listed.
const MOST_FOUND: usize = 20;

/// A view's place among the tabs: its key, its words, and what it asks for.
struct Tab {
    key: &'static str,
    words: &'static str,
    view: View,
    width: Option<u16>,
}

const fn tab(key: &'static str, words: &'static str, view: View, width: Option<u16>) -> Tab {
    Tab { key, words, view, width }
}

/// The views, each with the key that shows it.
const TABS: [Tab; 11] = [
    tab("1", "Desktop 600", View::Letter, Some(WIDTHS[0])),
    tab("2", "Desktop 1200", View::Letter, Some(WIDTHS[1])),
    tab("3", "Phone 320", View::Letter, Some(WIDTHS[2])),
    tab("4", "Phone 375", View::Letter, Some(WIDTHS[3])),
    tab("5", "Dark", View::Dark, None),
    tab("6", "Pictures off", View::NoPictures, None),
    tab("7", "Plain text", View::Text, None),
    tab("8", "Headers", View::Headers, None),
    tab("9", "Source", View::Source, None),
    tab("0", "Size", View::Size, None),
    tab("f", "Findings", View::Findings, None),
];

/// The whole page.
pub(super) fn whole(stage: &Stage, wanted: &Wanted) -> Response {
    // Asked before the scene, so that a change in between is noticed and not missed.
    let version = stage.version();
    let scene = stage.scene();
    let chosen = stage.choose(&scene, wanted);
    let page = Page {
        stage,
        scene: &scene,
        chosen: chosen.as_ref(),
        wanted: chosen.as_ref().map_or(wanted, |chosen| &chosen.wanted),
        version,
    };
    door::page(page.render())
}

/// The page, with all that stands on it.
struct Page<'a> {
    stage: &'a Stage,
    scene: &'a Scene,
    chosen: Option<&'a Chosen>,
    wanted: &'a Wanted,
    version: u64,
}

impl Page<'_> {
    fn render(&self) -> String {
        let mut html = Html::default();
        html.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        html.raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>");
        html.text(&self.title());
        // Without an icon of its own a browser asks for one.
        html.raw("</title><link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"style.css\">");
        html.raw("<script src=\"preview.js\" defer></script></head>");
        html.raw("<body")
            .attribute("data-keys", if self.wanted.keys { "on" } else { "off" });
        html.attribute("data-version", &self.version.to_string()).raw(">");
        html.raw("<a class=\"skip\" href=\"#shown\">Skip to the letter</a><header>");
        html.raw("<h1>Preview</h1><p id=\"status\" data-part role=\"status\">");
        html.text(&format!("Files of {}.", self.scene.catalogue.moment(self.scene.at)));
        html.raw(" <span class=\"follow\">Reload this page after a change.</span></p></header>");
        // On a phone all of it would stand before the letter: there the script folds it.
        html.raw("<details id=\"controls\" open><summary>Letter, person, view</summary>");
        self.choice(&mut html);
        self.people(&mut html);
        self.views(&mut html);
        html.raw("</details><main id=\"shown\" data-part tabindex=\"-1\">");
        self.shown(&mut html);
        html.raw("</main>");
        self.foot(&mut html);
        html.raw("</body></html>\n");
        html.0
    }

    fn title(&self) -> String {
        match self.chosen {
            Some(chosen) => format!("Preview: {}", chosen.article.title),
            None => "Preview".to_owned(),
        }
    }

    /// Which letter, in which language; and whom to look for.
    fn choice(&self, html: &mut Html) {
        html.raw("<form id=\"choice\" data-part method=\"get\" action=\"./\" aria-label=\"What to look at\"><p><label for=\"letter\">Letter</label> ");
        html.raw("<select id=\"letter\" name=\"letter\">");
        for campaign in &self.scene.catalogue.campaigns {
            html.raw("<optgroup").attribute("label", &campaign.title).raw(">");
            for article in &campaign.articles {
                let value = (campaign.name.clone(), article.file.clone());
                let words = match article.made {
                    Ok(_) => article.title.clone(),
                    Err(_) => format!("{} (has errors)", article.title),
                };
                option(
                    html,
                    &format!("{}/{}", value.0, value.1),
                    &words,
                    self.wanted.letter.as_ref() == Some(&value),
                );
            }
            html.raw("</optgroup>");
        }
        html.raw("</select></p>");
        self.languages(html);
        html.raw(
            "<p><label for=\"find\">Find a person</label> <input id=\"find\" type=\"search\" name=\"find\" autocomplete=\"off\"",
        );
        html.attribute("value", &self.wanted.search).raw("></p><p>");
        for (name, value) in [
            ("person", self.wanted.person.clone().unwrap_or_default()),
            ("view", self.wanted.view.key().to_owned()),
            ("width", self.wanted.width.to_string()),
            ("keys", if self.wanted.keys { "on" } else { "off" }.to_owned()),
        ] {
            html.raw("<input type=\"hidden\"")
                .attribute("name", name)
                .attribute("value", &value)
                .raw(">");
        }
        html.raw("<button id=\"show\">Show</button></p></form>");
    }

    fn languages(&self, html: &mut Html) {
        let Some(chosen) = self.chosen.filter(|chosen| chosen.article.languages.len() > 1) else {
            return;
        };
        html.raw("<p><label for=\"language\">Language</label> <select id=\"language\" name=\"language\">");
        option(html, "", "as the person reads", self.wanted.language.is_none());
        for language in &chosen.article.languages {
            let words = format!("{} ({})", language.tag, language.file);
            option(
                html,
                &language.tag,
                &words,
                self.wanted.language.as_deref() == Some(&language.tag),
            );
        }
        html.raw("</select></p>");
    }

    /// Who reads it, who stands beside them, and who was found.
    fn people(&self, html: &mut Html) {
        let Some(chosen) = self.chosen else { return };
        html.raw("<nav id=\"people\" data-part aria-label=\"Person\"><p class=\"person\">");
        self.neighbour(html, chosen, -1, "person-before", "ArrowLeft", "← Person before");
        html.raw("<span class=\"who\"><bdi>")
            .text(&told(&chosen.person))
            .raw("</bdi> <span class=\"quiet\">");
        html.text(&self.standing(chosen)).raw("</span></span>");
        self.neighbour(html, chosen, 1, "person-next", "ArrowRight", "Next person →");
        html.raw("</p>");
        self.found(html, chosen);
        html.raw("<p>Invented people: ");
        for (index, one) in Invented::ALL.into_iter().enumerate() {
            html.raw(if index > 0 { " · " } else { "" });
            let is_current = self.wanted.person.as_deref() == Some(one.key());
            self.link(html, one.key(), None, &self.wanted.by(one.key()), is_current, one.words());
        }
        html.raw("</p><p class=\"articles\">");
        self.article_beside(html, chosen, -1, "article-before", "Shift+ArrowLeft", "← Article before");
        html.raw(" ");
        self.article_beside(html, chosen, 1, "article-next", "Shift+ArrowRight", "Next article →");
        html.raw("</p></nav>");
    }

    fn standing(&self, chosen: &Chosen) -> String {
        match (&chosen.person.standing, chosen.campaign.people.count()) {
            (Standing::Goes(index), count) => format!("{} of {count} who would get it", index + 1),
            (Standing::LeftOut(reason), _) => format!("would not get it: {reason}"),
            (Standing::Invented, 0) => "invented: nobody would get this campaign's letters".to_owned(),
            (Standing::Invented, _) => "invented".to_owned(),
        }
    }

    fn neighbour(&self, html: &mut Html, chosen: &Chosen, step: i64, id: &str, key: &str, words: &str) {
        let count = i64::try_from(chosen.campaign.people.count()).unwrap_or(i64::MAX);
        let beside = match chosen.person.standing {
            Standing::Goes(index) => i64::try_from(index).unwrap_or_default() + step,
            // From whoever is not of the row one steps into it.
            Standing::LeftOut(_) | Standing::Invented if step > 0 => 0,
            Standing::LeftOut(_) | Standing::Invented => count - 1,
        };
        let person = u64::try_from(beside)
            .ok()
            .and_then(|index| chosen.campaign.people.at(index).ok().flatten());
        if let Some(person) = person {
            self.link(
                html,
                id,
                Some(key),
                &self.wanted.by(&self.stage.key_of(&person)),
                false,
                words,
            );
            html.raw(" ");
        }
    }

    fn article_beside(&self, html: &mut Html, chosen: &Chosen, step: isize, id: &str, key: &str, words: &str) {
        let all: Vec<(&str, &str)> = (self.scene.catalogue.campaigns.iter())
            .flat_map(|campaign| {
                campaign
                    .articles
                    .iter()
                    .map(|article| (campaign.name.as_str(), article.file.as_str()))
            })
            .collect();
        let here = all
            .iter()
            .position(|one| *one == (&*chosen.campaign.name, &*chosen.article.file));
        let beside = here.and_then(|here| all.get(here.checked_add_signed(step)?));
        if let Some((campaign, file)) = beside {
            let wanted = Wanted {
                letter: Some(((*campaign).to_owned(), (*file).to_owned())),
                language: None,
                ..self.wanted.clone()
            };
            self.link(html, id, Some(key), &wanted, false, words);
        }
    }

    fn found(&self, html: &mut Html, chosen: &Chosen) {
        let words = self.wanted.search.trim();
        if words.is_empty() {
            return;
        }
        let (people, has_more) = chosen.campaign.people.find(words, MOST_FOUND).unwrap_or_default();
        html.raw("<p>").text(&match (people.len(), has_more) {
            (0, _) => format!("Nobody who would get this letter is called “{words}”."),
            (1, _) => format!("One person for “{words}”:"),
            (count, false) => format!("{count} people for “{words}”:"),
            (count, true) => format!("The first {count} people for “{words}”:"),
        });
        html.raw("</p><ul>");
        for (index, person) in people.iter().enumerate() {
            html.raw("<li>");
            let wanted = self.wanted.by(&self.stage.key_of(person));
            self.link(html, &format!("found-{index}"), None, &wanted, false, &told(person));
            html.raw("</li>");
        }
        html.raw("</ul>");
    }

    fn views(&self, html: &mut Html) {
        html.raw("<nav id=\"views\" data-part aria-label=\"View\"><ul>");
        for tab in TABS {
            let wanted = Wanted {
                width: tab.width.unwrap_or(self.wanted.width),
                ..self.wanted.seen(tab.view)
            };
            let is_current = *self.wanted
                == Wanted {
                    search: self.wanted.search.clone(),
                    ..wanted.clone()
                };
            let words = match (tab.view, self.counted()) {
                (View::Findings, Some(counted)) => format!("{} ({counted})", tab.words),
                _ => tab.words.to_owned(),
            };
            html.raw("<li>");
            self.link(html, &format!("view-{}", tab.key), Some(tab.key), &wanted, is_current, &words);
            html.raw("</li>");
        }
        html.raw("</ul></nav>");
    }

    /// `1 error, 2 warnings`; nothing where there is nothing to say.
    fn counted(&self) -> Option<String> {
        let findings = self.findings();
        let errors = findings.iter().filter(|finding| finding.is_error()).count();
        let count = |number: usize, noun: &str| match number {
            0 => None,
            1 => Some(format!("1 {noun}")),
            number => Some(format!("{number} {noun}s")),
        };
        let counted = [count(errors, "error"), count(findings.len() - errors, "warning")];
        let counted: Vec<String> = counted.into_iter().flatten().collect();
        (!counted.is_empty()).then(|| counted.join(", "))
    }

    /// What `check` says, or as much of it as is known before every letter was composed.
    fn findings(&self) -> Vec<Finding> {
        if let Some(checked) = &self.scene.checked {
            return checked.clone();
        }
        let catalogue = &self.scene.catalogue;
        let mut findings = catalogue.findings.clone();
        for campaign in &catalogue.campaigns {
            findings.extend(campaign.findings.iter().cloned());
            findings.extend(campaign.articles.iter().flat_map(|article| article.faults().iter().cloned()));
        }
        let letter = self.chosen.and_then(|chosen| chosen.letter.as_ref()?.as_ref().ok());
        findings.extend(letter.iter().flat_map(|letter| letter.warnings.iter().cloned()));
        let mut seen = std::collections::HashSet::new();
        findings.retain(|finding| seen.insert(finding.to_string()));
        findings
    }

    /// A link of this page; `key` is the one that follows it.
    fn link(&self, html: &mut Html, id: &str, key: Option<&str>, wanted: &Wanted, is_current: bool, words: &str) {
        html.raw("<a").attribute("id", id).attribute("href", &wanted.query());
        if let Some(key) = key {
            html.attribute("data-key", key);
        }
        if is_current {
            html.attribute("aria-current", "true");
        }
        html.raw("><bdi>").text(words).raw("</bdi>");
        // The key is shown where it works.
        if let Some(key) = key.filter(|key| self.wanted.keys && key.len() == 1) {
            html.raw(" <kbd aria-hidden=\"true\">").text(key).raw("</kbd>");
        }
        html.raw("</a>");
    }

    fn foot(&self, html: &mut Html) {
        html.raw("<footer id=\"foot\" data-part><p>");
        let other = Wanted {
            keys: !self.wanted.keys,
            ..self.wanted.clone()
        };
        match self.wanted.keys {
            true => {
                html.raw(
                    "Keys: <kbd>1</kbd> to <kbd>0</kbd> and <kbd>f</kbd> change the view, <kbd>←</kbd> <kbd>→</kbd> the person, ",
                );
                html.raw("<kbd>Shift</kbd> with <kbd>←</kbd> <kbd>→</kbd> the article. ");
                self.link(html, "keys", None, &other, false, "Turn these keys off");
            }
            false => self.link(html, "keys", None, &other, false, "Turn the keys for views and people on"),
        }
        html.raw(
            "</p><p class=\"quiet\">Only this machine sees this page. Nothing is sent, nothing is written down, and nothing is ",
        );
        html.raw("fetched from anywhere. It ends with Ctrl-C where it was started.</p></footer>");
    }
}

fn option(html: &mut Html, value: &str, words: &str, is_chosen: bool) {
    html.raw("<option")
        .attribute("value", value)
        .raw(if is_chosen { " selected" } else { "" });
    html.raw(">").text(words).raw("</option>");
}

/// `Ann Smith, ann@example.org`
pub(super) fn told(person: &Person) -> String {
    match person.name() {
        Some(name) => format!("{name}, {}", person.recipient.address),
        None => person.recipient.address.to_string(),
    }
}

/// A page that leads on to this address by itself.
pub fn leading_to(url: &str) -> String {
    let mut html = Html::default();
    html.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Preview</title>");
    html.raw("<meta name=\"referrer\" content=\"no-referrer\"><meta http-equiv=\"refresh\"");
    html.attribute("content", &format!("0;url={url}"));
    html.raw("></head><body><p><a").attribute("href", url);
    html.raw(">Go to the preview</a></p></body></html>\n");
    html.0
}
