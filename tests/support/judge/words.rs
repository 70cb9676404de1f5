//! A letter's words: its fields, and what is left of it when everything is taken away that each store makes for itself.

/// The letter without Message-ID, its copy, Date and signatures, its MIME boundary and the token of its ways out under one name for all, its lines as long as
/// they were before they were broken for the wire.
pub(super) fn of(letter: &[u8]) -> String {
    let text = String::from_utf8_lossy(letter);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut kept = String::with_capacity(text.len());
    let mut drops = false;
    for line in head.split("\r\n") {
        if !line.starts_with([' ', '\t']) {
            let name = line.split(':').next().unwrap_or_default();
            drops = ["message-id", "x-tidings-ref", "date", "dkim-signature"]
                .iter()
                .any(|own| name.eq_ignore_ascii_case(own));
        }
        if !drops {
            kept.push_str(line);
            kept.push_str("\r\n");
        }
    }
    kept.push_str("\r\n");
    kept.push_str(&body.replace("=\r\n", ""));
    match boundary(head) {
        Some(boundary) => without_tokens(&kept.replace(boundary, "boundary")),
        None => without_tokens(&kept),
    }
}

/// A token is `v1.`, four letters of the key, 59 of what it says and 22 that prove it.
fn without_tokens(text: &str) -> String {
    const LENGTHS: [usize; 3] = [4, 59, 22];
    const REST: usize = 4 + 1 + 59 + 1 + 22;
    let is_token = |rest: &&str| {
        let parts: Vec<&str> = rest.split('.').collect();
        let is_plain = |part: &&str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        parts.len() == 3
            && parts
                .iter()
                .zip(LENGTHS)
                .all(|(part, length)| part.len() == length && is_plain(part))
    };
    let mut pieces = text.split("v1.");
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.get(..REST).filter(is_token) {
            Some(_) => kept.push_str("token"),
            None => kept.push_str("v1."),
        }
        kept.push_str(piece.get(..REST).filter(is_token).map_or(piece, |_| &piece[REST..]));
    }
    kept
}

/// The value of a header field by its name in small letters; it may stand on a continued line (RFC 5322 §2.2.3).
pub(super) fn field(letter: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(letter);
    let head = text.split("\r\n\r\n").next()?.replace("\r\n ", " ").replace("\r\n\t", " ");
    head.split("\r\n").find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

fn boundary(head: &str) -> Option<&str> {
    let (_, rest) = head.split_once("boundary=\"")?;
    Some(rest.split_once('"')?.0)
}

#[test]
fn two_stores_letters_differ_in_nothing_but_what_is_their_own() {
    let letter = |id: &str, boundary: &str, word: &str| {
        let head =
            format!("Subject: x\r\nMessage-ID:\r\n <{id}@a.example>\r\nDate: {id}\r\nContent-Type: multipart/alternative;\r\n");
        let text = format!("{head} boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n\r\n{word}\r\n--{boundary}--\r\n");
        of(text.as_bytes())
    };
    assert_eq!(letter("1", "one", "hello"), letter("2", "two", "hello"));
    let token = |letter: &str| format!("https://a.example/v1.k3f7.{}.{}.", letter.repeat(59), letter.repeat(22));
    assert_eq!(letter("1", "one", &token("a")), letter("1", "one", &token("b")));
    assert_ne!(letter("1", "one", "v1.k3f7.a.b"), letter("1", "one", "v1.k3f7.a.c"));
    assert_eq!(letter("1", "one", "hel=\r\nlo"), letter("1", "one", "hello"));
    assert_ne!(letter("1", "one", "hello"), letter("1", "one", "hallo"));
    assert!(
        letter("1", "one", "hello").starts_with("Subject: x\r\nContent-Type:"),
        "{}",
        letter("1", "one", "hello")
    );
}
