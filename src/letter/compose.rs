//! One person's letter: rendered, checked, and built into bytes.
//!
//! Promises: the same person and stamp give the same bytes; nothing of a person's can stop another person's letter; what went wrong
//! says whether it would hit everybody. Knows nothing of how the edition was compiled.

use crate::address::Address;
use crate::finding::Finding;
use crate::letter::compile::Compiled;
use crate::letter::frame::{self, Texts};
use crate::letter::{Letter, Recipient, Stamp, headers, lint, plain};
use crate::template::RenderFault;
use crate::template::context;
use lettre::message::header::{HeaderValue, Headers};
use std::fmt;

/// More than this is no subject but a mistake; mail programs show 40 to 70 characters.
const LONGEST_SUBJECT: usize = 200;

/// A letter's texts, before they become a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The language of the version that this person gets.
    pub language: String,
    /// The subject, on one line.
    pub subject: String,
    /// The line that mail programs show behind the subject.
    pub preheader: String,
    /// The HTML part.
    pub html: String,
    /// The text part.
    pub text: String,
}

/// Whom a fault hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Everybody: template, article or settings.
    Template,
    /// This person only: a value that is missing or unusable.
    Person,
}

/// Why a person's letter could not be composed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComposeError {
    /// Whom it hits.
    pub fault: Fault,
    /// What and where, with the next step; names no person.
    pub finding: Box<Finding>,
    /// The person; shown masked by `Display`.
    pub address: Address,
}

impl ComposeError {
    /// The finding with the person in it, masked.
    pub fn named(&self) -> Finding {
        let text = format!("{}, for {}", self.finding.text, self.address.masked());
        Finding {
            text,
            ..(*self.finding).clone()
        }
    }

    fn new(fault: Fault, finding: Finding, recipient: &Recipient) -> Self {
        Self {
            fault,
            finding: Box::new(finding),
            address: recipient.address.clone(),
        }
    }
}

impl fmt::Display for ComposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.named().fmt(f)
    }
}

impl std::error::Error for ComposeError {}

impl Compiled {
    /// The letter to `recipient`, signed where letters are signed by us.
    ///
    /// # Errors
    /// When a template asks for what this person, or nobody, has; when the result is no sound letter.
    pub fn compose(&self, recipient: &Recipient, stamp: &Stamp) -> Result<Letter, ComposeError> {
        let version = self.for_reader(recipient);
        let letter = version.finished(recipient, stamp, version.rendered(recipient)?)?;
        self.signed(letter, recipient, stamp)
    }

    /// The letter to `recipient` as a proof wants it: also with what the law wants in everybody's. A signature costs more than all the
    /// rest, and where one can be made all can: `is_signed` says whether to make it.
    ///
    /// # Errors
    /// As [`Self::compose`]; and when a part says no postal address or no way out.
    pub fn prove(&self, recipient: &Recipient, stamp: &Stamp, is_signed: bool) -> Result<Letter, ComposeError> {
        let version = self.for_reader(recipient);
        let rendered = version.rendered(recipient)?;
        if let Some(unlawful) = version.unlawful(&rendered) {
            return Err(ComposeError::new(Fault::Template, unlawful, recipient));
        }
        let letter = version.finished(recipient, stamp, rendered)?;
        match is_signed {
            true => self.signed(letter, recipient, stamp),
            false => Ok(letter),
        }
    }

    fn signed(&self, letter: Letter, recipient: &Recipient, stamp: &Stamp) -> Result<Letter, ComposeError> {
        let Some(signer) = &self.signer else { return Ok(letter) };
        match signer.sign(&letter.bytes, stamp.date) {
            Ok(bytes) => Ok(Letter { bytes, ..letter }),
            Err(error) => Err(self.fault_of_all(recipient, &error.to_string())),
        }
    }

    /// What was rendered as a message, with sound bytes.
    fn finished(&self, recipient: &Recipient, stamp: &Stamp, rendered: Rendered) -> Result<Letter, ComposeError> {
        let message_id = headers::message_id(stamp, &self.fixed.from);
        let message_id = message_id.ok_or_else(|| self.fault_of_all(recipient, "the letter's number is not usable in a header"))?;
        let bytes = self.built(recipient, stamp, &message_id, rendered)?;
        let checked = match recipient.address.needs_smtputf8() {
            true => lint::wire_utf8(&bytes),
            false => lint::wire(&bytes),
        };
        checked.map_err(|fault| self.fault_of_all(recipient, &fault.to_string()))?;
        Ok(Letter {
            from: self.fixed.return_path.clone(),
            to: recipient.address.clone(),
            message_id,
            bytes,
        })
    }

    /// The texts of the letter to `recipient`, as `preview` and `check` look at them.
    ///
    /// # Errors
    /// When a template asks for what this person, or nobody, has; when subject or size are beyond what can be sent.
    pub fn render(&self, recipient: &Recipient) -> Result<Rendered, ComposeError> {
        self.for_reader(recipient).rendered(recipient)
    }

    /// What a letter to `recipient` may say, before its lines are known.
    pub(crate) fn context(&self, recipient: &Recipient) -> tera::Context {
        let mut context = context::person(&recipient.address, &recipient.attributes, self.words);
        context.insert_value("unsubscribe", self.fixed.ways_out.variable(&recipient.token));
        context
    }

