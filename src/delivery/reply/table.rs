//! The table: which reply, at which stage, belongs to which class. Read from the top; the first row that fits decides.
//!
//! A row fits when everything it asks for is there: one of its stages, its codes, its enhanced code, one of its sayings. Words come
//! before codes where servers use one code for many things, and what is said of the recipient's mailbox before what is said of the
//! sender's allowance. The last rows leave no reply without a class. Knows neither recipients nor runs.

use super::class::Class;
use super::heard::Heard;
use super::sayings::{ALLOWANCE, BLOCKED, MAILBOX_FULL, RELAYING, SENDER, TOO_MANY, UNKNOWN};
use super::{Reply, Stage};

/// One row.
#[derive(Debug)]
pub struct Row {
    /// What it is about; unique.
    pub name: &'static str,
    /// Where in the conversation.
    stages: &'static [Stage],
    codes: Codes,
    enhanced: Enhanced,
    /// One of these must be said; empty is whatever. Parts around a `…` come in this order.
    says: &'static [&'static str],
    /// Whose business it is.
    pub class: Class,
}

#[derive(Debug, Clone, Copy)]
enum Codes {
    Any,
    Yes,
    /// 4xx.
    ForNow,
    /// 5xx.
    ForGood,
    /// 4xx and 5xx.
    No,
    Only(&'static [u16]),
}

#[derive(Debug, Clone, Copy)]
enum Enhanced {
    Whatever,
    /// All of a subject: x.7.anything.
    Subject(u16),
    /// These (subject, detail).
    Only(&'static [(u16, u16)]),
}

/// Decides whose fault a refusal is, or that there is none at the end of data.
pub fn classify(reply: &Reply) -> Class {
    decide(reply).class
}

/// The row that decides about `reply`.
pub fn decide(reply: &Reply) -> &'static Row {
    let heard = Heard::of(reply);
    let found = TABLE.iter().find(|row| row.fits(reply, &heard));
    found.unwrap_or(&ODD)
}

impl Row {
    fn fits(&self, reply: &Reply, heard: &Heard) -> bool {
        self.stages.contains(&reply.stage)
            && self.codes.fit(reply.code)
            && self.enhanced.fits(heard.enhanced)
            && (self.says.is_empty() || self.says.iter().any(|saying| heard.says(saying)))
    }

    const fn code(self, enhanced: Enhanced) -> Self {
        Self { enhanced, ..self }
    }

    const fn says(self, says: &'static [&'static str]) -> Self {
        Self { says, ..self }
    }
}

impl Codes {
    fn fit(self, code: u16) -> bool {
        match self {
            Codes::Any => true,
            Codes::Yes => (200..300).contains(&code),
            Codes::ForNow => (400..500).contains(&code),
            Codes::ForGood => (500..600).contains(&code),
            Codes::No => (400..600).contains(&code),
            Codes::Only(codes) => codes.contains(&code),
        }
    }
}

impl Enhanced {
    fn fits(self, code: Option<(u16, u16)>) -> bool {
        match (self, code) {
            (Enhanced::Whatever, _) => true,
            (_, None) => false,
            (Enhanced::Subject(wanted), Some((subject, _))) => subject == wanted,
            (Enhanced::Only(codes), Some(code)) => codes.contains(&code),
        }
    }
}

const fn row(name: &'static str, stages: &'static [Stage], codes: Codes, class: Class) -> Row {
    Row {
        name,
        stages,
        codes,
        enhanced: Enhanced::Whatever,
        says: &[],
        class,
    }
}

/// Before a letter is spoken of.
const OPENING: &[Stage] = &[Stage::Greeting, Stage::Ehlo];
/// From the letter's first command to its last byte.
const LETTER: &[Stage] = &[Stage::Mail, Stage::Rcpt, Stage::Data, Stage::EndOfData];
/// The same, while a 421 still means that nothing was handed over.
const BEFORE_THE_END: &[Stage] = &[
    Stage::Greeting,
    Stage::Ehlo,
    Stage::StartTls,
    Stage::Login,
    Stage::Mail,
    Stage::Rcpt,
    Stage::Data,
];
/// Where the recipient is known.
const PERSON: &[Stage] = &[Stage::Rcpt, Stage::Data, Stage::EndOfData];
const ANY: &[Stage] = &Stage::ALL;

/// RFC 5321 §4.2.3: commands that are unknown, out of order or without their parameter.
const OUR_GRAMMAR: &[u16] = &[500, 502, 503, 504, 555];

const ODD: Row = row("neither yes nor no", ANY, Codes::Any, Class::RelayDown);

