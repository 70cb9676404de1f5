//! The one date of a certificate that a person must know before it comes: when it ends.
//!
//! Walks to it and to nothing else (RFC 5280 §4.1): the certificate was checked by the handshake already.

use crate::encoding::der::{SEQUENCE, inside, next};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The last moment of the certificate `der`; `None` where it is not to be found.
pub(super) fn valid_until(der: &[u8]) -> Option<Timestamp> {
    let certificate = inside(der, SEQUENCE)?;
    let mut rest = inside(certificate, SEQUENCE)?;
    if rest.first() == Some(&VERSION) {
        rest = next(rest)?.2;
    }
    // Serial number, signature algorithm, issuer.
    for _ in 0..3 {
        rest = next(rest)?.2;
    }
    let (_, _, not_after) = next(inside(rest, SEQUENCE)?)?;
    let (tag, text, _) = next(not_after)?;
    moment(tag, std::str::from_utf8(text).ok()?)
}

/// `270105090000Z`, where the century is meant (RFC 5280 §4.1.2.5.1), or `20270105090000Z`.
fn moment(tag: u8, text: &str) -> Option<Timestamp> {
    let text = match tag {
        UTC_TIME => format!("{}{text}", if text < "50" { "20" } else { "19" }),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let civil = DateTime::strptime("%Y%m%d%H%M%SZ", text).ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_certificate_is_found() {
        for (year, expected) in [
            (2030, "2030-02-03T00:00:00Z"),
            (2049, "2049-02-03T00:00:00Z"),
            (2051, "2051-02-03T00:00:00Z"),
        ] {
            let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
            params.not_after = rcgen::date_time_ymd(year, 2, 3);
            let certificate = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
            let der: &[u8] = certificate.der();
            assert_eq!(valid_until(der).map(|end| end.to_string()).as_deref(), Some(expected));
            // Cut anywhere, it is no certificate and nothing breaks.
            assert!((0..der.len()).all(|end| valid_until(&der[..end]).is_none()));
        }
        assert_eq!(valid_until(b"no certificate"), None);
    }
}
