//! What `send`, `run`, `rehearse` and `test` share: the way to the relay, the runtime, the drafts.

use super::context::Context;
use super::failure::{Failure, Kind, plain};
use super::outcome::Progress;
use super::password::login;
use crate::campaign::Campaign;
use crate::dispatch::enrol::{Enrolled, Wish, enrol, forewarning, left_elsewhere, objection};
use crate::dispatch::hours::Timetable;
use crate::dispatch::prepare::Plan;
use crate::dispatch::quota::Limits;
use crate::dispatch::report::{Deadline, Report, Stop, Tallying};
use crate::dispatch::run::{Order, Work, close, hold_the_rest, waiting};
use crate::dispatch::worker::Route;
use crate::finding::Finding;
use crate::relay::server::{Deadlines, Roots, Security, Server};
use crate::store::Store;
use crate::store::import::Guard;
use crate::template::TemplateSource;
use crate::workspace::settings::{RelaySettings, Settings, Tls};
use crate::workspace::{CampaignFolder, Workspace};
use jiff::Timestamp;
use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// The relay that the settings name, as a route.
pub(super) fn route(root: &Path, settings: &Settings) -> Result<Route, Failure> {
    let Some(relay) = &settings.relay else {
        return Err(Failure::new(
            Kind::FixFirst,
            "`tidings.yaml` names no relay, so nothing can be sent for real",
        )
        .hint("add `relay:` with `host`, `user` and a password to `tidings.yaml`; `tidings rehearse` needs none"));
    };
    Ok(Route {
        server: server(root, settings, relay)?,
        connections: usize::from(relay.connections),
        per_connection: relay.per_connection,
        per_second: relay.per_second,
        limits: limits(relay, settings),
        signer: settings.signer.clone(),
    })
}

/// The way to the relay, looked for when it is needed and once: a password may come from a command that has to ask somebody.
pub(super) struct Way<'a> {
    root: &'a Path,
    settings: &'a Settings,
    found: OnceCell<Route>,
}

impl<'a> Way<'a> {
    pub(super) fn new(root: &'a Path, settings: &'a Settings) -> Self {
        Self {
            root,
            settings,
            found: OnceCell::new(),
        }
    }

    /// The route, or what has to be mended first.
    pub(super) fn route(&self) -> Result<&Route, Failure> {
        if self.found.get().is_none() {
            // Nobody else can have set it: this is not shared between threads.
            let _ = self.found.set(route(self.root, self.settings)?);
        }
        self.found
            .get()
            .ok_or_else(|| Failure::new(Kind::Internal, "the way to the relay was lost"))
    }

    /// How many letters may leave that way; asks nobody for a password.
    pub(super) fn limits(&self) -> Limits {
        let relay = self.settings.relay.as_ref();
        relay.map_or_else(Limits::none, |relay| limits(relay, self.settings))
    }
}

/// How many letters may leave through this relay.
pub(super) fn limits(relay: &RelaySettings, settings: &Settings) -> Limits {
    Limits {
        per_day: relay.per_day,
        per_domain_per_minute: relay.per_domain_per_minute,
        per_domain_per_day: relay.per_domain_per_day,
        warm_up: relay.warm_up,
        zone: settings.zone().clone(),
    }
}

fn server(root: &Path, settings: &Settings, relay: &RelaySettings) -> Result<Server, Failure> {
    Ok(Server {
        login: login(root, relay)?,
        ..stranger(root, settings, relay)?
    })
}

/// The relay as one meets it without a login.
pub(super) fn stranger(root: &Path, settings: &Settings, relay: &RelaySettings) -> Result<Server, Failure> {
    let security = match relay.tls {
        Tls::Implicit => Security::Implicit,
        Tls::StartTls => Security::StartTls,
        Tls::None => Security::Plain,
    };
    let roots = match &relay.roots {
        Some(file) => Roots::Pem(read_roots(root, file)?),
        None => Roots::System,
    };
    Ok(Server {
        host: relay.host.clone(),
        port: relay.port,
        security,
        login: None,
        hello: hello(settings, relay),
        roots,
        in_flight: usize::from(relay.in_flight),
        deadlines: relay
            .patience
            .map_or_else(Deadlines::default, |seconds| Deadlines::of(Duration::from_secs_f64(seconds))),
    })
}

/// The name we give. Strict relays want a full one; the sender's domain is one, and tells the relay nothing that MAIL FROM does not.
fn hello(settings: &Settings, relay: &RelaySettings) -> String {
    match (&relay.hello, relay.is_loopback()) {
        (Some(name), _) => name.clone(),
        (None, true) => "127.0.0.1".to_owned(),
        (None, false) => settings.sender.from.address.domain().to_owned(),
    }
}

fn read_roots(root: &Path, file: &str) -> Result<Vec<u8>, Failure> {
    std::fs::read(root.join(file)).map_err(|error| {
        let text = format!(
            "cannot read `{file}`, which `relay:` in `tidings.yaml` names: {}",
            plain(&error)
        );
        Failure::new(Kind::FixFirst, text).hint("nobody was touched; the path is relative to the workspace")
    })
}

