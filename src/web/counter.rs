//! The counter: one request in, one answer out.
//!
//! Promises: GET and HEAD change nothing; a yes is said when the wish is on the disk, and when it is not known to be there, the answer is
//! 503; every wrong token gets the same answer by the same work; nobody waits longer than the request's time. What is logged is method,
//! status and milliseconds. Knows nothing of sockets.

use super::asked::Asked;
use super::client::{Client, Tries};
use super::desk::{Desk, Unwritten};
use super::face::{Face, Faces};
use super::page::{Forms, Note, Page, View};
use super::server::Answers;
use super::words::Words;
use super::{Tell, WebError, answer, form};
use crate::clock::Clock;
use crate::delivery::token::{KeyId, Token};
use crate::store::visit::{Deed, ListStanding, Standing, Visitor, Wish};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The longest body: a one-click form with a long boundary has less than 400 bytes, our longest form less than 2000.
const MOST_BODY: usize = 4096;
/// How long a request's body and its answer may take.
const TIME: Duration = Duration::from_secs(6);
/// What monitors ask for, whatever stands before it.
const HEALTH: &str = "healthz";

/// Where requests are answered.
pub struct Counter {
    desk: Arc<Desk>,
    faces: Arc<Faces>,
    tries: Mutex<Tries>,
    is_behind_proxy: bool,
    /// Where each request is told of, if anywhere.
    log: Option<Tell>,
}

impl Answers for Counter {
    async fn answer(&self, peer: IpAddr, request: Request) -> Response {
        self.answer_and_tell(peer, request).await
    }
}

/// What the answer goes by: the clinic as it is now, and whose letter it is.
struct Seen {
    face: Arc<Face>,
    visitor: Option<Visitor>,
}

/// One request, read.
struct Asking {
    token: Option<Token>,
    /// `None` for a look.
    asked: Option<Asked>,
    client: Client,
    accepted: Option<String>,
}

impl Counter {
    /// Opens the counter for the workspace in `root` and its store in `dir`; what a person should know goes to `tell`.
    ///
    /// # Errors
    /// When the settings have errors, or the store cannot be opened.
    pub fn open(root: &Path, dir: &Path, clock: Clock, tell: &Tell) -> Result<Self, WebError> {
        Ok(Self {
            desk: Arc::new(Desk::open(dir, clock, Arc::clone(tell))?),
            faces: Arc::new(Faces::read(root, Arc::clone(tell))?),
            tries: Mutex::default(),
            is_behind_proxy: false,
            log: None,
        })
    }

    /// The same behind a proxy on this machine, whose word for who asks is taken.
    #[must_use]
    pub fn behind_proxy(self, is_behind_proxy: bool) -> Self {
        Self { is_behind_proxy, ..self }
    }

    /// The same with a line for each request.
    #[must_use]
    pub fn logging(self, log: Option<Tell>) -> Self {
        Self { log, ..self }
    }

    async fn answer_and_tell(&self, peer: IpAddr, request: Request) -> Response {
        let began = Instant::now();
        let method = request.method().clone();
        let accepted = text_of(request.headers(), &ACCEPT_LANGUAGE);
        let answered = tokio::time::timeout(TIME, self.answer_in_time(peer, request)).await;
        let response = match answered {
            Ok(response) => response,
            // Only a body can be late where nothing was asked of the store yet; what was asked may be done, and nobody can say so.
            Err(_) => {
                self.plain(StatusCode::SERVICE_UNAVAILABLE, View::Busy, accepted.as_deref())
                    .await
            }
        };
        if let Some(log) = &self.log {
            let shown = if METHODS.contains(&method) { method.as_str() } else { "other" };
            log(&format!(
                "{shown} {} {} ms",
                response.status().as_u16(),
                began.elapsed().as_millis()
            ));
        }
        response
    }

    async fn answer_in_time(&self, peer: IpAddr, request: Request) -> Response {
        let (head, body) = request.into_parts();
        let accepted = text_of(&head.headers, &ACCEPT_LANGUAGE);
        let last = last_part(head.uri.path());
        let asked = match head.method {
            Method::GET | Method::HEAD if last == HEALTH => return self.health().await,
            Method::GET | Method::HEAD => None,
            Method::POST => match posted(&head.headers, body).await {
                Some(asked) => Some(asked),
                None => {
                    return self
                        .plain(StatusCode::PAYLOAD_TOO_LARGE, View::Odd, accepted.as_deref())
                        .await;
                }
            },
            _ => {
                return self
                    .plain(StatusCode::METHOD_NOT_ALLOWED, View::Odd, accepted.as_deref())
                    .await;
            }
        };
        let asking = Asking {
            token: token_in(last),
            asked,
            client: Client::of(peer, &head.headers, self.is_behind_proxy),
            accepted,
        };
        match self.serve(&asking).await {
            Ok(response) => response,
            Err(Unwritten) => {
                self.plain(StatusCode::SERVICE_UNAVAILABLE, View::Busy, asking.accepted.as_deref())
                    .await
            }
        }
    }

