//! The laws, asked of every world and of every move between two of them.

use super::moves::{Commit, Move};
use super::rules::Rules;
use super::world::{ATTEMPTS, Attempt, LETTERS, Line, Said, World};
use tidings::delivery::state::{Event, State};

/// What a world breaks, if anything.
pub(super) fn broken_in(world: &World, rules: &Rules) -> Option<&'static str> {
    (0..LETTERS)
        .find_map(|of| truth(world, of).or_else(|| record(world, of)))
        .or_else(|| doubt_of_a_crash(world, rules))
        .or_else(|| message_ids(world))
}

/// The store's word against the relay's.
fn truth(world: &World, of: usize) -> Option<&'static str> {
    let (row, attempts) = (&world.rows[of], &world.attempts[of]);
    if world.copies(of) > 1 + row.orders + row.denials {
        return Some("more copies than one and the orders to send again");
    }
    let with_orders = |orders| attempts.iter().filter(move |attempt| attempt.orders == orders);
    if (0..=row.orders).any(|orders| with_orders(orders).map(|attempt| attempt.copies).sum::<u8>() > 1 + row.denials) {
        return Some("two copies with one Message-ID, and nobody denied the first");
    }
    if attempts
        .iter()
        .any(|attempt| attempt.said == Said::No && attempt.copies + attempt.adrift > 0)
    {
        return Some("a definite no on record, and yet the relay has the letter or will get it");
    }
    if attempts
        .iter()
        .any(|attempt| attempt.said == Said::Yes && attempt.copies == 0)
    {
        return Some("an attempt accepted on record that the relay knows nothing of");
    }
    if row.state == State::Accepted && world.copies(of) == 0 && !row.vouched {
        return Some("accepted, and neither has the relay it nor did a person say so");
    }
    None
}

/// The store against itself: the state follows from the attempts, and each of them is accounted for.
fn record(world: &World, of: usize) -> Option<&'static str> {
    let (row, attempts) = (&world.rows[of], &world.attempts[of]);
    let begun = usize::from(row.attempt);
    let is_begun = |attempt: &Attempt| attempt.said != Said::Unbegun;
    if !attempts[..begun].iter().all(is_begun) || attempts[begun..].iter().any(is_begun) {
        return Some("the attempts on record are not as many as the letter's row says");
    }
    if attempts[begun..].iter().any(|attempt| attempt.copies + attempt.adrift > 0) {
        return Some("a letter left for which no attempt is on record");
    }
    let open = attempts.iter().filter(|attempt| attempt.said == Said::Open).count();
    let last_is_open = begun > 0 && attempts[begun - 1].said == Said::Open;
    if open != usize::from(row.state == State::Sending) || last_is_open != (row.state == State::Sending) {
        return Some("a letter is being sent without an open attempt, or an attempt is open without a letter being sent");
    }
    // `planned` is the sum over the names: a state without one would fall out of the numbers.
    (!State::NAMES.contains(&row.state.name())).then_some("a state that no number counts")
}

/// What a run could leave in doubt if it died now.
fn doubt_of_a_crash(world: &World, rules: &Rules) -> Option<&'static str> {
    let left = |run| {
        world
            .rows
            .iter()
            .filter(|row| row.state == State::Sending && row.run == run)
            .count()
    };
    let too_many = (1..=world.begun).any(|run| left(run) > rules.connections * rules.ride.in_flight());
    too_many.then_some("one crash would leave more in doubt than the connections may have under way")
}

/// A letter that leaves carries the Message-ID that the log shows (law 11).
fn message_ids(world: &World) -> Option<&'static str> {
    let lines = world.runs.iter().flatten().flat_map(|run| run.lines);
    let wrong = lines.flat_map(Line::on_their_way).any(|letter| {
        let attempt = &world.attempts[usize::from(letter.of)][usize::from(letter.attempt) - 1];
        attempt.said != Said::Unbegun && attempt.orders != letter.orders
    });
    wrong.then_some("a letter leaves with an older order's Message-ID")
}

