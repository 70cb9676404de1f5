//! Whatever a relay sends in whatever pieces: no panic, and one outcome a letter.
#![no_main]

use tidings::address::Address;
use tidings::relay::conversation::{Conversation, Envelope, Event, Profile};
use tidings::relay::server::Security;

libfuzzer_sys::fuzz_target!(|pieces: Vec<Vec<u8>>| {
    let profile = Profile {
        hello: "clinic.example".to_owned(),
        security: Security::Plain,
        login: None,
        in_flight: 3,
    };
    let address = Address::parse("ann@example.org").unwrap();
    let mut conversation = Conversation::new(profile);
    let (mut announced, mut settled) = (0, 0);
    for piece in pieces {
        conversation.receive(&piece);
        while conversation.output().is_some() {}
        if conversation.room() > 0 {
            announced += 1;
            let ticket = conversation.announce(&Envelope {
                from: &address,
                to: &address,
                bytes: b"Subject: tips\r\n\r\nbye\r\n",
            });
            conversation.permit(ticket);
        }
    }
    conversation.lost("the end");
    while let Some(event) = conversation.poll().filter(|event| !matches!(event, Event::Over(_))) {
        settled += usize::from(matches!(event, Event::Settled(..)));
    }
    assert_eq!(announced, settled);
});
