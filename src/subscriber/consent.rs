//! Consent, and which consent the law of a clinic's country accepts.
//!
//! Promises: blank is never a yes; a no is a no everywhere; implied consent ends on its day where the law says so. Guidance for an
//! honest clinic, not legal advice. Knows nothing of files or suppressions.

mod jurisdiction;

pub use jurisdiction::{Jurisdiction, UnknownJurisdiction};

use jiff::ToSpan;
use jiff::civil::Date;

/// What a person said about marketing mail, as far as the list file tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answer {
    /// An unambiguous yes.
    Yes,
    /// A no.
    No,
    /// Blank, unknown, or something we do not understand: never a yes.
    #[default]
    Unknown,
}

/// Why mail may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// The person asked for it.
    Express,
    /// A purchase or treatment (soft opt-in; under CASL it carries 24 months).
    Implied,
    /// A question the person asked (under CASL it carries 6 months).
    Inquiry,
}

/// One person's consent for one list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Consent {
    /// Yes, no or unknown.
    pub answer: Answer,
    /// On what ground, where the file says; a plain yes counts as express.
    pub basis: Option<Basis>,
    /// When it was given.
    pub date: Option<Date>,
    /// Where it was given: a form, paper, the front desk.
    pub source: Option<String>,
    /// The words that the person agreed to, where the file keeps them.
    pub wording: Option<String>,
}

/// Why a consent is not enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Refusal {
    /// Nobody knows what the person wants.
    #[error("no answer about mail is recorded, and blank is not yes")]
    NoAnswer,
    /// The law wants the day on record.
    #[error("the day of the consent is not recorded, and Canada wants it")]
    NoDate,
    /// The day on record is no day yet: a slip that would carry the consent too far.
    #[error("the day of the consent is {on}, which is still to come")]
    StillToCome {
        /// The day.
        on: Date,
    },
    /// Implied consent is over; the day is the first without consent.
    #[error("consent {} ended on {on}", basis.ground())]
    Ended {
        /// The ground it had.
        basis: Basis,
        /// The first day without consent.
        on: Date,
    },
    /// The person said no.
    #[error("said no to mail")]
    SaidNo,
}

impl Answer {
    /// The word in the store and in `--json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }

    /// The answer with this word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Yes, Self::No, Self::Unknown]
            .into_iter()
            .find(|answer| answer.as_str() == word)
    }
}

impl Basis {
    /// The word in the store and in `--json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Express => "express",
            Self::Implied => "implied",
            Self::Inquiry => "inquiry",
        }
    }

    /// The basis with this word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Express, Self::Implied, Self::Inquiry]
            .into_iter()
            .find(|basis| basis.as_str() == word)
    }

    /// How the consent came about, behind the word "consent".
    fn ground(self) -> &'static str {
        match self {
            Self::Express => "given in words",
            Self::Implied => "implied by a purchase or treatment",
            Self::Inquiry => "implied by an inquiry",
        }
    }

    /// For how many months the ground carries under CASL s. 10(10); express consent does not end.
    fn casl_months(self) -> Option<i32> {
        match self {
            Self::Express => None,
            Self::Implied => Some(24),
            Self::Inquiry => Some(6),
        }
    }
}

impl Consent {
    /// The first day on which this consent no longer holds, where the law ends it.
    pub fn ends(&self, jurisdiction: Jurisdiction) -> Option<Date> {
        match jurisdiction {
            Jurisdiction::Ca => {
                let months = self.ground()?.casl_months()?;
                // The period is counted back from the day of sending, that day excluded: the anniversary itself is still good.
                let last = self.date?.checked_add(months.months()).ok()?;
                last.tomorrow().ok()
            }
            Jurisdiction::Us | Jurisdiction::Gb | Jurisdiction::Eu | Jurisdiction::Au | Jurisdiction::Nz => None,
        }
    }

    /// The ground this consent stands on, if it stands: a plain yes is express, an implied ground needs no words.
    fn ground(&self) -> Option<Basis> {
        match (self.answer, self.basis) {
            (Answer::No, _) | (Answer::Unknown, None | Some(Basis::Express)) => None,
            (Answer::Yes, basis) => Some(basis.unwrap_or(Basis::Express)),
            (Answer::Unknown, Some(implied)) => Some(implied),
        }
    }

    /// Of two consents of one person, the one that asks for more restraint; between equals the later one.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        let restraint = |consent: &Self| match (consent.answer, consent.ground()) {
            (Answer::No, _) => 3,
            (_, None) => 2,
            (_, Some(Basis::Implied | Basis::Inquiry)) => 1,
            (_, Some(Basis::Express)) => 0,
        };
        match (restraint(&self), self.date) >= (restraint(&other), other.date) {
            true => self,
            false => other,
        }
    }
}

