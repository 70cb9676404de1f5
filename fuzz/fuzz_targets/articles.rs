//! Whatever bytes an article has, in whatever form: no panic, and what becomes a draft, whole or split, is a file that reads back.
//!
//! The first byte picks the form; documents of Word are made around the rest, so that the fuzzer need not invent archives.
#![no_main]

use std::io::Write as _;
use tidings::article::draft;
use tidings::article::front_matter;

const NAMES: [&str; 4] = ["a.html", "a.md", "a.txt", "a.docx"];

fn document(body: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(b"<w:document><w:body>").unwrap();
    archive.write_all(body).unwrap();
    archive.write_all(b"</w:body></w:document>").unwrap();
    archive.finish().unwrap().into_inner()
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((choice, rest)) = data.split_first() else { return };
    let choice = usize::from(*choice);
    let bytes = if choice >= 192 { document(rest) } else { rest.to_vec() };
    let name = if choice >= 192 { "a.docx" } else { NAMES[choice % NAMES.len()] };
    let Ok(draft) = draft::read(name, &bytes) else { return };
    for part in draft.split().into_iter().flatten().chain([draft]) {
        if let Err(findings) = front_matter::read("a.md", &part.to_file()) {
            eprintln!("broken: {findings:?}\n{}", part.to_file());
            std::process::abort();
        }
    }
});
