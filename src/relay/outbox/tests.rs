//! The outbox against a real folder.

use crate::relay::outbox::index::{Index, write_index};
use crate::relay::outbox::{Outbox, clear, slug};
use std::fs;
use std::path::Path;
use std::sync::Arc;

const EVIL: &str = "</pre></iframe><script>alert(1)</script>\"'&";

fn letter(to: &str, subject: &str, html: &str) -> String {
    format!(
        "From: Clinic <tips@clinic.example>\r\nTo: {to}\r\nSubject: {subject}\r\nDate: Tue, 1 Dec 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{subject} as text\r\n\
         --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b--\r\n"
    )
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn an_address_becomes_part_of_a_file_name_and_no_path() {
    for (address, expected) in [
        ("ann@example.org", "ann-example.org"),
        ("Ann+Tips@Example.ORG", "ann-tips-example.org"),
        ("../../etc/passwd@x.example", "etc-passwd-x.example"),
        ("jörg@example.org", "j-rg-example.org"),
        ("...", ""),
    ] {
        assert_eq!(slug(address), expected, "{address:?}");
    }
    assert!(slug(&"x".repeat(300)).len() <= 80);
}

#[test]
fn numbers_go_on_where_they_ended_and_never_meet() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Arc::new(Outbox::open(&folder.path().join("outbox")).unwrap());
    let filing: Vec<_> = (0..4)
        .map(|_| {
            let outbox = Arc::clone(&outbox);
            std::thread::spawn(move || (0..25).for_each(|_| drop(outbox.file("ann@example.org", b"a\r\n").unwrap())))
        })
        .collect();
    filing.into_iter().for_each(|thread| thread.join().unwrap());
    let found = names(&folder.path().join("outbox"));
    assert_eq!(
        (found.len(), found[0].as_str(), found[99].as_str()),
        (100, "0001-ann-example.org.eml", "0100-ann-example.org.eml")
    );
    let again = Outbox::open(&folder.path().join("outbox")).unwrap();
    assert!(
        again
            .file("bob@example.org", b"b\r\n")
            .unwrap()
            .ends_with("0101-bob-example.org.eml")
    );
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_letters() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path().join("outbox");
    let path = Outbox::open(&outbox).unwrap().file("ann@example.org", b"a\r\n").unwrap();
    let index = write_index(&outbox, "Tips").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode(&outbox), mode(&outbox.join("pages"))], [0o700, 0o700]);
    assert_eq!([mode(&path), mode(&index.path)], [0o600, 0o600]);
}

#[test]
fn clearing_takes_only_what_was_made_here() {
    let folder = tempfile::tempdir().unwrap();
    clear(&folder.path().join("nothing")).unwrap();
    Outbox::open(folder.path())
        .unwrap()
        .file("ann@example.org", b"a\r\n")
        .unwrap();
    write_index(folder.path(), "Tips").unwrap();
    fs::write(folder.path().join("0002-x.eml.part"), "half").unwrap();
    fs::write(folder.path().join("my notes.eml"), "mine").unwrap();
    fs::write(folder.path().join("12-mine.eml"), "mine").unwrap();
    clear(folder.path()).unwrap();
    assert_eq!(names(folder.path()), ["12-mine.eml", "my notes.eml"]);
}

#[test]
fn what_cannot_be_filed_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap();
    fs::create_dir(folder.path().join("0001-ann-example.org.eml")).unwrap();
    assert!(outbox.file("ann@example.org", b"a\r\n").is_err());
    assert_eq!(names(folder.path()), ["0001-ann-example.org.eml"]);
}

#[test]
fn hostile_data_stays_text_on_the_pages() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap();
    let html = format!("<html><head></head><body><p onclick=\"x()\">{EVIL}</p></body></html>");
    outbox
        .file(
            "ann@example.org",
            letter(
                &format!("\"{EVIL}\" <ann@example.org>").replace("\"'&\"", "'&\""),
                EVIL,
                &html,
            )
            .as_bytes(),
        )
        .unwrap();
    write_index(folder.path(), EVIL).unwrap();
    for page in ["index.html", "pages/0001-ann-example.org.html"] {
        let page = fs::read_to_string(folder.path().join(page)).unwrap();
        assert!(
            !page.contains("<script") && !page.contains("<p onclick") && !page.contains("\"'&"),
            "{page}"
        );
        assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
    }
}

#[test]
fn the_pages_load_nothing_from_outside() {
    let folder = tempfile::tempdir().unwrap();
    let html = "<html><head></head><body><img src=\"https://tracker.example/x.gif\"></body></html>";
    Outbox::open(folder.path())
        .unwrap()
        .file("ann@example.org", letter("ann@example.org", "Tips", html).as_bytes())
        .unwrap();
    write_index(folder.path(), "Tips").unwrap();
    let index = fs::read_to_string(folder.path().join("index.html")).unwrap();
    let page = fs::read_to_string(folder.path().join("pages/0001-ann-example.org.html")).unwrap();
    assert!(!index.contains("http:") && !index.contains("https:"));
    assert_eq!(
        page.matches("https:").count(),
        1,
        "only in the letter itself, where the policy forbids it"
    );
    for page in [index, page] {
        assert!(page.contains("default-src 'none'"));
    }
}

#[test]
fn many_letters_stay_a_page_that_opens() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(write_index(folder.path(), "Tips").unwrap().letters, 0);
    let outbox = Outbox::open(folder.path()).unwrap();
    for _ in 0..1203 {
        outbox
            .file(
                "ann@example.org",
                letter("Ann <ann@example.org>", "Tips", "<p>x</p>").as_bytes(),
            )
            .unwrap();
    }
    let path = folder.path().join("index.html");
    assert_eq!(
        write_index(folder.path(), "Tips").unwrap(),
        Index {
            path: path.clone(),
            letters: 1203,
            shown: 200
        }
    );
    let page = fs::read_to_string(path).unwrap();
    assert!(page.contains("The first 200 letters have a page of their own"), "{page}");
    assert!(page.contains("203 more lie in this folder"));
    assert_eq!(page.matches("<tr><th scope=\"row\">").count(), 1000);
    assert_eq!(names(&folder.path().join("pages")).len(), 200);
}
