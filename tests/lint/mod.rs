//! The rules of `check` on whole texts: what owners paste, megabytes, and the page that explains the findings.
//!
//! What single rules find and leave alone is tested beside them.

mod corpus;
mod pace;
mod page;

use tidings::article::front_matter;
use tidings::finding::Finding;
use tidings::letter::lint::{edition, front};
use tidings::letter::{LookSource, SenderSource, Sources, Vocabulary};
use tidings::template::{TemplateFile, TemplateSource};

/// What a clinic on `riverside.example` would send of an article's file with this template.
fn sources(file: &str, template: &[(&str, &str)]) -> Option<Sources> {
    let (article, _) = front_matter::read("calm.md", file).ok()?;
    let files = template.iter().map(|(name, text)| TemplateFile {
        name: (*name).to_owned(),
        text: (*text).to_owned(),
    });
    Some(Sources {
        article,
        template: TemplateSource {
            name: "letter".to_owned(),
            files: files.collect(),
        },
        sender: SenderSource {
            clinic_name: "Riverside Massage Clinic".to_owned(),
            postal_address: "12 Mill Lane, Bath BA1 1AA, United Kingdom".to_owned(),
            contact: "hello@riverside.example".to_owned(),
            from_name: None,
            from_address: "tips@riverside.example".to_owned(),
            reply_to: None,
            unsubscribe_mailto: Some("unsubscribe@riverside.example".to_owned()),
            unsubscribe_url: None,
            one_click: false,
            signed_for: None,
            return_path: None,
        },
        campaign_title: "Seasonal tips".to_owned(),
        campaign_id: "k7f2m9".to_owned(),
        look: LookSource::default(),
        vocabulary: Vocabulary::Whole,
    })
}

/// An article's file with sound front matter.
fn file(body: &str) -> String {
    format!(
        "---\nid: calm\ntitle: Calmer days\nsubject: Ten quiet minutes a day\npreheader: Small habits that ease tension, from our therapists at the river\n---\n\n{body}\n"
    )
}

/// Everything that is said of an article's file.
fn said(file: &str) -> Vec<Finding> {
    let Some(sources) = sources(file, &[]) else {
        return Vec::new();
    };
    let mut findings = front("calm.md", file, &sources.article);
    findings.extend(edition(&sources));
    findings
}

fn shown(findings: &[Finding]) -> Vec<String> {
    let show = |finding: &Finding| {
        format!(
            "{}:{} {}",
            finding.file,
            finding.place.map_or_else(String::new, |place| place.to_string()),
            finding.name.map_or("-", |name| name.as_str())
        )
    };
    findings.iter().map(show).collect()
}
