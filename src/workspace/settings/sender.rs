//! The parts of `tidings.yaml` that say who writes and how readers leave.

use super::file::{DkimFile, SettingsFile};
use crate::address::Address;
use crate::campaign::sender::{Clinic, Mailbox, Sender, Unsubscribe};
use crate::finding::yaml::Inspection;
use crate::subscriber::consent::Jurisdiction;

/// Providers whose addresses nobody else's relay may send from: receivers check (DMARC).
const FREE_MAIL: [&str; 8] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "icloud.com",
    "aol.com",
    "gmx.de",
];

/// Who writes, if the file says it rightly.
pub(super) fn check(desk: &mut Inspection<'_>, file: &SettingsFile) -> Option<Sender> {
    let clinic = clinic(desk, file);
    let from = from(desk, file);
    let reply_to = optional(
        desk,
        "reply_to",
        file.sender.as_ref().and_then(|sender| sender.reply_to.as_ref()),
    );
    let return_path = optional(
        desk,
        "return_path",
        file.sender.as_ref().and_then(|sender| sender.return_path.as_ref()),
    );
    let unsubscribe = unsubscribe(desk, file);
    Some(Sender {
        clinic: clinic?,
        from: from?,
        reply_to: reply_to?,
        return_path: return_path?,
        unsubscribe: unsubscribe?,
    })
}

/// An address that may be missing; none at all where there is one and it is wrong.
fn optional(desk: &mut Inspection<'_>, key: &str, text: Option<&String>) -> Option<Option<Address>> {
    match text {
        None => Some(None),
        Some(text) => address(desk, &["sender", key], text).map(Some),
    }
}

fn clinic(desk: &mut Inspection<'_>, file: &SettingsFile) -> Option<Clinic> {
    let clinic = file.clinic.clone().unwrap_or_default();
    let name = desk.required(
        &["clinic", "name"],
        clinic.name.as_ref(),
        "the clinic's name, as its patients know it",
    );
    let postal_address = desk.required(
        &["clinic", "postal_address"],
        clinic.postal_address.as_ref(),
        "a street or post box address has to stand in every letter (US CAN-SPAM, Canada's CASL, EU and UK law); nothing is sent without it",
    );
    let contact = desk.required(
        &["clinic", "contact"],
        clinic.contact.as_ref(),
        "an address that somebody reads",
    );
    let contact = contact.and_then(|text| address(desk, &["clinic", "contact"], &text));
    let path = ["clinic", "jurisdiction"];
    let jurisdiction = desk.required(
        &path,
        clinic.jurisdiction.as_ref(),
        "the country whose law the clinic works under, like `GB`, `US`, `CA`, `AU` or `DE`",
    );
    let jurisdiction = jurisdiction.and_then(|text| {
        Jurisdiction::parse(&text)
            .map_err(|unknown| desk.wrong(&path, unknown.to_string(), unknown.hint()))
            .ok()
    });
    Some(Clinic {
        name: name?,
        postal_address: postal_address?,
        contact: contact?,
        jurisdiction: jurisdiction?,
    })
}

fn from(desk: &mut Inspection<'_>, file: &SettingsFile) -> Option<Mailbox> {
    let path = ["sender", "from"];
    let found = file.sender.as_ref().and_then(|sender| sender.from.as_ref());
    let text = desk.required(&path, found, "write it like `Riverside Massage <tips@riverside.example>`")?;
    let mailbox = match Mailbox::parse(&text) {
        Ok(mailbox) => mailbox,
        Err(error) => {
            desk.wrong(
                &path,
                error.to_string(),
                "write it like `Riverside Massage <tips@riverside.example>`",
            );
            return None;
        }
    };
    if FREE_MAIL.contains(&mailbox.address.domain()) {
        let domain = mailbox.address.domain().to_owned();
        desk.doubt(
            &path,
            format!("letters from `{domain}` are refused by many mailboxes unless that provider itself sends them"),
            "use an address at the clinic's own domain",
        );
    }
    Some(mailbox)
}