/// All rows, in order. §5 is the table of that section in the design's list of standards, which these rows refine.
pub const TABLE: &[Row] = &[
    row("taken", &[Stage::EndOfData], Codes::Yes, Class::Accepted),
    row("no connection", &[Stage::Connect, Stage::Tls], Codes::Any, Class::RelayDown),
    // ── the account: before 421, which Mailgun uses for it too ──
    row("sandbox account", LETTER, Codes::No, Class::Settings).says(&["email address is not verified", "sandbox subdomain"]),
    row("account stopped", LETTER, Codes::No, Class::Sender).says(&[
        "is not allowed to send",
        "sending suspended",
        "sending paused",
        "unusual sending activity",
        "your account…suspended",
        "your account…disabled",
        "your account…blocked",
        "your account…restricted",
    ]),
    // ── greylisting: at whatever 4xx, and before 421 is taken for the relay's weariness ──
    row("greylisted", PERSON, Codes::ForNow, Class::Soft).says(&["greylist", "graylist", "grey list", "gray list", "postgrey"]),
    // §5: a 421 ends the connection; the letter is untouched. As the answer to the dot it is a 4xx like others.
    row("goodbye", BEFORE_THE_END, Codes::Only(&[421]), Class::Throttle),
    // ── opening ──
    row("opening, not now", OPENING, Codes::ForNow, Class::Throttle),
    row("opening refused", OPENING, Codes::ForGood, Class::Settings),
    row("no TLS just now", &[Stage::StartTls], Codes::ForNow, Class::RelayDown),
    row("TLS refused", &[Stage::StartTls], Codes::ForGood, Class::Settings),
    // ── login ──
    // RFC 4954 §6: a password transition is needed; waiting does not help.
    row("login, other mechanism", &[Stage::Login], Codes::Only(&[432]), Class::Login).code(Enhanced::Only(&[(7, 12)])),
    // §5: Mailtrap and others answer 535 or 550 to a sender that is too quick.
    row("login, too many", &[Stage::Login], Codes::ForGood, Class::Throttle).says(TOO_MANY),
    row("login, not now", &[Stage::Login], Codes::ForNow, Class::Throttle),
    row(
        "login, not spoken here",
        &[Stage::Login],
        Codes::Only(OUR_GRAMMAR),
        Class::Settings,
    ),
    row("login refused", &[Stage::Login], Codes::ForGood, Class::Login),
    // ── the mailbox's owner gets mail too fast or has no room: nobody's allowance ──
    // Google's 450 and 550 5.2.1 are the recipient's rate.
    row("recipient's rate", PERSON, Codes::No, Class::Soft).says(&[
        "receiving mail at a rate",
        "receiving mail too quickly",
        "recipient thread limit",
    ]),
    row("mailbox full, by code", PERSON, Codes::No, Class::Soft).code(Enhanced::Only(&[(2, 2)])),
    row("letter too long for one mailbox", &[Stage::Rcpt], Codes::No, Class::Soft).code(Enhanced::Only(&[(2, 3)])),
    row("mailbox full", PERSON, Codes::No, Class::Soft).says(MAILBOX_FULL),
    // ── the address: RFC 3463 §3.2 and 3.3 ──
    row("unknown address, by code", PERSON, Codes::ForGood, Class::Hard).code(Enhanced::Only(&[
        (1, 1),
        (1, 2),
        (1, 3),
        (1, 6),
        (1, 10),
        (2, 1),
    ])),
    row(
        "address in letters we cannot carry",
        PERSON,
        Codes::Only(&[550, 553]),
        Class::UnsupportedAddress,
    )
    .code(Enhanced::Only(&[(6, 7)])),
    // Google names its sending limits in the same breath.
    row("too many recipients", LETTER, Codes::No, Class::Throttle).says(&["too many recipients"]),
    // ── the sender's allowance ──
    row("quota, by code", LETTER, Codes::ForGood, Class::Quota).code(Enhanced::Only(&[(4, 5)])),
    row("quota", LETTER, Codes::No, Class::Quota).says(ALLOWANCE),
    row("quota, at MAIL", &[Stage::Mail], Codes::No, Class::Quota).says(&[
        "quota",
        "user…limit exceeded",
        "recipient limit exceeded",
    ]),
    // What is left of quotas once the recipient is known is their mailbox's: RFC 5321 calls 552 an exceeded storage allocation.
    row("a mailbox's quota", PERSON, Codes::No, Class::Soft).says(&["quota", "storage allocation"]),
    row("too fast", LETTER, Codes::No, Class::Throttle).says(TOO_MANY),
    row("too many at once", LETTER, Codes::Only(&[432]), Class::Throttle),
    // ── the sender, at whatever stage: Postfix says at RCPT what it holds against MAIL ──
    row("sender, by code", LETTER, Codes::ForGood, Class::Sender).code(Enhanced::Only(&[(1, 7), (1, 8), (7, 60)])),
    // Exchange Online: account or tenant stopped.
    row("account banned", LETTER, Codes::ForGood, Class::Sender).code(Enhanced::Only(&[
        (7, 501),
        (7, 502),
        (7, 503),
        (7, 511),
        (7, 705),
        (7, 708),
        (7, 750),
    ])),
    row("sender", LETTER, Codes::ForGood, Class::Sender).says(SENDER),
    // ── the relay's rules for who may speak with it ──
    row("not without TLS", LETTER, Codes::No, Class::Settings).says(&["starttls"]),
    row("relaying denied", LETTER, Codes::No, Class::Settings).says(RELAYING),
    row("our grammar", LETTER, Codes::Only(OUR_GRAMMAR), Class::Settings),
    row(
        "nobody to write to",
        &[Stage::Data, Stage::EndOfData],
        Codes::Only(&[554]),
        Class::Settings,
    )
    .says(&["no valid recipients"]),
    row("login wanted, at RCPT", &[Stage::Rcpt], Codes::Only(&[530]), Class::Settings),
    row("login wanted", LETTER, Codes::Only(&[530, 534, 535, 538]), Class::Login),
    row(
        "login wanted, in words",
        &[Stage::Mail, Stage::Rcpt],
        Codes::ForGood,
        Class::Login,
    )
    .says(&[
        "authentication required",
        "authentication is required",
        "must be authenticated",
        "not authenticated",
        "must authenticate",
    ]),
    // ── MAIL: what is left ──
    row("MAIL, not now", &[Stage::Mail], Codes::ForNow, Class::Throttle),
    row("too big, at MAIL", &[Stage::Mail], Codes::Only(&[552]), Class::Content),
    row("too big, by code, at MAIL", &[Stage::Mail], Codes::ForGood, Class::Content).code(Enhanced::Only(&[(3, 4)])),
    row("MAIL refused", &[Stage::Mail], Codes::ForGood, Class::Sender),
    // ── the person: what is left ──
    row("not now", PERSON, Codes::ForNow, Class::Soft),
    // §5: x.7.x at RCPT is never the address's fault, whatever the words.
    row(
        "policy, by code, at RCPT",
        &[Stage::Rcpt, Stage::Data],
        Codes::ForGood,
        Class::Policy,
    )
    .code(Enhanced::Subject(7)),
    row("policy, at RCPT", &[Stage::Rcpt, Stage::Data], Codes::ForGood, Class::Policy).says(BLOCKED),
    row("no room for it", &[Stage::Rcpt], Codes::Only(&[552]), Class::Soft),
    row("unknown address", &[Stage::Rcpt, Stage::Data], Codes::ForGood, Class::Hard).says(UNKNOWN),
    // An address's grammar, a host that takes no mail (RFC 7504), a mailbox that has moved (RFC 5321 §3.4).
    row(
        "address refused",
        &[Stage::Rcpt],
        Codes::Only(&[501, 551, 553, 556]),
        Class::Hard,
    ),
    row("address status", &[Stage::Rcpt], Codes::ForGood, Class::Hard).code(Enhanced::Subject(1)),
    // RFC 3463 §3.5: no way to their server, or (Exchange Online's 5.4.1) none of its people.
    row("no way to the address", &[Stage::Rcpt], Codes::ForGood, Class::Hard).code(Enhanced::Only(&[(4, 1), (4, 4)])),
    // A no that nobody understands must not cost a person their place: it waits for somebody who does.
    row(
        "refused without a reason",
        &[Stage::Rcpt, Stage::Data],
        Codes::ForGood,
        Class::Policy,
    ),
    // ── after the letter ──
    // One recipient a letter, so these words are about that one: Yahoo and Exchange say it only now.
    row("unknown address, late", &[Stage::EndOfData], Codes::ForGood, Class::Hard).says(&[
        "user unknown",
        "no such user",
        "user doesn't have",
        "recipnotfound",
        "recipientnotfound",
        "mailbox not found",
    ]),
    row("attachment or size", &[Stage::EndOfData], Codes::Only(&[552]), Class::Content),
    row("content, by code", &[Stage::EndOfData], Codes::ForGood, Class::Content).code(Enhanced::Subject(6)),
    row("too big, by code", &[Stage::EndOfData], Codes::ForGood, Class::Content).code(Enhanced::Only(&[(3, 4), (2, 3)])),
    row("content", &[Stage::EndOfData], Codes::ForGood, Class::Content).says(&[
        "rfc 5322",
        "rfc5322",
        "duplicate header",
        "maxsubmissionexceeded",
        "message too large",
        "message size exceeds",
        "size limit",
        "maximum message size",
        "message too big",
    ]),
    row("refused after the letter", &[Stage::EndOfData], Codes::ForGood, Class::Policy),
];