/// Whether `consent` permits a letter on the day `today` under the law of `jurisdiction`.
///
/// # Errors
/// When it does not; the refusal says why in words for the clinic.
pub fn accepts(jurisdiction: Jurisdiction, consent: &Consent, today: Date) -> Result<(), Refusal> {
    if consent.answer == Answer::No {
        return Err(Refusal::SaidNo);
    }
    match jurisdiction {
        // CAN-SPAM: mail is permitted until the person says no.
        Jurisdiction::Us => Ok(()),
        Jurisdiction::Gb | Jurisdiction::Eu | Jurisdiction::Au | Jurisdiction::Nz => {
            consent.ground().map(|_| ()).ok_or(Refusal::NoAnswer)
        }
        // CASL s. 13 puts the burden of proof on the sender: a consent without its day proves nothing.
        Jurisdiction::Ca => {
            let basis = consent.ground().ok_or(Refusal::NoAnswer)?;
            let day = consent.date.ok_or(Refusal::NoDate)?;
            if day > today {
                return Err(Refusal::StillToCome { on: day });
            }
            match consent.ends(jurisdiction) {
                Some(on) if today >= on => Err(Refusal::Ended { basis, on }),
                _ => Ok(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Basis, Consent, Jurisdiction, Refusal, accepts};
    use jiff::civil::{Date, date};

    fn consent(answer: Answer, basis: Option<Basis>, date: Option<Date>) -> Consent {
        let (source, wording) = (None, None);
        Consent {
            answer,
            basis,
            date,
            source,
            wording,
        }
    }

    #[test]
    fn every_answer_and_basis_is_judged_in_every_jurisdiction() {
        let day = Some(date(2026, 1, 1));
        // answer, basis, date → by law: US, then GB and EU and AU and NZ, then CA
        #[rustfmt::skip]
        let table = [
            (Answer::Yes, None, day, Ok(()), Ok(()), Ok(())),
            (Answer::Yes, None, None, Ok(()), Ok(()), Err(Refusal::NoDate)),
            (Answer::Yes, Some(Basis::Express), day, Ok(()), Ok(()), Ok(())),
            (Answer::Yes, Some(Basis::Implied), day, Ok(()), Ok(()), Ok(())),
            (Answer::Unknown, None, day, Ok(()), Err(Refusal::NoAnswer), Err(Refusal::NoAnswer)),
            (Answer::Unknown, Some(Basis::Express), day, Ok(()), Err(Refusal::NoAnswer), Err(Refusal::NoAnswer)),
            (Answer::Unknown, Some(Basis::Implied), day, Ok(()), Ok(()), Ok(())),
            (Answer::Unknown, Some(Basis::Implied), None, Ok(()), Ok(()), Err(Refusal::NoDate)),
            (Answer::Unknown, Some(Basis::Inquiry), day, Ok(()), Ok(()), Ok(())),
            (Answer::No, None, day, Err(Refusal::SaidNo), Err(Refusal::SaidNo), Err(Refusal::SaidNo)),
            (Answer::No, Some(Basis::Express), day, Err(Refusal::SaidNo), Err(Refusal::SaidNo), Err(Refusal::SaidNo)),
        ];
        for (answer, basis, given, us, opt_in, ca) in table {
            let consent = consent(answer, basis, given);
            let judged = |jurisdiction| accepts(jurisdiction, &consent, date(2026, 3, 1));
            assert_eq!(judged(Jurisdiction::Us), us, "US {consent:?}");
            assert_eq!(judged(Jurisdiction::Ca), ca, "CA {consent:?}");
            for jurisdiction in [Jurisdiction::Gb, Jurisdiction::Eu, Jurisdiction::Au, Jurisdiction::Nz] {
                assert_eq!(judged(jurisdiction), opt_in, "{jurisdiction:?} {consent:?}");
            }
        }
    }

    #[test]
    fn implied_consent_in_canada_ends_on_its_day() {
        let check = |basis, given, last_good: Date| {
            let consent = consent(Answer::Unknown, Some(basis), Some(given));
            assert_eq!(accepts(Jurisdiction::Ca, &consent, last_good), Ok(()), "{last_good}");
            let on = last_good.tomorrow().unwrap();
            assert_eq!(accepts(Jurisdiction::Ca, &consent, on), Err(Refusal::Ended { basis, on }));
            assert_eq!(accepts(Jurisdiction::Gb, &consent, on), Ok(()), "the end is Canada's");
        };
        let ahead = consent(Answer::Yes, None, Some(date(2026, 3, 2)));
        let on = date(2026, 3, 2);
        assert_eq!(
            accepts(Jurisdiction::Ca, &ahead, date(2026, 3, 1)),
            Err(Refusal::StillToCome { on })
        );
        assert_eq!(accepts(Jurisdiction::Ca, &ahead, on), Ok(()));
        check(Basis::Implied, date(2024, 3, 1), date(2026, 3, 1));
        check(Basis::Implied, date(2024, 2, 29), date(2026, 2, 28));
        check(Basis::Inquiry, date(2026, 8, 31), date(2027, 2, 28));
    }

    #[test]
    fn a_refusal_reads_as_a_plain_sentence() {
        let refusal = Refusal::Ended {
            basis: Basis::Implied,
            on: date(2026, 3, 2),
        };
        assert_eq!(
            refusal.to_string(),
            "consent implied by a purchase or treatment ended on 2026-03-02"
        );
    }

    #[test]
    fn of_two_consents_the_stricter_stands_and_between_equals_the_later() {
        let yes = |given| consent(Answer::Yes, None, given);
        let (no, blank) = (consent(Answer::No, None, None), Consent::default());
        let implied = consent(Answer::Yes, Some(Basis::Implied), None);
        for (a, b, stands) in [
            (yes(None), no.clone(), no.clone()),
            (blank.clone(), no.clone(), no),
            (yes(None), blank.clone(), blank),
            (yes(None), implied.clone(), implied),
            (yes(None), yes(Some(date(2026, 1, 1))), yes(Some(date(2026, 1, 1)))),
        ] {
            assert_eq!(a.clone().stricter(b.clone()), stands);
            assert_eq!(b.stricter(a), stands);
        }
    }

    #[test]
    fn words_for_the_store_come_back() {
        for answer in [Answer::Yes, Answer::No, Answer::Unknown] {
            assert_eq!(Answer::parse(answer.as_str()), Some(answer));
        }
        for basis in [Basis::Express, Basis::Implied, Basis::Inquiry] {
            assert_eq!(Basis::parse(basis.as_str()), Some(basis));
        }
        assert_eq!((Answer::parse("maybe"), Basis::parse("")), (None, None));
    }
}