/// What a move breaks, if anything.
pub(super) fn broken_by(before: &World, happened: Move, after: &World) -> Option<&'static str> {
    (0..LETTERS)
        .find_map(|of| states(before, happened, after, of).or_else(|| attempts(before, after, of)))
        .or_else(|| said_before_written(happened, after))
        .or_else(|| commits(happened, after))
}

/// Who may move a letter on.
fn states(before: &World, happened: Move, after: &World, of: usize) -> Option<&'static str> {
    let (from, to) = (before.rows[of].state, after.rows[of].state);
    let ordered = |events: &[Event]| matches!(happened, Move::Person(event, _) if events.contains(&event));
    if from == to {
        return None;
    }
    match from {
        State::InDoubt if !ordered(&[Event::ResolveSent, Event::ResolveNotSent]) => {
            Some("a doubt was left without a person's word")
        }
        State::Accepted | State::Failed | State::Suppressed | State::Cancelled | State::Expired if !ordered(&[Event::Resend]) => {
            Some("a final state was left without a person's order")
        }
        State::Held if !happened.is_a_persons() => Some("what is held was moved on without a person"),
        State::Sending if happened.is_a_persons() => Some("a person moved on what is being sent"),
        _ => None,
    }
}

/// Attempts are append-only, and each begins with a right to.
fn attempts(before: &World, after: &World, of: usize) -> Option<&'static str> {
    for number in 0..ATTEMPTS {
        let (was, is) = (&before.attempts[of][number], &after.attempts[of][number]);
        let settled = !matches!(was.said, Said::Unbegun | Said::Open);
        if settled && was.said != is.said || was.said == Said::Open && is.said == Said::Unbegun {
            return Some("an attempt on record was changed");
        }
        if was.said != Said::Unbegun || is.said == Said::Unbegun {
            continue;
        }
        if before.suppressed[of] {
            return Some("an attempt began though the address is suppressed");
        }
        if before.held || before.called_off {
            return Some("an attempt began though the edition is on hold or called off");
        }
        let unanswered = |earlier: &Attempt| earlier.said != Said::No && !earlier.denied && earlier.orders == is.orders;
        if after.attempts[of][..number].iter().any(unanswered) {
            return Some("an attempt began without a definite no of the one before, or an order");
        }
    }
    None
}

/// Law 3: what leaves is on record first.
fn said_before_written(happened: Move, after: &World) -> Option<&'static str> {
    let Move::BodyLeaves(letter) = happened else { return None };
    let attempt = &after.attempts[usize::from(letter.of)][usize::from(letter.attempt) - 1];
    (attempt.said == Said::Unbegun).then_some("a body left before its attempt was on record")
}

/// Laws 4 and 14: a commit that the disk took ends nobody's run, and one that it did not take lets nothing leave.
fn commits(happened: Move, after: &World) -> Option<&'static str> {
    let Move::Commit { of, end } = happened else { return None };
    let run = after.runs.iter().flatten().find(|run| run.number == of.run)?;
    match end {
        Commit::Done if run.broken => Some("a commit that went well ended the run"),
        Commit::Failed | Commit::Unknown if !run.broken => Some("a run went on after a failed commit"),
        Commit::Done | Commit::Failed | Commit::Unknown => None,
    }
}

/// Where nothing is left to do but by people: every letter is final, or a person is told of it.
pub(super) fn is_at_rest(world: &World) -> bool {
    let mut lines = world.runs.iter().flatten().flat_map(|run| run.lines);
    lines.all(Line::is_idle)
        && world.rows.iter().all(|row| match row.state {
            State::Pending | State::Deferred { .. } => world.held,
            State::Sending => false,
            State::Accepted | State::Failed | State::Held | State::InDoubt => true,
            State::Suppressed | State::Cancelled | State::Expired => true,
        })
}
