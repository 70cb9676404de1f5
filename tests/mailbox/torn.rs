//! Mails that are cut, or of which a byte is another one: none of them ever says in words what the whole one did not.

use super::{is_in_words, read, samples};
use proptest::prelude::*;
use tidings::mailbox::Mail;
use tidings::mailbox::notice::{self, Notice};

/// Cuts of one mail that are tried.
const MOST_CUTS: usize = 200;
/// The same of one that is large.
const MOST_CUTS_OF_LARGE: usize = 12;
const LARGE: usize = 50_000;

/// Mails in which a person's plain words stand, but which are no wish of theirs for one reason alone: taking that reason away by a byte
/// makes a true wish of them, so that no byte of these is turned.
const ONE_REASON: &[&str] = &[
    "odd-auto-submitted-unsubscribe",
    "odd-head-alone",
    "odd-open-multipart",
    "stay-question",
    "stay-goes-on",
    "odd-two-from-fields",
    "stay-passed-on-attached",
    "stay-passed-on-below",
    "stay-passed-on-fw",
];

#[test]
fn no_cut_makes_a_wish() {
    let (mut cuts, mut kept) = (0, 0);
    for sample in samples() {
        if is_in_words(&read(&sample.bytes)) {
            kept += 1;
            continue;
        }
        let most = if sample.bytes.len() > LARGE {
            MOST_CUTS_OF_LARGE
        } else {
            MOST_CUTS
        };
        let step = 50.max(sample.bytes.len() / most);
        for end in (0..sample.bytes.len()).step_by(step) {
            cuts += 1;
            let notice = read(&sample.bytes[..end]);
            assert!(!is_in_words(&notice), "{} cut after {end} bytes: {notice:?}", sample.name);
        }
    }
    assert!(kept > 20);
    println!("proof| mailbox | mails cut somewhere, none of them a wish that the whole one was not | {cuts}");
}

#[test]
fn no_turned_byte_makes_a_wish() {
    let mut turned = 0;
    for sample in samples() {
        let is_spared = ONE_REASON.contains(&sample.name.as_str()) || sample.bytes.len() > LARGE;
        if is_spared || is_in_words(&read(&sample.bytes)) {
            continue;
        }
        for at in (0..sample.bytes.len()).step_by(37) {
            let mut bytes = sample.bytes.clone();
            bytes[at] ^= 1 << (at % 8);
            turned += 1;
            let notice = read(&bytes);
            assert!(!is_in_words(&notice), "{} with byte {at} turned: {notice:?}", sample.name);
        }
    }
    println!("proof| mailbox | mails with a byte turned, none of them a wish that the whole one was not | {turned}");
}

/// Whatever a machine quotes is no person's word: a whole letter below a thank-you, in every way of quoting it.
#[test]
fn a_thank_you_with_the_letter_below_it_stays() {
    let letter = include_str!("corpus/stay-thanks-with-the-letter-attached.eml");
    let text = letter.split("Hello Ann,").nth(1).unwrap().split("\n--a--").next().unwrap();
    assert!(text.contains("https://riverside.example/u/v1."));
    let quoted = |mark: &str| text.lines().map(|line| format!("{mark}{line}\n")).collect::<String>();
    for below in [
        quoted("> "),
        quoted(">> "),
        quoted("| "),
        format!("-----Original Message-----\n{text}"),
        format!("-------- Weitergeleitete Nachricht --------\n{text}"),
        format!("________________________________\n{text}"),
        format!("Am 01.12.2026 um 09:00 schrieb Riverside <tips@riverside.example>:\n{text}"),
        format!("El mar, 1 dic 2026 a las 9:00, Riverside escribió:\n{text}"),
        format!("Von: Riverside Massage\nGesendet: gestern\n{text}"),
    ] {
        let mail = format!("From: ann@example.org\nSubject: Re: Calm days\n\nThanks!\n\n{below}\n");
        assert!(matches!(read(mail.as_bytes()), Notice::Other(_)), "{below}");
    }
}

fn near_mails() -> impl Strategy<Value = Vec<u8>> {
    let line = prop::sample::select(vec![
        "From: ann@example.org",
        "Return-Path: <>",
        "Subject: =?utf-8?Q?=E2=28=A1?=",
        "Subject: =?utf-8?B?",
        "Content-Type: multipart/report; boundary=b",
        "Content-Type: message/rfc822",
        "Content-Type: message/delivery-status",
        "Content-Type: message/feedback-report",
        "Content-Type: text/html; charset=utf-7",
        "Content-Type: text/plain; charset=utf-16",
        "Content-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: quoted-printable",
        "Content-Type: multipart/digest; boundary=\"\"",
        "--b",
        "--b--",
        "",
        "",
        "Final-Recipient: rfc822;a+4@example.org",
        "Original-Recipient: utf-8;\\x{110000}@x",
        "Action: failed",
        "Status: 5.1.1",
        "Diagnostic-Code: smtp; 550-5.1.1",
        "Diagnostic-Code: ;",
        "Feedback-Type: abuse",
        "Arrival-Date: Mon, 31 Feb 2026 25:61:61 +9999",
        "Date: 31 Dec 65535 23:59:60 -9959",
        "<div><!-- <p>&#x110000;&amp",
        "<blockquote>&",
        "\u{fe0f}İıß =E2=",
        "X-Failed-Recipients: a@example.org, b@example.org",
        "Hi. This is the qmail-send program",
        "<a@example.org>:",
        "550",
        "550 5.1.1",
        "unsubscribe",
        ">From ",
        "Message-ID: <",
        "Date: ",
        ":",
        " x",
    ]);
    let odd = prop::collection::vec(any::<u8>(), 0..12);
    let end = prop::sample::select(vec!["\n", "\r\n", "\r", ""]);
    let piece = prop_oneof![9 => (line, end).prop_map(|(line, end)| format!("{line}{end}").into_bytes()), 1 => odd];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn no_bytes_stop_it(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = notice::read(&Mail::new(bytes));
    }

    #[test]
    fn nothing_that_is_nearly_a_mail_stops_it(bytes in near_mails()) {
        let _ = notice::read(&Mail::new(bytes));
    }
}
