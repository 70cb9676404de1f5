//! What a page says of itself: title, author, language, address.

use super::tree::{Data, Id, Page, ROOT};
use crate::article::pasted::byline::{self, About};
use crate::article::pasted::words;

/// What stands between a title and a site's name.
const BETWEEN: [&str; 9] = [" | ", " – ", " — ", " - ", " :: ", " » ", " · ", " • ", " / "];

/// The page's own address.
pub(super) fn address(page: &Page) -> Option<String> {
    let base = page.all(ROOT, "base").find_map(|id| page.attribute(id, "href"));
    let canonical = page
        .all(ROOT, "link")
        .filter(|id| {
            page.attribute(*id, "rel")
                .is_some_and(|rel| rel.eq_ignore_ascii_case("canonical"))
        })
        .find_map(|id| page.attribute(id, "href"));
    let found = [base, canonical, meta(page, "og:url")];
    let whole = found.into_iter().flatten().find(|address| address.starts_with("http"));
    whole.map(str::to_owned).or_else(|| saved_from(page))
}

/// Browsers write where they saved a page from: `<!-- saved from url=(0028)https://… -->`.
fn saved_from(page: &Page) -> Option<String> {
    page.children(ROOT)
        .iter()
        .chain(page.children(page.children(ROOT).last().copied()?))
        .find_map(|id| match page.data(*id) {
            Data::Comment(text) => {
                let rest = text.trim().strip_prefix("saved from url=(")?;
                let (_, address) = rest.split_once(')')?;
                Some(address.split_whitespace().next()?.to_owned()).filter(|address| address.starts_with("http"))
            }
            _ => None,
        })
}

/// The value of a `<meta>` of this name or property.
pub(super) fn meta<'a>(page: &'a Page, name: &str) -> Option<&'a str> {
    page.all(ROOT, "meta")
        .find(|id| {
            ["name", "property", "itemprop"]
                .iter()
                .any(|key| page.attribute(*id, key).is_some_and(|found| found.eq_ignore_ascii_case(name)))
        })
        .and_then(|id| page.attribute(id, "content"))
        .map(str::trim)
        .filter(|value| !value.is_empty())
}

/// The language that the page says it is in.
pub(super) fn language(page: &Page) -> Option<String> {
    let html = page
        .all(ROOT, "html")
        .find_map(|id| page.attribute(id, "lang").or(page.attribute(id, "xml:lang")));
    let body = || page.all(ROOT, "body").find_map(|id| page.attribute(id, "lang"));
    let found = html
        .or_else(body)
        .or_else(|| meta(page, "content-language"))
        .or_else(|| meta(page, "og:locale"))?;
    Some(spelled(found.trim())).filter(|tag| !tag.is_empty())
}

