//! aiosmtpd with refusals: offers PIPELINING where it is told to, and never CHUNKING.

use super::{Arrived, Mailer, Offers, Treatment, Wanted};
use crate::peers::aiosmtpd::Aiosmtpd;

/// Starts one; `None` where it is not installed.
pub(in crate::peers) fn aiosmtpd(wanted: Wanted) -> Option<Box<dyn Mailer>> {
    let replies = [
        (Treatment::Unknown, "rcpt", "550 5.1.1 no such person"),
        (Treatment::Greylisted, "rcpt", "450 4.7.1 greylisted"),
        (Treatment::Goodbye, "rcpt", "421 4.3.2 going down"),
        (Treatment::NotNow, "data", "451 4.3.0 not this one now"),
        (Treatment::Spam, "dot", "554 5.7.1 looks like spam"),
    ];
    let refusals = replies.into_iter().flat_map(|(treatment, phase, reply)| {
        let addresses = wanted.refused(treatment).into_iter();
        addresses.map(move |address| (phase, address, reply))
    });
    let server = Aiosmtpd::refusing(wanted.offers != Offers::Nothing, &refusals.collect::<Vec<_>>())?;
    Some(Box::new(server))
}

impl Mailer for Aiosmtpd {
    fn port(&self) -> u16 {
        self.port()
    }

    fn arrived(&self) -> Vec<Arrived> {
        let letters = self.taken().into_iter();
        let copies = letters.flat_map(|taken| {
            let read = Arrived::read(&taken.letter());
            let copy = move |recipient: &String| Arrived {
                recipient: recipient.to_lowercase(),
                ..read.clone()
            };
            taken.recipients.iter().map(copy).collect::<Vec<_>>()
        });
        copies.collect()
    }

    fn count(&self) -> usize {
        self.taken().len()
    }
}
