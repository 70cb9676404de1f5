//! Readings: once each, marked when done, again when the server numbers anew.

use super::dovecot::{Dovecot, ODD_PASSWORD, ODD_USER, token};
use super::{Ended, read, text};
use tidings::mailbox::imap::{self, Account};
use tidings::mailbox::{Fate, Mail};
use zeroize::Zeroizing;

#[test]
fn each_mail_is_read_once_and_marked_only_when_it_is_done() {
    let Some(mut server) = Dovecot::start() else { return };
    assert_eq!(read(&server.account(), None).0.mails, 0, "an empty folder");
    let subjects = ["unsubscribe", "a question", "unsubscribe me", "thank you"];
    let delivered: Vec<String> = (0..4).map(|number| text(number, subjects[number])).collect();
    delivered.iter().for_each(|mail| server.deliver(mail));

    let (first, mails) = read(&server.account(), None);
    assert_eq!((first.mails, first.too_large, first.unmarked), (4, 0, 0));
    let hashes = |texts: &[String]| -> Vec<[u8; 32]> {
        let mails = texts.iter().map(|text| Mail::new(text.clone().into_bytes()));
        mails.map(|mail| mail.hash).collect()
    };
    let taken: Vec<[u8; 32]> = mails.iter().map(|mail| mail.hash).collect();
    assert_eq!(
        taken,
        hashes(&delivered),
        "the same mails as in a box on this machine, the oldest first"
    );
    let marked: Vec<bool> = server.mails().into_iter().map(|(_, is_seen)| is_seen).collect();
    assert_eq!(marked, [true, false, true, false], "what nobody acted on stays unread");

    let (second, mails) = read(&server.account(), Some(&first.cursor));
    assert_eq!((second.mails, mails.len()), (0, 0));
    assert_eq!(second.cursor, first.cursor);

    server.deliver(&text(4, "a fifth"));
    let (third, mails) = read(&server.account(), Some(&second.cursor));
    assert_eq!((third.mails, mails[0].hash), (1, hashes(&[text(4, "a fifth")])[0]));
    println!("proof| imap | mails read once of Dovecot's, in three readings | 5 of 5");
    println!("proof| imap | of those, marked as read: the ones that were done | 2 of 2");
}

#[test]
fn a_folder_that_is_numbered_anew_is_read_from_its_beginning() {
    let Some(mut server) = Dovecot::start() else { return };
    (0..3).for_each(|number| server.deliver(&text(number, "unsubscribe")));
    let (before, first) = read(&server.account(), None);
    server.kill();
    server.forget_numbers();
    server.start_again();
    let (after, again) = read(&server.account(), Some(&before.cursor));
    let validity = |cursor: &str| cursor.split_once(':').unwrap().0.to_owned();
    assert_ne!(validity(&before.cursor), validity(&after.cursor));
    assert_eq!((before.mails, after.mails), (3, 3));
    let hashes = |mails: &[Mail]| mails.iter().map(|mail| mail.hash).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(hashes(&first), hashes(&again), "the same mails by their hashes");
    println!("proof| imap | mails read again after a new UIDVALIDITY, known by their hashes | 3 of 3");
}

#[test]
fn a_folder_beyond_ascii_and_an_odd_password_are_no_hindrance() {
    let Some(mut server) = Dovecot::start() else { return };
    server.deliver_into(".D&AOk-sinscriptions", &text(1, "unsubscribe"));
    server.deliver(&text(2, "elsewhere"));
    let account = Account {
        folder: "Désinscriptions".to_owned(),
        ..server.account()
    };
    assert_eq!(read(&account, None).0.mails, 1);
    let odd = Account {
        user: ODD_USER.to_owned(),
        secret: Zeroizing::new(ODD_PASSWORD.to_owned()),
        ..server.account()
    };
    assert_eq!(read(&odd, None).0.mails, 0);
}

#[test]
fn a_token_opens_the_folder_as_a_password_does() {
    let Some(mut server) = Dovecot::start() else { return };
    server.deliver(&text(1, "unsubscribe"));
    // In the year 2100 somebody will have to sign another.
    let account = Account {
        is_token: true,
        secret: token(4_102_444_800),
        ..server.account()
    };
    assert_eq!(read(&account, None).0.mails, 1);
    println!("proof| imap | ways to log in that Dovecot takes: PLAIN, XOAUTH2 | 2");
}

#[test]
fn a_mail_that_cannot_be_taken_comes_again() {
    let Some(mut server) = Dovecot::start() else { return };
    (0..3).for_each(|number| server.deliver(&text(number, "unsubscribe")));
    let mut taken = 0;
    let broken = imap::read::<Ended>(&server.account(), None, &mut |_| {
        taken += 1;
        match taken {
            2 => Err(Ended::Taker),
            _ => Ok(Fate::Done),
        }
    });
    assert!(matches!(broken, Err(Ended::Taker)) && taken == 2);
    let marked = |server: &Dovecot| server.mails().iter().filter(|(_, is_seen)| *is_seen).count();
    assert_eq!(marked(&server), 1, "what was on record by then is marked");
    assert_eq!(read(&server.account(), None).0.mails, 3);
    assert_eq!(marked(&server), 3);
}
