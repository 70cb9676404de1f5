//! Postfix's own smtpd, as Debian ships it.

use super::{Housed, Mailer, Offers, Treatment, Wanted, as_root, free_port, furnish, give_to, start, write};
use crate::peers::{or_passed_over, program};
use crate::support::people;
use std::fmt::Write as _;
use std::path::Path;

/// The services that take, queue and deliver; the first one gets the port.
const SERVICES: &str = "inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
";

/// Starts one; `None` where it is not installed or may not be started.
pub(in crate::peers) fn postfix(wanted: Wanted) -> Option<Box<dyn Mailer>> {
    let postfix = or_passed_over(program("postfix"), "postfix")?;
    as_root("postfix")?;
    let (folder, port) = (furnish(&["conf", "queue", "data", "boxes"]), free_port());
    let place = folder.path();
    give_to(&place.join("data"), "postfix");
    give_to(&place.join("boxes"), "nobody");
    write(place, "conf/main.cf", &settings(place, wanted.offers));
    write(place, "conf/master.cf", &format!("127.0.0.1:{port} {SERVICES}"));
    write(place, "conf/boxes", &boxes(wanted.people));
    let rows = |treatment, action: &str| {
        let addresses = wanted.refused(treatment).into_iter();
        addresses.map(|address| format!("{address} {action}\n")).collect::<String>()
    };
    let at_rcpt = [
        rows(Treatment::Unknown, "550 5.1.1 no such person"),
        rows(Treatment::Greylisted, "450 4.7.1 greylisted"),
        rows(Treatment::Goodbye, "421 4.3.2 going down"),
    ];
    write(place, "conf/rcpt", &at_rcpt.concat());
    write(place, "conf/data", &rows(Treatment::NotNow, "451 4.3.0 not this one now"));
    write(place, "conf/dot", &rows(Treatment::Spam, "554 5.7.1 looks like spam"));
    let conf = place.join("conf");
    let command = [postfix.to_str().unwrap(), "-c", conf.to_str().unwrap(), "start-fg"];
    let process = start(place, port, &command);
    let queues = ["incoming", "active", "deferred", "maildrop"].map(|queue| place.join("queue").join(queue));
    Some(Box::new(Housed {
        port,
        mark: "delivered-to",
        queues: queues.to_vec(),
        folder,
        _process: process,
    }))
}

fn boxes(people: usize) -> String {
    let mut text = String::new();
    for number in 1..=people {
        writeln!(text, "{} person{number}/", people::address(number)).unwrap();
    }
    text
}

fn settings(place: &Path, offers: Offers) -> String {
    let discarded = match offers {
        Offers::Nothing => "pipelining, chunking",
        Offers::Pipelining => "chunking",
        Offers::Chunking => "",
    };
    let place = place.display();
    format!(
        "compatibility_level = 3.6
queue_directory = {place}/queue
data_directory = {place}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = relay.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
default_transport = discard:
virtual_mailbox_domains = patients.example
virtual_mailbox_base = {place}/boxes
virtual_mailbox_maps = texthash:{place}/conf/boxes
virtual_minimum_uid = 1
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
maillog_file = {place}/log
maillog_file_prefixes = {place}
smtpd_client_connection_count_limit = 0
smtpd_peername_lookup = no
smtpd_discard_ehlo_keywords = {discarded}
smtpd_recipient_restrictions = check_recipient_access texthash:{place}/conf/rcpt, permit_mynetworks, reject
smtpd_data_restrictions = check_recipient_access texthash:{place}/conf/data
smtpd_end_of_data_restrictions = check_recipient_access texthash:{place}/conf/dot
"
    )
}
