//! The checks 1 to 33 of a letter's form, headers and signature. Most are asked by `checks.py`; those that need runs of the program are here,
//! in `attempts.rs` and in `keys.rs`. Each prints its line.

use super::{PICTURE, Text, campaign, clinic, list, outbox, read_by, reader, records, spamassassin};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;
use serde_json::{Map, Value, json};

const SUBJECT: &str = "{{ first_name | default(value='You') }}: calm, \"quoted\", 心 and שלום 🌿";
const BODY: &str =
    "Breathe. <b>Slowly</b> & long: [a walk](https://riverside.example/walk?a=1&b=2) helps.\n\n.\n\n..x\n\nGrüße, 再见, שלום.\n";

/// First name, last name, city, and the name that `To` shows.
const PEOPLE: [(&str, &str, &str, &str, &str); 12] = [
    (
        "ann1@example.org",
        "Annabella",
        "Featherstone",
        "Wiveliscombe",
        "Annabella Featherstone",
    ),
    (
        "zoe2@example.org",
        "Zoë",
        "Müller-Lüdenscheidt",
        "Plön an der Au",
        "Zoë Müller-Lüdenscheidt",
    ),
    ("lee3@example.org", "小龙", "李", "上海市浦东新区", "小龙 李"),
    ("mir4@example.org", "מרים", "כהן־לוי", "תל אביב", "מרים כהן־לוי"),
    ("emo5@example.org", "🌿 Fern", "Fox👩‍👩‍👧", "Foxley 🦊", "🌿 Fern Fox👩‍👩‍👧"),
    (
        "quo6@example.org",
        "Anna \"Nan\"",
        "Smith, Esq.",
        "Bath, \"Spa\"",
        "Anna \"Nan\" Smith, Esq.",
    ),
    (
        "tag7@example.org",
        "Bo",
        "Brackett",
        "<b>&amp; <script>x</script>",
        "Bo Brackett",
    ),
    (
        "crl8@example.org",
        "Ann\r\nBcc: x",
        "Lineham",
        "Bath\nSubject: x",
        "Ann Bcc: x Lineham",
    ),
    (
        "lsp9@example.org",
        "Una\u{2028}Two",
        "\u{202e}Turned",
        "Wells\u{2029}",
        "Una Two Turned",
    ),
    ("arb10@example.org", "محمد", "الأحمد", "الإسكندرية", "محمد الأحمد"),
    ("b11@bücher.example", "Bruno", "Bücherwurm", "Tübingen", "Bruno Bücherwurm"),
    ("dot12@example.org", "Dr.", "O'Neill", "=?utf-8?q?x?=", "Dr. O'Neill"),
];

