//! Forged tokens: a million of them, one bit or one byte away from true ones, prove nothing.
//!
//! `TIDINGS_FORGED=N` asks for so many.

use super::letters::letters;
use super::written_to;
use crate::support::stopwatch::Stopwatch;
use tidings::delivery::token::{KeyId, Token};
use tidings::store::Store;

/// Forgeries where nobody asks for more: a build without optimisation tries about 10,000 a second.
const FORGED: u64 = 100_000;

/// A small generator of chance, the same on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 29
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// The token with bit `bit` of generation, delivery, person and tag flipped: 480 of them.
fn flipped(token: &Token, bit: u64) -> Token {
    let mut forged = *token;
    let of = |bytes: &mut [u8], bit: u64| bytes[(bit / 8) as usize] ^= 1 << (bit % 8);
    match bit {
        0..32 => forged.generation ^= 1 << bit,
        32..96 => forged.delivery ^= 1 << (bit - 32),
        96..352 => of(&mut forged.person, bit - 96),
        _ => of(&mut forged.tag, bit - 352),
    }
    forged
}

const BITS: u64 = 480;

/// A token that is none of the true ones: a bit flipped, another key's id, parts of two tokens, or nothing but chance.
fn forgery(true_ones: &[Token], chance: &mut Chance) -> Token {
    let mut pick = || true_ones[chance.below(true_ones.len() as u64) as usize];
    let (one, other) = (pick(), pick());
    match chance.below(5) {
        0 | 1 => flipped(&one, chance.below(BITS)),
        2 => {
            let id: String = (0..4).map(|_| char::from(LETTERS[chance.below(36) as usize])).collect();
            let key = KeyId::parse(&id).unwrap();
            Token {
                key,
                ..flipped(&one, chance.below(BITS))
            }
        }
        3 if one != other => Token { tag: other.tag, ..one },
        _ => {
            let mut tag = [0; 16];
            tag.iter_mut().for_each(|byte| *byte = chance.next() as u8);
            Token { tag, ..one }
        }
    }
}

#[test]
fn no_forged_token_proves_anything() {
    let asked = std::env::var("TIDINGS_FORGED").ok().and_then(|number| number.parse().ok());
    let wanted: u64 = asked.unwrap_or(FORGED);
    let (clinic, judge) = written_to(20);
    let true_ones: Vec<Token> = letters(&judge).iter().map(|letter| letter.token).collect();
    let store = Store::open(&clinic.path(".tidings")).unwrap();
    assert!(true_ones.iter().all(|token| store.holder(token).unwrap().is_some()));
    let began = Stopwatch::start();
    let mut chance = Chance(7);
    let flips = true_ones.iter().flat_map(|token| (0..BITS).map(|bit| flipped(token, bit)));
    let forgeries = std::iter::repeat_with(|| forgery(&true_ones, &mut chance));
    let mut tried: u64 = 0;
    for forged in flips.chain(forgeries).take(usize::try_from(wanted).unwrap()) {
        // It has to come through the text, as a mail or a page brings it.
        let read = Token::parse(&forged.to_string()).unwrap();
        assert_eq!(store.holder(&read).unwrap(), None, "taken for true: {forged}");
        tried += 1;
    }
    println!(
        "proof| intake | forged tokens refused | {tried} of {tried} ({:.1} s)",
        began.shows().as_secs_f64()
    );
}

#[test]
fn no_bit_of_a_tokens_text_can_be_changed() {
    let (clinic, judge) = written_to(1);
    let token = letters(&judge).remove(0).token;
    let store = Store::open(&clinic.path(".tidings")).unwrap();
    let text = token.to_string();
    let mut tried = 0;
    for place in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[place] ^= 1 << bit;
            let read = String::from_utf8(bytes).ok().and_then(|text| Token::parse(&text));
            let proved = read
                .map(|token| store.holder(&token).unwrap())
                .is_some_and(|holder| holder.is_some());
            assert!(!proved, "bit {bit} of letter {place} may be changed");
            tried += 1;
        }
    }
    println!("proof| intake | bits of a token's text, each flipped | {tried} refused");
}
