//! The opinion of somebody else's program, Python's mail parser: who stands in a delivery report, and where a mail in an mbox ends.

use super::{Sample, folder, read, samples};
use crate::peers::or_passed_over;
use std::path::Path;
use std::process::Command;
use tidings::mailbox::Fate;
use tidings::mailbox::notice::{Notice, Refused};
use tidings::mailbox::{MailboxError, Source};

/// Reports without the blank lines that tell recipients apart, which Python takes for one, and one that ends within an address.
const TOLD_APART_BY_US_ALONE: &[&str] = &["dsn-three-no-blank-lines", "dsn-one-group", "dsn-cut-in-the-report"];

/// What Python prints; `None` where there is none.
pub(super) fn asked(what: &str, files: &[&Path]) -> Option<Vec<String>> {
    let output = Command::new("python3")
        .arg(folder().join("opinion.py"))
        .arg(what)
        .args(files)
        .output();
    let output = or_passed_over(output.ok(), "python3")?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    Some(said.lines().map(str::to_owned).collect())
}

#[test]
fn python_finds_the_same_recipients_in_every_report() {
    let samples: Vec<Sample> = samples()
        .into_iter()
        .filter(|sample| sample.name.starts_with("dsn-"))
        .collect();
    let files: Vec<_> = samples
        .iter()
        .map(|sample| folder().join(format!("corpus/{}.eml", sample.name)))
        .collect();
    let Some(lines) = asked("dsn", &files.iter().map(|file| file.as_path()).collect::<Vec<_>>()) else {
        return;
    };
    let mut compared = 0;
    for sample in samples
        .iter()
        .filter(|sample| !TOLD_APART_BY_US_ALONE.contains(&sample.name.as_str()))
    {
        let groups: Vec<Vec<&str>> = lines
            .iter()
            .map(|line| line.split('\t').collect())
            .filter(|group: &Vec<&str>| group[0] == sample.name)
            .collect();
        let Notice::Bounce { recipients, .. } = read(&sample.bytes) else {
            let failed = groups.iter().any(|group| group[3].eq_ignore_ascii_case("failed"));
            assert!(!failed, "{}: Python reads of a failure", sample.name);
            continue;
        };
        // What Python does not read at all (an encoded report, lost boundaries) it has no opinion of.
        if groups.is_empty() {
            continue;
        }
        assert_eq!(recipients.len(), groups.len(), "{}: {recipients:?}", sample.name);
        for (group, refused) in groups.iter().zip(&recipients) {
            agree(&sample.name, group, refused);
            compared += 1;
        }
    }
    assert!(compared > 30, "{compared}");
    println!("proof| mailbox | recipients of delivery reports, as Python's mail parser reads them too | {compared}");
}

fn agree(name: &str, group: &[&str], refused: &Refused) {
    let [_, original, last, action, status] = group else {
        panic!("{name}: {group:?}")
    };
    for recipient in [original, last] {
        let bare = recipient
            .split(';')
            .next_back()
            .unwrap_or_default()
            .trim()
            .trim_matches(['<', '>']);
        let is_there = refused.addresses.iter().any(|address| address.as_str() == bare);
        assert!(
            is_there || bare.is_empty() || bare.contains("\\x{"),
            "{name}: {bare} is not among {:?}",
            refused.addresses
        );
    }
    let code = refused.code.map(|code| code.to_string()).unwrap_or_default();
    let status = status.split(' ').next().unwrap_or_default();
    assert!(
        code == status || status.is_empty() || status.ends_with(".0.0"),
        "{name}: {code}, and Python reads {status}"
    );
    let is_failure = action.to_ascii_lowercase().starts_with("failed") || action.is_empty();
    assert!(is_failure || refused.weight.is_none(), "{name}: {action} counts");
}

#[test]
fn python_finds_the_same_mails_in_an_mbox() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("mbox");
    let mut mails = Vec::new();
    for sample in samples()
        .into_iter()
        .filter(|sample| !sample.name.starts_with("made-") && !sample.bytes.is_empty())
    {
        mails.extend_from_slice(b"From ann@example.org Tue Dec  1 09:12:00 2026\n");
        for line in sample.bytes.split_inclusive(|&byte| byte == b'\n') {
            let marks = line.iter().take_while(|&&byte| byte == b'>').count();
            if line[marks..].starts_with(b"From ") {
                mails.push(b'>');
            }
            // An mbox has LF alone.
            mails.extend(line.iter().filter(|&&byte| byte != b'\r'));
        }
        mails.extend_from_slice(b"\n\n");
    }
    std::fs::write(&path, mails).unwrap();
    let Some(lines) = asked("mbox", &[&path]) else { return };
    let mut hashes = Vec::new();
    let source = Source::recognise(&path).unwrap();
    let read = tidings::mailbox::read::<MailboxError>(&source, &mut |mail| {
        hashes.push(data_encoding::HEXLOWER.encode(&mail.hash));
        Ok(Fate::Done)
    });
    assert_eq!(read.unwrap(), hashes.len() as u64);
    assert_eq!(hashes, lines);
    assert!(hashes.len() > 150);
    println!(
        "proof| mailbox | mails of one mbox, whole to the byte as Python's mailbox module reads them | {}",
        hashes.len()
    );
}
