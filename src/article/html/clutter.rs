//! What of a page is no article: navigation, notices, buttons, advertisements, what nobody sees.
//!
//! Promises: everything left out has a name for the note; what holds most of the page's text is never clutter, whatever its classes say.

use super::look;
use super::tree::{Id, Page};
use super::weight::Weights;

/// A part that is left out.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) id: Id,
    pub(super) kind: &'static str,
}

const HIDDEN: &str = "what the page hides";
const EMBEDDED: &str = "what was embedded from elsewhere";
const FORM: &str = "a form";
const NAVIGATION: &str = "the navigation";
const OLD_MAIL: &str = "a line of the old mail";
const AUTHOR_LINE: &str = "the line about author and date";
const SCRIPT: &str = "scripts";
const BUTTON: &str = "what works only on the page";
/// The bullet of a list that an office program wrote: it goes, and Markdown has its own.
pub(super) const MARK: &str = "";

/// Words of classes and ids that give a part away; each is a whole word of the name.
const WORDS: [(&str, &[&str]); 13] = [
    (
        "a cookie notice",
        &[
            "cookie",
            "cookies",
            "gdpr",
            "onetrust",
            "cookiebot",
            "consent",
            "cmplz",
            "cookieconsent",
            "ccpa",
            "didomi",
        ],
    ),
    (
        "share buttons",
        &[
            "share",
            "sharing",
            "shares",
            "sharedaddy",
            "addtoany",
            "addthis",
            "social",
            "socials",
            "socialmedia",
            "heateor",
            "sharethis",
        ],
    ),
    ("comments", &["comments", "disqus", "respond", "commentlist", "comment"]),
    (
        "links to other articles",
        &[
            "related",
            "relatedposts",
            "recommended",
            "recommendations",
            "recirc",
            "yarpp",
            "pagination",
            "pager",
            "prevnext",
            "zergnet",
        ],
    ),
    (
        "an advertisement",
        &[
            "ad",
            "ads",
            "advert",
            "adverts",
            "advertisement",
            "advertising",
            "adsbygoogle",
            "sponsor",
            "sponsored",
            "promo",
            "outbrain",
            "taboola",
            "adslot",
        ],
    ),
    (
        "an invitation to subscribe",
        &[
            "newsletter",
            "subscribe",
            "subscription",
            "signup",
            "optin",
            "mailchimp",
            "mailerlite",
            "convertkit",
        ],
    ),
    (
        "a pop-up",
        &["popup", "modal", "lightbox", "overlay", "paywall", "interstitial"],
    ),
    (
        NAVIGATION,
        &[
            "nav",
            "navbar",
            "navigation",
            "menu",
            "breadcrumb",
            "breadcrumbs",
            "skiplink",
            "topbar",
            "megamenu",
        ],
    ),
    ("what stands at the side", &["sidebar", "widget", "widgets"]),
    ("the page's foot", &["footer", "colophon", "copyright"]),
    ("the author's box", &["authorbox", "bio"]),
    (AUTHOR_LINE, &["byline", "postmeta", "entrymeta", "datestamp", "readingtime"]),
    ("the table of contents", &["toc"]),
];

/// Parts of classes and ids that give a part away, where single words do not.
const PHRASES: [(&str, &[&str]); 8] = [
    (
        "share buttons",
        &[
            "share-button",
            "post-share",
            "jp-share",
            "article-actions",
            "clap",
            "a2a_kit",
            "like-button",
        ],
    ),
    (
        "links to other articles",
        &[
            "also-like",
            "also_like",
            "read-next",
            "read-more-posts",
            "more-posts",
            "more-from",
            "more-stories",
            "next-post",
            "prev-post",
            "item-pagination",
            "post-nav",
        ],
    ),
    (
        "the author's box",
        &[
            "author-box",
            "author-bio",
            "about-author",
            "author-info",
            "author_bio",
            "post-author-box",
        ],
    ),
    (
        AUTHOR_LINE,
        &[
            "entry-meta",
            "post-meta",
            "article-meta",
            "article-info",
            "posted-on",
            "reading-time",
            "post-info",
            "blog-meta",
            "entry-footer",
            "post-tags",
            "tag-list",
            "cat-links",
            "tags-links",
            "blog-item-meta",
        ],
    ),
    (
        "the table of contents",
        &["table-of-contents", "ez-toc", "toc-container", "lwptoc"],
    ),
    (
        HIDDEN,
        &["screen-reader-text", "sr-only", "visually-hidden", "visuallyhidden"],
    ),
    (
        NAVIGATION,
        &["skip-link", "skip-to", "back-to-top", "site-header", "masthead", "header-nav"],
    ),
    ("a call to book", &["call-to-action", "cta-block", "cta-banner"]),
];

