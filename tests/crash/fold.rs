//! The state machine of a delivery, written a second time: a letter's story told from its attempts and decisions alone.
//!
//! Promises: shares nothing with the program's own; what the store says of a letter must be what its story leads to.

use super::books::Line;

/// Where a story leads.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    state: &'static str,
    refusals: i64,
    orders: i64,
    is_dated: bool,
}

/// Everything in which a letter's row is not what its attempts and decisions lead to, in words.
pub(super) fn faults(line: &Line) -> Vec<String> {
    let mut faults = of_attempts(line);
    match tell(line) {
        Err(impossible) => faults.push(impossible),
        Ok(told) => {
            let row = (line.state.as_str(), line.refusals, line.orders, line.is_dated);
            if (told.state, told.refusals, told.orders, told.is_dated) != row {
                faults.push(format!("the story leads to {told:?}"));
            }
        }
    }
    if line.retry_at.is_some() != (line.state == "deferred") {
        faults.push("a next attempt where none is to come, or none where one is".to_owned());
    }
    faults
}

/// Attempts 1 to n, at most the last without an outcome, of runs in their order.
fn of_attempts(line: &Line) -> Vec<String> {
    let mut faults = Vec::new();
    let numbers: Vec<i64> = line.tries.iter().map(|one| one.number).collect();
    if numbers != (1..=line.attempt).collect::<Vec<_>>() {
        faults.push(format!("attempts {numbers:?}, counted {}", line.attempt));
    }
    let settled = line.tries.iter().all(|one| one.is_settled == one.outcome.is_some());
    let before_the_last = line.tries.len().saturating_sub(1);
    if !settled || line.tries.iter().take(before_the_last).any(|one| !one.is_settled) {
        faults.push("an attempt without an outcome that is not the last".to_owned());
    }
    let in_order = line.tries.windows(2).all(|pair| pair[0].run <= pair[1].run);
    if !in_order || line.tries.last().is_some_and(|last| line.run != Some(last.run)) {
        faults.push("runs out of order".to_owned());
    }
    if !line
        .changes
        .iter()
        .all(|change| (0..=line.attempt).contains(&change.attempts))
    {
        faults.push("a decision from between attempts that never were".to_owned());
    }
    faults
}

fn tell(line: &Line) -> Result<Told, String> {
    let mut told = Told {
        state: "pending",
        refusals: 0,
        orders: 0,
        is_dated: false,
    };
    decided(&mut told, line, 0)?;
    for one in &line.tries {
        if !matches!(told.state, "pending" | "deferred") {
            return Err(format!("attempt {} began while it was `{}`", one.number, told.state));
        }
        told.is_dated = true;
        told.state = match one.outcome.as_deref() {
            None => "sending",
            Some("not_taken") => "pending",
            Some("accepted") => "accepted",
            Some("failed") => "failed",
            Some("held") => "held",
            Some("in_doubt") => "in_doubt",
            Some("deferred") => "deferred",
            Some("expired") => "expired",
            Some(other) => return Err(format!("an attempt came out `{other}`")),
        };
        told.refusals += i64::from(matches!(told.state, "deferred" | "expired"));
        decided(&mut told, line, one.number)?;
    }
    Ok(told)
}

/// What people and rules decided after so many attempts.
fn decided(told: &mut Told, line: &Line, attempts: i64) -> Result<(), String> {
    for change in line.changes.iter().filter(|change| change.attempts == attempts) {
        let waits = matches!(told.state, "pending" | "deferred");
        let is_held = told.state == "held";
        told.state = match change.event.as_str() {
            "hold" if waits => "held",
            "expire" if waits => "expired",
            "cancel" if waits || is_held => "cancelled",
            "suppress" if waits || is_held => "suppressed",
            "doubt" if waits || is_held => "in_doubt",
            "release" if is_held => "pending",
            "sent" if told.state == "in_doubt" => "accepted",
            "not_sent" if told.state == "in_doubt" => "pending",
            "resend" if matches!(told.state, "accepted" | "failed" | "cancelled" | "expired") => {
                (told.orders, told.refusals, told.is_dated) = (told.orders + 1, 0, false);
                "pending"
            }
            other => return Err(format!("`{other}` was decided while it was `{}`", told.state)),
        };
    }
    Ok(())
}

#[test]
fn a_story_leads_to_one_state() {
    use super::books::{Change, Try};
    let line = |state: &str, outcomes: &[Option<&str>], changes: &[(i64, &str)]| Line {
        state: state.to_owned(),
        attempt: outcomes.len() as i64,
        is_dated: !outcomes.is_empty(),
        run: (!outcomes.is_empty()).then_some(1),
        tries: (1..)
            .zip(outcomes)
            .map(|(number, outcome)| Try {
                number,
                run: 1,
                is_settled: outcome.is_some(),
                outcome: outcome.map(str::to_owned),
            })
            .collect(),
        changes: changes
            .iter()
            .map(|(attempts, event)| Change {
                attempts: *attempts,
                event: (*event).to_owned(),
            })
            .collect(),
        ..Line::default()
    };
    assert_eq!(faults(&line("pending", &[], &[])), [""; 0]);
    assert_eq!(faults(&line("sending", &[Some("not_taken"), None], &[])), [""; 0]);
    assert_eq!(
        faults(&line("held", &[Some("in_doubt")], &[(1, "not_sent"), (1, "hold")])),
        [""; 0]
    );
    for wrong in [
        line("accepted", &[], &[]),
        line("accepted", &[Some("in_doubt"), Some("accepted")], &[]),
        line("accepted", &[None, Some("accepted")], &[]),
        line("pending", &[Some("accepted")], &[(1, "not_sent")]),
        line("pending", &[None], &[]),
        line("deferred", &[Some("deferred")], &[]),
        line("held", &[Some("in_doubt")], &[(1, "hold")]),
    ] {
        assert_ne!(faults(&wrong), [""; 0], "{wrong:?}");
    }
}
