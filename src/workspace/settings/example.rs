//! What `tidings init` invented, and what must not leave: the example's clinic cannot be answered, and its address is nobody's.
//!
//! Promises: said only once a relay is named that could carry real letters; a rehearsal, a relay on this machine and names that nobody can
//! own are left alone. Knows nothing of lists.

use super::relay::RelaySettings;
use crate::campaign::sender::Sender;
use crate::finding::yaml::Inspection;

/// Where the clinic of the example lives, as far as spelling goes.
const ADDRESS: &str = "12 mill lane, bath ba1 1aa";
const DOMAIN: &str = "riverside.example";

/// Says what is still the example's, where real letters could leave.
pub(super) fn check(desk: &mut Inspection<'_>, sender: &Sender, relay: &RelaySettings) {
    if relay.is_loopback() || is_nobodys(&relay.host) {
        return;
    }
    if sender.clinic.postal_address.to_lowercase().starts_with(ADDRESS) {
        let text = "this is still the address of the example, and it would stand in every letter";
        desk.wrong(
            &["clinic", "postal_address"],
            text,
            "write where the clinic is: the law wants it",
        );
    }
    let unsubscribe = &sender.unsubscribe;
    let mailboxes = [
        (["sender", "from"], Some(&sender.from.address)),
        (["sender", "reply_to"], sender.reply_to.as_ref()),
        (["clinic", "contact"], Some(&sender.clinic.contact)),
        (["unsubscribe", "mailto"], unsubscribe.mailto.as_ref()),
    ];
    for (path, address) in mailboxes {
        if let Some(address) = address.filter(|address| address.domain() == DOMAIN) {
            let text = format!("`{address}` is still the address of the example, which nobody can own");
            desk.wrong(&path, text, "write an address that somebody at the clinic reads");
        }
    }
}

/// Whether a name is kept for examples and trials, so that nobody can own it (RFC 2606, RFC 6761).
fn is_nobodys(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let labels: Vec<&str> = host.rsplit('.').take(2).collect();
    match labels.as_slice() {
        ["example" | "test" | "invalid" | "localhost", ..] => true,
        ["com" | "net" | "org", name, ..] => *name == "example",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::workspace::settings::Settings;

    fn told(text: &str) -> Vec<String> {
        Settings::check(text).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_example_sends_nothing_to_real_people() {
        let example = include_str!("../create/starter/tidings.yaml");
        let with = |relay: &str| told(&format!("{example}\nrelay: {{{relay}, user: tips, password_env: P}}\n"));
        let found: Vec<String> = with("host: smtp.mill-lane-mail.net")
            .into_iter()
            .filter(|line| line.contains("of the example"))
            .collect();
        assert_eq!(found.len(), 5, "{found:?}");
        assert!(found[0].contains("it would stand in every letter"), "{found:?}");
        for harmless in ["host: smtp.example.org", "host: 127.0.0.1, test: true"] {
            let found = with(harmless);
            assert!(found.iter().all(|line| !line.contains("of the example")), "{found:?}");
        }
    }
}
