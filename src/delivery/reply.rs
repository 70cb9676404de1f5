//! Replies: what the relay said, at which stage of the conversation, and whose fault that is.
//!
//! Law 8 of the design: (stage, code, enhanced code, text) decide together. A wrong password must never bounce a list, and Google's
//! `550 5.4.5` is a quota although it looks like a dead address.

use std::fmt;

/// How far the conversation had got when the relay spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Name lookup and TCP.
    Connect,
    /// The TLS handshake.
    Tls,
    /// The relay's first line.
    Greeting,
    /// EHLO.
    Ehlo,
    /// STARTTLS.
    StartTls,
    /// AUTH.
    Login,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA, before the first byte of the letter.
    Data,
    /// After the end of data (the final dot, or the last byte of BDAT LAST).
    EndOfData,
}

impl Stage {
    /// The name used in the store and in messages.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Connect => "connect",
            Stage::Tls => "tls",
            Stage::Greeting => "greeting",
            Stage::Ehlo => "ehlo",
            Stage::StartTls => "starttls",
            Stage::Login => "login",
            Stage::Mail => "mail",
            Stage::Rcpt => "rcpt",
            Stage::Data => "data",
            Stage::EndOfData => "end of data",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An enhanced status code (RFC 3463), such as 5.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EnhancedCode {
    /// 2, 4 or 5.
    pub class: u8,
    /// The subject.
    pub subject: u16,
    /// The detail.
    pub detail: u16,
}

impl EnhancedCode {
    /// Reads the code at the start of a reply's text.
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.split_ascii_whitespace().next()?;
        let mut numbers = word.split('.');
        let (class, subject, detail) = (numbers.next()?, numbers.next()?, numbers.next()?);
        let short = |number: &str| number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit());
        let whole = numbers.next().is_none() && [class, subject, detail].into_iter().all(short);
        let code = Self {
            class: class.parse().ok()?,
            subject: subject.parse().ok()?,
            detail: detail.parse().ok()?,
        };
        (whole && matches!(code.class, 2 | 4 | 5)).then_some(code)
    }

    fn is(self, subject: u16, detail: u16) -> bool {
        (self.subject, self.detail) == (subject, detail)
    }
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// One whole reply of the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// When it came.
    pub stage: Stage,
    /// The three digits.
    pub code: u16,
    /// The enhanced code, where there is one.
    pub enhanced: Option<EnhancedCode>,
    /// The text without codes: all lines joined by blanks, controls escaped, cut to 512 characters.
    pub text: String,
}

impl Reply {
    /// A reply at `stage`, from its code and its lines as the relay wrote them (enhanced codes still in front).
    pub fn new(stage: Stage, code: u16, lines: &[String]) -> Self {
        let enhanced = lines.first().and_then(|line| EnhancedCode::parse(line));
        let words = lines.iter().map(|line| without_code(line));
        let joined = words.collect::<Vec<_>>().join(" ");
        let escaped: String = joined.chars().flat_map(escape).take(512).collect();
        Self {
            stage,
            code,
            enhanced,
            text: escaped.trim().to_owned(),
        }
    }

    /// 2xx: done.
    pub fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// 4xx: not now.
    pub fn is_for_now(&self) -> bool {
        (400..500).contains(&self.code)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(enhanced) = self.enhanced {
            write!(f, " {enhanced}")?;
        }
        write!(f, " {}", self.text)
    }
}

fn without_code(line: &str) -> &str {
    let line = line.trim();
    match EnhancedCode::parse(line) {
        Some(_) => line.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start()),
        None => line,
    }
}

fn escape(c: char) -> Vec<char> {
    match c.is_control() || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
        true => c.escape_unicode().collect(),
        false => vec![c],
    }
}

/// Whose business a reply is, and so what becomes of the delivery and of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The relay took the letter.
    Accepted,
    /// This address does not exist or takes no mail for good.
    Hard,
    /// This address does not take mail just now: mailbox full, greylisting.
    Soft,
    /// This letter to this address was refused for policy reasons: never the address's fault.
    Policy,
    /// The address needs SMTPUTF8 and this way has none.
    UnsupportedAddress,
    /// The relay wants us to slow down or come back later.
    Throttle,
    /// The day's or hour's allowance is used up.
    Quota,
    /// The relay is away.
    RelayDown,
    /// Name or password refused.
    Login,
    /// The sender address is refused.
    Sender,
    /// Settings are wrong: TLS, host name, relaying denied.
    Settings,
    /// The letter itself is refused: it would be for everybody.
    Content,
}

