//! RFC 8058 and what patients may rely on: looking changes nothing, one press is enough, a wrong link tells of other ways.

use super::clinic::{Clinic, Page};
use super::talk::{Reply, ask, connect, read_to_end};
use crate::support::people;
use crate::support::rows::all_rows;
use std::io::Write as _;

const MULTIPART: &str =
    "multipart/form-data; boundary=----Boundary0000000000000000000000000000000000000000000000000000000000000000";

fn multipart(name: &str, value: &str) -> String {
    let boundary = MULTIPART.split("boundary=").nth(1).unwrap();
    format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n--{boundary}--\r\n")
}

#[test]
fn looking_changes_nothing_however_often() {
    let clinic = Clinic::after_letters_to(3);
    let (page, token) = (clinic.page(), clinic.token(1));
    let before = all_rows(&clinic.workspace.path(".tidings"));
    page.look(token)
        .is(200)
        .says("Stop these letters")
        .says("Stop all letters from");
    page.look_with(
        token,
        "Purpose: prefetch\r\nSec-Purpose: prefetch;prerender\r\nX-Moz: prefetch\r\n",
    )
    .is(200);
    for query in ["?do=stop", "?List-Unsubscribe=One-Click", "?sure=yes&do=stop-all"] {
        page.look(&format!("{token}{query}")).is(200).says("Nothing has been changed");
    }
    let body = "List-Unsubscribe=One-Click";
    for method in ["GET", "HEAD"] {
        let kind = "Content-Type: application/x-www-form-urlencoded";
        let length = body.len();
        ask(
            page.address,
            format!(
                "{method} /{token} HTTP/1.1\r\nHost: r\r\nConnection: close\r\n{kind}\r\nContent-Length: {length}\r\n\r\n{body}"
            ),
        )
        .is(200);
    }
    let head = ask(
        page.address,
        format!("HEAD /u/{token} HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n"),
    )
    .is(200);
    assert_eq!(head.body, "");
    assert_eq!(look_often(&page, token, 10_000), 10_000);
    assert_eq!(all_rows(&clinic.workspace.path(".tidings")), before);
}

/// Looks so many times over one connection after another, fifty in a row; gives how many answers were a page.
fn look_often(page: &Page, token: &str, times: usize) -> usize {
    let mut pages = 0;
    for _ in 0..times / 50 {
        let mut stream = connect(page.address);
        let one = format!("GET /u/{token} HTTP/1.1\r\nHost: r\r\n");
        let all = format!("{one}\r\n").repeat(49) + &one + "Connection: close\r\n\r\n";
        stream.write_all(all.as_bytes()).unwrap();
        let replies = Reply::all_in(&read_to_end(&mut stream));
        pages += replies
            .iter()
            .filter(|reply| reply.status == 200 && reply.body.ends_with("</html>\n"))
            .count();
    }
    pages
}

#[test]
fn one_press_is_enough_in_both_encodings_and_again() {
    let clinic = Clinic::after_letters_to(3);
    let page = clinic.page();
    for (person, kind, body) in [
        (
            1,
            "application/x-www-form-urlencoded",
            "List-Unsubscribe=One-Click".to_owned(),
        ),
        (2, MULTIPART, multipart("List-Unsubscribe", "One-Click")),
    ] {
        for _ in 0..3 {
            let reply = page
                .post_as(clinic.token(person), kind, &body)
                .is(200)
                .says("These letters have stopped");
            for field in ["location", "set-cookie", "www-authenticate", "server", "date"] {
                assert_eq!(reply.field(field), None, "{reply:?}");
            }
            assert_eq!(reply.forms(), [""; 0], "a mail program is shown nothing to press");
        }
        assert_eq!(clinic.stands_against(person), ["patients:unsubscribed"]);
    }
    assert_eq!(clinic.stands_against(3), [""; 0]);
    page.look(clinic.token(1))
        .is(200)
        .says("You have already stopped these letters.");
    let listed = clinic.workspace.run(&["suppress", "list", "--json"]).exits(0);
    listed.prints("one click in the mail program, ");
}