    pub(crate) fn rendered(&self, recipient: &Recipient) -> Result<Rendered, ComposeError> {
        let mut context = self.context(recipient);
        let failed = |fault: RenderFault| failed(recipient, fault);
        let subject = self.laid_out.render_line("subject", &context).map_err(failed)?;
        let subject = self.subject(recipient, &subject)?;
        let preheader = context::one_line(&self.laid_out.render_line("preheader", &context).map_err(failed)?);
        if preheader != self.article.preheader {
            context.insert_value("article", context::with_preheader(&self.article_variable, &preheader));
        }
        let html = sound_lines(self.part(&self.html_name, &context).map_err(failed)?);
        let text = plain::tidy(&sound_lines(self.part(&self.text_name, &context).map_err(failed)?));
        if html.len() > lint::LARGEST_HTML {
            return Err(self.fault_of_all(recipient, &lint::too_large(html.len())));
        }
        Ok(Rendered {
            language: self.article.language.clone(),
            subject,
            preheader,
            html,
            text,
        })
    }

    /// The laid-out template has other lines than the file: where it fails, the file is asked for the place.
    fn part(&self, name: &str, context: &tera::Context) -> Result<String, RenderFault> {
        self.laid_out.render(name, context).map_err(|fault| {
            let written = self
                .as_written
                .has_file(name)
                .then(|| self.as_written.render(name, context).err());
            written.flatten().unwrap_or(fault)
        })
    }

    fn subject(&self, recipient: &Recipient, rendered: &str) -> Result<String, ComposeError> {
        let trimmed = rendered.trim();
        let subject = headers::without_encoded_words(&context::one_line(trimmed));
        let length = subject.chars().count();
        let text = match length {
            0 => "the subject is empty".to_owned(),
            // A person's own line breaks are gone by now; these are the author's.
            _ if trimmed.contains(context::breaks_a_line) => {
                "the subject has a line break or another control character in it".to_owned()
            }
            _ if length > LONGEST_SUBJECT => format!("the subject has {length} characters, at most {LONGEST_SUBJECT} can be sent"),
            _ => return Ok(subject),
        };
        let fault = if self.subject_is_personal {
            Fault::Person
        } else {
            Fault::Template
        };
        Err(ComposeError::new(fault, Finding::error(&self.article_file, text), recipient))
    }

    fn built(&self, recipient: &Recipient, stamp: &Stamp, message_id: &str, rendered: Rendered) -> Result<Vec<u8>, ComposeError> {
        let to = self.to(recipient)?;
        let date = headers::date(stamp)
            .ok_or_else(|| self.fault_of_all(recipient, "the moment of sending is not a date that mail knows"))?;
        let mut own = Headers::with_capacity(9);
        for way_out in self.fixed.ways_out.fields(&recipient.token) {
            own.insert_raw(way_out);
        }
        own.insert_raw(to);
        own.insert_raw(headers::written("Subject", rendered.subject));
        own.set(date);
        own.insert_raw(headers::written("Message-ID", format!("<{message_id}>")));
        own.insert_raw(headers::reference(stamp));
        let texts = Texts {
            text: &rendered.text,
            html: &rendered.html,
            carried: self.pictures.shown_by(&rendered.html).collect(),
        };
        Ok(frame::message(&self.fixed.head, own, stamp, &texts))
    }

    /// `To`, which lettre can read back.
    fn to(&self, recipient: &Recipient) -> Result<HeaderValue, ComposeError> {
        let name = context::display_name(&recipient.attributes);
        let unwritable = || {
            let finding = Finding::error("subscribers", "the address cannot be written in a letter");
            ComposeError::new(Fault::Person, finding, recipient)
        };
        let to = headers::to(name.as_deref(), &recipient.address).ok_or_else(unwritable)?;
        let is_ascii = recipient.address.as_str().is_ascii() && name.is_none_or(|name| name.is_ascii());
        match self.fixed.refusal(&to, is_ascii) {
            Some(why) => Err(self.fault_of_all(recipient, &why)),
            None => Ok(to),
        }
    }

    fn fault_of_all(&self, recipient: &Recipient, text: &str) -> ComposeError {
        let finding = Finding::error(format!("templates/{}", self.html_name), text);
        ComposeError::new(Fault::Template, finding, recipient)
    }
}

fn failed(recipient: &Recipient, fault: RenderFault) -> ComposeError {
    let whom = if fault.personal { Fault::Person } else { Fault::Template };
    ComposeError::new(whom, fault.finding, recipient)
}

/// LF line ends, and no control character but tabs: the encoder makes CRLF of LF and would keep the rest.
fn sound_lines(text: String) -> String {
    let unsound = |byte: u8| byte < b' ' && !matches!(byte, b'\n' | b'\t') || byte == 0x7f;
    // Without a way out of the middle, so that many bytes are looked at together.
    if !text.bytes().fold(false, |found, byte| found | unsound(byte)) {
        return text;
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|c| !(c.is_ascii() && unsound(*c as u8))).collect()
}
