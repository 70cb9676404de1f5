//! The names of those findings that a person may read about in docs/check.md, and accept on purpose.

/// Every name, in the order of the page that explains them.
pub const NAMES: &[&str] = &[
    // What the law and mail programs want.
    "postal-address",
    "way-out",
    "size",
    "pictures-heavy",
    "article-missing",
    "article-tags",
    // Pictures.
    "alt-missing",
    "alt-says-nothing",
    "alt-long",
    "picture-heavy",
    "picture-hosted",
    "picture-of-text",
    "picture-other-host",
    "picture-unread",
    "picture-place",
    // Links.
    "link-dead",
    "link-empty",
    "link-http",
    "link-lost",
    "link-other-address",
    "link-other-host",
    "link-personal",
    "link-relative",
    "link-scheme",
    "link-script",
    "link-shortened",
    "link-tracking",
    "link-without-target",
    "link-words",
    "load-other-host",
    // What was to be filled in, and what is not what it seems.
    "greeting-empty",
    "placeholder",
    "damaged",
    "invisible",
    "mixed-scripts",
    "turned-text",
    // How a letter reads.
    "contrast",
    "contrast-dark",
    "small-text",
    "first-heading",
    "heading-skipped",
    "layout-table",
    "long-paragraph",
    "page-direction",
    "page-language",
    "page-title",
    "support",
    "tag-stray",
    "tag-unclosed",
    // The lines in the inbox.
    "preheader",
    "preheader-repeats",
    "subject-again",
    "subject-answer",
    "subject-capitals",
    "subject-emoji",
    "subject-long",
    "subject-marks",
    "subject-spam",
    // Claims about health.
    "claim-before-after",
    "claim-cure",
    "claim-detox",
    "claim-free",
    "claim-guarantee",
    "claim-hundred",
    "claim-immunity",
    "claim-medicine",
    "claim-miracle",
    "claim-prevents",
    "claim-safe",
    "claim-testimonial",
];

/// A name, in as little room as a finding has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(u8);

impl Name {
    /// The name `text`, if there is one.
    pub fn of(text: &str) -> Option<Self> {
        let at = NAMES.iter().position(|name| *name == text)?;
        u8::try_from(at).ok().map(Self)
    }

    /// The name as people read it.
    pub fn as_str(self) -> &'static str {
        NAMES.get(usize::from(self.0)).copied().unwrap_or("")
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