/// What the rest of the run does about a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Only this delivery is concerned.
    Delivery,
    /// The relay, for now: no recipient is touched, run again later.
    RelayForNow,
    /// Something a person must mend first: no recipient is touched.
    FixFirst,
}

impl Class {
    /// Whom the class concerns.
    pub fn scope(self) -> Scope {
        match self {
            Class::Accepted | Class::Hard | Class::Soft | Class::Policy | Class::UnsupportedAddress => Scope::Delivery,
            Class::Throttle | Class::Quota | Class::RelayDown => Scope::RelayForNow,
            Class::Login | Class::Sender | Class::Settings | Class::Content => Scope::FixFirst,
        }
    }
}

/// Decides whose fault a refusal is, or that there is none at the end of data.
///
/// Words are looked for outside `<…>` only: a relay repeats the address there, and `daily.news@example.org` is no quota. A 5.1.x at
/// RCPT (RFC 3463 §3.2, addressing status) is about the address whatever the words are.
pub fn classify(reply: &Reply) -> Class {
    let text = without_brackets(&reply.text.to_lowercase());
    let addressing = reply.stage == Stage::Rcpt && reply.enhanced.is_some_and(|code| code.class == 5 && code.subject == 1);
    if addressing && !reply.is_for_now() {
        return Class::Hard;
    }
    if let Some(class) = quota_or_throttle(reply, &text) {
        return class;
    }
    match reply.stage {
        Stage::Connect | Stage::Tls => Class::RelayDown,
        Stage::Greeting | Stage::Ehlo => for_now_or(reply, Class::Throttle, Class::Settings),
        Stage::StartTls => for_now_or(reply, Class::RelayDown, Class::Settings),
        Stage::Login => for_now_or(reply, Class::Throttle, Class::Login),
        Stage::Mail => at_mail(reply),
        Stage::Rcpt => at_rcpt(reply, &text),
        Stage::Data => for_now_or(reply, Class::Soft, Class::Policy),
        Stage::EndOfData => at_end_of_data(reply, &text),
    }
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let mut outside = |c: &char| {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    };
    text.chars().filter(|c| outside(c)).collect()
}

fn for_now_or(reply: &Reply, for_now: Class, for_good: Class) -> Class {
    match reply.is_for_now() {
        true => for_now,
        false => for_good,
    }
}

fn quota_or_throttle(reply: &Reply, text: &str) -> Option<Class> {
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if reply.is_positive() {
        return None;
    }
    if reply.code == 421 && reply.stage != Stage::EndOfData {
        return Some(Class::Throttle);
    }
    let daily = says(&["daily", "quota exceeded", "relay limit", "sending limit", "message limit"]);
    let mailbox =
        reply.enhanced.is_some_and(|code| code.is(2, 2) || code.is(2, 3)) || says(&["mailbox", "over quota", "user quota"]);
    let gmail_daily = reply.enhanced.is_some_and(|code| code.is(4, 5));
    if gmail_daily || (daily && !mailbox) {
        return Some(Class::Quota);
    }
    let rate = says(&[
        "too many connections",
        "too many messages",
        "rate exceeded",
        "throttl",
        "rate limit",
    ]);
    (rate && !(reply.stage == Stage::Rcpt && mailbox)).then_some(Class::Throttle)
}

fn at_mail(reply: &Reply) -> Class {
    let too_big = reply.code == 552 || reply.enhanced.is_some_and(|code| code.is(3, 4));
    match (reply.is_for_now(), reply.code, too_big) {
        (true, _, _) => Class::Throttle,
        (false, 530, _) => Class::Login,
        (false, _, true) => Class::Content,
        (false, _, false) => Class::Sender,
    }
}

fn at_rcpt(reply: &Reply, text: &str) -> Class {
    if reply.is_for_now() {
        return Class::Soft;
    }
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if reply.code == 530 || reply.code == 503 || says(&["relay access denied", "relaying denied", "relay not permitted"]) {
        return Class::Settings;
    }
    match reply.enhanced {
        Some(code) if code.is(2, 2) || code.is(2, 3) => Class::Soft,
        Some(code) if code.is(6, 7) => Class::UnsupportedAddress,
        Some(code) if code.subject == 7 => Class::Policy,
        Some(_) | None if reply.code == 552 => Class::Soft,
        Some(_) | None if says(&["spam", "reputation", "blocked", "blacklist", "block list"]) => Class::Policy,
        Some(_) | None => Class::Hard,
    }
}