    async fn serve(&self, asking: &Asking) -> Result<Response, Unwritten> {
        // What is no token costs the same work as a wrong one.
        let token = asking.token.unwrap_or(NOBODY);
        let seen = self.look(token).await?;
        let Some(visitor) = &seen.visitor else {
            let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
            let status = match tries.is_one_too_many(asking.client, Instant::now()) {
                false => StatusCode::NOT_FOUND,
                true => StatusCode::TOO_MANY_REQUESTS,
            };
            return Ok(seen.page(status, View::Wrong, asking));
        };
        match &asking.asked {
            _ if visitor.is_sample => Ok(seen.page(StatusCode::OK, View::Sample, asking)),
            None => Ok(seen.page(StatusCode::OK, View::Ask(seen.forms()), asking)),
            Some(asked) => self.act(token, asked, &seen, asking).await,
        }
    }

    async fn act(&self, token: Token, asked: &Asked, seen: &Seen, asking: &Asking) -> Result<Response, Unwritten> {
        let unclear = |view| Ok(seen.page(StatusCode::UNPROCESSABLE_ENTITY, view, asking));
        let deed = match asked {
            Asked::OneClick | Asked::StopThese => Deed::StopThese,
            Asked::StopAll { is_sure: true } => Deed::StopAll,
            Asked::StopSome { marks } => Deed::Stop(seen.lists(marks)),
            Asked::StopAll { is_sure: false } => return unclear(View::TickFirst(seen.forms())),
            Asked::ComeBack => return self.ask_back(token, seen, None, asking).await,
            Asked::Return { form, is_sure, marks } => {
                let (desk, form, sure) = (Arc::clone(&self.desk), form.clone(), *is_sure);
                if !aside(move || desk.is_return_form(&token, &form)).await? {
                    return self.ask_back(token, seen, Some(Note::TooLate), asking).await;
                }
                if !sure {
                    return self.ask_back(token, seen, Some(Note::TickFirst), asking).await;
                }
                Deed::Return(seen.lists(marks))
            }
            Asked::Nothing => return unclear(View::Odd),
        };
        if deed == Deed::Stop(Vec::new()) {
            return unclear(View::TickFirst(seen.forms()));
        }
        let one_click = *asked == Asked::OneClick;
        let wish = Wish {
            token,
            deed: deed.clone(),
            one_click,
        };
        if !self.desk.grant(wish).await? {
            // The store was exchanged in between, and the new one does not know the key.
            return Err(Unwritten);
        }
        if one_click {
            return Ok(seen.page(StatusCode::OK, View::OneClick, asking));
        }
        let now = self.look(token).await?;
        let view = match deed {
            Deed::StopThese => View::TheseDone(now.forms()),
            Deed::StopAll => View::AllDone(now.forms()),
            Deed::Stop(_) => View::SomeDone(now.forms()),
            Deed::Return(_) if now.is_kept_back() => View::WriteToUs,
            Deed::Return(_) => View::CameBack,
        };
        Ok(now.page(StatusCode::OK, view, asking))
    }

    /// The page that asks whether letters shall come again.
    async fn ask_back(&self, token: Token, seen: &Seen, note: Option<Note>, asking: &Asking) -> Result<Response, Unwritten> {
        let desk = Arc::clone(&self.desk);
        let form = aside(move || desk.return_form(&token)).await?;
        let status = if note.is_some() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        let others = seen.titled(|list| list.is_stopped && !list.is_of_letter);
        Ok(seen.page(status, View::ComeBack { form, others, note }, asking))
    }

    /// Whether the store can be read: all that a monitor learns.
    async fn health(&self) -> Response {
        match self.look(NOBODY).await {
            Ok(_) => answer::word(StatusCode::OK, "ok\n"),
            Err(Unwritten) => answer::word(StatusCode::SERVICE_UNAVAILABLE, "not now\n"),
        }
    }

