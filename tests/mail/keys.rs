//! Keys of every shape, and when mail programs are offered a button: only under a signature that covers it.

use super::{SETTINGS, Text, campaign, clinic, here, list, outbox};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;
use std::path::Path;

fn letter(clinic: &Workspace) -> String {
    campaign(clinic, 1, "Tips", &Text::PLAIN);
    list(clinic, 1, &[["ann@example.org", "Ann", "A", "Bath", ""]]);
    clinic.run(&["rehearse"]).exits(0);
    let files = std::fs::read_dir(outbox(clinic))
        .unwrap()
        .filter_map(|entry| Some(entry.ok()?.path()));
    let letters: Vec<String> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .map(read)
        .collect();
    assert_eq!(letters.len(), 1);
    letters[0].clone()
}

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// `signed` with the keys that `dkim` names instead of its own.
fn with_dkim(dkim: &str, page: bool) -> Workspace {
    let (before, _) = SETTINGS.split_once("dkim:").unwrap();
    let before = if page {
        before.to_owned()
    } else {
        before.replace("url: 'https://riverside.example/u', ", "")
    };
    clinic().file("tidings.yaml", &format!("{before}{dkim}\n"))
}

#[test]
fn a_button_stands_exactly_where_a_signature_covers_it() {
    const US: &str = "dkim: {signed_by: us, domain: riverside.example, keys: [{selector: t2026a, file: keys/rsa.pem}]}";
    for (dkim, page, wanted, feedback) in [
        (US, true, true, true),
        (US, false, false, true),
        ("dkim: {signed_by: relay, covers_unsubscribe: true}", true, true, false),
        ("dkim: {signed_by: relay, covers_unsubscribe: true}", false, false, false),
        ("dkim: {signed_by: relay, covers_unsubscribe: false}", true, false, false),
        ("dkim: {signed_by: relay}", true, false, false),
        ("dkim: {signed_by: none}", true, false, false),
        ("dkim: {signed_by: none}", false, false, false),
        ("", true, false, false),
    ] {
        let letter = letter(&with_dkim(dkim, page));
        let head = letter.split("\r\n\r\n").next().unwrap();
        let button = "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
        assert_eq!(head.matches(button).count(), usize::from(wanted), "{dkim} {page}: {head}");
        assert_eq!(head.contains("\r\nFeedback-ID: "), feedback, "{dkim} {page}: {head}");
        let covers = head
            .replace("\r\n\t ", "")
            .replace("\r\n\t", " ")
            .contains("list-unsubscribe:list-unsubscribe:list-unsubscribe-post:");
        assert_eq!(covers, dkim == US, "{head}");
    }
    println!("proof| mail | check 23 | List-Unsubscribe-Post exactly where https and a covering signature meet: 9 configurations");
}

/// What was released under a signature of ours does not offer its button any more when nobody signs.
#[test]
fn a_button_goes_with_the_signature_that_covered_it() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic().relay(judge.port(), 1);
    campaign(&clinic, 1, "Tips", &Text::PLAIN);
    list(
        &clinic,
        1,
        &[
            ["ann@example.org", "Ann", "A", "Bath", ""],
            ["bob@example.org", "Bob", "B", "Bath", ""],
        ],
    );
    clinic.run(&["send", "c001", "--limit", "1"]).exits(0);
    let settings = clinic.read("tidings.yaml");
    let (before, after) = settings.split_once("dkim:").unwrap();
    let relay = &after[after.find("relay:").unwrap()..];
    clinic.write("tidings.yaml", format!("{before}dkim: {{signed_by: none}}\n{relay}"));
    clinic.run(&["release", "c001"]);
    clinic.run(&["run"]);
    let letters: Vec<String> = judge
        .accepted()
        .iter()
        .map(|found| String::from_utf8(found.letter(&judge)).unwrap())
        .collect();
    assert_eq!(letters.len(), 2);
    let has = |letter: &String| (letter.contains("DKIM-Signature:"), letter.contains("List-Unsubscribe-Post:"));
    assert_eq!(letters.iter().map(has).collect::<Vec<_>>(), [(true, true), (false, false)]);
}

#[test]
fn keys_of_every_shape_sign_and_weak_ones_are_refused() {
    let with_key = |name: &str| {
        let clinic = with_dkim(
            "dkim: {signed_by: us, domain: riverside.example, keys: [{selector: s1, file: key.pem}]}",
            true,
        );
        clinic.secret("key.pem", &read(here(&format!("keys/{name}.pem"))))
    };
    for (name, algorithm) in [("rsa", "rsa"), ("rsa-pkcs1", "rsa"), ("large", "rsa"), ("ed25519", "ed25519")] {
        let letter = letter(&with_key(name));
        assert!(
            letter.starts_with(&format!("DKIM-Signature: v=1; a={algorithm}-sha256;")),
            "{name}: {letter}"
        );
    }
    for (name, words) in [
        ("tiny", "the key has 768 bits, and receivers count none below 1024"),
        ("old", "the key has 1024 bits, and letters are signed with 2048 or more"),
        ("ec", "a kind that no mail receiver knows"),
        ("locked", "locked with a password"),
        ("pub", "the public half"),
    ] {
        let clinic = with_key(name);
        campaign(&clinic, 1, "Tips", &Text::PLAIN);
        for command in ["check", "rehearse"] {
            let said = clinic.run(&[command]).exits(65).tells(words).tells("tidings.yaml:");
            assert!(!said.stderr.contains("PRIVATE") || name == "pub", "{said}");
        }
    }
    println!("proof| mail | check 29 | PKCS#1, PKCS#8 and Ed25519 keys sign; 768 and 1024 bits are refused, as is what is no key");
}

