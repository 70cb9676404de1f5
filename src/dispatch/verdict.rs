//! The verdict: what an outcome means for the delivery, for the connection and for the run (law 8).
//!
//! Pure: it is asked with what the relay did to one letter, and answers with what to write and whether to go on. What many letters
//! mean together is the [breaker](super::breaker)'s to say.

use super::report::Stop;
use crate::address::Address;
use crate::delivery::reply::{Class, Reply, Scope, Stage, classify};
use crate::delivery::state::Event;
use crate::relay::outcome::{Outcome, Trouble};

/// What follows from an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What happens to the delivery.
    pub event: Event,
    /// Whose business the relay's answer is; none where no answer came.
    pub class: Option<Class>,
    /// How far the conversation had got.
    pub stage: Option<Stage>,
    /// The relay's reply, with the recipient's address taken out.
    pub reply: Option<Reply>,
    /// In words, where no reply tells it.
    pub reason: Option<String>,
    /// Why the run ends, if it does.
    pub stop: Option<Stop>,
}

/// Judges the outcome of one letter.
pub fn judge(outcome: &Outcome, to: &Address) -> Verdict {
    match outcome {
        Outcome::Answered(reply) => judge_reply(&without_address(reply, to)),
        Outcome::NotTaken { stage, why } => Verdict {
            stage: Some(*stage),
            ..verdict(
                Event::NotTaken,
                &without_spellings(&format!("not taken: the connection ended at the stage `{stage}`: {why}"), to),
            )
        },
        Outcome::InDoubt { why } => Verdict {
            stage: Some(Stage::EndOfData),
            ..verdict(
                Event::Lose,
                &without_spellings(&format!("no whole reply came back after the letter: {why}"), to),
            )
        },
        Outcome::Unsupported { class, why } => Verdict {
            class: Some(*class),
            stop: stop_for(*class, why, None),
            ..unsupported(*class, why)
        },
    }
}

/// What the run does about trouble that keeps a connection from opening: nobody is touched by it.
pub fn stop_for_trouble(trouble: &Trouble) -> Stop {
    let hint = trouble.hint.clone();
    stop_for(trouble.class, &trouble.why, hint).unwrap_or_else(|| Stop::RelayForNow {
        why: trouble.why.clone(),
    })
}

fn judge_reply(reply: &Reply) -> Verdict {
    let class = classify(reply);
    let event = match class {
        Class::Accepted => Event::Accept,
        Class::Hard | Class::UnsupportedAddress => Event::RefuseForGood,
        // Never the address's fault, at whatever stage: a relay with Postfix's delayed refusals says at RCPT that our host is on a
        // block list, and a whole list of people would be given up for it.
        Class::Policy => Event::RefuseForAll,
        Class::Soft => Event::RefuseForNow { refusals: 1 },
        Class::Content => Event::RefuseForAll,
        Class::Throttle | Class::Quota | Class::RelayDown | Class::Login | Class::Sender | Class::Settings => Event::NotTaken,
    };
    let stop = match class {
        // A 421 ends a connection, not a run: the relay may only want a fresh one.
        Class::Throttle => None,
        _ => stop_for(
            class,
            &format!("the relay answered `{reply}` at the stage `{}`", reply.stage),
            None,
        ),
    };
    Verdict {
        event,
        class: Some(class),
        stage: Some(reply.stage),
        reply: Some(reply.clone()),
        reason: None,
        stop,
    }
}

fn unsupported(class: Class, why: &str) -> Verdict {
    let event = match class.scope() {
        Scope::Delivery => Event::RefuseForGood,
        Scope::RelayForNow => Event::NotTaken,
        Scope::FixFirst => Event::RefuseForAll,
    };
    verdict(event, why)
}

fn verdict(event: Event, reason: &str) -> Verdict {
    Verdict {
        event,
        class: None,
        stage: None,
        reply: None,
        reason: Some(reason.to_owned()),
        stop: None,
    }
}

fn stop_for(class: Class, why: &str, hint: Option<String>) -> Option<Stop> {
    let why = why.to_owned();
    match class.scope() {
        // Released, the text is frozen: run again, it would be refused for the next person.
        _ if class == Class::Content => Some(Stop::Hold {
            why,
            hint: hint.unwrap_or_else(|| class.next_step().to_owned()),
            fix_first: true,
            all: false,
        }),
        Scope::Delivery => None,
        Scope::RelayForNow => Some(Stop::RelayForNow { why }),
        Scope::FixFirst => Some(Stop::FixFirst {
            why,
            hint: hint.unwrap_or_else(|| class.next_step().to_owned()),
        }),
    }
}

