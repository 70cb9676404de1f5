//! Answers: a page or a word, with the headers that every one of them carries.

use super::page::{Page, style, style_hash};
use axum::body::Body;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

/// The methods that are heard.
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST");
/// When to try again, in seconds.
const LATER: HeaderValue = HeaderValue::from_static("60");

/// A page.
pub(super) fn page(status: StatusCode, page: &Page<'_>) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        style_hash(&style(page.face.colour))
    );
    let mut response = answer(status, "text/html; charset=utf-8", page.render());
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// A word for a machine.
pub(super) fn word(status: StatusCode, word: &'static str) -> Response {
    let mut response = answer(status, "text/plain; charset=utf-8", word.to_owned());
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}

fn answer(status: StatusCode, kind: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    guard(headers);
    match status {
        StatusCode::METHOD_NOT_ALLOWED => headers.insert(ALLOW, METHODS),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => headers.insert(RETRY_AFTER, LATER),
        // What is left of the body is not waited for.
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT => {
            headers.insert(CONNECTION, HeaderValue::from_static("close"))
        }
        _ => None,
    };
    response
}

/// Nothing is kept, framed, indexed, guessed at, or told to the next site.
pub(super) fn guard(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex, nofollow"),
    );
    headers.insert(HeaderName::from_static("x-frame-options"), HeaderValue::from_static("DENY"));
}
