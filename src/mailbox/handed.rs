//! One mail, as a mail server hands it to a program (Postfix's `pipe` or `|command`, procmail, fetchmail).

use super::mail::Mail;
use super::mbox::FROM;

/// The mail in these bytes. The line `From …` that servers like to put before it belongs to a mailbox, not to the mail.
pub(super) fn mail(bytes: &[u8]) -> Mail {
    let is_envelope = bytes.starts_with(FROM);
    let end = bytes.iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |at| at + 1);
    Mail::new(if is_envelope { bytes[end..].to_vec() } else { bytes.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_server_is_no_part_of_the_mail() {
        let plain = mail(b"Subject: a\n\nFrom now on\n");
        for line in ["From ann@example.org Sat Nov 21 10:00:00 2026\n", "From MAILER-DAEMON\r\n"] {
            let handed = mail(format!("{line}Subject: a\n\nFrom now on\n").as_bytes());
            assert_eq!(handed, plain);
        }
        assert_eq!(mail(b"From: ann@example.org\n\n").bytes, b"From: ann@example.org\n\n");
        assert_eq!(mail(b"From ").bytes, b"");
    }
}