#[test]
fn a_prefix_of_the_proxy_means_nothing() {
    let clinic = Clinic::after_letters_to(1);
    let (page, token) = (clinic.page(), clinic.token(1));
    for path in ["/", "/u/", "/a/b/c/", "//", "/u/%20/"] {
        let request = format!("GET {path}{token} HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n");
        ask(page.address, request).is(200).says("Stop these letters");
    }
    ask(
        page.address,
        format!("GET http://riverside.example/u/{token} HTTP/1.0\r\n\r\n"),
    )
    .is(200);
}

#[test]
fn no_other_method_and_no_empty_wish_is_heard() {
    let clinic = Clinic::after_letters_to(1);
    let (page, token) = (clinic.page(), clinic.token(1));
    for method in ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "get"] {
        let reply = ask(
            page.address,
            format!("{method} /u/{token} HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n"),
        )
        .is(405);
        assert_eq!(reply.field("allow"), Some("get, head, post"), "{reply:?}");
    }
    let multipart = |name: &str, value: &str| multipart(name, value);
    for (kind, body) in [
        ("application/x-www-form-urlencoded", String::new()),
        ("application/x-www-form-urlencoded", "do=everything".to_owned()),
        ("application/x-www-form-urlencoded", "List-Unsubscribe=Two-Clicks".to_owned()),
        ("application/json", "{\"List-Unsubscribe\": \"One-Click\"}".to_owned()),
        (MULTIPART, multipart("Other", "One-Click")),
        (MULTIPART, multipart("List-Unsubscribe", "One-Click").replace("--\r\n", "")),
        ("multipart/form-data", multipart("List-Unsubscribe", "One-Click")),
    ] {
        page.post_as(token, kind, &body).is(422).says("Nothing has been changed");
    }
    assert_eq!(clinic.stands_against(1), [""; 0]);
}

#[test]
fn what_a_mail_program_took_for_a_part_of_the_link_keeps_nobody_in() {
    let behind = ["/", "//", ".", ")", "%29", "%3E", ").", "./", "%22", "%5D"];
    let clinic = Clinic::after_letters_to(behind.len());
    let page = clinic.page();
    for (person, behind) in (1..).zip(behind) {
        let link = format!("{}{behind}", clinic.token(person));
        page.look(&link).is(200).says("Stop these letters");
        page.one_click(&link).is(200);
        assert_eq!(clinic.stands_against(person), ["patients:unsubscribed"], "{behind}");
    }
}

#[test]
fn every_wrong_token_gets_the_same_page_with_other_ways_out() {
    let clinic = Clinic::after_letters_to(2);
    let page = Page::show(&clinic.workspace, &["--behind-proxy"]);
    let (token, other) = (clinic.token(1), clinic.token(2));
    let rest = token.split_once("v1.").unwrap().1;
    let (key, payload) = (&rest[..4], &rest[5..64]);
    let mut wrong: Vec<String> = (1..token.len()).step_by(7).map(|length| token[..length].to_owned()).collect();
    wrong.extend([
        String::new(),
        format!("{token}A"),
        format!("{token}/u"),
        format!("{token},{other}"),
        format!("{token})_{token}"),
        format!("{token}_"),
        format!("v1.{rest}").to_uppercase(),
        format!("v2.{rest}"),
        format!("v1.0000{}", &rest[4..]),
        format!("v1.{key}.{payload}.{}", other.rsplit('.').next().unwrap()),
        format!("v1.{key}.{}.{}", "A".repeat(59), "A".repeat(22)),
        format!("{}\u{202e}", token.replace('.', "%2e")),
        "..%2f..%2f..%2fetc%2fpasswd".to_owned(),
        "../../../../etc/passwd".to_owned(),
        "tidings.yaml".to_owned(),
        ".tidings/store.db".to_owned(),
        "index.php?-s".to_owned(),
        "%00".to_owned(),
        "<script>alert(1)</script>".to_owned(),
    ]);
    let mut pages = std::collections::BTreeSet::new();
    for (number, wrong) in wrong.iter().enumerate() {
        let from = format!("X-Forwarded-For: 192.0.2.{number}\r\n");
        let looked = page.look_with(wrong, &from);
        // Bytes that no request line may hold never reach the counter.
        if looked.status != 400 {
            pages.insert((looked.status, looked.head, looked.body));
        }
        let posted = page.one_click(wrong);
        if !matches!(posted.status, 400 | 429) {
            pages.insert((posted.status, posted.head, posted.body));
        }
    }
    assert_eq!(pages.len(), 1, "{pages:#?}");
    let (status, _, body) = pages.into_iter().next().unwrap();
    assert_eq!(status, 404);
    for way in [
        "mailto:leave@riverside.example?subject=unsubscribe",
        "mailto:hello@riverside.example",
        "This link does not work",
    ] {
        assert!(body.contains(way), "{way}: {body}");
    }
    assert_eq!(clinic.stands_against(1), [""; 0]);
}

