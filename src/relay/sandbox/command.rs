//! One command line of a visitor's, understood or refused (RFC 5321 §4.1.1).

/// A command that the sandbox knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Ehlo,
    Helo,
    Mail { from: String, size: Option<usize>, utf8: bool },
    Rcpt { to: String },
    Data,
    Bdat { octets: usize, last: bool },
    Rset,
    Noop,
    Vrfy,
    Help,
    Quit,
}

/// Why a line is no command: the whole reply.
pub(super) type Refusal = &'static str;

const UNKNOWN: Refusal = "500 5.5.2 command not recognised";
const NOT_HERE: Refusal = "502 5.5.1 command not implemented";
const SYNTAX: Refusal = "501 5.5.4 syntax error in the parameters";
const BAD_SENDER: Refusal = "501 5.1.7 that is no sender address";
const BAD_RECIPIENT: Refusal = "501 5.1.3 that is no recipient address";
const PARAMETER: Refusal = "555 5.5.4 parameter not recognised";

impl Command {
    /// Reads a line without its CRLF.
    pub(super) fn parse(line: &str) -> Result<Self, Refusal> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        let alone = |command| if rest.is_empty() { Ok(command) } else { Err(SYNTAX) };
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" if !rest.is_empty() => Ok(Self::Ehlo),
            "HELO" if !rest.is_empty() => Ok(Self::Helo),
            "EHLO" | "HELO" => Err(SYNTAX),
            "MAIL" => mail(rest),
            "RCPT" => rcpt(rest),
            "DATA" => alone(Self::Data),
            "BDAT" => bdat(rest),
            "RSET" => alone(Self::Rset),
            "NOOP" => Ok(Self::Noop),
            "VRFY" if !rest.is_empty() => Ok(Self::Vrfy),
            "VRFY" => Err(SYNTAX),
            "HELP" => Ok(Self::Help),
            "QUIT" => alone(Self::Quit),
            "EXPN" | "AUTH" | "STARTTLS" | "ETRN" | "TURN" => Err(NOT_HERE),
            _ => Err(UNKNOWN),
        }
    }
}

fn mail(rest: &str) -> Result<Command, Refusal> {
    let (from, parameters) = path(rest, "FROM:").ok_or(SYNTAX)?;
    // The null reverse-path is for bounces (RFC 5321 §4.5.5).
    if !from.is_empty() && !is_mailbox(from) {
        return Err(BAD_SENDER);
    }
    let (mut size, mut utf8) = (None, false);
    for parameter in parameters.split_ascii_whitespace() {
        let upper = parameter.to_ascii_uppercase();
        match upper.split_once('=') {
            Some(("SIZE", octets)) => size = Some(octets.parse().map_err(|_| SYNTAX)?),
            Some(("BODY", "7BIT" | "8BITMIME")) => {}
            None if upper == "SMTPUTF8" => utf8 = true,
            Some(_) | None => return Err(PARAMETER),
        }
    }
    Ok(Command::Mail {
        from: from.to_owned(),
        size,
        utf8,
    })
}

fn rcpt(rest: &str) -> Result<Command, Refusal> {
    let (to, parameters) = path(rest, "TO:").ok_or(SYNTAX)?;
    match (is_mailbox(to), parameters.is_empty()) {
        (false, _) => Err(BAD_RECIPIENT),
        (true, false) => Err(PARAMETER),
        (true, true) => Ok(Command::Rcpt { to: to.to_owned() }),
    }
}

fn bdat(rest: &str) -> Result<Command, Refusal> {
    let (octets, last) = rest.split_once(' ').unwrap_or((rest, ""));
    let octets = octets.parse().map_err(|_| SYNTAX)?;
    match last.to_ascii_uppercase().as_str() {
        "" => Ok(Command::Bdat { octets, last: false }),
        "LAST" => Ok(Command::Bdat { octets, last: true }),
        _ => Err(SYNTAX),
    }
}

/// The address between `<` and `>` behind `keyword`, and what follows it.
fn path<'a>(rest: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let (found, rest) = rest.split_at_checked(keyword.len())?;
    let rest = found.eq_ignore_ascii_case(keyword).then_some(rest)?;
    let (address, parameters) = rest.trim_start().strip_prefix('<')?.split_once('>')?;
    let apart = parameters.is_empty() || parameters.starts_with(' ');
    apart.then_some((address, parameters.trim()))
}

/// RFC 5321 §4.5.3.1: at most 64 octets before the `@`, 255 behind it.
fn is_mailbox(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| !c.is_control() && !c.is_whitespace() && !"<>@".contains(c);
    (1..=64).contains(&local.len()) && (1..=255).contains(&domain.len()) && local.chars().chain(domain.chars()).all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &Result<Command, Refusal>) {
        assert_eq!(Command::parse(line), *expected, "{line:?}");
    }

    #[test]
    fn commands_are_understood_in_any_case() {
        let mail = |size, utf8| {
            Ok(Command::Mail {
                from: "a@b.example".to_owned(),
                size,
                utf8,
            })
        };
        check("EHLO me.example", &Ok(Command::Ehlo));
        check("mail from:<a@b.example>", &mail(None, false));
        check(
            "MAIL FROM: <a@b.example> size=10 BODY=8BITMIME SMTPUTF8",
            &mail(Some(10), true),
        );
        check(
            "MAIL FROM:<>",
            &Ok(Command::Mail {
                from: String::new(),
                size: None,
                utf8: false,
            }),
        );
        check(
            "RCPT TO:<ann@example.org>",
            &Ok(Command::Rcpt {
                to: "ann@example.org".to_owned(),
            }),
        );
        check("BDAT 10 last", &Ok(Command::Bdat { octets: 10, last: true }));
        check("BDAT 0", &Ok(Command::Bdat { octets: 0, last: false }));
        check("NOOP whatever", &Ok(Command::Noop));
    }

    #[test]
    fn what_is_no_command_gets_its_reply() {
        check("", &Err(UNKNOWN));
        check("HTTP /", &Err(UNKNOWN));
        check("EHLO", &Err(SYNTAX));
        check("DATA now", &Err(SYNTAX));
        check("AUTH PLAIN x", &Err(NOT_HERE));
        check("MAIL TO:<a@b.example>", &Err(SYNTAX));
        check("MAIL FROM:a@b.example", &Err(SYNTAX));
        check("MAIL FROM:<a@b.example>SIZE=1", &Err(SYNTAX));
        check("MAIL FROM:<a@b.example> RET=FULL", &Err(PARAMETER));
        check("MAIL FROM:<ann>", &Err(BAD_SENDER));
        check("RCPT TO:<>", &Err(BAD_RECIPIENT));
        check("RCPT TO:<a b@example.org>", &Err(BAD_RECIPIENT));
        check("RCPT TO:<ann@example.org> NOTIFY=NEVER", &Err(PARAMETER));
        check("BDAT -1", &Err(SYNTAX));
    }
}
