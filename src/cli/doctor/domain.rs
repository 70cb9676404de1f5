//! The sender's domain: what DNS tells receivers about who may write in its name.
//!
//! Asks only where the program was built with the feature `dns`; otherwise it says what to ask by hand.

use super::Check;
use crate::workspace::settings::{Dkim, Settings};

const CHECK: &str = "the sender's domain vouches for the letters";

/// The domain that signs: named where we sign, the sender's own where the relay does.
fn signer(settings: &Settings) -> &str {
    match &settings.dkim {
        Dkim::Us { domain, .. } => domain,
        Dkim::Relay { .. } | Dkim::Nobody => settings.sender.from.address.domain(),
    }
}

/// What to ask by hand.
#[cfg(not(feature = "dns"))]
pub(super) async fn examine(settings: &Settings) -> Vec<Check> {
    let domain = settings.sender.from.address.domain();
    let asked = crate::relay::dns::questions(domain, signer(settings), &settings.selectors);
    let found = format!("`{domain}` is to be asked by hand: this build of tidings asks no name server");
    let look = Check {
        health: super::Health::Doubtful,
        ..Check::well(CHECK, found)
    };
    vec![look.details(asked.iter().map(ToString::to_string).collect())]
}

/// Where we sign, the keys that DNS has are held against ours.
#[cfg(feature = "dns")]
async fn ask(
    resolver: &crate::relay::dns::lookup::Resolver,
    domain: &str,
    settings: &Settings,
) -> Result<Vec<crate::relay::dns::Remark>, String> {
    let Some(ours) = &settings.signer else {
        return resolver.examine(domain, signer(settings), &settings.selectors).await;
    };
    let mut remarks = resolver.examine(domain, ours.domain(), &[]).await?;
    for record in ours.records() {
        remarks.extend(resolver.compare(&record.selector, &record.name, &record.text).await?);
    }
    Ok(remarks)
}

/// What the name servers say.
#[cfg(feature = "dns")]
pub(super) async fn examine(settings: &Settings) -> Vec<Check> {
    use super::Health;
    use crate::cli::failure::Kind;
    use crate::relay::dns::{Grade, lookup};

    let domain = settings.sender.from.address.domain();
    let remarks = match lookup::Resolver::of_this_machine() {
        Ok(resolver) => ask(&resolver, domain, settings).await,
        Err(why) => Err(why),
    };
    let remarks = match remarks {
        Ok(remarks) => remarks,
        Err(why) => {
            let found = format!("nobody tells what DNS says about `{domain}`: {why}");
            return vec![Check::ill(
                CHECK,
                Kind::Later,
                found,
                "check this machine's network, and look again later",
            )];
        }
    };
    let check = |remark: crate::relay::dns::Remark| Check {
        health: match remark.grade {
            Grade::Well => Health::Well,
            Grade::Doubtful => Health::Doubtful,
            Grade::Ill => Health::Ill(Kind::FixFirst),
        },
        hint: remark.hint,
        ..Check::well(CHECK, format!("`{domain}`: {}", remark.text))
    };
    remarks.into_iter().map(check).collect()
}
