//! Recorded dialogues, one for each branch of the conversation.
//!
//! `<` is the relay's line, `<~` its bytes without a line end, `>` what we must write, `=` what the caller does, `*` what must have
//! happened; `> -` is nothing to write, `#2` the third letter's outcome. At the end nothing may be left over on any side.

mod chunked;
mod grouped;
mod letters;
mod opening;

use crate::address::Address;
use crate::relay::conversation::{Conversation, Envelope, Event, Piece, Profile, Ticket};
use crate::relay::outcome::Outcome;
use crate::relay::server::{Login, Secret, Security};

pub(super) const LETTER: &[u8] = b"Subject: tips\r\n\r\n.dot\r\nbye\r\n";

pub(super) fn profile(security: Security) -> Profile {
    Profile {
        hello: "clinic.example".to_owned(),
        security,
        login: None,
        in_flight: 1,
    }
}

pub(super) fn conversation(security: Security, login: Option<&str>) -> Conversation {
    let login = login.map(|user| Login::new(user, Secret::new("pass word")));
    Conversation::new(Profile {
        login,
        ..profile(security)
    })
}

fn shown(event: &Event) -> String {
    match event {
        Event::Secure => "secure".to_owned(),
        Event::Ready => "ready".to_owned(),
        Event::Failed(trouble) => format!("failed {} {:?}: {trouble}", trouble.stage, trouble.class),
        Event::Settled(_, Outcome::Answered(reply)) => format!("answered {}: {reply}", reply.stage),
        Event::Settled(_, Outcome::NotTaken { stage, why }) => format!("not taken {stage}: {why}"),
        Event::Settled(_, Outcome::InDoubt { why }) => format!("in doubt: {why}"),
        Event::Settled(_, Outcome::Unsupported { class, why }) => format!("unsupported {class:?}: {why}"),
        Event::Over(_) => "over".to_owned(),
    }
}

/// An outcome with the number of its letter.
fn numbered(event: &Event) -> String {
    match event {
        Event::Settled(ticket, _) => format!("#{} {}", ticket.0, shown(event).trim_end()),
        Event::Secure | Event::Ready | Event::Failed(_) | Event::Over(_) => shown(event),
    }
}

fn written(piece: &Piece) -> String {
    match piece {
        Piece::Command(bytes) => String::from_utf8(bytes.clone()).unwrap().trim_end().to_owned(),
        Piece::Body(bytes) => format!("body {}", bytes.escape_ascii()),
        Piece::EndOfData(bytes) => format!("end {}", bytes.escape_ascii()),
    }
}

fn act(conversation: &mut Conversation, deed: &str) {
    match deed.split_once(' ').unwrap_or((deed, "")) {
        ("post", to) => {
            let (from, to) = (Address::parse("tips@clinic.example").unwrap(), Address::parse(to).unwrap());
            let ticket = conversation.announce(&Envelope {
                from: &from,
                to: &to,
                bytes: LETTER,
            });
            conversation.permit(ticket);
        }
        ("bad-letter", bytes) => {
            let address = Address::parse("ann@example.org").unwrap();
            let bytes = bytes.replace("\\r", "\r").replace("\\n", "\n");
            let ticket = conversation.announce(&Envelope {
                from: &address,
                to: &address,
                bytes: bytes.as_bytes(),
            });
            conversation.permit(ticket);
        }
        ("announce", to) => {
            let (from, to) = (Address::parse("tips@clinic.example").unwrap(), Address::parse(to).unwrap());
            conversation.announce(&Envelope {
                from: &from,
                to: &to,
                bytes: LETTER,
            });
        }
        ("ask", sender) => {
            conversation.ask_about(&Address::parse(sender).unwrap());
        }
        ("permit", number) => conversation.permit(Ticket(number.parse().unwrap())),
        ("revoke", number) => conversation.revoke(Ticket(number.parse().unwrap())),
        ("room", number) => assert_eq!(conversation.room().to_string(), number),
        ("lost", why) => conversation.lost(why),
        ("secured", _) => conversation.secured(),
        ("quit", _) => conversation.quit(),
        _ => panic!("{deed:?} is no deed"),
    }
}

fn play(conversation: &mut Conversation, dialogue: &str) {
    for line in dialogue.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (who, what) = line.split_once(' ').unwrap_or((line, ""));
        match who {
            "<" => conversation.receive(format!("{what}\r\n").as_bytes()),
            "<~" => conversation.receive(what.replace("\\r", "\r").replace("\\n", "\n").as_bytes()),
            ">" if what == "-" => assert_eq!(conversation.output(), None, "in {dialogue}"),
            ">" => assert_eq!(
                conversation.output().as_ref().map(written).as_deref(),
                Some(what),
                "in {dialogue}"
            ),
            "=" => act(conversation, what),
            "*" => assert_eq!(
                conversation
                    .poll()
                    .as_ref()
                    .map(|event| match what.starts_with('#') {
                        true => numbered(event),
                        false => shown(event).trim_end().to_owned(),
                    })
                    .as_deref(),
                Some(what),
                "in {dialogue}"
            ),
            _ => panic!("{line:?} is nobody's"),
        }
    }
    assert_eq!(conversation.output(), None, "left to write after {dialogue}");
    assert!(
        matches!(conversation.poll(), None | Some(Event::Over(_))),
        "left to tell after {dialogue}"
    );
}

fn check_opening(security: Security, login: Option<&str>, dialogue: &str) {
    play(&mut conversation(security, login), dialogue);
}

/// Plays a dialogue on a conversation that is ready; the relay offers `offers`.
fn check_with(offers: &str, dialogue: &str) {
    check_in_flight(1, offers, dialogue);
}

/// The same with up to `in_flight` letters at once.
fn check_in_flight(in_flight: usize, offers: &str, dialogue: &str) {
    let mut ready = Conversation::new(Profile {
        in_flight,
        ..profile(Security::Plain)
    });
    let offers: String = offers
        .split_whitespace()
        .map(|offer| format!("250-{}\\r\\n", offer.replace('_', " ")))
        .collect();
    play(
        &mut ready,
        &format!("< 220 hi\n> EHLO clinic.example\n<~ 250-relay\\r\\n{offers}250 HELP\\r\\n\n* ready"),
    );
    play(&mut ready, dialogue);
}

fn check(dialogue: &str) {
    check_with("", dialogue);
}

#[test]
fn pieces_never_show_a_password() {
    let piece = Piece::Command(b"AUTH PLAIN AHRpcHMAcGFzcyB3b3Jk\r\n".to_vec());
    assert_eq!(format!("{piece:?}"), "command of 33 octets");
}
