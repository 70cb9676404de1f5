//! Who is let in, and what every answer promises.

use super::super::talk::{connect, read_to_end};
use super::{Preview, frame, link};
use crate::support::workspace::Workspace;
use std::io::Write as _;

/// Every kind of answer that the page gives, by its path.
fn paths(page: &Preview) -> Vec<String> {
    let whole = page.get("").is(200);
    let mut paths: Vec<String> = ["", "wait?seen=0", "style.css", "preview.js", "message.eml", "nothing"]
        .map(str::to_owned)
        .into();
    paths.push(frame(&whole));
    for view in [
        "Dark",
        "Pictures off",
        "Plain text",
        "Headers",
        "Source",
        "Size",
        "Findings",
        "Long name",
    ] {
        paths.push(link(&whole, view));
    }
    paths
}

#[test]
fn only_who_knows_the_path_is_let_in() {
    let workspace = Workspace::sample();
    let page = Preview::show(&workspace, &[]);
    assert!(page.token.len() >= 32, "{}", page.token);
    assert!(page.address.ip().is_loopback());
    page.get("").is(200).says("<h1>Preview</h1>");
    let host = page.address.to_string();
    let wrong = format!("{}a", page.token.strip_suffix(|_: char| true).unwrap());
    let cut = &page.token[..page.token.len() - 1];
    for path in [
        "/",
        "/favicon.ico",
        "/letter",
        "/preview.js",
        &format!("/{wrong}/"),
        &format!("/{cut}/"),
        &format!("/x/{}/", page.token),
    ] {
        page.request(&format!("GET {path}"), &host, "")
            .is(404)
            .never_says("Riverside");
    }
    let other = Preview::show(&workspace, &[]);
    assert_ne!(other.token, page.token, "each time another one");
    page.request(&format!("GET /{}/", other.token), &host, "").is(404);
    // Without its last slash it leads to where links work.
    let moved = page.request(&format!("GET /{}", page.token), &host, "").is(307);
    assert_eq!(moved.field("location"), Some(&*format!("/{}/", page.token)));
}

#[test]
fn a_name_that_was_made_to_lead_here_is_sent_away() {
    let workspace = Workspace::sample();
    let page = Preview::show(&workspace, &[]);
    let port = page.address.port();
    let path = format!("GET /{}/", page.token);
    for host in [
        "evil.example",
        &format!("evil.example:{port}"),
        "127.0.0.1",
        &format!("127.0.0.1.evil.example:{port}"),
        "",
    ] {
        page.request(&path, host, "").is(403).never_says("Riverside");
    }
    page.request(&path, &format!("localhost:{port}"), "").is(200);
    let without = super::ask(page.address, format!("{path} HTTP/1.0\r\n\r\n"));
    assert_eq!(without.status, 403);
}

#[test]
fn the_page_is_only_looked_at() {
    let workspace = Workspace::sample();
    let page = Preview::show(&workspace, &[]);
    let host = page.address.to_string();
    for method in ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE"] {
        let refused = page.request(
            &format!("{method} /{}/", page.token),
            &host,
            "Content-Length: 0\r\nOrigin: http://evil.example\r\n",
        );
        let refused = refused.is(405);
        assert_eq!(refused.field("allow"), Some("get"));
        assert_eq!(refused.field("access-control-allow-origin"), None);
    }
}

#[test]
fn no_answer_is_kept_or_names_a_source_outside_itself() {
    let picture = "![A park](https://riverside.example/park.jpg)";
    let workspace = Workspace::sample();
    let name = "campaigns/seasonal-immunity/calmer-days.md";
    let article = workspace.read(name);
    workspace.write(name, format!("{article}\n{picture}\n"));
    let page = Preview::show(&workspace, &[]);
    let answers: Vec<_> = paths(&page).into_iter().map(|path| (page.get(&path), path)).collect();
    for (answer, path) in &answers {
        let field = |name: &str| {
            answer
                .field(name)
                .unwrap_or_else(|| panic!("{path} has no {name}: {answer:?}"))
        };
        assert_eq!(field("cache-control"), "no-store", "{path}");
        assert_eq!(field("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(field("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(field("cross-origin-resource-policy"), "same-origin", "{path}");
        assert_eq!(answer.field("set-cookie"), None, "{path}");
        assert_eq!(answer.field("access-control-allow-origin"), None, "{path}");
        let policy = field("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("base-uri 'none'"),
            "{path}: {policy}"
        );
        assert!(
            !policy.contains("http") && !policy.contains('*') && !policy.contains("unsafe-eval"),
            "{path}: {policy}"
        );
        assert!(
            !policy.contains("script-src") || policy.contains("script-src 'self'"),
            "{path}: {policy}"
        );
        if field("content-type").starts_with("text/html") {
            for loader in [
                "src=\"http",
                "src=\"//",
                "srcset=",
                "href=\"http",
                "<base",
                "<iframe src=\"http",
                "onclick",
                "onload",
                "javascript:",
            ] {
                assert!(!answer.body.contains(loader), "{path} has `{loader}`");
            }
        }
    }
    super::super::proof(
        "answers of the preview looked through, none of which names a source outside itself",
        answers.len(),
    );
    let letter = page.get(&frame(&page.get("")));
    let policy = letter.field("content-security-policy").unwrap().to_owned();
    assert!(
        policy.starts_with("sandbox allow-same-origin;") && !policy.contains("script"),
        "{policy}"
    );
}

#[test]
fn it_ends_with_the_interrupt_while_somebody_waits_for_news() {
    let workspace = Workspace::sample();
    let page = Preview::show(&workspace, &[]);
    // Once every letter has been composed, nothing changes any more by itself.
    crate::support::ledger::until("the letters are composed", || page.get("wait?seen=0").body == "2");
    let (address, token) = (page.address, page.token.clone());
    // Asked before the interrupt, and let in: who knocks later is answered first. A knock after the end would be refused.
    let mut waiting = connect(address);
    write!(
        waiting,
        "GET /{token}/wait?seen=2 HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    page.get("").is(200);
    let began = crate::support::stopwatch::Stopwatch::start();
    assert_eq!(page.interrupt(), Some(0));
    read_to_end(&mut waiting);
    assert!(began.shows() < std::time::Duration::from_secs(15), "{:?}", began.shows());
}
