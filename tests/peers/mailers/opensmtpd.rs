//! OpenSMTPD, as Debian ships it: offers neither PIPELINING nor CHUNKING.

use super::{Housed, Mailer, Treatment, Wanted, as_root, free_port, furnish, give_to, private_etc, root_with, start, write};
use crate::peers::or_passed_over;
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

/// The users whose names are built in, and the one whose mailbox everybody's is.
const USERS: [(&str, u32); 3] = [("opensmtpd", 64992), ("opensmtpq", 64993), ("box", 64994)];

/// Starts one; `None` where it is not there or may not be started.
pub(in crate::peers) fn opensmtpd(wanted: Wanted) -> Option<Box<dyn Mailer>> {
    let root = root_with("usr/libexec/opensmtpd/mail.maildir");
    let root = or_passed_over(root.filter(|root| root.join("usr/sbin/smtpd").is_file()), "opensmtpd")?;
    as_root("opensmtpd")?;
    let folders = [
        "etc",
        "run",
        "var/spool/smtpd",
        "var/lib/opensmtpd/empty",
        "usr/libexec",
        "boxes",
    ];
    let (folder, port) = (furnish(&folders), free_port());
    let place = folder.path();
    private_etc(place, &USERS);
    give_to(&place.join("boxes"), "64994");
    std::fs::set_permissions(place.join("var/spool/smtpd"), std::fs::Permissions::from_mode(0o711)).unwrap();
    let helpers = root.join("usr/libexec/opensmtpd");
    let copied = Command::new("cp")
        .arg("-a")
        .arg(helpers)
        .arg(place.join("usr/libexec"))
        .status()
        .unwrap();
    assert!(copied.success(), "OpenSMTPD's helpers cannot be copied");
    write(place, "etc/mailname", "relay.example.org");
    write(place, "etc/smtpd.conf", &settings(place, port, &wanted));
    write(place, "filter", &filter(&wanted));
    std::fs::set_permissions(place.join("filter"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = root.join("usr/sbin/smtpd");
    let process = start(place, port, &[program.to_str().unwrap(), "-d"]);
    Some(Box::new(Housed {
        port,
        mark: "delivered-to",
        queues: vec![place.join("var/spool/smtpd/queue"), place.join("var/spool/smtpd/incoming")],
        folder,
        _process: process,
    }))
}

fn settings(place: &Path, port: u16, wanted: &Wanted) -> String {
    let place = place.display();
    let mut text = String::new();
    let mut chain = Vec::new();
    let rules = [
        (Treatment::Unknown, "reject \"550 5.1.1 no such person\""),
        (Treatment::Greylisted, "reject \"450 4.7.1 greylisted\""),
        (Treatment::Goodbye, "disconnect \"421 4.3.2 going down\""),
    ];
    for (index, (treatment, deed)) in rules.into_iter().enumerate() {
        let addresses: Vec<String> = wanted
            .refused(treatment)
            .iter()
            .map(|address| format!("\"{address}\""))
            .collect();
        if !addresses.is_empty() {
            let list = addresses.join(", ");
            writeln!(text, "filter \"f{index}\" phase rcpt-to match rcpt-to {{ {list} }} {deed}").unwrap();
            chain.push(format!("\"f{index}\""));
        }
    }
    chain.push("\"script\"".to_owned());
    format!(
        "{text}filter \"script\" proc-exec \"{place}/filter\"
filter \"all\" chain {{ {} }}
listen on 127.0.0.1 port {port} filter \"all\"
table everybody {{ \"@\" = \"box\" }}
action \"box\" maildir \"{place}/boxes\" virtual <everybody>
match from any for domain \"patients.example\" action \"box\"
",
        chain.join(", ")
    )
}

/// Its own filters cannot refuse a recipient at DATA or at the end of data, so a script does.
fn filter(wanted: &Wanted) -> String {
    let cases = |phase: &str, treatment, answer: &str| {
        let addresses = wanted.refused(treatment).into_iter();
        let patterns: Vec<String> = addresses.map(|address| format!("*{phase}*{address}*")).collect();
        match patterns.is_empty() {
            true => String::new(),
            false => format!("  {}) answer='{answer}' ;;\n", patterns.join("|")),
        }
    };
    let cases = [
        cases("data", Treatment::NotNow, "reject|451 4.3.0 not this one now"),
        cases("commit", Treatment::Spam, "reject|554 5.7.1 looks like spam"),
    ];
    format!(
        "#!/bin/sh
while read -r line; do [ \"$line\" = 'config|ready' ] && break; done
echo 'register|report|smtp-in|tx-rcpt'
echo 'register|report|smtp-in|tx-reset'
echo 'register|filter|smtp-in|data'
echo 'register|filter|smtp-in|commit'
echo 'register|ready'
while IFS='|' read -r kind version time system event session a b c; do
  case \"$kind $event\" in
  'report tx-rcpt') if [ \"$b\" = ok ]; then eval \"to_$session=\\\"\\$to_$session,\\$c,\\\"\"; fi ;;
  'report tx-reset') eval \"to_$session=\" ;;
  filter*)
    eval \"to=\\$to_$session\"
    answer=proceed
    case \"*$event*$to*\" in
{}    esac
    echo \"filter-result|$session|$a|$answer\" ;;
  esac
done
",
        cases.concat()
    )
}