/// Links that only belong into the mail that the text came with.
const OLD_MAIL_LINKS: [&str; 16] = [
    "unsubscribe",
    "view this email",
    "view in browser",
    "view in your browser",
    "view online",
    "read online",
    "update your preferences",
    "manage preferences",
    "manage your subscription",
    "abmelden",
    "abbestellen",
    "im browser ansehen",
    "online ansehen",
    "se désabonner",
    "se désinscrire",
    "darse de baja",
];

/// Everything to leave out, the outermost parts only.
pub(super) fn parts(page: &Page, body: Id, weights: &Weights) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut stack: Vec<Id> = page.children(body).iter().rev().copied().collect();
    let all = weights.prose(body).max(1);
    while let Some(id) = stack.pop() {
        let is_most = weights.prose(id) * 2 > all;
        match kind(page, id, weights).filter(|kind| !is_most || *kind == SCRIPT) {
            Some(kind) => parts.push(Part { id, kind }),
            None => stack.extend(page.children(id).iter().rev()),
        }
    }
    for part in old_mail(page, body, weights).into_iter().chain(buttons(page, body, weights)) {
        let is_known = |id: Id| parts.iter().any(|known: &Part| known.id == id);
        if !is_known(part.id) && !page.above(part.id).any(is_known) {
            parts.push(part);
        }
    }
    parts
}

fn kind(page: &Page, id: Id, weights: &Weights) -> Option<&'static str> {
    let name = page.name(id);
    if name.is_empty() {
        return None;
    }
    by_element(page, id, name, weights)
        .or_else(|| hidden(page, id, name))
        .or_else(|| by_class(page, id, name))
        .or_else(|| by_role(page, id))
}

fn by_element(page: &Page, id: Id, name: &str, weights: &Weights) -> Option<&'static str> {
    let inside = |wanted: &[&str]| page.above(id).any(|above| wanted.contains(&page.name(above)));
    match name {
        "script" | "noscript" => Some(SCRIPT),
        "nav" => Some(NAVIGATION),
        "iframe" | "video" | "audio" | "object" | "embed" | "canvas" | "svg" => Some(EMBEDDED),
        // Some systems put the whole page into one form.
        "form" if weights.prose(id) < 400 => Some(FORM),
        "input" | "select" | "textarea" | "button" => Some(FORM),
        "footer" if !inside(&["blockquote", "figure"]) => Some("the page's foot"),
        "aside" if !is_callout(page, id) => Some("what stands at the side"),
        "header" if !inside(&["article", "main", "section"]) && weights.prose(id) < 300 => Some("the page's head"),
        "dialog" => Some("a pop-up"),
        _ if look::is_list_mark(page, id) => Some(MARK),
        _ => None,
    }
}

/// A side remark that its author wrote for the reader.
fn is_callout(page: &Page, id: Id) -> bool {
    let class = page.attribute(id, "class").unwrap_or("").to_lowercase();
    ["callout", "note", "tip", "pullquote", "pull-quote", "highlight", "info-box"]
        .iter()
        .any(|word| class.contains(word))
}

fn hidden(page: &Page, id: Id, name: &str) -> Option<&'static str> {
    let is = |key: &str, value: &str| look::declared(page, id, key).is_some_and(|found| found == value);
    let is_hidden = page.attribute(id, "hidden").is_some()
        || page.attribute(id, "aria-hidden").is_some_and(|value| value == "true")
        || is("display", "none")
        || is("visibility", "hidden")
        || is("mso-hide", "all");
    (is_hidden && name != "img").then_some(HIDDEN)
}

