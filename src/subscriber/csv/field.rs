//! The fields that a list can tell about a person.

mod alias;

/// What a column can be to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The address.
    Email,
    /// The first name, or the name a person wants to be called.
    FirstName,
    /// The last name.
    LastName,
    /// The whole name.
    Name,
    /// Whether the person wants mail.
    Consent,
    /// When the consent was given.
    ConsentDate,
    /// Where it was given: a form, paper, the front desk; several columns are joined.
    ConsentSource,
    /// The words that the person agreed to; several columns are joined.
    ConsentWording,
    /// On what ground: express, implied, inquiry.
    ConsentBasis,
    /// That the person left, died or is archived: anything but blank or a no.
    Unsubscribed,
    /// A word for the person's standing; some of them mean no. Kept as the attribute `status` as well.
    Status,
    /// The day the person joined.
    Joined,
    /// The language the person reads.
    Language,
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 13] = [
        Self::Email,
        Self::FirstName,
        Self::LastName,
        Self::Name,
        Self::Consent,
        Self::ConsentDate,
        Self::ConsentSource,
        Self::ConsentWording,
        Self::ConsentBasis,
        Self::Unsubscribed,
        Self::Status,
        Self::Joined,
        Self::Language,
    ];

    /// The name in a mapping file, which is also an accepted header.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Name => "name",
            Self::Consent => "consent",
            Self::ConsentDate => "consent_date",
            Self::ConsentSource => "consent_source",
            Self::ConsentWording => "consent_wording",
            Self::ConsentBasis => "consent_basis",
            Self::Unsubscribed => "unsubscribed",
            Self::Status => "status",
            Self::Joined => "joined",
            Self::Language => "language",
        }
    }

    /// Whether templates and conditions know it as a column, rather than as the person's address or consent.
    pub fn is_attribute(self) -> bool {
        match self {
            Self::FirstName | Self::LastName | Self::Name | Self::Status | Self::Joined | Self::Language => true,
            Self::Email | Self::Consent | Self::ConsentDate | Self::ConsentSource => false,
            Self::ConsentWording | Self::ConsentBasis | Self::Unsubscribed => false,
        }
    }

    /// The field with this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }

    /// The headers taken for this field, folded; where several columns match, an earlier alias goes before a later one.
    pub fn aliases(self) -> &'static [&'static str] {
        alias::of(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Field;
    use crate::subscriber::word::fold;

    #[test]
    fn permission_for_reminders_is_no_consent_to_mailings() {
        for header in [
            "Email OK",
            "Email reminders",
            "Appointment reminders",
            "Reminder type",
            "Voicemail OK",
            "Accepted privacy policy",
            "Accepted SMS marketing",
            "SMS opt in",
        ] {
            let folded = fold(header);
            assert!(
                !Field::ALL.into_iter().any(|field| field.aliases().contains(&folded.as_str())),
                "{header}"
            );
        }
    }

    #[test]
    fn every_alias_is_folded_and_means_one_field() {
        let all: Vec<&str> = Field::ALL.into_iter().flat_map(Field::aliases).copied().collect();
        for alias in &all {
            assert_eq!(&fold(alias), alias);
            assert_eq!(all.iter().filter(|other| *other == alias).count(), 1, "{alias}");
        }
        for field in Field::ALL {
            assert!(
                field.aliases().contains(&fold(field.as_str()).as_str()),
                "{field:?} is accepted by its own name"
            );
            assert_eq!(Field::parse(field.as_str()), Some(field));
        }
    }
}
