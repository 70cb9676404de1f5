//! The relay: does it answer, is the line protected, does it take our login and our letters?

use super::{Check, Health, domain};
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind};
use crate::cli::password::login;
use crate::cli::send::due_now;
use crate::cli::sending::{bring_lists, plan, runtime, stranger};
use crate::cli::ui::count;
use crate::delivery::reply::{Scope, Stage, classify};
use crate::dispatch::prepare;
use crate::relay::outcome::{Outcome, Trouble};
use crate::relay::server::Server;
use crate::relay::socket::{self, Connection, Protection};
use crate::store::Store;
use crate::store::import::Guard;
use crate::workspace::Workspace;
use crate::workspace::settings::{RelaySettings, Settings};
use std::path::Path;
use std::time::Duration;

const ANSWERS: &str = "the relay answers";
const PROTECTED: &str = "the line is protected";
const LOGIN: &str = "it takes the login";
const SENDER: &str = "it takes our letters";
const FITS: &str = "the largest letter fits";

/// Some fifty thousand people: more than that would make a look a matter of minutes.
const MOST_LISTED: u64 = 4_000_000;
/// A certificate that ends sooner is worth a word: a provider renews long before.
const SOON: i64 = 14;
/// A greeting may be slow on purpose, but nobody waits five minutes for an examination.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks at the relay that the settings name, and at what DNS says about the sender; nothing where they name none.
pub(super) fn examine(context: &Context, root: &Path) -> Result<Vec<Check>, Failure> {
    let workspace = Workspace::read(root);
    let Some(settings) = &workspace.settings else {
        let found = "`tidings.yaml` has errors, so nothing can be tried with it";
        return Ok(vec![Check::ill(
            ANSWERS,
            Kind::FixFirst,
            found,
            "`tidings check` names them all",
        )]);
    };
    let Some(relay) = &settings.relay else {
        return Ok(Vec::new());
    };
    let runtime = runtime()?;
    let mut checks = of_one_kind(context, root, settings)?;
    let desk = Desk {
        context,
        root,
        workspace: &workspace,
        settings,
        relay,
    };
    let looked = runtime.block_on(desk.visit());
    note(context, root, settings, relay, &looked)?;
    checks.extend(looked);
    if !relay.test && !relay.is_loopback() {
        checks.extend(runtime.block_on(domain::examine(settings)));
    }
    Ok(checks)
}

/// Test letters and real ones never stand in one record.
fn of_one_kind(context: &Context, root: &Path, settings: &Settings) -> Result<Vec<Check>, Failure> {
    let store = context.store_if_any(root)?;
    let refused = store.and_then(|store| context.refuse_other_kind(root, settings, store.identity().kind).err());
    Ok(refused
        .iter()
        .map(|failure| Check::failed("store and relay are of one kind", failure))
        .collect())
}

/// Remembers that somebody looked; a test relay needs no looking at. A look at a well relay is worth a new store: `send` asks for it.
fn note(context: &Context, root: &Path, settings: &Settings, relay: &RelaySettings, checks: &[Check]) -> Result<(), Failure> {
    let ill = checks
        .iter()
        .find(|check| check.is_ill())
        .map(|check| format!("ill: {}", check.check));
    let store = match context.store_if_any(root)? {
        // A workspace whose store is elsewhere gets none here: that is told by another check, and to whoever sends.
        None if ill.is_none() && !relay.test => context.store_or_new(root, settings).ok(),
        store => store,
    };
    match store.filter(|_| !relay.test) {
        Some(mut store) => Ok(store.note_look(&relay.described(), ill.as_deref().map_or(Ok(()), Err), context.clock.now())?),
        None => Ok(()),
    }
}

struct Desk<'a> {
    context: &'a Context,
    root: &'a Path,
    workspace: &'a Workspace,
    settings: &'a Settings,
    relay: &'a RelaySettings,
}