    async fn look(&self, token: Token) -> Result<Seen, Unwritten> {
        let (desk, faces) = (Arc::clone(&self.desk), Arc::clone(&self.faces));
        aside(move || {
            Ok(Seen {
                visitor: desk.look(&token)?,
                face: faces.now(),
            })
        })
        .await
    }

    /// A page for which nobody needs to be known.
    async fn plain(&self, status: StatusCode, view: View<'_>, accepted: Option<&str>) -> Response {
        let faces = Arc::clone(&self.faces);
        let Ok(face) = aside(move || Ok(faces.now())).await else {
            return answer::word(StatusCode::SERVICE_UNAVAILABLE, "not now\n");
        };
        let words = Words::choose([], accepted);
        answer::page(
            status,
            &Page {
                face: &face,
                words,
                view,
            },
        )
    }
}

/// The methods that are logged by name: anything else could be anybody's text.
const METHODS: [Method; 4] = [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS];

/// A token that is nobody's.
const NOBODY: Token = Token {
    key: KeyId::UNKNOWN,
    generation: 0,
    delivery: 0,
    person: [0; 32],
    tag: [0; 16],
};

impl Seen {
    fn page(&self, status: StatusCode, view: View<'_>, asking: &Asking) -> Response {
        let known = self
            .visitor
            .iter()
            .flat_map(|visitor| [&visitor.language, &visitor.article_language]);
        let tags = known.flatten().map(String::as_str);
        let words = Words::choose(tags, asking.accepted.as_deref());
        let face = &self.face;
        answer::page(status, &Page { face, words, view })
    }

    fn standing(&self) -> Option<&Standing> {
        self.visitor.as_ref()?.standing.as_ref()
    }

    /// Whether letters stay away whatever the person says here: then nobody is promised any.
    fn is_kept_back(&self) -> bool {
        self.visitor.as_ref().is_none_or(|visitor| visitor.is_kept_back)
    }

    fn forms(&self) -> Forms<'_> {
        let Some(standing) = self.standing() else {
            return Forms::default();
        };
        let mut lists = self.titled(|list| !list.is_stopped);
        // Where there is nothing to choose from, the one button says it all.
        if !standing
            .lists
            .iter()
            .any(|list| !list.is_of_letter && self.face.titles.contains_key(&list.name))
            && lists.len() < 2
        {
            lists.clear();
        }
        let has_left = |list: &ListStanding| list.is_stopped && (list.is_of_letter || self.face.titles.contains_key(&list.name));
        Forms {
            these_stopped: standing.these_stopped,
            all_stopped: standing.all_stopped,
            lists,
            can_come_back: standing.all_stopped || standing.lists.iter().any(has_left),
        }
    }

    /// Titles and marks of the lists that may be named, of those `which` picks.
    fn titled(&self, which: impl Fn(&ListStanding) -> bool) -> Vec<(&str, &str)> {
        let lists = self.standing().into_iter().flat_map(|standing| &standing.lists);
        let titled = lists
            .filter(|list| which(list))
            .filter_map(|list| Some((self.face.titles.get(&list.name)?.as_str(), list.mark.as_str())));
        titled.collect()
    }

    /// The names behind marks; only lists that this person could see on the page have any.
    fn lists(&self, marks: &[String]) -> Vec<String> {
        let lists = self.standing().into_iter().flat_map(|standing| &standing.lists);
        let meant = lists.filter(|list| marks.contains(&list.mark) && self.face.titles.contains_key(&list.name));
        meant.map(|list| list.name.clone()).collect()
    }
}

/// The last part of a path that has anything in it: programs that turn text into links hang a slash on it.
fn last_part(path: &str) -> &str {
    path.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default()
}

/// The one token there, also where a mail program took the full stop or the bracket behind the link for a part of it.
fn token_in(part: &str) -> Option<Token> {
    match Token::all_in(part).as_slice() {
        [token] => Some(*token),
        _ => None,
    }
}

/// What a posted body asks for; `None` where it is too long, or breaks off.
async fn posted(headers: &HeaderMap, body: Body) -> Option<Asked> {
    let told = text_of(headers, &CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    if told.is_some_and(|length| length > MOST_BODY) {
        return None;
    }
    let bytes = to_bytes(body, MOST_BODY).await.ok()?;
    let kind = text_of(headers, &CONTENT_TYPE).unwrap_or_default();
    Some(Asked::of(&form::fields(&kind, &bytes)))
}

fn text_of(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Does what may wait for a disk or a lock on a thread that nobody else needs.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T, Unwritten> + Send + 'static) -> Result<T, Unwritten> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Unwritten)?
}
