//! Whatever bytes a list file has: no panic, no row lost in silence, nothing said that cannot be shown, the same twice.
//!
//! The first byte picks a mapping, and whether the rest is a file or the sheet of a workbook.
#![no_main]

#[path = "../../tests/lists/laws.rs"]
mod laws;
#[path = "../../tests/lists/sheet.rs"]
#[allow(dead_code, reason = "the property tests write sheets of texts with it")]
mod sheet;

use tidings::subscriber::csv::{Mapping, MappingFile};

const MAPS: [&str; 6] = [
    "{}",
    "{delimiter: ';', days: day first}",
    "{delimiter: tab, types: {city: tags, visits: number, since: day}}",
    "{columns: {a: email, b: consent, c: ignore, Notes: notes}, days: month first}",
    "{encoding: windows-1252}",
    "{encoding: utf-16le, columns: {email: email}}",
];

fn mapping(choice: usize) -> Mapping {
    let file: MappingFile = serde_yaml::from_str(MAPS[choice % MAPS.len()]).unwrap();
    file.check("map", |_| None).0
}

libfuzzer_sys::fuzz_target!(init: {
    // The reader catches what a workbook's reader panics of; libFuzzer's own hook would end the run before that.
    std::panic::set_hook(Box::new(|_| {}));
}, |data: &[u8]| {
    let Some((choice, rest)) = data.split_first() else { return };
    let choice = usize::from(*choice);
    let bytes = if choice >= 128 { sheet::around(rest) } else { rest.to_vec() };
    let held = std::panic::catch_unwind(|| laws::hold(&bytes, &mapping(choice)));
    match held {
        Ok(Ok(_)) => {}
        Ok(Err(broken)) => end(&broken),
        Err(panic) => end(panic.downcast_ref::<String>().map_or("a panic", String::as_str)),
    }
});

fn end(broken: &str) -> ! {
    eprintln!("broken: {broken}");
    std::process::abort()
}
