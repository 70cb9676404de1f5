//! The clinic that the axe visits: one campaign of one article without a calendar, people with something to hide, and what each of
//! them is to read.

use super::mode::{Mode, STOP_AND_WAIT};
use crate::support::judge::{Delivery, Judge};
use crate::support::people;
use crate::support::workspace::Workspace;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The campaign, as a person names it.
pub(super) const CAMPAIGN: &str = "tips";
/// The most people a story has.
pub(super) const MOST: usize = 500;
/// What stands in the letters and in the list, and may be said nowhere else.
pub(super) const CANARY: &str = "canary";

const SETTINGS: &str = "\
clinic:
  name: Mill Lane Clinic
  postal_address: 12 Mill Lane, Bath
  contact: hello@mill-lane.example
  jurisdiction: GB
sender: {from: Mill Lane Clinic <tips@mill-lane.example>}
timezone: Europe/London
unsubscribe: {mailto: unsubscribe@mill-lane.example}
";

const CAMPAIGN_FILE: &str = "\
id: t1ps
title: Tips
audience: {lists: [patients]}
template: letter
articles:
  - {file: sleep.md}
";

const ARTICLE: &str = "\
---
id: sleep
title: All about sleep
subject: '{{ first_name }}, all about sleep'
preheader: A line of at least forty characters that says what it is.
---

A text on sleep, short and kind.
";

const TEMPLATE: &str = "\
<html><body><p>{{ greeting }}</p>
{{ article.html }}
<p>For {{ first_name }} {{ last_name }} of {{ city }}, whose key is {{ locker }}, at {{ email }}.</p>
<p>{{ clinic.name }}, {{ clinic.postal_address }}</p>
<p><a href=\"{{ unsubscribe.link }}\">Unsubscribe</a></p></body></html>
";

/// The clinic with `count` patients who all said yes, before anything was sent.
pub(super) fn clinic(judge: &Judge, count: usize, connections: usize) -> Workspace {
    clinic_by(&STOP_AND_WAIT, judge, count, connections)
}

/// The same, and how its letters travel.
pub(super) fn clinic_by(mode: &Mode, judge: &Judge, count: usize, connections: usize) -> Workspace {
    let clinic = Workspace::empty()
        .file("tidings.yaml", SETTINGS)
        .file("campaigns/tips/campaign.yaml", CAMPAIGN_FILE)
        .file("campaigns/tips/sleep.md", ARTICLE)
        .file("templates/letter.html", TEMPLATE)
        .file("subscribers/patients.csv", &list(count, |_| false));
    mode.relay(clinic, judge, connections)
}

/// The list of `count` patients; whoever `left` names has withdrawn their consent.
pub(super) fn list(count: usize, left: impl Fn(usize) -> bool) -> String {
    let csv = people::csv(count);
    let lines = csv.lines().enumerate().map(|(number, line)| match number {
        0 => format!("{line},locker\n"),
        _ if left(number) => format!("{},{CANARY}-{number}-end\n", line.replace(",yes,", ",no,")),
        _ => format!("{line},{CANARY}-{number}-end\n"),
    });
    lines.collect()
}

/// What a person edits while letters are waiting: nobody's letter may change by it.
pub(super) fn edit_everything(clinic: &Workspace, count: usize) {
    clinic.write(
        "campaigns/tips/sleep.md",
        ARTICLE.replace("short and kind", "long and quite another"),
    );
    clinic.write("templates/letter.html", TEMPLATE.replace("whose key is", "whose locker is"));
    clinic.write("subscribers/patients.csv", list(count, |_| false).replace("-end", "-changed"));
}

/// The words of everybody's letter, by address, from a run that nobody disturbed.
pub(super) fn words_by_address() -> &'static BTreeMap<String, String> {
    static WORDS: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let judge = Judge::start_apart().keeping_letters();
        clinic(&judge, MOST, 4).run(&["send", CAMPAIGN]).exits(0);
        let deliveries = judge.deliveries();
        for delivery in &deliveries {
            assert_own(delivery, &String::from_utf8(delivery.letter(&judge)).unwrap());
        }
        let words = deliveries
            .into_iter()
            .map(|delivery| (delivery.recipient, delivery.words_hash));
        let words: BTreeMap<_, _> = words.collect();
        assert_eq!(words.len(), MOST);
        words
    })
}

/// The letter holds its own person's name, address and secret, and nobody else's.
fn assert_own(delivery: &Delivery, letter: &str) {
    let letter = letter.replace("=\r\n", "").replace("\r\n ", " ");
    let digits = delivery.recipient.trim_start_matches("person").split('@').next().unwrap();
    let number: usize = digits.parse().unwrap();
    for own in [people::address(number), format!("{CANARY}-{number}-end")] {
        assert!(letter.contains(&own), "`{own}` is not in\n{letter}");
    }
    let numbers = |before: &str| -> Vec<String> {
        let found = letter
            .split(before)
            .skip(1)
            .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect());
        found.collect()
    };
    let named = [numbers("person"), numbers(&format!("{CANARY}-"))].concat();
    assert!(
        named.iter().all(|number| number == digits),
        "somebody else's words are in\n{letter}"
    );
}

#[test]
fn everybody_reads_words_of_their_own() {
    let words = words_by_address();
    let different: std::collections::BTreeSet<_> = words.values().collect();
    assert_eq!(different.len(), MOST);
}