/// Law 15: replies are kept, addresses are not.
fn without_address(reply: &Reply, to: &Address) -> Reply {
    Reply {
        text: without_spellings(&reply.text, to),
        ..reply.clone()
    }
}

fn without_spellings(text: &str, to: &Address) -> String {
    if !text.contains('@') {
        return text.to_owned();
    }
    let text = replace_ignoring_case(text, to.as_str());
    match to.identity().eq_ignore_ascii_case(to.as_str()) {
        true => text,
        false => replace_ignoring_case(&text, to.identity()),
    }
}

fn replace_ignoring_case(text: &str, spelling: &str) -> String {
    let (lower, wanted) = (text.to_ascii_lowercase(), spelling.to_ascii_lowercase());
    let mut rest = 0;
    let mut replaced = String::with_capacity(text.len());
    while let Some(found) = lower[rest..].find(&wanted) {
        replaced.push_str(&text[rest..rest + found]);
        replaced.push_str("<recipient>");
        rest += found + wanted.len();
    }
    replaced.push_str(&text[rest..]);
    replaced.replace("<<recipient>>", "<recipient>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stage: Stage, line: &str, event: Event, stops: Option<&str>) {
        let (code, text) = line.split_at(3);
        let reply = Reply::new(stage, code.parse().unwrap(), &[text.trim_start().to_owned()]);
        let to = Address::parse("Ann@example.org").unwrap();
        let verdict = judge(&Outcome::Answered(reply), &to);
        let found = verdict.stop.as_ref().map(|stop| match stop {
            Stop::FixFirst { .. } => "fix first",
            Stop::RelayForNow { .. } => "for now",
            Stop::Hold { .. } => "on hold",
            Stop::Store { .. }
            | Stop::Quota { .. }
            | Stop::Hours { .. }
            | Stop::Time { .. }
            | Stop::Signal { .. }
            | Stop::Limit { .. } => "other",
        });
        assert_eq!((verdict.event, found), (event, stops), "{line}");
    }

    #[test]
    fn whose_fault_decides_what_happens() {
        check(Stage::EndOfData, "250 2.0.0 queued", Event::Accept, None);
        check(Stage::Rcpt, "550 5.1.1 unknown", Event::RefuseForGood, None);
        check(Stage::Rcpt, "450 4.2.0 greylisted", Event::RefuseForNow { refusals: 1 }, None);
        check(Stage::Mail, "550 5.1.8 sender", Event::NotTaken, Some("fix first"));
        check(
            Stage::Mail,
            "550 5.4.5 Daily user sending limit exceeded",
            Event::NotTaken,
            Some("for now"),
        );
        check(
            Stage::Mail,
            "421 4.3.2 too many letters on this connection",
            Event::NotTaken,
            None,
        );
        check(Stage::EndOfData, "552 5.3.4 too big", Event::RefuseForAll, Some("on hold"));
        check(Stage::EndOfData, "550 5.7.26 unauthenticated", Event::RefuseForAll, None);
        check(Stage::Rcpt, "554 5.7.1 host blocked using a list", Event::RefuseForAll, None);
        check(
            Stage::EndOfData,
            "451 4.3.0 try later",
            Event::RefuseForNow { refusals: 1 },
            None,
        );
    }

    #[test]
    fn a_lost_connection_is_a_no_before_the_end_and_a_doubt_after_it() {
        let to = Address::parse("ann@example.org").unwrap();
        let lost = Outcome::NotTaken {
            stage: Stage::Data,
            why: "reset".to_owned(),
        };
        assert_eq!(judge(&lost, &to).event, Event::NotTaken);
        assert_eq!(judge(&Outcome::InDoubt { why: "reset".to_owned() }, &to).event, Event::Lose);
    }

    #[test]
    fn a_reply_is_kept_without_the_address() {
        let to = Address::parse("Ann@Example.org").unwrap();
        let reply = Reply::new(
            Stage::Rcpt,
            550,
            &["5.1.1 <ann@EXAMPLE.org>: Ann@example.org unknown".to_owned()],
        );
        let kept = judge(&Outcome::Answered(reply), &to).reply.unwrap();
        assert_eq!(kept.text, "<recipient>: <recipient> unknown");
    }
}
