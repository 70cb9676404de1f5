//! The worlds of `tests/mixing`, for ever: no letter under another's recipient, no outcome that is not true.
#![no_main]

#[path = "../../tests/mixing/relay.rs"]
mod relay;
#[path = "../../tests/mixing/world.rs"]
mod world;

libfuzzer_sys::fuzz_target!(|choices: &[u8]| {
    if let Err(broken) = world::play(choices) {
        panic!("{broken}");
    }
});