fn at_end_of_data(reply: &Reply, text: &str) -> Class {
    if reply.is_positive() {
        return Class::Accepted;
    }
    if reply.is_for_now() {
        return Class::Soft;
    }
    if text.contains("email address is not verified") {
        return Class::Settings;
    }
    let content = reply.code == 552 || reply.enhanced.is_some_and(|code| code.subject == 6 || code.is(3, 4));
    match content {
        true => Class::Content,
        false => Class::Policy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stage: Stage, line: &str, expected: Class) {
        let (code, text) = line.split_at(3);
        let reply = Reply::new(stage, code.parse().unwrap(), &[text.trim_start().to_owned()]);
        assert_eq!(classify(&reply), expected, "{stage}: {line}");
    }

    #[test]
    fn a_wrong_password_or_sender_is_nobody_elses_fault() {
        check(Stage::Login, "535 5.7.8 Username and Password not accepted", Class::Login);
        check(Stage::Login, "454 4.7.0 Temporary authentication failure", Class::Throttle);
        check(Stage::Login, "535 5.7.0 Too many connections", Class::Throttle);
        check(Stage::Mail, "530 5.7.0 Authentication required", Class::Login);
        check(Stage::Mail, "553 5.1.8 Sender address rejected", Class::Sender);
        check(Stage::Mail, "550 5.7.60 SendAs denied", Class::Sender);
        check(Stage::Mail, "552 5.3.4 Message size exceeds limit", Class::Content);
        check(Stage::Ehlo, "504 5.5.2 need fully-qualified hostname", Class::Settings);
        check(Stage::Greeting, "554 5.7.1 blocked", Class::Settings);
    }

    #[test]
    fn quotas_look_like_refusals_and_are_none() {
        check(Stage::Mail, "550 5.4.5 Daily user sending limit exceeded", Class::Quota);
        check(Stage::Rcpt, "450 4.2.1 Peak SMTP relay limit exceeded", Class::Quota);
        check(Stage::Rcpt, "550 5.7.1 Daily SMTP relay limit exceeded", Class::Quota);
        check(
            Stage::EndOfData,
            "454 Throttling failure: Daily message quota exceeded",
            Class::Quota,
        );
        check(
            Stage::Mail,
            "454 Throttling failure: Maximum sending rate exceeded",
            Class::Throttle,
        );
        check(Stage::Rcpt, "421 4.7.0 try again later", Class::Throttle);
    }

    #[test]
    fn a_refused_recipient_is_told_from_a_refused_letter() {
        check(Stage::Rcpt, "550 5.1.1 user unknown", Class::Hard);
        check(Stage::Rcpt, "550 no such user here", Class::Hard);
        check(Stage::Rcpt, "550 5.1.1 <daily.quota@example.org> user unknown", Class::Hard);
        check(Stage::Rcpt, "550 <spam.daily@example.org>: no such user", Class::Hard);
        check(Stage::Rcpt, "452 4.2.2 mailbox full", Class::Soft);
        check(Stage::Rcpt, "552 5.2.2 mailbox over quota", Class::Soft);
        check(Stage::Rcpt, "450 4.7.1 greylisted", Class::Soft);
        check(Stage::Rcpt, "550 5.7.1 blocked using a list", Class::Policy);
        check(Stage::Rcpt, "554 5.7.1 Relay access denied", Class::Settings);
        check(Stage::Rcpt, "550 5.6.7 SMTPUTF8 required", Class::UnsupportedAddress);
        check(Stage::EndOfData, "250 2.0.0 Ok: queued as 4F1", Class::Accepted);
        check(Stage::EndOfData, "421 4.3.2 closing", Class::Soft);
        check(Stage::EndOfData, "554 5.6.0 bad content", Class::Content);
        check(Stage::EndOfData, "550 5.7.26 unauthenticated mail", Class::Policy);
        check(
            Stage::EndOfData,
            "554 Message rejected: Email address is not verified",
            Class::Settings,
        );
    }

    #[test]
    fn a_reply_is_kept_short_and_harmless() {
        let reply = Reply::new(
            Stage::Rcpt,
            550,
            &["5.1.1 no \u{1b}[31muser".to_owned(), "5.1.1 really".to_owned()],
        );
        assert_eq!(reply.to_string(), "550 5.1.1 no \\u{1b}[31muser really");
        let long = Reply::new(Stage::EndOfData, 250, &["x".repeat(10_000_000)]);
        assert_eq!(long.text.len(), 512);
    }
}
