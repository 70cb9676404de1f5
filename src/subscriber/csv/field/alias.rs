//! The headers that clinic systems, address books and mailing programs give the fields, in the languages they come in.
//!
//! A header counts only when it is one of these as a whole: what is merely like one is an attribute, and the import shows it.

use super::Field;

#[rustfmt::skip]
pub(super) fn of(field: Field) -> &'static [&'static str] {
    match field {
        Field::Email => &[
            "email", "e mail", "email address", "e mail address", "primary email", "primary email address", "client email",
            "client email address", "patient email", "patient email address", "contact email", "customer email", "e mail 1 value",
            "email 1", "e mail 1", "email address 1", "home email", "personal email", "mail", "emailaddress", "mail address",
            "email id",
            "e mail adresse", "email adresse", "emailadresse", "mailadresse", "e mail privat", "email privat",
            "adresse e mail", "adresse email", "courriel", "adresse mail", "adresse courriel", "adresse de courriel",
            "adresse electronique", "mel",
            "correo", "correo electronico", "correo e", "direccion de correo", "direccion de correo electronico", "direccion email",
            "indirizzo email", "indirizzo e mail", "indirizzo di posta elettronica", "posta elettronica",
            "emailadres", "e mailadres", "mailadres",
            "endereco de email", "endereco de e mail", "endereco eletronico", "correio eletronico",
            "e post", "epost", "e postadress", "e postadresse", "e mailadresse", "sahkoposti", "sahkopostiosoite", "adres email",
            "adres e mail", "emailova adresa", "メールアトレス", "邮箱", "电子邮箱", "电子邮件",
            // Where the first one is empty, a person has one of these.
            "work email", "work email address", "business email", "secondary email", "secondary email address", "alternate email",
            "alternative email", "other email", "email 2", "e mail 2", "email address 2", "e mail 2 address", "e mail 2 value", "email 3",
            "e mail 3", "e mail 3 address", "e mail 3 value",
        ],
        // What a person wants to be called goes before what the register calls them.
        Field::FirstName => &[
            "preferred name", "preferred first name", "what name do they go by", "goes by", "chosen name", "nickname", "known as",
            "rufname", "roepnaam", "prenom usuel", "first name", "firstname", "given name", "forename", "fname", "legal first name",
            "first",
            "vorname", "prenom", "nombre", "primer nombre", "nombre de pila", "nome", "primeiro nome", "nome proprio", "voornaam",
            "fornamn", "fornavn", "etunimi", "imie", "jmeno", "名",
        ],
        Field::LastName => &[
            "last name", "lastname", "surname", "family name", "lname", "legal last name", "last",
            "nachname", "familienname", "nom", "nom de famille", "nom dusage", "apellido", "apellidos", "primer apellido", "cognome",
            "achternaam", "familienaam", "sobrenome", "apelido", "ultimo nome",
            "efternamn", "efternavn", "etternavn", "sukunimi", "nazwisko", "prijmeni", "姓",
        ],
        Field::Name => &[
            "name", "full name", "fullname", "client", "client name", "patient", "patient name", "customer", "customer name", "contact",
            "contact name", "display name", "e mail display name",
            "vollstandiger name", "vor und nachname", "patientenname", "kundenname", "nom complet", "nom et prenom", "nom prenom",
            "nom du patient", "nombre completo", "nombre y apellidos", "paciente", "nombre del paciente", "cliente",
            "nome completo", "nome e cognome", "paziente", "naam", "volledige naam", "patientnaam", "nome do paciente", "姓名", "氏名",
        ],
        // Permission for reminders ("Email OK") is not among them: it is no consent to mailings.
        Field::Consent => &[
            "consent", "marketing consent", "email consent", "consent to email", "consents to email", "consent to marketing",
            "consents to marketing", "email marketing consent", "marketing email consent", "opt in", "optin", "opted in",
            "email opt in", "email optin", "marketing opt in", "marketing email opt in", "email marketing opt in",
            "opt in to marketing", "accepted email marketing", "accepts email marketing", "accepts marketing",
            "accepts marketing emails", "email marketing", "marketing emails", "marketing email", "receive marketing emails",
            "receives marketing emails", "promotional emails", "send promotional emails", "sendpromotionalemails", "newsletter",
            "newsletters", "subscribed to email marketing", "subscribed to marketing", "newsletter opt in", "newsletter consent", "mailing list", "subscribed",
            "einwilligung", "newsletter einwilligung", "werbeeinwilligung", "einwilligung newsletter", "einwilligung werbung",
            "newsletter erlaubt", "werbung erlaubt",
            "consentement", "consentement marketing", "consentement newsletter", "accord newsletter", "accepte la newsletter",
            "accepte les emails", "inscrit a la newsletter",
            "consentimiento", "consentimiento marketing", "acepta publicidad", "acepta comunicaciones", "boletin", "suscrito",
            "consenso", "consenso marketing", "consenso newsletter",
            "toestemming", "toestemming nieuwsbrief", "nieuwsbrief", "consentimento", "consentimento marketing", "aceita newsletter",
            "aceita marketing", "nyhetsbrev", "nyhedsbrev", "uutiskirje", "zgoda", "souhlas",
        ],
        Field::ConsentDate => &[
            "consent date", "date of consent", "consent given on", "consented on", "consented at", "opt in date", "optin date",
            "opted in on", "opted in at", "optin time", "opt in time", "confirm time", "subscribed at", "subscribed on",
            "subscription date",
            "einwilligung am", "einwilligungsdatum", "datum der einwilligung", "date du consentement", "date de consentement",
            "fecha de consentimiento", "fecha del consentimiento", "data del consenso", "data consenso", "datum toestemming",
            "toestemming op", "data do consentimento", "data de consentimento",
        ],
        Field::ConsentSource => &[
            "consent source", "source of consent", "opt in source", "optin source", "consent method", "how consent was given",
            "consent form", "consent evidence", "consent note",
            "quelle der einwilligung", "einwilligungsquelle", "source du consentement", "origine du consentement",
            "origen del consentimiento", "origine del consenso", "fonte del consenso", "bron van toestemming",
            "origem do consentimento",
        ],
        Field::ConsentWording => &[
            "consent wording", "consent text", "consent statement", "wording of consent",
            "wortlaut der einwilligung", "einwilligungstext", "texte du consentement", "texto del consentimiento", "testo del consenso",
            "tekst van toestemming", "texto do consentimento",
        ],
        Field::ConsentBasis => &[
            "consent basis", "consent type", "legal basis", "lawful basis",
            "rechtsgrundlage", "base legale", "base juridique", "base legal", "base juridica", "base giuridica", "rechtsgrond",
        ],
        Field::Unsubscribed => &[
            "unsubscribed", "unsubscribe", "unsub time", "unsubscribed at", "unsubscribed on", "unsubscribe date", "unsubscribe time",
            "opt out", "optout", "opted out", "opt out date", "opted out at", "email opt out", "email opted out", "marketing opt out",
            "do not email", "dont email", "do not contact", "do not mail", "no email", "no marketing", "no marketing emails",
            "email blocklisted", "blocklisted", "email blacklisted", "blacklisted", "suppressed", "banned", "archived", "archived at", "inactive", "deceased",
            "date of death", "deleted", "deleted at", "bounced", "bounced at", "hard bounced", "cleaned", "cleaned at", "clean time",
            "complained", "complained at", "spam complaint", "marked as spam", "abuse",
            "abgemeldet", "abgemeldet am", "keine werbung", "verstorben", "archiviert", "desabonne", "desabonne le", "desinscrit",
            "decede", "archive le", "baja", "dado de baja", "fallecido", "archivado",
            "disiscritto", "deceduto", "archiviato", "uitgeschreven", "uitgeschreven op", "overleden", "gearchiveerd", "descadastrado",
            "falecido", "arquivado",
        ],
        Field::Status => &[
            "status", "subscription status", "subscriber status", "email status", "email subscriber status",
            "email subscription status", "email marketing status", "marketing status", "mailing status", "member status",
            "patient status", "client status", "contact status", "statut", "statut de labonnement",
        ],
        // The day a record was made is when a person joined, and no proof of consent.
        Field::Joined => &[
            "joined", "joined on", "joined at", "join date", "date joined", "member since", "client since", "patient since",
            "customer since", "sign up date", "signup date", "signed up", "registered", "registered on", "registered at",
            "registration date", "date registered", "date added", "added on", "created", "created at", "created on", "date created",
            "creation date", "first seen", "first visit", "first visit date", "first appointment", "first appointment date",
            "beigetreten", "beigetreten am", "patient seit", "kunde seit", "angelegt am", "erstellt am", "aufnahmedatum", "inscrit le",
            "inscrit depuis", "date d inscription", "date dinscription", "date dajout", "cree le", "date de creation", "fecha de alta",
            "fecha de registro", "fecha de creacion",
            "data di iscrizione", "data iscrizione", "data di registrazione", "inschrijfdatum", "aangemaakt op", "klant sinds",
            "data de cadastro", "data de registo", "data de inscricao",
        ],
        Field::Language => &[
            "language", "preferred language", "language preference", "locale", "preferred locale", "lang", "sprache",
            "korrespondenzsprache", "langue", "langue preferee", "idioma", "idioma preferido", "lingua", "lingua preferita", "taal",
            "voorkeurstaal",
        ],
    }
}
