//! The door: who is let in, and which answer they get.
//!
//! Promises: whoever names another host is sent away (a name that somebody else owns can be made to lead here); whoever does not know
//! the path learns nothing; only GET is heard; no answer may be kept, framed by others, or told of to other sites, and none names a
//! source outside itself. Knows nothing of what letters are.

use super::asked::{View, Wanted};
use super::guise::{Guise, dress};
use super::page;
use super::stage::{Composed, Stage};
use crate::web::answer::guard;
use crate::web::server::Answers;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ALLOW, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName, HeaderValue, LOCATION, X_FRAME_OPTIONS,
};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long whoever waits for a change is kept waiting at most.
const PATIENCE: Duration = Duration::from_secs(20);

const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:; \
                           form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// No script, no form, no window, nothing from anywhere: `allow-same-origin` lets the page around it keep the reader's place, no more.
const LETTER_POLICY: &str = "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; \
                             base-uri 'none'; frame-ancestors 'self'";
const NOTHING_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/preview.js");

/// A stage with its door.
pub struct Door {
    stage: Arc<Stage>,
    /// The names under which this machine may be asked.
    hosts: [String; 2],
}

impl Door {
    /// The door of a stage that answers at this port of the loopback.
    pub fn new(stage: Arc<Stage>, port: u16) -> Self {
        Self {
            stage,
            hosts: [format!("127.0.0.1:{port}"), format!("localhost:{port}")],
        }
    }

    /// Whoever waits for a change is told that there will be none.
    pub(crate) fn close(&self) {
        self.stage.close();
    }

    async fn admit(&self, request: Request) -> Response {
        let request = request.into_parts().0;
        let host = request.headers.get(HOST).and_then(|host| host.to_str().ok());
        if !host.is_some_and(|host| self.hosts.iter().any(|known| host.eq_ignore_ascii_case(known))) {
            return words(StatusCode::FORBIDDEN, "This page answers to 127.0.0.1 alone.\n");
        }
        let Some(inside) = self.inside(request.uri.path()) else {
            return words(
                StatusCode::NOT_FOUND,
                "There is nothing here. `tidings preview` prints the whole address.\n",
            );
        };
        if request.method != Method::GET {
            let mut answer = words(StatusCode::METHOD_NOT_ALLOWED, "This page is only looked at.\n");
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET"));
            return answer;
        }
        let query = request.uri.query().unwrap_or_default();
        match inside {
            "" => self.moved(),
            "/" => self.aside(query, page::whole).await,
            "/letter" => self.aside(query, letter).await,
            "/message.eml" => self.aside(query, message).await,
            "/style.css" => file("text/css; charset=utf-8", STYLE),
            "/preview.js" => file("text/javascript; charset=utf-8", SCRIPT),
            "/wait" => self.wait(query).await,
            _ => words(StatusCode::NOT_FOUND, "There is nothing here.\n"),
        }
    }

    /// What stands behind the token, if it is the right one.
    fn inside<'p>(&self, path: &'p str) -> Option<&'p str> {
        let (token, rest) = path
            .strip_prefix('/')
            .map(|path| path.split_at(path.find('/').unwrap_or(path.len())))?;
        // Compared by its keyed word, so that no time tells how much of it was right.
        self.stage.is_token(token).then_some(rest)
    }

    fn moved(&self) -> Response {
        let mut answer = words(StatusCode::TEMPORARY_REDIRECT, "");
        if let Ok(place) = HeaderValue::from_str(&format!("/{}/", self.stage.token())) {
            answer.headers_mut().insert(LOCATION, place);
        }
        answer
    }

    async fn wait(&self, query: &str) -> Response {
        let seen = query
            .strip_prefix("seen=")
            .and_then(|seen| seen.parse().ok())
            .unwrap_or_default();
        // Nothing new is an answer too.
        let _ = tokio::time::timeout(PATIENCE, self.stage.changed_since(seen)).await;
        words(StatusCode::OK, &self.stage.version().to_string())
    }

    /// Makes an answer on a thread that nobody else needs: lists may be long.
    async fn aside(&self, query: &str, make: fn(&Stage, &Wanted) -> Response) -> Response {
        let (stage, wanted) = (Arc::clone(&self.stage), self.stage.start().asking(query));
        let made = tokio::task::spawn_blocking(move || make(&stage, &wanted)).await;
        made.unwrap_or_else(|_| words(StatusCode::INTERNAL_SERVER_ERROR, "This could not be shown.\n"))
    }
}

impl Answers for Door {
    async fn answer(&self, _: IpAddr, request: Request) -> Response {
        self.admit(request).await
    }
}

/// The page around the letters.
pub(super) fn page(html: String) -> Response {
    answer(StatusCode::OK, "text/html; charset=utf-8", PAGE_POLICY, Body::from(html))
}

/// The letter as it is looked at.
fn letter(stage: &Stage, wanted: &Wanted) -> Response {
    let chosen = stage.choose(&stage.scene(), wanted);
    let Some(Ok(letter)) = chosen.and_then(|chosen| chosen.letter) else {
        return words(StatusCode::NOT_FOUND, "There is no letter to show.\n");
    };
    let dressed = dress(&letter.reading.html, &letter.reading.pictures, guise(wanted.view));
    let mut answer = answer(
        StatusCode::OK,
        "text/html; charset=utf-8",
        LETTER_POLICY,
        Body::from(dressed.html),
    );
    let framed = HeaderValue::from_static("SAMEORIGIN");
    answer.headers_mut().insert(X_FRAME_OPTIONS, framed);
    answer
}

/// The letter as it would leave, to keep or to open in a mail program.
fn message(stage: &Stage, wanted: &Wanted) -> Response {
    let chosen = stage.choose(&stage.scene(), wanted);
    let Some(Ok(Composed { bytes, .. })) = chosen.and_then(|chosen| chosen.letter) else {
        return words(StatusCode::NOT_FOUND, "There is no letter to show.\n");
    };
    let mut answer = answer(StatusCode::OK, "message/rfc822", NOTHING_POLICY, Body::from(bytes));
    let kept = HeaderValue::from_static("attachment; filename=\"letter.eml\"");
    answer.headers_mut().insert(CONTENT_DISPOSITION, kept);
    answer
}

/// How the letter is dressed for a view.
pub(super) fn guise(view: View) -> Guise {
    Guise {
        is_dark: view == View::Dark,
        has_pictures: view != View::NoPictures,
    }
}

fn file(kind: &'static str, text: &'static str) -> Response {
    answer(StatusCode::OK, kind, NOTHING_POLICY, Body::from(text))
}

fn words(status: StatusCode, words: &str) -> Response {
    answer(
        status,
        "text/plain; charset=utf-8",
        NOTHING_POLICY,
        Body::from(words.to_owned()),
    )
}

fn answer(status: StatusCode, kind: &'static str, policy: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    guard(headers);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    let own = HeaderValue::from_static("same-origin");
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), own.clone());
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), own);
    response
}
