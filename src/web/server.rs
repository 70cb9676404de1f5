//! The server: connections with a bound on their number, on each request's head, and on their time.
//!
//! Promises: at most 256 are open, and others wait in the kernel's queue instead of being turned away; whoever sends slowly
//! is cut off; at the end open requests are answered, and nobody is waited for longer than a request takes. Knows nothing of what is
//! asked.

use super::counter::Counter;
use super::preview::Door;
use axum::Router;
use axum::extract::{Extension, Request, State};
use axum::response::Response;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

/// So many connections are open at most.
const CONNECTIONS: u32 = 256;
/// The longest head of a request, in bytes; the least that hyper can be told.
const MOST_HEAD: usize = 8192;
/// The most fields of a head.
const MOST_FIELDS: usize = 64;
/// How long a head may take, from the connection's opening or from the answer before it: with what the counter allows, 10 s in all.
const HEAD_TIME: Duration = Duration::from_secs(4);
/// How long one connection may last, however busy it is: whoever never reads what is answered must not keep it.
const LIFE: Duration = Duration::from_secs(60);
/// How long a connection that is to end may take for it.
const GOODBYE: Duration = Duration::from_secs(10);

/// Whoever is connected.
#[derive(Debug, Clone, Copy)]
struct Peer(IpAddr);

/// Whoever answers requests.
pub(super) trait Answers: Send + Sync + 'static {
    /// Answers one request of whoever is connected.
    fn answer(&self, peer: IpAddr, request: Request) -> impl Future<Output = Response> + Send;
}

/// Answers at `counter` whoever connects, until `ended`; then finishes what is open.
pub async fn serve(listener: TcpListener, counter: Arc<Counter>, ended: impl Future<Output = ()>) {
    answer_all(listener, counter, ended).await;
}

/// Shows what stands behind `door` to whoever connects, until `ended`.
pub async fn show(listener: TcpListener, door: Arc<Door>, ended: impl Future<Output = ()>) {
    let ending = Arc::clone(&door);
    let ended = async move {
        ended.await;
        // Whoever waits for a change is told that there is none, so that nobody is waited for.
        ending.close();
    };
    answer_all(listener, door, ended).await;
}

async fn answer_all<A: Answers>(listener: TcpListener, answers: Arc<A>, ended: impl Future<Output = ()>) {
    let routes = Router::new().fallback(answer::<A>).with_state(answers);
    let places = Arc::new(Semaphore::new(CONNECTIONS as usize));
    let (ending, is_ending) = watch::channel(false);
    let mut ended = pin!(ended);
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = &mut ended => break,
            accepted = accepted => accepted,
        };
        match (place, accepted) {
            (Ok(place), Ok((stream, peer))) => {
                let routes = routes.clone().layer(Extension(Peer(peer.ip())));
                let is_ending = is_ending.clone();
                tokio::spawn(async move {
                    converse(stream, routes, is_ending).await;
                    drop(place);
                });
            }
            // Too many files are open for one more: those that are will end.
            (_, Err(_)) | (Err(_), _) => sleep(Duration::from_millis(100)).await,
        }
    }
    drop(listener);
    // Nobody may be connected, and then nobody listens.
    let _ = ending.send(true);
    let _ = timeout(GOODBYE + Duration::from_secs(1), places.acquire_many(CONNECTIONS)).await;
}

/// One connection, to its end.
async fn converse(stream: TcpStream, routes: Router, mut is_ending: watch::Receiver<bool>) {
    // The answer is one write; without this, where it is two, the second would wait for the other side's word.
    let _ = stream.set_nodelay(true);
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
    builder
        .max_buf_size(MOST_HEAD)
        .max_headers(MOST_FIELDS)
        .auto_date_header(false);
    let service = TowerToHyperService::new(routes);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let is_over = tokio::select! {
        _ = connection.as_mut() => true,
        _ = is_ending.wait_for(|ending| *ending) => false,
        () = sleep(LIFE) => false,
    };
    if !is_over {
        connection.as_mut().graceful_shutdown();
        // Whoever has not read their answer by now will not.
        let _ = timeout(GOODBYE, connection).await;
    }
}

async fn answer<A: Answers>(State(answers): State<Arc<A>>, Extension(Peer(peer)): Extension<Peer>, request: Request) -> Response {
    answers.answer(peer, request).await
}
