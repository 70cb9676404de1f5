//! `tidings serve`: the page on which people unsubscribe.

use super::context::Context;
use super::failure::{Failure, Kind, plain};
use super::sending::runtime;
use crate::web::{Counter, Tell, WebError, serve};
use std::io::ErrorKind;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Show the page behind `unsubscribe.url`, on which people stop their letters and come back
///
/// It speaks plain HTTP: let a web server with a certificate stand in front of it. Looking changes nothing; a press of the button is
/// written down before it is answered, also while letters are on their way. `/healthz` tells monitors whether it works.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidings serve --behind-proxy\n  tidings serve --listen 127.0.0.1:9000 --log")]
pub(super) struct Args {
    /// Answer at this address and port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8025")]
    listen: String,
    /// Believe a proxy on this machine who asks (X-Forwarded-For, X-Real-IP)
    #[arg(long)]
    behind_proxy: bool,
    /// Answer other machines too, in the clear; without this only addresses of this machine may be named
    #[arg(long)]
    open_to_network: bool,
    /// Tell each request on stderr, as on a terminal: method, status, milliseconds
    #[arg(long)]
    log: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let address = address(args)?;
    let (root, workspace) = context.workspace()?;
    let settings = context.settings(&workspace)?;
    // Opened here to be made, or refused, like by everybody else; the page opens it for itself.
    match context.is_rehearsal() {
        true => drop(context.store_if_any(&root)?.ok_or_else(|| {
            let text = context.no_store_yet();
            Failure::new(Kind::FixFirst, text)
        })?),
        false => {
            context.refuse_played_time_for(settings)?;
            drop(context.store_or_new(&root, settings)?);
        }
    }
    if settings.sender.unsubscribe.url.is_none() {
        context
            .ui
            .say("no letter links to this page yet: `unsubscribe.url` is not set");
        context
            .ui
            .hint("write the address under which people reach it, like `unsubscribe: {url: https://riverside.example/u}`");
    }
    let ui = context.ui;
    let tell: Tell = Arc::new(move |line| ui.say(line));
    let log = (args.log || ui.is_watched()).then(|| Arc::clone(&tell));
    let counter = Counter::open(&root, &context.store_dir(&root), context.clock, &tell)?;
    let counter = counter.behind_proxy(args.behind_proxy).logging(log);
    drop(workspace);
    runtime()?.block_on(async {
        let listener = TcpListener::bind(address).await.map_err(|error| taken(address, &error))?;
        let signals = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()].map(signal);
        let [Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)] = signals else {
            return Err(Failure::new(Kind::Internal, "cannot listen to signals"));
        };
        let shown = listener.local_addr().unwrap_or(address);
        ui.say(&format!("the page is shown at http://{shown}/ until this ends"));
        serve(listener, Arc::new(counter), async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                _ = hangup.recv() => {}
            }
        })
        .await;
        Ok(())
    })
}

/// The address to answer at.
fn address(args: &Args) -> Result<SocketAddr, Failure> {
    let found = args.listen.to_socket_addrs().ok().and_then(|mut found| found.next());
    let Some(address) = found else {
        let text = format!("`{}` is no address to answer at", args.listen);
        return Err(Failure::new(Kind::Usage, text).hint("write an address and a port, like `--listen 127.0.0.1:8025`"));
    };
    match address.ip().to_canonical().is_loopback() || args.open_to_network {
        true => Ok(address),
        false => Err(Failure::new(
            Kind::Usage,
            format!("other machines could reach `{address}`, and the page has no certificate of its own"),
        )
        .hint("leave it on 127.0.0.1, with a web server such as Caddy or nginx in front of it")
        .hint("`--open-to-network` does it all the same, as inside a container")),
    }
}

/// Why nobody can be answered at an address.
fn taken(address: SocketAddr, error: &std::io::Error) -> Failure {
    match error.kind() {
        ErrorKind::AddrInUse => Failure::new(Kind::Later, format!("another program answers at {address} already"))
            .hint("is `tidings serve` running? end that one first, or name another port with `--listen`"),
        ErrorKind::PermissionDenied => Failure::new(Kind::FixFirst, format!("you may not answer at {address}"))
            .hint("ports below 1024 are for the system: keep 8025, and let the web server in front have the others"),
        _ => Failure::new(Kind::FixFirst, format!("cannot answer at {address}: {}", plain(error)))
            .hint("name an address of this machine with `--listen`"),
    }
}

impl From<WebError> for Failure {
    fn from(error: WebError) -> Self {
        match error {
            WebError::Settings { findings } => Self {
                text: "the settings have to be mended first; nobody was answered".to_owned(),
                ..Self::findings(findings)
            },
            WebError::Store(error) => error.into(),
            WebError::Thread(_) => Self::new(Kind::Internal, error.to_string()),
        }
    }
}
