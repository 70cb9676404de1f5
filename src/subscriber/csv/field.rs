//! The fields that a list can tell about a person, and the headers that clinic systems give them.

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

    /// The field with this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }

    /// The headers taken for this field, folded; where several columns match, an earlier alias goes before a later one.
    #[rustfmt::skip]
    pub fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Email => &[
                "email", "e mail", "email address", "e mail address", "primary email", "client email", "patient email", "contact email",
                "e mail 1 value", "email 1", "home email", "mail", "emailaddress", "mail address", "e mail adresse", "email adresse", "mailadresse",
                "adresse e mail", "adresse email", "courriel", "adresse mail", "correo", "correo electronico", "indirizzo email",
                "indirizzo e mail", "posta elettronica", "emailadres", "e mailadres", "endereco de email", "メールアトレス",
            ],
            // What a person wants to be called goes before what the register calls them.
            Self::FirstName => &[
                "preferred name", "preferred first name", "what name do they go by", "nickname", "known as", "first name", "firstname", "given name",
                "forename", "fname", "legal first name", "vorname", "rufname", "prenom", "nombre", "nome", "voornaam",
            ],
            Self::LastName => &[
                "last name", "lastname", "surname", "family name", "lname", "legal last name", "nachname", "familienname", "nom", "nom de famille",
                "apellido", "apellidos", "cognome", "achternaam", "sobrenome",
            ],
            Self::Name => &[
                "name", "full name", "client", "client name", "patient", "patient name", "contact", "contact name", "e mail display name",
                "nom complet", "nombre completo",
            ],
            Self::Consent => &[
                "consent", "marketing consent", "email consent", "consent to email", "consents to marketing", "email marketing consent", "opt in",
                "opted in", "email opt in", "marketing opt in", "accepted email marketing", "accepts email marketing", "accepts marketing",
                "email marketing", "marketing emails", "promotional emails", "newsletter", "mailing list", "subscribed", "einwilligung",
                "newsletter einwilligung", "werbeeinwilligung", "consentement", "consentimiento", "consenso", "toestemming",
            ],
            Self::ConsentDate => &[
                "consent date", "date of consent", "consent given on", "consented on", "consented at", "opt in date", "opted in on", "optin time",
                "opt in time", "confirm time", "subscribed at", "einwilligung am", "einwilligungsdatum", "datum der einwilligung",
                "date du consentement", "date de consentement", "fecha de consentimiento",
            ],
            Self::ConsentSource => &[
                "consent source", "source of consent", "opt in source", "optin source", "consent method", "how consent was given", "consent form",
                "consent evidence", "consent note", "quelle der einwilligung", "einwilligungsquelle", "source du consentement",
                "origine du consentement", "origen del consentimiento", "origine del consenso", "bron van toestemming", "origem do consentimento",
            ],
            Self::ConsentWording => &[
                "consent wording", "consent text", "consent statement", "wording of consent", "wortlaut der einwilligung", "einwilligungstext",
                "texte du consentement", "texto del consentimiento", "testo del consenso", "tekst van toestemming", "texto do consentimento",
            ],
            Self::ConsentBasis => &["consent basis", "consent type", "legal basis", "lawful basis", "rechtsgrundlage", "base legale", "base legal"],
            Self::Unsubscribed => &[
                "unsubscribed", "unsubscribe", "unsub time", "unsubscribed at", "opt out", "opted out", "opt out date", "email opt out",
                "do not email", "dont email", "do not contact", "do not mail", "no marketing", "archived", "archived at", "inactive", "deceased",
                "date of death", "bounced", "cleaned", "clean time", "abgemeldet", "abgemeldet am", "verstorben", "desabonne", "desinscrit",
                "baja", "dado de baja", "disiscritto", "uitgeschreven", "overleden",
            ],
            Self::Status => &["status", "subscription status", "email status", "member status", "patient status", "client status", "contact status"],
            // The day a record was made is when a person joined, and no proof of consent.
            Self::Joined => &[
                "joined", "joined on", "join date", "date joined", "member since", "client since", "patient since", "sign up date", "signup date",
                "signed up", "registered", "registered on", "registration date", "date registered", "date added", "created", "created at",
                "date created", "first visit", "first appointment", "beigetreten", "beigetreten am", "patient seit", "kunde seit", "angelegt am",
                "inscrit le", "date d inscription", "date dinscription", "fecha de alta", "data di iscrizione",
            ],
            Self::Language => &[
                "language", "preferred language", "locale", "lang", "sprache", "langue", "idioma", "lingua", "taal",
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Field;
    use crate::subscriber::word::fold;

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
