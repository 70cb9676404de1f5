//! A folder's name as it travels: letters beyond ASCII in the UTF-7 of RFC 3501 §5.1.3.

use data_encoding::BASE64_NOPAD;

/// The name on the wire.
pub(super) fn encode(name: &str) -> String {
    let mut wire = String::with_capacity(name.len());
    let mut foreign = Vec::new();
    for c in name.chars() {
        match c {
            ' '..='~' => {
                flush(&mut foreign, &mut wire);
                wire.push(c);
                // The sign that opens a foreign stretch is one of nothing.
                wire.push_str(if c == '&' { "-" } else { "" });
            }
            _ => foreign.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes())),
        }
    }
    flush(&mut foreign, &mut wire);
    wire
}

fn flush(foreign: &mut Vec<u8>, wire: &mut String) {
    if !foreign.is_empty() {
        wire.push('&');
        wire.push_str(&BASE64_NOPAD.encode(foreign).replace('/', ","));
        wire.push('-');
        foreign.clear();
    }
}

/// The name as people write it; as it came, where it is in no such clothes.
pub(super) fn decode(wire: &str) -> String {
    decoded(wire).unwrap_or_else(|| wire.to_owned())
}

fn decoded(wire: &str) -> Option<String> {
    let (mut name, mut rest) = (String::with_capacity(wire.len()), wire);
    while let Some((plain, behind)) = rest.split_once('&') {
        let (foreign, after) = behind.split_once('-')?;
        name.push_str(plain);
        match foreign {
            "" => name.push('&'),
            _ => name.push_str(&units(foreign)?),
        }
        rest = after;
    }
    name.push_str(rest);
    Some(name)
}

fn units(foreign: &str) -> Option<String> {
    let bytes = BASE64_NOPAD.decode(foreign.replace(',', "/").as_bytes()).ok()?;
    let (pairs, []) = bytes.as_chunks::<2>() else {
        return None;
    };
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn a_name_travels_in_ascii_and_comes_back() {
        let check = |name: &str, wire: &str| {
            assert_eq!(encode(name), wire);
            assert_eq!(decode(wire), name);
        };
        check("INBOX", "INBOX");
        check("Answers & bounces", "Answers &- bounces");
        check("Entwürfe", "Entw&APw-rfe");
        check("Désinscriptions", "D&AOk-sinscriptions");
        check("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
        check("💌", "&2D3cjA-");
    }

    #[test]
    fn a_name_in_other_clothes_stays_as_it_came() {
        for odd in ["a & b", "&!!-", "&AP-", "Entwürfe", "&2D0-"] {
            assert_eq!(decode(odd), odd);
        }
    }
}
