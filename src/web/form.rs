//! A form as it is posted: fields in, whichever of the two encodings carried them.
//!
//! Promises: bytes that are no form give no fields; nothing is read beyond the bytes, and no number of fields costs more than their
//! bytes did. Knows nothing of what the fields mean.

/// More fields than any page of ours has.
const MOST: usize = 64;

/// The fields of a posted body, in order. RFC 8058 §3.1 prefers `multipart/form-data`; whatever is not that is read as a web form.
pub(super) fn fields(content_type: &str, body: &[u8]) -> Vec<(String, String)> {
    let mut fields = match boundary(content_type) {
        Some(boundary) => multipart(&boundary, body),
        None => urlencoded(body),
    };
    fields.truncate(MOST);
    fields
}

/// The boundary of a multipart type; `None` for another type. An unreadable one is the empty boundary, which finds nothing.
fn boundary(content_type: &str) -> Option<String> {
    let (kind, rest) = content_type.split_once(';').unwrap_or((content_type, ""));
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let named = rest.split(';').find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("boundary")
            .then(|| value.trim().trim_matches('"').to_owned())
    });
    Some(named.unwrap_or_default())
}

fn multipart(boundary: &str, body: &[u8]) -> Vec<(String, String)> {
    if boundary.is_empty() {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(body).replace("\r\n", "\n");
    let delimiter = format!("\n--{boundary}");
    // The first delimiter may open the body, without a line's end before it.
    let text = format!("\n{text}");
    let mut parts = text.split(delimiter.as_str()).skip(1);
    let mut fields = Vec::new();
    let mut closed = false;
    for part in parts.by_ref() {
        if part.starts_with("--") {
            closed = true;
            break;
        }
        let Some((head, value)) = part.trim_start_matches([' ', '\t']).split_once("\n\n") else {
            continue;
        };
        if let Some(name) = name_of(head) {
            fields.push((name, value.to_owned()));
        }
    }
    // Without its end a form is a piece of one: a part of a wish is no wish.
    if closed { fields } else { Vec::new() }
}

/// The field's name in the part's head.
fn name_of(head: &str) -> Option<String> {
    let line = head.lines().find(|line| {
        let name = line.split(':').next().unwrap_or_default();
        name.trim().eq_ignore_ascii_case("content-disposition")
    })?;
    line.split(';').skip(1).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("name")
            .then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn urlencoded(body: &[u8]) -> Vec<(String, String)> {
    let pairs = body.split(|byte| *byte == b'&').take(MOST);
    let pairs = pairs.filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            (
                decoded(&pair[..at]),
                decoded(pair.get(at + 1..).unwrap_or_default()).trim_end().to_owned(),
            )
        })
        .collect()
}

fn decoded(text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(&byte) = rest.next() {
        let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
        let ahead = rest.as_slice();
        match (byte, digit(ahead.first()), digit(ahead.get(1))) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest.nth(1);
            }
            (b'+', _, _) => bytes.push(b' '),
            (byte, _, _) => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::fields;
    use proptest::prelude::*;

    fn check(content_type: &str, body: &str, expected: &[(&str, &str)]) {
        let found = fields(content_type, body.as_bytes());
        let found: Vec<(&str, &str)> = found.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(found, expected, "{content_type}: {body:?}");
    }

    const ONE_CLICK: &[(&str, &str)] = &[("List-Unsubscribe", "One-Click")];

    #[test]
    fn a_click_is_read_in_both_encodings() {
        const MULTIPART: &str = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
        for kind in [
            "multipart/form-data; boundary=b",
            "Multipart/Form-Data;charset=utf-8; Boundary=\"b\"",
        ] {
            check(kind, MULTIPART, ONE_CLICK);
            check(kind, &MULTIPART.replace("\r\n", "\n"), ONE_CLICK);
            check(kind, &format!("preamble\r\n{MULTIPART}epilogue"), ONE_CLICK);
        }
        for kind in [
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=UTF-8",
            "text/plain",
            "",
        ] {
            check(kind, "List-Unsubscribe=One-Click", ONE_CLICK);
            check(kind, "List%2dUnsubscribe=One%2DClick\r\n", ONE_CLICK);
        }
    }

    #[test]
    fn fields_keep_their_order_and_repeat() {
        let expected = &[("do", "choose"), ("stop", "a b"), ("stop", "ü=&"), ("x", ""), ("y", "")];
        check("", "do=choose&stop=a+b&stop=%C3%BC%3D%26&x&y=", expected);
    }

    #[test]
    fn what_is_no_form_has_no_fields() {
        for kind in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=c",
        ] {
            check(
                kind,
                "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--",
                &[],
            );
        }
        let cut_off = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click";
        check("multipart/form-data; boundary=b", cut_off, &[]);
        check("", "", &[]);
        check("", "%=%zz&%4", &[("%", "%zz"), ("%4", "")]);
    }

    proptest! {
        #[test]
        fn nothing_panics_it(kind in "(multipart/form-data; boundary=[-a]{0,3}|.{0,20})", body: Vec<u8>) {
            prop_assert!(fields(&kind, &body).len() <= super::MOST);
        }
    }
}