/// The clinic with these people, and what has to be found in their letters.
fn suite() -> (Workspace, Map<String, Value>) {
    let clinic = clinic();
    let article = Text {
        subject: SUBJECT,
        body: BODY,
        ..Text::PLAIN
    };
    campaign(&clinic, 1, "Seasonal tips", &article);
    let rows: Vec<[&str; 5]> = PEOPLE
        .iter()
        .map(|(email, first, last, city, _)| [*email, *first, *last, *city, "Sciatica"])
        .collect();
    list(&clinic, 1, &rows);
    let fact = |(email, first, last, city, shown): &(&str, &str, &str, &str, &str)| {
        let one = |text: &str| {
            let spaced = text.replace(['\r', '\n', '\u{2028}', '\u{2029}', '\u{202e}'], " ");
            spaced.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let words: Vec<String> = [first, last, city]
            .iter()
            .map(|text| one(text))
            .filter(|text| text.chars().count() > 2)
            .collect();
        let facts = json!({"shown": shown, "subject": one(&SUBJECT.replace("{{ first_name | default(value='You') }}", first)),
            "city": one(city), "words": words});
        (email.replace("bücher", "xn--bcher-kva"), facts)
    };
    (clinic, PEOPLE.iter().map(fact).collect())
}

#[test]
fn letters_pass_every_check_that_reading_them_can_answer() {
    every_check(&suite(), 0);
}

#[test]
fn letters_that_carry_pictures_pass_the_same_checks() {
    let (clinic, people) = suite();
    let article = clinic.read("campaigns/c001/a.md");
    clinic.write(
        "campaigns/c001/a.md",
        format!("{article}\n![Two hands on a back](hands.png)\n"),
    );
    clinic.write("campaigns/c001/hands.png", PICTURE);
    every_check(&(clinic, people), 1);
}

/// Rehearses the letters, and has every one of them read.
fn every_check((clinic, people): &(Workspace, Map<String, Value>), pictures: usize) {
    let Some(python) = reader() else { return };
    clinic.run(&["rehearse"]).exits(0).prints("the sandbox accepted 12 letters");
    let facts = json!({
        "letters": outbox(clinic), "records": records(clinic), "people": people, "dots": [".", "..x"],
        "postal_address": "12 Mill Lane, Bath BA1 1AA, United Kingdom",
        "forbidden": ["Sciatica", "reason", "l001", "first_name", "patient"], "spamassassin": spamassassin(), "pictures": pictures,
    });
    read_by(&python, "checks.py", &facts);
}

#[test]
fn header_names_cannot_be_configured_at_all() {
    let (clinic, _) = suite();
    for section in [
        "headers: {X-A: b}",
        "sender: {from: tips@riverside.example, headers: {\"X\\r\\nBcc\": x}}",
    ] {
        let wrong = Workspace::sample().setting(section);
        wrong.run(&["check"]).exits(65).tells("unknown key `headers`");
    }
    drop(clinic);
    println!("proof| mail | check 10 | configurable header names: there are none; the key is refused");
}

#[test]
fn a_foreign_domain_travels_in_ascii_and_a_foreign_mailbox_waits_for_a_relay_that_takes_it() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic();
    campaign(&clinic, 1, "Tips", &Text::PLAIN);
    list(
        &clinic,
        1,
        &[
            ["ann@bücher.example", "Ann", "A", "Bath", ""],
            ["jörg@example.org", "Jörg", "J", "Bath", ""],
            ["eve@example.org", "Eve", "E", "Bath", ""],
        ],
    );
    let clinic = clinic.relay(judge.port(), 1);
    clinic.run(&["send", "c001"]).exits(1).prints("1 failed");
    let mut recipients: Vec<String> = judge.accepted().into_iter().map(|letter| letter.recipient).collect();
    recipients.sort();
    assert_eq!(recipients, ["ann@xn--bcher-kva.example", "eve@example.org"]);
    let commands = judge.commands();
    assert!(
        commands.iter().any(|(_, line)| line == "RCPT TO:<ann@xn--bcher-kva.example>"),
        "{commands:?}"
    );
    assert!(
        commands.iter().all(|(_, line)| !line.contains("SMTPUTF8") && line.is_ascii()),
        "{commands:?}"
    );
    println!("proof| mail | check 11 | a foreign domain is sent as ASCII: RCPT TO:<ann@xn--bcher-kva.example>, no SMTPUTF8");
    println!("proof| mail | check 12 | a foreign mailbox at a relay without SMTPUTF8: 1 failed, the run went on with 2");
}

#[test]
fn a_foreign_mailbox_is_signed_as_well() {
    let Some(python) = reader() else { return };
    let clinic = clinic();
    campaign(&clinic, 1, "Tips", &Text::PLAIN);
    list(
        &clinic,
        1,
        &[
            ["jörg@example.org", "Jörg", "Öztürk", "Bath", ""],
            ["用户@example.org", "", "", "", ""],
        ],
    );
    clinic.run(&["rehearse"]).exits(0).prints("the sandbox accepted 2 letters");
    let facts = json!({"letters": outbox(&clinic), "records": records(&clinic), "wanted": 2, "people": {}, "utf8": true});
    read_by(&python, "fuzzed.py", &facts);
}

#[test]
fn a_letter_that_would_be_cut_off_is_refused_and_a_large_one_told() {
    let sized = |kilobytes: usize| {
        let clinic = clinic();
        let body = "Breathe out slowly, and let your shoulders drop once more, then again. ".repeat(kilobytes * 1024 / 80);
        campaign(
            &clinic,
            1,
            "Tips",
            &Text {
                body: &body,
                ..Text::PLAIN
            },
        );
        list(&clinic, 1, &[["ann@example.org", "Ann", "A", "Bath", ""]]);
        clinic.run(&["check"])
    };
    sized(110).exits(65).tells("KB of HTML");
    sized(75).exits(0).tells("warning");
    println!("proof| mail | check 13 | HTML over 100 KB is refused, over 80 KB told");
}

#[test]
fn a_name_that_nobody_has_stops_everything_before_the_relay_is_called() {
    let judge = Judge::start();
    let clinic = clinic().relay(judge.port(), 1);
    campaign(
        &clinic,
        1,
        "Tips",
        &Text {
            subject: "For {{ frist_name }}",
            ..Text::PLAIN
        },
    );
    list(&clinic, 1, &[["ann@example.org", "Ann", "A", "Bath", ""]]);
    clinic.run(&["send", "c001"]).exits(65).tells("frist_name");
    assert_eq!((judge.connections(), judge.commands().len()), (0, 0));
    println!("proof| mail | check 19 | an undefined variable: refused before any connection");
}
