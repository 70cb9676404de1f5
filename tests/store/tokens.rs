//! Tokens: what a letter's ways out carry proves that letter, in this store, for ever; and nothing else proves anything.

use super::{claims, released};
use std::fs;
use tidings::address::Address;
use tidings::delivery::token::Token;
use tidings::store::token::Holder;
use tidings::store::{DeliveryId, Kind, Store};

fn token(text: &str) -> Token {
    Token::parse(text).unwrap()
}

fn address(name: &str) -> Address {
    Address::parse(&format!("{name}@example.org")).unwrap()
}

fn holder(store: &Store, text: &str) -> Option<Holder> {
    store.holder(&token(text)).unwrap()
}

#[test]
fn a_letters_token_proves_whose_it_is_and_for_which_lists() {
    let dir = tempfile::tempdir().unwrap();
    let (store, edition) = released(dir.path(), &["ann", "bob"]);
    let letters = claims(&store, edition, 2);
    for claim in &letters {
        let expected = Holder {
            person: store.keys().person(&claim.recipient.address),
            delivery: Some(claim.delivery),
            lists: vec!["patients".to_owned()],
            is_sample: false,
        };
        assert_eq!(holder(&store, &claim.recipient.token), Some(expected));
    }
    assert_ne!(letters[0].recipient.token, letters[1].recipient.token);
}

#[test]
fn a_letter_that_is_on_no_record_is_its_holders_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = released(dir.path(), &["ann", "bob"]);
    // A restored store knows nothing of what left after the backup, and gives its numbers to others.
    for (delivery, generation, name) in [(1, 1, "cid"), (999, 1, "cid"), (1, 2, "ann")] {
        let text = store.tokens().letter(DeliveryId(delivery), generation, &address(name));
        let found = holder(&store, &text).unwrap();
        assert_eq!((found.person, found.delivery), (store.keys().person(&address(name)), None));
        assert!(found.lists.is_empty() && !found.is_sample);
    }
    let sample = holder(&store, &store.tokens().sample(&address("ann"))).unwrap();
    assert!(sample.is_sample && sample.delivery.is_none());
}

#[test]
fn a_token_of_another_store_or_of_a_rehearsal_proves_nothing() {
    let [dir, other, copy] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let (store, edition) = released(dir.path(), &["ann"]);
    let letter = claims(&store, edition, 2).remove(0).recipient.token;
    let (stranger, _) = released(other.path(), &["ann"]);
    assert_eq!(holder(&stranger, &letter), None);
    let rehearsal = store.copy_for_rehearsal(&copy.path().join("rehearsal")).unwrap();
    let rehearsed = claims(&rehearsal, edition, 2).remove(0).recipient.token;
    assert_eq!(holder(&rehearsal, &letter), None);
    assert_eq!(holder(&store, &rehearsed), None);
    assert!(holder(&rehearsal, &rehearsed).is_some());
}

#[test]
fn one_changed_bit_is_no_token() {
    let dir = tempfile::tempdir().unwrap();
    let (store, edition) = released(dir.path(), &["ann"]);
    let good = token(&claims(&store, edition, 2).remove(0).recipient.token);
    let tokens = store.tokens();
    assert!(tokens.is_ours(&good));
    let mut refused = 0;
    for bit in 0..32 * 8 {
        let mut person = good;
        person.person[bit / 8] ^= 1 << (bit % 8);
        let mut tag = good;
        tag.tag[bit % 128 / 8] ^= 1 << (bit % 8);
        let delivery = Token {
            delivery: good.delivery ^ (1_i64 << (bit % 64)),
            ..good
        };
        let generation = Token {
            generation: good.generation ^ (1 << (bit % 32)),
            ..good
        };
        refused += [person, tag, delivery, generation]
            .iter()
            .filter(|token| !tokens.is_ours(token))
            .count();
    }
    assert_eq!(refused, 4 * 256);
}

#[test]
fn letters_of_a_lost_store_can_be_answered_where_its_keys_were_kept() {
    let [lost, dir] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let (store, edition) = released(lost.path(), &["ann", "bob"]);
    let letters = claims(&store, edition, 2);
    let old = fs::read_to_string(lost.path().join("keys")).unwrap();
    drop(store);
    // Its successor has keys of its own, and knows the people again from their lists.
    drop(released(dir.path(), &["ann", "bob"]));
    let kept = dir.path().join("keys");
    let own = fs::read_to_string(&kept).unwrap();
    assert_eq!(holder(&Store::open(dir.path()).unwrap(), &letters[0].recipient.token), None);
    fs::write(&kept, format!("{own}{old}")).unwrap();
    let store = Store::open(dir.path()).unwrap();
    for claim in &letters {
        let found = holder(&store, &claim.recipient.token).unwrap();
        assert_eq!(found.person, store.keys().person(&claim.recipient.address));
        // The numbers are those of other letters here, though to the same people.
        assert_eq!(found.delivery, None);
    }
    let cid = Store::create(&lost.path().join("third"), Kind::Test, super::at(0)).unwrap();
    assert_eq!(holder(&store, &cid.tokens().letter(DeliveryId(1), 1, &address("ann"))), None);
}
