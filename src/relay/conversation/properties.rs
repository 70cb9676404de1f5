//! Whatever the relay sends by stop and wait, however it is chopped: no panic, no body without its 354, nobody accepted without a whole
//! 2xx. What holds in groups as well is told in `tests/mixing`, by relays that remember what they were told.

use crate::address::Address;
use crate::delivery::reply::Stage;
use crate::relay::conversation::tests::{LETTER, conversation};
use crate::relay::conversation::{Conversation, Envelope, Event, Piece};
use crate::relay::outcome::Outcome;
use crate::relay::server::Security;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

/// What a relay might say: mostly replies that fit somewhere, sometimes anything.
fn utterance() -> impl Strategy<Value = Vec<u8>> {
    let line = prop::sample::select(vec![
        "220 hi\r\n",
        "250 ok\r\n",
        "250 ok\r\n",
        "250 ok\r\n",
        "250-more\r\n",
        "354 go\r\n",
        "354 go\r\n",
        "550 5.1.1 no\r\n",
        "421 bye\r\n",
        "334 x\r\n",
        "250\n",
        "25",
        "\r\n",
        "250-relay\r\n250-SIZE 100\r\n250 8BITMIME\r\n",
    ]);
    prop_oneof![9 => line.prop_map(|line| line.as_bytes().to_vec()), 1 => prop::collection::vec(any::<u8>(), 0..12), 1 => Just(Vec::new())]
}

/// What the observer of the wire knows, independently of the conversation.
#[derive(Default)]
struct Observer {
    /// All the relay said since the last command or terminator was handed out.
    said: Vec<u8>,
    last_command: String,
    end_of_data_out: bool,
    posted: usize,
    settled: usize,
    accepted: usize,
}

impl Observer {
    fn watch(&mut self, piece: &Piece) -> Result<(), String> {
        match piece {
            Piece::Command(bytes) => self.last_command = String::from_utf8_lossy(bytes).into_owned(),
            Piece::Body(_) => {
                let granted = self.last_command.starts_with("DATA") && self.said.starts_with(b"354") && self.said.ends_with(b"\n");
                return granted
                    .then_some(())
                    .ok_or_else(|| format!("a body left after {:?}", self.said.escape_ascii().to_string()));
            }
            Piece::EndOfData(_) => self.end_of_data_out = true,
        }
        self.said.clear();
        Ok(())
    }

    /// Accepted: the relay's words since the terminator are exactly one whole reply that begins with 2.
    fn judge(&mut self, outcome: &Outcome) -> Result<(), String> {
        self.settled += 1;
        self.accepted += usize::from(outcome.is_accepted());
        let said = String::from_utf8_lossy(&self.said).into_owned();
        let whole =
            said.starts_with('2') && said.ends_with('\n') && said.lines().rev().skip(1).all(|line| line.get(3..4) == Some("-"));
        let verdict = match outcome {
            outcome if outcome.is_accepted() => (self.end_of_data_out && whole, "accepted"),
            Outcome::NotTaken { .. } | Outcome::Unsupported { .. } => (!self.end_of_data_out, "a definite no without a reply"),
            Outcome::Answered(reply) => (!self.end_of_data_out || reply.stage == Stage::EndOfData, "an answer"),
            Outcome::InDoubt { .. } => (true, "in doubt"),
        };
        self.end_of_data_out = false;
        verdict.0.then_some(()).ok_or_else(|| format!("{} after {said:?}", verdict.1))
    }
}

fn run(conversation: &mut Conversation, utterances: &[Vec<u8>], observer: &mut Observer) -> Result<(), String> {
    let address = Address::parse("ann@example.org").unwrap();
    for utterance in utterances {
        observer.said.extend(utterance);
        conversation.receive(utterance);
        for _ in 0..8 {
            while let Some(event) = conversation.poll().filter(|event| !matches!(event, Event::Over(_))) {
                if let Event::Settled(_, outcome) = &event {
                    observer.judge(outcome)?;
                }
            }
            match conversation.output() {
                Some(piece) => observer.watch(&piece)?,
                None if conversation.is_idle() && observer.posted < 3 => {
                    observer.posted += 1;
                    let ticket = conversation.announce(&Envelope {
                        from: &address,
                        to: &address,
                        bytes: LETTER,
                    });
                    conversation.permit(ticket);
                }
                None => break,
            }
        }
    }
    conversation.lost("the end");
    while let Some(event) = conversation.poll().filter(|event| !matches!(event, Event::Over(_))) {
        if let Event::Settled(_, outcome) = &event {
            observer.judge(outcome)?;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_relay_can_make_a_letter_look_accepted(utterances in prop::collection::vec(utterance(), 0..30), sober in any::<bool>()) {
        let mut conversation = conversation(Security::Plain, None);
        let mut observer = Observer::default();
        let opening = [&b"220 hi\r\n"[..], b"250 relay\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"].map(<[u8]>::to_vec);
        let all: Vec<_> = opening.into_iter().filter(|_| sober).chain(utterances).collect();
        let verdict = run(&mut conversation, &all, &mut observer);
        prop_assert!(verdict.is_ok(), "{verdict:?}");
        prop_assert_eq!(observer.posted, observer.settled);
    }

    #[test]
    fn chopping_changes_no_outcome(cuts in prop::collection::vec(1usize..9, 1..40)) {
        let script = [&b"220 hi\r\n"[..], b"250-relay\r\n250 SIZE 1000\r\n", b"250 ok\r\n", b"250-a\r\n250 b\r\n", b"354 go\r\n", b"250 2.0.0 queued\r\n"];
        let mut cuts = cuts.into_iter().cycle();
        let mut chopped = Vec::new();
        for mut rest in script {
            while !rest.is_empty() {
                let (piece, tail) = rest.split_at(cuts.next().unwrap_or(1).min(rest.len()));
                chopped.push(piece.to_vec());
                rest = tail;
            }
        }
        let mut conversation = conversation(Security::Plain, None);
        let mut observer = Observer { posted: 2, ..Observer::default() };
        let verdict = run(&mut conversation, &chopped, &mut observer);
        prop_assert!(verdict.is_ok(), "{verdict:?}");
        prop_assert_eq!((observer.posted, observer.settled, observer.accepted), (3, 1, 1));
    }
}
