//! States, instants and days as the store writes them: one codec for every table.

use super::StoreError;
use crate::delivery::state::State;
use jiff::Timestamp;
use jiff::civil::Date;

/// The state a row holds, from its word and its `retry_at`.
pub(super) fn state(word: &str, retry_at: Option<i64>) -> Result<State, StoreError> {
    Ok(match (word, retry_at) {
        ("pending", _) => State::Pending,
        ("sending", _) => State::Sending,
        ("accepted", _) => State::Accepted,
        ("deferred", Some(at)) => State::Deferred { retry_at: instant(at)? },
        ("failed", _) => State::Failed,
        ("held", _) => State::Held,
        ("in_doubt", _) => State::InDoubt,
        ("suppressed", _) => State::Suppressed,
        ("cancelled", _) => State::Cancelled,
        ("expired", _) => State::Expired,
        _ => {
            return Err(StoreError::Damaged {
                what: format!("a delivery is `{word}`"),
            });
        }
    })
}

/// The instant of a row.
pub(super) fn instant(microseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(microseconds).map_err(|_| StoreError::Damaged {
        what: format!("an instant is {microseconds}"),
    })
}

/// The day of a row.
pub(super) fn day(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| StoreError::Damaged {
        what: format!("a day is `{text}`"),
    })
}

/// The `retry_at` column of a state.
pub(super) fn retry_at(state: State) -> Option<i64> {
    match state {
        State::Deferred { retry_at } => Some(retry_at.as_microsecond()),
        State::Pending | State::Sending | State::Accepted | State::Failed | State::Held => None,
        State::InDoubt | State::Suppressed | State::Cancelled | State::Expired => None,
    }
}