#[test]
fn every_bit_of_a_token_counts() {
    let clinic = Clinic::after_letters_to(1);
    let page = clinic.page();
    let token = clinic.token(1).as_bytes();
    let mut refused = 0;
    for at in 0..token.len() {
        let mut changed = token.to_vec();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let reply = page.one_click(std::str::from_utf8(&changed).unwrap());
        assert!(matches!(reply.status, 404 | 429), "{at}: {reply:?}");
        refused += 1;
    }
    assert_eq!(clinic.stands_against(1), [""; 0]);
    super::proof("tokens changed in one place, none believed", refused);
    page.one_click(clinic.token(1)).is(200);
}

#[test]
fn a_letter_that_nobody_was_sent_leads_to_a_page_that_does_nothing() {
    let clinic = Clinic::after_letters_to(1);
    let (token, before) = (clinic.sample_token(), all_rows(&clinic.workspace.path(".tidings")));
    let page = clinic.page();
    page.look(&token).is(200).says("This was a test letter");
    page.one_click(&token).is(200).says("Nothing was changed");
    page.post(&token, "do=stop-all&sure=yes")
        .is(200)
        .says("This was a test letter");
    assert_eq!(all_rows(&clinic.workspace.path(".tidings")), before);
}

#[test]
fn the_link_in_a_test_letter_says_so() {
    let clinic = Clinic::after_letters_to(1);
    let token = clinic.test_letter();
    clinic.page().look(&token).is(200).says("This was a test letter");
}

#[test]
fn nothing_is_kept_framed_or_told_to_the_next_site() {
    let clinic = Clinic::after_letters_to(1);
    let (page, token) = (clinic.page(), clinic.token(1));
    let replies = [
        page.look(token),
        page.one_click(token),
        page.post(token, ""),
        page.look("wrong"),
        page.look("healthz"),
        ask(page.address, "DELETE / HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n"),
    ];
    for reply in &replies {
        let policy = reply.field("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains("script"), "{policy}");
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-robots-tag", "noindex, nofollow"),
        ] {
            assert_eq!(reply.field(name), Some(value), "{reply:?}");
        }
        assert!(reply.field("server").is_none() && reply.field("date").is_none() && reply.field("set-cookie").is_none());
        assert!(
            !reply.body.contains("<script") && !reply.body.contains("http:") && !reply.body.contains("https:"),
            "{reply:?}"
        );
    }
    assert_eq!((replies[4].status, replies[4].body.as_str()), (200, "ok\n"));
}

#[test]
fn no_address_and_no_token_is_shown_or_logged() {
    let clinic = Clinic::after_letters_to(1);
    let page = Page::show(&clinic.workspace, &["--log"]);
    let token = clinic.token(1).to_owned();
    let replies = [
        page.look(&token),
        page.post(&token, "do=stop"),
        page.post(&token, "do=come-back"),
        page.look(&token[..40]),
    ];
    for reply in replies {
        reply
            .never_says(&people::address(1))
            .never_says("patients")
            .never_says("calmer")
            .never_says(&token[8..40]);
    }
    let (code, said) = page.end();
    assert_eq!(code, Some(0));
    let requests: Vec<&String> = said.iter().filter(|line| line.ends_with(" ms")).collect();
    assert_eq!(requests.len(), 4, "{said:?}");
    assert!(
        requests[0].starts_with("GET 200 ") && requests[3].starts_with("GET 404 "),
        "{said:?}"
    );
    assert!(
        said.iter().all(|line| !line.contains("v1.") && !line.contains('@')),
        "{said:?}"
    );
}