/// A runtime for one command's connections.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // One speaks with all connections, and composing and the journal have threads of their own: a second one costs more in waking each
        // other than it does.
        .worker_threads(1)
        .build();
    built.map_err(|error| {
        Failure::new(Kind::Internal, format!("cannot start: {}", plain(&error)))
            .hint("this machine has no room for one more thread or file (`ulimit -a`); nobody was touched, and `tidings run` goes on later")
    })
}

/// The campaign as dispatch wants it, or everything that has to be mended first.
pub(super) fn plan<'a>(settings: &'a Settings, folder: &'a CampaignFolder) -> Result<Plan<'a>, Failure> {
    super::context::refuse_errors(&folder.findings)?;
    match (&folder.campaign, &folder.template) {
        (Some(campaign), Some(template)) => Ok(plan_of(settings, campaign, folder, template)),
        (_, _) => Err(Failure::findings(folder.findings.clone())),
    }
}

/// The campaign as dispatch wants it, whatever is wrong with its files: to be looked at, and sent only by way of [`plan`].
pub(super) fn plan_of<'a>(
    settings: &'a Settings,
    campaign: &'a Campaign,
    folder: &'a CampaignFolder,
    template: &'a TemplateSource,
) -> Plan<'a> {
    Plan {
        campaign,
        articles: &folder.articles,
        template,
        sender: &settings.sender,
        clinic: &settings.hours,
        look: &settings.letter_look,
        signer: settings.signer.as_ref(),
    }
}

/// Brings the campaign's list files into the store, where they changed; refuses what nobody has looked at.
pub(super) fn bring_lists(
    store: &mut Store,
    workspace: &Workspace,
    plan: Plan<'_>,
    guard: Guard,
    now: Timestamp,
) -> Result<Vec<Finding>, Failure> {
    let audience = &plan.campaign.audience;
    let (mut objections, mut warnings) = (Vec::new(), Vec::new());
    for list in workspace
        .lists
        .iter()
        .filter(|list| audience.lists.contains(&list.name) || audience.not_lists.contains(&list.name))
    {
        let enrolled = enrol(store, list, Wish::of_a_run(guard), now)?;
        objections.extend(objection(list, &enrolled));
        warnings.extend(forewarning(list, &enrolled));
        if let Enrolled::Read { rows, imported, .. } = enrolled {
            warnings.extend(left_elsewhere(list, &imported.report));
            warnings.extend(rows.findings);
        }
    }
    super::context::refuse_errors(&objections)?;
    Ok(warnings)
}

/// How far one command may go.
#[derive(Default)]
pub(super) struct Bounds {
    /// How many letters may leave at most.
    pub(super) limit: Option<u64>,
    /// From when on none begins.
    pub(super) deadline: Option<Deadline>,
}

/// Runs the work to its end, with a progress bar and an ear for signals.
pub(super) fn hand_over(
    context: &Context,
    store: &mut Store,
    command: &str,
    work: Work,
    (route, timetable): (&Route, &Timetable),
    bounds: Bounds,
) -> Result<Report, Failure> {
    let Bounds { limit, deadline } = bounds;
    let tallying = Arc::new(Tallying::until(context.clock, deadline));
    let letters = waiting(store, &work)?;
    let run = store.begin_run(command, context.clock.now())?;
    let whole_work = work.clone();
    super::batch::begin();
    let report = runtime()?.block_on(async {
        let progress = Progress::watch(context, &tallying, limit.map_or(letters, |limit| limit.min(letters)));
        let order = Order {
            run,
            work,
            route,
            clock: context.clock,
            timetable,
            limit,
            tallying: Arc::clone(&tallying),
        };
        let closed = tokio::select! {
            closed = close(store, &order) => closed.map_err(Failure::from),
            () = asked_twice(&tallying) => Err(left_behind()),
        };
        progress.finish();
        Ok::<_, Failure>(closed)
    })?;
    if report.is_err() {
        // Whoever is in a hurry means the same by it: what the first interrupt holds, the second holds too.
        hold_the_rest(store, &whole_work, &tallying, context.clock.now())?;
    }
    let report = report?;
    // Where the store has failed there is nothing to write any more; the report says why.
    if !matches!(report.stop, Some(Stop::Store { .. })) {
        store.end_run(run, context.clock.now())?;
    }
    Ok(report)
}

/// Heeds signals: the first asks the run to finish its open letters and end, and what waits goes on waiting; the second ends this
/// waiting, and the run with it.
async fn asked_twice(tallying: &Tallying) {
    let signals = [SignalKind::terminate(), SignalKind::hangup(), SignalKind::interrupt()].map(signal);
    let [Ok(mut terminate), Ok(mut hangup), Ok(mut interrupt)] = signals else {
        return std::future::pending().await;
    };
    for _ in 0..2 {
        let interrupt = tokio::select! {
            _ = terminate.recv() => false,
            _ = hangup.recv() => false,
            _ = interrupt.recv() => true,
        };
        tallying.stop(Stop::Signal { interrupt });
    }
}

/// The relay's open answers were not waited for: nobody can know any more what became of those letters.
fn left_behind() -> Failure {
    Failure::new(Kind::Later, "stopped at once, without waiting for the relay's last answers")
        .hint("the letters that were on their way are in doubt: `tidings run` names them and goes on with the others")
}