impl Desk<'_> {
    /// Calls on the relay; what stops one thing stops as little else as can be.
    async fn visit(&self) -> Vec<Check> {
        let mut server = match stranger(self.root, self.settings, self.relay) {
            Ok(server) => server,
            Err(failure) => return vec![Check::failed(PROTECTED, &failure)],
        };
        server.deadlines.reply = PATIENCE;
        let mut ill = match login(self.root, self.relay) {
            Ok(login) => {
                server.login = login;
                None
            }
            Err(failure) => Some(Check::failed(LOGIN, &failure)),
        };
        let opened = match socket::open(&server).await {
            // Who is turned away at the door can look at the house all the same.
            Err(trouble) if trouble.stage == Stage::Login => {
                ill = Some(in_trouble(LOGIN, &trouble));
                server.login = None;
                socket::open(&server).await
            }
            opened => opened,
        };
        match opened {
            Ok(mut connection) => {
                let is_let_in = ill.is_none();
                let mut checks = self.look_around(&connection, &server, ill);
                if is_let_in {
                    checks.push(self.may_send(&mut connection).await);
                }
                connection.quit().await;
                checks
            }
            Err(trouble) => self.shut_out(&trouble).into_iter().chain(ill).collect(),
        }
    }

    fn answers(&self) -> Check {
        Check::well(ANSWERS, format!("`{}` on port {}", self.relay.host, self.relay.port))
    }

    /// How far one came.
    fn shut_out(&self, trouble: &Trouble) -> Vec<Check> {
        match trouble.stage {
            Stage::Tls | Stage::StartTls => vec![self.answers(), in_trouble(PROTECTED, trouble)],
            Stage::Login => vec![self.answers(), in_trouble(LOGIN, trouble)],
            Stage::Connect | Stage::Greeting | Stage::Ehlo | Stage::Mail | Stage::Rcpt | Stage::Data | Stage::EndOfData => {
                vec![in_trouble(ANSWERS, trouble)]
            }
        }
    }

    fn look_around(&self, connection: &Connection, server: &Server, ill: Option<Check>) -> Vec<Check> {
        let mut checks = vec![self.answers(), self.protected(connection.protection())];
        let offers = connection.capabilities();
        checks.push(ill.unwrap_or_else(|| match &server.login {
            Some(login) => Check::well(LOGIN, format!("as `{}`", login.user)),
            None if offers.logins.is_empty() || self.relay.is_loopback() => Check::well(LOGIN, "nobody logs in here"),
            None => Check::doubtful(
                LOGIN,
                "the relay offers a login, and `relay:` names no `user`",
                "add `user:` and a password under `relay:`, unless the provider said that none is needed",
            ),
        }));
        let trips = if offers.pipelining {
            "one round trip"
        } else {
            "four round trips"
        };
        let pieces = if offers.chunking { ", letters in one piece" } else { "" };
        let foreign = if offers.smtp_utf8 {
            ""
        } else {
            "; addresses with foreign letters before the `@` cannot be reached"
        };
        checks.push(Check::well(
            "how letters travel",
            format!("{trips} a letter{pieces}{foreign}"),
        ));
        checks.extend(self.fits(offers.largest));
        checks
    }

    /// Whether the relay takes letters from our sender, as far as it says so before it knows whom they are for.
    async fn may_send(&self, connection: &mut Connection) -> Check {
        let sender = &self.settings.sender.from.address;
        match connection.ask_about(sender).await {
            Outcome::Answered(reply) if reply.is_positive() => Check::well(SENDER, format!("as `{sender}`")),
            Outcome::Answered(reply) => {
                let class = classify(&reply);
                let kind = match class.scope() {
                    Scope::FixFirst => Kind::FixFirst,
                    Scope::RelayForNow | Scope::Delivery => Kind::Later,
                };
                Check::ill(
                    SENDER,
                    kind,
                    format!("the relay answered `{reply}` to `{sender}`"),
                    class.next_step(),
                )
            }
            Outcome::NotTaken { why, .. } | Outcome::InDoubt { why } | Outcome::Unsupported { why, .. } => {
                Check::ill(SENDER, Kind::Later, why, "look again in a while")
            }
        }
    }

    fn protected(&self, protection: Option<&Protection>) -> Check {
        let Some(protection) = protection else {
            return Check::well(PROTECTED, "clear text, which does not leave this machine");
        };
        let Some(end) = protection.valid_until else {
            return Check::well(PROTECTED, protection.version);
        };
        let days = end.duration_since(self.context.clock.now()).as_hours() / 24;
        let date = end.strftime("%Y-%m-%d");
        let found = format!("{}; the certificate is good until {date}", protection.version);
        match days < SOON {
            false => Check::well(PROTECTED, found),
            true => Check::doubtful(
                PROTECTED,
                format!("{found}, {} from now", count(days.unsigned_abs(), "day")),
                "the provider renews it as a rule; if the date does not move in a few days, tell them",
            ),
        }
    }

    /// The largest letter of all articles against the largest that the relay takes.
    fn fits(&self, most: Option<usize>) -> Option<Check> {
        let most = u64::try_from(most?).unwrap_or(u64::MAX);
        let limit = format!("the relay takes {}", octets(most));
        if self.listed() > MOST_LISTED {
            return Some(Check::well(
                FITS,
                format!("{limit}; the lists are too long to compose every letter for this"),
            ));
        }
        Some(match self.largest_letter() {
            None => Check::well(FITS, format!("{limit}; no letter can be composed yet")),
            Some(largest) if largest <= most => Check::well(
                FITS,
                format!("{} of the {} that the relay takes", octets(largest), octets(most)),
            ),
            Some(largest) => Check::ill(
                FITS,
                Kind::FixFirst,
                format!("it has {}, and {limit}", octets(largest)),
                "make the article or its pictures smaller, or ask the provider for more",
            ),
        })
    }

    /// How much there is to read before every letter can be composed.
    fn listed(&self) -> u64 {
        let sizes = self
            .workspace
            .lists
            .iter()
            .map(|list| std::fs::metadata(self.root.join(&list.file)));
        sizes.flatten().map(|found| found.len()).sum()
    }

    /// Composes everything once; what cannot be composed is `check`'s to tell.
    fn largest_letter(&self) -> Option<u64> {
        let now = self.context.clock.now();
        let mut store = Store::in_memory(now).ok()?;
        let mut largest = None;
        for folder in &self.workspace.campaigns {
            let Ok(plan) = plan(self.settings, folder) else { continue };
            if bring_lists(&mut store, self.workspace, plan, Guard::Trusted, now).is_err() {
                continue;
            }
            for article in plan.articles {
                let drafted = prepare::draft(&mut store, plan, article, due_now(self.context, self.settings, plan), now);
                let size = drafted.ok().map(|draft| draft.proof.largest).filter(|size| *size > 0);
                largest = largest.max(size);
            }
        }
        largest
    }
}

fn in_trouble(check: &'static str, trouble: &Trouble) -> Check {
    let kind = match trouble.class.scope() {
        Scope::FixFirst => Kind::FixFirst,
        Scope::RelayForNow | Scope::Delivery => Kind::Later,
    };
    Check {
        health: Health::Ill(kind),
        hint: Some(trouble.hint.clone().unwrap_or_else(|| match kind {
            Kind::Later => "look again in a while".to_owned(),
            _ => "ask the provider what it means".to_owned(),
        })),
        ..Check::well(check, trouble.why.clone())
    }
}

/// `34 kB`, `35 MB`.
fn octets(number: u64) -> String {
    match number {
        1_000_000.. => format!("{} MB", number / 1_000_000),
        1_000.. => format!("{} kB", number / 1_000),
        _ => format!("{number} bytes"),
    }
}