fn by_role(page: &Page, id: Id) -> Option<&'static str> {
    match page.attribute(id, "role")?.to_ascii_lowercase().as_str() {
        "navigation" | "menu" | "menubar" | "toolbar" => Some(NAVIGATION),
        "dialog" | "alertdialog" => Some("a pop-up"),
        "search" => Some(FORM),
        "complementary" => Some("what stands at the side"),
        "contentinfo" => Some("the page's foot"),
        "banner" => Some("the page's head"),
        _ => None,
    }
}

fn by_class(page: &Page, id: Id, name: &str) -> Option<&'static str> {
    if matches!(
        name,
        "html" | "body" | "main" | "article" | "h1" | "h2" | "h3" | "p" | "td" | "tr" | "tbody" | "table"
    ) && page.attribute(id, "id").is_none()
    {
        // Text elements are rarely clutter of their own; a class such as `p.promo-intro` says little.
        if !matches!(name, "p" | "td" | "table") {
            return None;
        }
    }
    let names = [page.attribute(id, "class"), page.attribute(id, "id")];
    let names: Vec<&str> = names.into_iter().flatten().flat_map(str::split_whitespace).collect();
    let phrase = |phrases: &&[&str]| {
        names.iter().any(|name| {
            let lower = name.to_ascii_lowercase();
            phrases.iter().any(|phrase| lower.contains(phrase))
        })
    };
    if let Some((kind, _)) = PHRASES.iter().find(|(_, phrases)| phrase(phrases)) {
        return Some(kind);
    }
    let words: Vec<String> = names.iter().flat_map(|name| words_of(name)).collect();
    let says = |wanted: &&[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    // `has-sidebar`, `no-comments`, `with-ads`: about the page around, not about this part.
    let is_about_around = words
        .first()
        .is_some_and(|word| matches!(word.as_str(), "has" | "no" | "with" | "without"));
    WORDS
        .iter()
        .find(|(_, wanted)| says(wanted) && !is_about_around)
        .map(|(kind, _)| *kind)
}

/// `postMeta-share_box` as its words.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_is_small = false;
    for character in name.chars() {
        let parts = !character.is_alphanumeric() || (character.is_uppercase() && before_is_small);
        if parts {
            words.push(String::new());
        }
        before_is_small = character.is_lowercase();
        if character.is_alphanumeric() {
            words
                .last_mut()
                .into_iter()
                .for_each(|word| word.extend(character.to_lowercase()));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Short blocks that are nothing but a link to a script or to a place on the page; headings often link to themselves.
fn buttons(page: &Page, body: Id, weights: &Weights) -> Vec<Part> {
    const LONGEST: usize = 40;
    let mut parts = Vec::new();
    for link in page.all(body, "a") {
        let leads = page.attribute(link, "href").unwrap_or("").trim().to_ascii_lowercase();
        if !(leads.starts_with('#') || leads.starts_with("javascript:")) || weights.all(link) == 0 || weights.all(link) > LONGEST {
            continue;
        }
        let around = page.above(link).find(|id| !super::blocks::is_inline(page.name(*id)));
        if let Some(id) =
            around.filter(|id| *id != body && !page.name(*id).starts_with('h') && weights.all(*id) == weights.linked(*id))
        {
            parts.push(Part { id, kind: BUTTON });
        }
    }
    parts
}

/// Short blocks around a link that belongs to the mail that the text came with.
fn old_mail(page: &Page, body: Id, weights: &Weights) -> Vec<Part> {
    const LONGEST: usize = 400;
    let mut parts: Vec<Part> = Vec::new();
    for link in page.all(body, "a") {
        let words = page.words(link).to_lowercase();
        if words.chars().count() > 60 || !OLD_MAIL_LINKS.iter().any(|known| words.contains(known)) {
            continue;
        }
        let blocks = page.above(link).filter(|id| !super::blocks::is_inline(page.name(*id)));
        let around = blocks.take_while(|id| *id != body && weights.all(*id) <= LONGEST).next();
        if let Some(id) = around {
            parts.push(Part { id, kind: OLD_MAIL });
        }
    }
    parts
}
