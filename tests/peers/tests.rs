//! The peers themselves, tried with Python's own mail client.

use super::aiosmtpd::{Aiosmtpd, Tls};
use super::smtp_sink::{Letters, SmtpSink};
use super::{mail_reader, python};
use std::path::Path;
use std::process::Command;

const LETTER: &str = "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\\r\\nTo: ann@example.org\\r\\n\\r\\n.one\\r\\ntwo\\r\\n";

/// Sends [`LETTER`] to Ann with these lines of Python after the client `s` was made; the last word the script prints.
fn send(port: u16, client: &str, before: &str, authority: &Path) -> String {
    let code = format!(
        "import smtplib, ssl\n\
         context = ssl.create_default_context(cafile={authority:?} or None)\n\
         try:\n  s = {client}\n  {before}\n  s.sendmail('tips@riverside.example', ['ann@example.org'], b'{LETTER}')\n  s.quit()\n  print('taken')\n\
         except smtplib.SMTPException as error: print(type(error).__name__)\n\
         except ssl.SSLError as error: print(type(error).__name__)",
        authority = authority.to_string_lossy(),
        client = client.replace("ADDRESS", &format!("'localhost', {port}")),
    );
    let output = Command::new(python().unwrap()).args(["-c", &code]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(!said.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[test]
fn smtp_sink_counts_and_keeps() {
    let Some(counting) = SmtpSink::start(Letters::Counted, &[]) else {
        return;
    };
    let Some(keeping) = SmtpSink::start(Letters::Kept, &["-p"]) else {
        return;
    };
    if mail_reader::read(&[]).is_none() {
        return;
    }
    for sink in [&counting, &keeping] {
        assert_eq!(sink.count(), 0);
        assert_eq!(send(sink.port(), "smtplib.SMTP(ADDRESS)", "pass", Path::new("")), "taken");
        assert_eq!(sink.count(), 1);
    }
    assert_eq!(counting.letters(), []);
    let letter = "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nTo: ann@example.org\n\n.one\ntwo\n";
    assert_eq!(keeping.letters(), [("ann@example.org".to_owned(), letter.to_owned())]);
}

#[test]
fn aiosmtpd_keeps_its_conditions() {
    if Aiosmtpd::start(Tls::Never, None).is_none() {
        return;
    }
    let login = Some(("tips", "secret word"));
    let check = |tls, login, client, before, expected: &str| {
        let server = Aiosmtpd::start(tls, login).unwrap();
        let said = send(server.port(), client, before, &server.certificate().authority());
        assert_eq!(said, expected, "{tls:?} {login:?} {client} {before}");
        let taken: Vec<_> = server
            .taken()
            .into_iter()
            .map(|taken| (taken.tls, taken.login.clone(), taken.letter()))
            .collect();
        let letter = LETTER.replace("\\r\\n", "\r\n").into_bytes();
        let wanted = (tls != Tls::Never, login.map(|(name, _)| name.to_owned()), letter);
        assert_eq!(taken, if expected == "taken" { vec![wanted] } else { vec![] });
    };
    let (plain, over_tls) = ("smtplib.SMTP(ADDRESS)", "smtplib.SMTP_SSL(ADDRESS, context=context)");
    check(Tls::Never, None, plain, "pass", "taken");
    check(Tls::Never, login, plain, "s.login('tips', 'secret word')", "taken");
    check(Tls::Never, login, plain, "pass", "SMTPSenderRefused");
    check(Tls::Required, None, plain, "pass", "SMTPSenderRefused");
    check(
        Tls::Required,
        login,
        plain,
        "s.starttls(context=context); s.login('tips', 'secret word')",
        "taken",
    );
    check(
        Tls::Required,
        login,
        plain,
        "s.starttls(context=context); s.login('tips', 'wrong')",
        "SMTPAuthenticationError",
    );
    check(Tls::Implicit, login, over_tls, "s.login('tips', 'secret word')", "taken");
    check(
        Tls::Implicit,
        None,
        "smtplib.SMTP_SSL(ADDRESS, context=ssl.create_default_context())",
        "pass",
        "SSLCertVerificationError",
    );
}

#[test]
fn the_reader_sees_parts_and_defects() {
    let good = b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nContent-Type: text/plain; charset=utf-8\r\n\
                 Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n";
    let bad = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nunclosed";
    let Some(read) = mail_reader::read(&[good.to_vec(), bad.to_vec()]) else {
        return;
    };
    assert_eq!(
        (read[0].header("subject"), read[0].part("text/plain")),
        ("Gr\u{fc}\u{df}e", "Gr\u{fc}\u{df}e\r\n")
    );
    assert_eq!(read[0].defects, [""; 0]);
    assert!(
        read[1].defects[0].contains("CloseBoundaryNotFoundDefect"),
        "{:?}",
        read[1].defects
    );
}