#[test]
fn doctor_tells_what_dns_has_to_say() {
    let public: String = read(here("keys/pub.pem"))
        .lines()
        .filter(|line| !line.starts_with("---"))
        .collect();
    clinic()
        .run(&["doctor", "--offline"])
        .exits(0)
        .prints("well  the letters are signed: `riverside.example` signs them with 2 keys; these records have to stand in DNS")
        .prints(&format!(
            "t2026a._domainkey.riverside.example  TXT  \"v=DKIM1; k=rsa; p={public}\""
        ))
        .prints("t2026e._domainkey.riverside.example  TXT  \"v=DKIM1; k=ed25519; p=")
        .never_says("PRIVATE");
    with_dkim("dkim: {signed_by: none}", true)
        .run(&["doctor", "--offline"])
        .exits(0)
        .prints("look  the letters are signed: nobody signs them")
        .prints("openssl genpkey -algorithm RSA");
}

/// Prints what a signature costs; asserts nothing about time.
#[test]
fn a_signature_has_its_price() {
    use crate::support::stopwatch::Stopwatch;
    use tidings::letter::sign::{Key, NamedKey, Signer};
    const LETTERS: u32 = 200;
    let letter = format!(
        "From: a@riverside.example\r\nSubject: Calm\r\n\r\n{}",
        "Breathe out slowly once more.\r\n".repeat(400)
    );
    for name in ["rsa", "ed25519"] {
        let key = Key::read(&read(here(&format!("keys/{name}.pem")))).unwrap();
        let signer = Signer::new(
            "riverside.example",
            vec![NamedKey {
                selector: "s1".to_owned(),
                key,
            }],
        );
        let began = Stopwatch::start();
        for second in 0..LETTERS {
            let moment = jiff::Timestamp::from_second(1_800_000_000 + i64::from(second)).unwrap();
            assert!(signer.sign(letter.as_bytes(), moment).unwrap().len() > letter.len());
        }
        let each = began.shows() / LETTERS;
        let build = if cfg!(debug_assertions) { "unoptimised" } else { "optimised" };
        println!(
            "proof| mail | a signature by {name}, 12 KB, {build} | {} µs",
            each.as_micros()
        );
    }
}

#[test]
fn a_key_that_others_can_read_stops_every_letter() {
    use std::os::unix::fs::PermissionsExt as _;
    let judge = Judge::start();
    let clinic = clinic().relay(judge.port(), 1);
    campaign(&clinic, 1, "Tips", &Text::PLAIN);
    list(&clinic, 1, &[["ann@example.org", "Ann", "A", "Bath", ""]]);
    std::fs::set_permissions(clinic.path("keys/rsa.pem"), std::fs::Permissions::from_mode(0o644)).unwrap();
    for command in [
        &["send", "c001"][..],
        &["run"],
        &["test", "c001", "--to", "me@example.org"],
        &["rehearse"],
    ] {
        clinic.run(command).exits(65).tells("`chmod 600 keys/rsa.pem`");
    }
    assert_eq!(judge.connections(), 0);
}

/// Whoever agreed to a plan agreed to who vouches for it.
#[test]
fn a_plan_knows_the_keys() {
    let judge = Judge::start();
    let clinic = clinic().relay(judge.port(), 1);
    campaign(&clinic, 1, "Tips", &Text::PLAIN);
    list(&clinic, 1, &[["ann@example.org", "Ann", "A", "Bath", ""]]);
    clinic.run(&["plan", "c001", "--out", "tips.plan"]);
    let refused = || {
        clinic
            .run(&["send", "c001", "--plan", "tips.plan", "--yes"])
            .exits(65)
            .prints("dkim keys")
    };
    let (settings, key) = (clinic.read("tidings.yaml"), clinic.read("keys/rsa.pem"));
    clinic.write("tidings.yaml", settings.replace("t2026e", "t2027e"));
    refused();
    clinic.write("tidings.yaml", settings);
    clinic.write("keys/rsa.pem", include_str!("keys/large.pem"));
    refused();
    clinic.write("keys/rsa.pem", key);
    assert_eq!(judge.connections(), 0);
}

/// A frozen letter keeps its sender; a signature of another house than that is a forgery to mailboxes.
#[test]
fn an_edition_waits_rather_than_be_signed_by_another_house() {
    let judge = Judge::start();
    let clinic = clinic().relay(judge.port(), 1);
    campaign(&clinic, 1, "Tips", &Text::PLAIN);
    let people = ["ann", "bob", "eve"].map(|name| format!("{name}@example.org"));
    let rows: Vec<[&str; 5]> = people.iter().map(|email| [email.as_str(), "A", "B", "Bath", ""]).collect();
    list(&clinic, 1, &rows);
    clinic.run(&["send", "c001", "--limit", "1"]);
    clinic.run(&["release", "c001"]).exits(0);
    let before = clinic.read("tidings.yaml");
    clinic.write("tidings.yaml", before.replace("riverside.example", "mill-lane.example"));
    let words = "the settings sign as `mill-lane.example` now, which does not vouch for it";
    clinic.run(&["run"]).exits(1).tells(words);
    clinic
        .run(&["release", "c001"])
        .exits(65)
        .tells(words)
        .tells("give `dkim` the keys of `riverside.example` back");
    assert_eq!(judge.accepted().len(), 1, "nobody got a letter of two houses");
    clinic.write("tidings.yaml", before);
    clinic.run(&["release", "c001/article001"]).exits(0);
    clinic.run(&["run"]).exits(0);
    assert_eq!(judge.accepted().len(), 3);
}
