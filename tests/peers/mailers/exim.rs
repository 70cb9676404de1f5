//! Exim, as Debian ships it.

use super::{
    Housed, Mailer, Offers, Treatment, Wanted, as_root, free_port, furnish, give_to, private_etc, root_with, start, write,
};
use crate::peers::or_passed_over;
use std::path::Path;
use std::process::Command;

/// The user whose name is built into Debian's Exim.
const USER: (&str, u32) = ("Debian-exim", 64991);

/// Starts one; `None` where it is not there or may not be started.
pub(in crate::peers) fn exim(wanted: Wanted) -> Option<Box<dyn Mailer>> {
    let root = or_passed_over(root_with("usr/sbin/exim4"), "exim4-daemon-light")?;
    as_root("exim")?;
    let folders = ["etc/exim4", "var/spool/exim4/input", "boxes", "log"];
    let (folder, port) = (furnish(&folders), free_port());
    let place = folder.path();
    private_etc(place, &[USER]);
    find_libraries(place, &root);
    for owned in ["var/spool/exim4", "boxes", "log"] {
        give_to(&place.join(owned), &USER.1.to_string());
    }
    let program = root.join("usr/sbin/exim4");
    let program = program.to_str().unwrap();
    write(place, "etc/exim4/exim4.conf", &settings(place, program, port, &wanted));
    let process = start(place, port, &[program, "-bdf", "-q1h"]);
    Some(Box::new(Housed {
        port,
        mark: "envelope-to",
        queues: vec![place.join("var/spool/exim4/input")],
        folder,
        _process: process,
    }))
}

/// Exim starts itself anew for each delivery, without its environment: only the linker's own cache tells it of libraries that were
/// unpacked and not installed.
fn find_libraries(place: &Path, root: &Path) {
    let own = root.join("usr/lib/x86_64-linux-gnu");
    write(
        place,
        "etc/libraries",
        &format!("include /etc/ld.so.conf\n{}\n", own.display()),
    );
    let (list, cache) = (place.join("etc/libraries"), place.join("etc/ld.so.cache"));
    let ldconfig = Command::new("/sbin/ldconfig")
        .arg("-X")
        .arg("-f")
        .arg(list)
        .arg("-C")
        .arg(cache)
        .output();
    assert!(ldconfig.unwrap().status.success(), "the linker's cache cannot be written");
}

fn settings(place: &Path, program: &str, port: u16, wanted: &Wanted) -> String {
    let (pipelining, chunking) = match wanted.offers {
        Offers::Nothing => ("", ""),
        Offers::Pipelining => ("*", ""),
        Offers::Chunking => ("*", "*"),
    };
    let place = place.display();
    let acl = acl(wanted);
    format!(
        "exim_path = {program}
primary_hostname = relay.example.org
domainlist local = patients.example
spool_directory = /var/spool/exim4
log_file_path = {place}/log/%s
pid_file_path = {place}/log/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
never_users =
host_lookup =
rfc1413_query_timeout = 0s
tls_advertise_hosts =
smtp_accept_max = 0
smtp_accept_queue_per_connection = 0
pipelining_advertise_hosts = {pipelining}
chunking_advertise_hosts = {chunking}
acl_smtp_rcpt = rcpt
acl_smtp_predata = predata
acl_smtp_data = data
begin acl
{acl}begin routers
box:
  driver = accept
  domains = +local
  transport = box
begin transports
box:
  driver = appendfile
  maildir_format
  directory = {place}/boxes
  envelope_to_add
  user = {user}
  group = {user}
begin retry
* * F,1h,1m
",
        user = USER.0
    )
}

/// Whoever is not named is taken. What comes in chunks is never asked about before its end.
fn acl(wanted: &Wanted) -> String {
    let names = |treatment| {
        let names = wanted.names(treatment);
        if names.is_empty() {
            "nobody".to_owned()
        } else {
            names.join(":")
        }
    };
    let is = |treatment| {
        format!(
            "condition = ${{if forany{{$acl_m_to}}{{inlist{{$item}}{{{}}}}}}}",
            names(treatment)
        )
    };
    format!(
        "rcpt:
  warn set acl_m_to = ${{if def:acl_m_to{{$acl_m_to:}}}}$local_part
  deny local_parts = {}
       message = no such person
  defer local_parts = {}
       message = greylisted
  drop local_parts = {}
       message = going down
  accept
predata:
  defer {}
        message = not this one now
  accept
data:
  defer {}
        message = not this one now
  deny {}
       message = looks like spam
  accept
",
        names(Treatment::Unknown),
        names(Treatment::Greylisted),
        names(Treatment::Goodbye),
        is(Treatment::NotNow),
        is(Treatment::NotNow),
        is(Treatment::Spam),
    )
}