fn unsubscribe(desk: &mut Inspection<'_>, file: &SettingsFile) -> Option<Unsubscribe> {
    let unsubscribe = file.unsubscribe.clone().unwrap_or_default();
    let mailto = unsubscribe.mailto.filter(|text| !text.trim().is_empty());
    let url = unsubscribe.url.filter(|text| !text.trim().is_empty());
    if mailto.is_none() && url.is_none() {
        let hint = "every letter has to offer a way out that works: write `unsubscribe: {mailto: unsubscribe@riverside.example}`";
        match file.unsubscribe {
            None => desk.missing(&["unsubscribe"], hint),
            Some(_) => desk.wrong(&["unsubscribe"], "`unsubscribe` names neither `mailto` nor `url`", hint),
        }
        return None;
    }
    let mailto = mailto.map(|text| address(desk, &["unsubscribe", "mailto"], &text));
    if let Some(found) = &url
        && !is_page(found)
    {
        desk.wrong(
            &["unsubscribe", "url"],
            format!("`{found}` is no https address of a page"),
            "write it like `https://riverside.example/u`, without `?` and `#`: each letter's own token follows it",
        );
        return None;
    }
    let is_unsaid = |dkim: &DkimFile| dkim.covers_unsubscribe.is_none() && dkim.signed_by.as_deref() != Some("us");
    if url.is_some() && file.dkim.as_ref().is_none_or(is_unsaid) {
        desk.doubt(
            &["unsubscribe", "url"],
            "mail programs show no unsubscribe button of their own yet: it is not said whether the relay's signature covers it",
            "send yourself a `tidings test` letter and look at `h=` of its DKIM-Signature: where both List-Unsubscribe and \
             List-Unsubscribe-Post stand in it, write `dkim: {covers_unsubscribe: true}`, otherwise `false`",
        );
    }
    doubt_what_is_in_vain(desk, file, url.is_some());
    let one_click = url.is_some() && is_covered(file);
    match mailto {
        Some(None) => None,
        mailto => Some(Unsubscribe {
            mailto: mailto.flatten(),
            url,
            one_click,
        }),
    }
}

/// `covers_unsubscribe: true` where no button comes of it all the same.
fn doubt_what_is_in_vain(desk: &mut Inspection<'_>, file: &SettingsFile, has_page: bool) {
    let path = ["dkim", "covers_unsubscribe"];
    let dkim = file.dkim.clone().unwrap_or_default();
    if dkim.covers_unsubscribe != Some(true) {
        return;
    }
    match dkim.signed_by.as_deref() {
        Some(whose @ ("none" | "us")) => desk.doubt(
            &path,
            format!(
                "`covers_unsubscribe: true` changes nothing: it is about the relay's signature, and `signed_by` says `{whose}`"
            ),
            "take the line away, or write `signed_by: relay` where the relay signs",
        ),
        _ if !has_page => desk.doubt(
            &path,
            "`covers_unsubscribe: true` changes nothing without `unsubscribe.url`: the button of mail programs presses a page",
            "write `unsubscribe.url`, the address of the page that `tidings serve` answers, or take the line away",
        ),
        _ => {}
    }
}

/// The address of a page that a token can follow.
fn is_page(url: &str) -> bool {
    let place = url.strip_prefix("https://").unwrap_or("");
    !place.is_empty()
        && place
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"?#<>,\"".contains(&byte))
}

/// Whether a signature covers both headers (RFC 8058 §4): mail programs show no button otherwise. Ours does, of the relay's it is said.
fn is_covered(file: &SettingsFile) -> bool {
    let dkim = file.dkim.clone().unwrap_or_default();
    match dkim.signed_by.as_deref() {
        Some("us") => true,
        None | Some("relay") => dkim.covers_unsubscribe.unwrap_or(false),
        Some(_) => false,
    }
}

fn address(desk: &mut Inspection<'_>, path: &[&str], text: &str) -> Option<Address> {
    Address::parse(text)
        .map_err(|error| desk.wrong(path, error.to_string(), "write it like `hello@riverside.example`"))
        .ok()
}

#[cfg(test)]
mod tests {
    use crate::workspace::settings::tests::{SOUND, told};

    #[test]
    fn a_button_that_nobody_gets_is_doubted() {
        let doubt = |more: &str, words: &str| {
            let told = told(&format!("{SOUND}{more}\n"));
            let is_meant = |finding: &&String| finding.contains("`covers_unsubscribe: true` changes nothing");
            let found: Vec<&String> = told.iter().filter(is_meant).collect();
            assert_eq!(found.len(), usize::from(!words.is_empty()), "{told:?}");
            assert!(
                found
                    .iter()
                    .all(|finding| finding.contains(words) && finding.contains("hint: ")),
                "{told:?}"
            );
        };
        doubt("dkim: {covers_unsubscribe: true}", "without `unsubscribe.url`");
        doubt(
            "dkim: {signed_by: relay, covers_unsubscribe: true}",
            "without `unsubscribe.url`",
        );
        doubt("dkim: {signed_by: none, covers_unsubscribe: true}", "`signed_by` says `none`");
        doubt("dkim: {signed_by: none, covers_unsubscribe: false}", "");
        let with_page = SOUND.replace(
            "unsubscribe: {",
            "unsubscribe: {read_by_hand: true, url: 'https://mill-lane.example/u', ",
        );
        assert_eq!(told(&format!("{with_page}dkim: {{covers_unsubscribe: true}}\n")), [""; 0]);
        let by_nobody = told(&format!("{with_page}dkim: {{signed_by: none, covers_unsubscribe: true}}\n"));
        assert!(
            by_nobody.iter().any(|finding| finding.contains("`signed_by` says `none`")),
            "{by_nobody:?}"
        );
    }
}
