//! What is composed: an edition whose letters have 8 KB, the sample campaigns with their real templates, and people who all differ.

use crate::REPOSITORY;
use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;
use tidings::address::Address;
use tidings::article::Article;
use tidings::dispatch::prepare::{self, Plan};
use tidings::letter::compile::{Compiled, compile};
use tidings::letter::sign::{Key, NamedKey, Signer};
use tidings::letter::{Recipient, Sources, Stamp};
use tidings::store::DeliveryId;
use tidings::store::keys::Keys;
use tidings::template::{TemplateFile, TemplateSource};
use tidings::workspace::Workspace;

pub(crate) struct Edition {
    pub(crate) name: &'static str,
    pub(crate) compiled: Compiled,
}

/// The editions that are measured. The first is the workload that other programs are compared by: a name, a condition, five links of
/// the person's own, words outside ASCII, two parts, 8 KB.
pub(crate) fn all() -> Vec<Edition> {
    ["letter", "sample", "magazine"].map(named).into()
}

pub(crate) fn named(name: &'static str) -> Edition {
    let workspace = Workspace::read(Path::new(REPOSITORY));
    let sources = match name {
        "letter" => eight_kilobytes(sources_of(&workspace, "seasonal-immunity")),
        "sample" => sources_of(&workspace, "seasonal-immunity"),
        _ => sources_of(&workspace, "house-letter"),
    };
    Edition {
        name,
        compiled: compile(&sources).unwrap(),
    }
}

/// The sources of a sample campaign's first article.
fn sources_of(workspace: &Workspace, campaign: &str) -> Sources {
    let folder = workspace.campaigns.iter().find(|folder| folder.name == campaign).unwrap();
    let settings = workspace.settings.as_ref().unwrap();
    let plan = Plan {
        campaign: folder.campaign.as_ref().unwrap(),
        articles: &folder.articles,
        template: folder.template.as_ref().unwrap(),
        sender: &settings.sender,
        clinic: &settings.hours,
        look: &settings.letter_look,
        signer: None,
    };
    prepare::sources(plan, &folder.articles[0])
}

fn eight_kilobytes(sample: Sources) -> Sources {
    let files = [
        ("letter.html", include_str!("edition/letter.html")),
        ("letter.txt", include_str!("edition/letter.txt")),
    ];
    let files = files.map(|(name, text)| TemplateFile {
        name: name.to_owned(),
        text: text.to_owned(),
    });
    let mut sources = Sources {
        article: Article {
            title: "Calmer days in a busy month".to_owned(),
            subject: "{{ first_name }}, ten quiet minutes a day".to_owned(),
            markdown: include_str!("edition/article.md").to_owned(),
            images: Vec::new(),
            variants: Vec::new(),
            ..sample.article
        },
        template: TemplateSource {
            name: "letter".to_owned(),
            files: files.into(),
        },
        ..sample
    };
    sources.sender.unsubscribe_url = Some("https://riverside.example/u".to_owned());
    sources
}

/// The edition's letters signed with the key in `tests/mail/keys/`.
pub(crate) fn signed(compiled: &Compiled, key: &str) -> Compiled {
    let pem = std::fs::read_to_string(format!("{REPOSITORY}/tests/mail/keys/{key}.pem")).unwrap();
    let key = NamedKey {
        selector: "t2026".to_owned(),
        key: Key::read(&pem).unwrap(),
    };
    compiled
        .clone()
        .signed_by(Some(&Arc::new(Signer::new("riverside.example", vec![key]))))
}

/// Somebody of a list, and the stamp of their letter.
pub(crate) struct Person {
    pub(crate) recipient: Recipient,
    pub(crate) stamp: Stamp,
    /// The columns as the store keeps them.
    pub(crate) columns: String,
}

/// `count` people, no two alike; every seventh has no city, every third a name outside ASCII.
pub(crate) fn people(count: usize) -> Vec<Person> {
    let keys = Keys::random().unwrap();
    let date: Timestamp = "2027-01-14T10:00:00Z".parse().unwrap();
    let person = |number: usize| {
        let first_name = ["Zoë", "Ann", "Peter"][number % 3];
        let mut columns = vec![
            ("first_name", format!("{first_name} {number}")),
            ("last_name", "Lindqvist".to_owned()),
            ("member", format!("{number:08x}k7f2m9")),
            ("joined", "2026-01-15".to_owned()),
        ];
        if !number.is_multiple_of(7) {
            columns.push(("city", "Bath".to_owned()));
        }
        let attributes = columns
            .into_iter()
            .map(|(column, value)| (column.to_owned(), value))
            .collect();
        Person {
            columns: serde_json::to_string(&attributes).unwrap(),
            recipient: Recipient {
                address: Address::parse(&format!("person{number}@patients.example")).unwrap(),
                attributes,
                token: format!("v1.k3f7.{number:07}AAAAAQ.{number:08}AAAAAAAAAAAAAAAAAA"),
            },
            stamp: Stamp {
                message_id: keys.message_id(DeliveryId(i64::try_from(number).unwrap()), 1, 0),
                date,
            },
        }
    };
    (1..=count).map(person).collect()
}
