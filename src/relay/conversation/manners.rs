//! A relay's manners: which enhanced code it gives to which command when all is well.
//!
//! With whole letters in flight every reply is a 2xx, and one reply too many or too few would shift them all by one. The codes tell
//! them apart (RFC 3463 §3.2: x.1.x is about addresses) on a relay that gives any; the first letter, which goes alone, teaches them.

use crate::delivery::reply::EnhancedCode;
use crate::relay::conversation::Awaited;
use crate::relay::conversation::reply_reader::WholeReply;

/// What has been learnt.
#[derive(Debug, Default)]
pub(super) struct Manners(Vec<(Awaited, EnhancedCode)>);

impl Manners {
    /// Whether this yes can be the answer to that command: its lines agree, and its code is not known as another command's.
    pub(super) fn allow(&mut self, awaited: Awaited, yes: &WholeReply) -> bool {
        let first = yes.lines.first().and_then(|line| EnhancedCode::parse(line));
        let Some(code) = first.filter(|_| is_of_one_piece(yes)) else {
            return is_of_one_piece(yes);
        };
        match self.0.iter().find(|(command, _)| *command == awaited) {
            Some((_, own)) => *own == code || self.0.iter().all(|(_, known)| *known != code),
            None => {
                self.0.push((awaited, code));
                true
            }
        }
    }
}

/// Whether all lines of a reply carry the same code (RFC 2034 §4), or none does: what was begun for one command and never ended takes
/// the answer to the next one for its last line.
pub(super) fn is_of_one_piece(reply: &WholeReply) -> bool {
    let mut codes = reply.lines.iter().map(|line| EnhancedCode::parse(line));
    let first = codes.next().flatten();
    codes.all(|code| code == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yes(lines: &str) -> WholeReply {
        WholeReply {
            code: 250,
            lines: lines.lines().map(str::to_owned).collect(),
        }
    }

    #[test]
    fn another_commands_code_is_no_answer() {
        let mut manners = Manners::default();
        let first = [
            (Awaited::Reset, "2.0.0 Ok"),
            (Awaited::Mail, "2.1.0 Ok"),
            (Awaited::Rcpt, "2.1.5 Ok"),
            (Awaited::EndOfData, "2.0.0 Ok: queued"),
        ];
        assert!(first.iter().all(|(awaited, lines)| manners.allow(*awaited, &yes(lines))));
        assert!(first.iter().all(|(awaited, lines)| manners.allow(*awaited, &yes(lines))));
        assert!(!manners.allow(Awaited::EndOfData, &yes("2.1.5 Ok")));
        assert!(!manners.allow(Awaited::Mail, &yes("2.0.0 Ok")));
        assert!(manners.allow(Awaited::EndOfData, &yes("2.6.0 Queued mail for delivery")));
    }

    #[test]
    fn a_reply_begun_for_one_command_and_ended_for_another_is_none() {
        assert!(!Manners::default().allow(Awaited::EndOfData, &yes("\n2.0.0 Ok")));
        assert!(Manners::default().allow(Awaited::EndOfData, &yes(" 28 byte chunk, total 28\nOK id=1xY")));
        assert!(Manners::default().allow(Awaited::EndOfData, &yes("2.0.0 a\n2.0.0 b")));
    }
}