/// `EN_gb` as `en-GB`.
fn spelled(tag: &str) -> String {
    let tag = tag.replace('_', "-");
    let parts = tag.split('-').enumerate().map(|(index, part)| match (index, part.len()) {
        (0, _) => part.to_ascii_lowercase(),
        (_, 2) => part.to_ascii_uppercase(),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("-")
}

/// The title: the heading that the page's own title repeats, or that title without the site's name.
pub(super) fn title(page: &Page, root: Id, left: &[bool]) -> Option<String> {
    let shown = |id: &Id| !page.above(*id).chain([*id]).any(|above| left[above]);
    let headings: Vec<String> = page
        .all(ROOT, "h1")
        .filter(shown)
        .map(|id| page.words(id))
        .filter(|words| !words.is_empty())
        .collect();
    let inside: Vec<String> = page
        .all(root, "h1")
        .filter(shown)
        .map(|id| page.words(id))
        .filter(|words| !words.is_empty())
        .collect();
    let named = meta(page, "og:title")
        .or_else(|| meta(page, "twitter:title"))
        .map(|title| without_site(title, page));
    // Office programs call a page by whatever the file was once called.
    let is_office = meta(page, "generator").is_some_and(|by| {
        ["Microsoft", "Word", "LibreOffice", "OpenOffice"]
            .iter()
            .any(|name| by.contains(name))
    });
    let written = page
        .all(ROOT, "title")
        .find_map(|id| title_text(page, id))
        .map(|title| without_site(&title, page))
        .filter(|_| !is_office);
    let called = || {
        page.all(root, "p")
            .find(|id| {
                page.attribute(*id, "class")
                    .is_some_and(|class| class.split_whitespace().any(|word| matches!(word, "title" | "MsoTitle")))
            })
            .map(|id| page.words(id))
    };
    let whole = words::key(
        &[named.as_deref(), written.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" "),
    );
    let repeated = |heading: &&String| {
        let key = words::key(heading);
        !key.is_empty() && whole.contains(&key)
    };
    let site = meta(page, "og:site_name").map(words::key);
    let is_site = |heading: &&String| site.as_ref().is_some_and(|site| *site == words::key(heading));
    // Documents have a style of their own for the title, above headings of the first level.
    if let Some(title) = called().filter(|title| (is_office || is_google_document(page)) && !title.is_empty()) {
        return Some(title);
    }
    inside
        .iter()
        .find(repeated)
        .or_else(|| headings.iter().find(|heading| repeated(heading) && !is_site(heading)))
        .cloned()
        .or_else(|| (inside.len() == 1).then(|| inside[0].clone()))
        .or(named)
        .or_else(|| inside.first().cloned())
        .or(written)
        .or_else(called)
        .or_else(|| headings.into_iter().find(|heading| !is_site(&heading)))
        .filter(|title| !title.trim().is_empty() && !is_nothing(title))
}

fn is_google_document(page: &Page) -> bool {
    let class = page.all(ROOT, "body").next().and_then(|body| page.attribute(body, "class"));
    class.is_some_and(|class| class.split_whitespace().any(|word| word == "doc-content"))
}

/// Titles that programs write when nobody else does.
fn is_nothing(title: &str) -> bool {
    const NOTHING: [&str; 10] = [
        "untitled",
        "untitled document",
        "document",
        "home",
        "blog",
        "index",
        "new page",
        "unbenannt",
        "start",
        "page",
    ];
    NOTHING.contains(&title.trim().to_lowercase().as_str())
}

fn title_text(page: &Page, id: Id) -> Option<String> {
    let text = page.children(id).iter().find_map(|child| match page.data(*child) {
        Data::Text(text) => Some(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        _ => None,
    })?;
    (!text.is_empty()).then_some(text)
}

/// `A calm day | Mill Lane Clinic` without the clinic: its name where the page says it, else the shorter end part.
fn without_site(title: &str, page: &Page) -> String {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let site = meta(page, "og:site_name")
        .or_else(|| meta(page, "application-name"))
        .map(words::key);
    for between in BETWEEN {
        let Some((head, tail)) = title.rsplit_once(between) else {
            continue;
        };
        if let Some(site) = &site {
            if words::key(tail) == *site {
                return head.to_owned();
            }
            if let Some((first, rest)) = title.split_once(between)
                && words::key(first) == *site
            {
                return rest.to_owned();
            }
            continue;
        }
        // What the page shows large is its title, and what it shows nowhere is its site's name.
        if is_shown_large(page, tail) && !is_shown_large(page, head) {
            return tail.to_owned();
        }
        // Sites put their name behind the title; a short word in front of it is a section's.
        return if words::length(head) >= 8 && !is_nothing(head) {
            head
        } else {
            tail
        }
        .to_owned();
    }
    title
}

fn is_shown_large(page: &Page, title: &str) -> bool {
    let key = words::key(title);
    let is_large = |id: &usize| matches!(page.name(*id), "h1" | "h2" | "h3" | "b" | "strong");
    page.ids().filter(is_large).any(|id| words::key(&page.words(id)) == key)
}

/// Who wrote it, as the page says it outside of its text.
pub(super) fn author(page: &Page, left_too: Id) -> Option<String> {
    let named = ["author", "article:author", "parsely-author", "dc.creator", "sailthru.author"]
        .iter()
        .filter_map(|name| meta(page, name));
    let linked = json_author(page);
    let marked = page
        .below(left_too)
        .filter(|id| is_byline(page, *id))
        .map(|id| page.words(id));
    let mut candidates = named.map(str::to_owned).chain(linked).chain(marked);
    candidates.find_map(|text| name_in(&text))
}

fn is_byline(page: &Page, id: Id) -> bool {
    let says = |key: &str, wanted: &[&str]| {
        page.attribute(id, key)
            .is_some_and(|value| value.to_lowercase().split_whitespace().any(|word| wanted.contains(&word)))
    };
    says("rel", &["author"])
        || says("itemprop", &["author"])
        || says(
            "class",
            &[
                "byline",
                "author",
                "author-name",
                "post-author",
                "entry-author",
                "p-author",
                "fn",
                "blog-author-name",
                "byline-name",
            ],
        )
        || says("data-hook", &["user-name"])
}

/// A person's name in what a page calls the author.
fn name_in(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.contains("://") || text.contains('@') {
        return None;
    }
    if let Some(About::Author(author)) = byline::of(&text) {
        return Some(author);
    }
    let is_user = matches!(
        text.to_lowercase().as_str(),
        "admin" | "administrator" | "super user" | "editor" | "webmaster" | "user"
    );
    let has_script_without_capitals = text.chars().all(|c| !c.is_uppercase() && !c.is_lowercase());
    let is_short = words::count(&text) <= 4 && words::length(&text) <= 50 && !text.is_empty();
    (!is_user && is_short && (byline::is_name(&text, 1) || has_script_without_capitals && text.chars().any(char::is_alphabetic)))
        .then_some(text)
}

/// The author in what pages tell search engines (JSON-LD).
fn json_author(page: &Page) -> Option<String> {
    let scripts = page
        .all(ROOT, "script")
        .filter(|id| page.attribute(*id, "type") == Some("application/ld+json"));
    let texts = scripts.filter_map(|id| {
        page.children(id).iter().find_map(|child| match page.data(*child) {
            Data::Text(text) => Some(text.as_str()),
            _ => None,
        })
    });
    texts
        .filter_map(|text| serde_json::from_str::<serde_json::Value>(text).ok())
        .find_map(|value| author_in(&value, 0))
}

fn author_in(value: &serde_json::Value, depth: usize) -> Option<String> {
    if depth > 6 {
        return None;
    }
    match value {
        serde_json::Value::Object(object) => match object.get("author") {
            Some(author) => name_of(author),
            None => object.values().find_map(|value| author_in(value, depth + 1)),
        },
        serde_json::Value::Array(values) => values.iter().find_map(|value| author_in(value, depth + 1)),
        _ => None,
    }
}

fn name_of(author: &serde_json::Value) -> Option<String> {
    match author {
        serde_json::Value::String(name) => Some(name.clone()),
        serde_json::Value::Object(object) => object.get("name").and_then(name_of),
        serde_json::Value::Array(authors) => authors.first().and_then(name_of),
        _ => None,
    }
}
