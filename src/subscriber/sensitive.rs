//! Words that tell about a person's health or life: in a column's header, and in a name that others get to see.
//!
//! Promises: whole words or their beginnings are looked for, never pieces in the middle of a word, so that `heart-warming` is no illness.
//! Knows nothing of where the words stand, or of who sees them.

use super::word;

/// Words in a header that announce what a mailing has no business to know; `*` stands for the start of a word.
#[rustfmt::skip]
const SENSITIVE: &[&str] = &[
    "diagnos*", "condition", "conditions", "medic*", "health*", "clinical", "treatment*", "therap*", "symptom*", "allerg*", "disab*", "pregnan*",
    "prescri*", "injur*", "surger*", "mental*", "hiv", "vaccin*", "immunis*", "immuniz*", "blood", "weight", "height", "bmi", "smoker", "drugs",
    "referr*", "gp", "physician", "doctor", "insur*", "policy number", "policy no", "claim", "medicaid", "nhs", "ssn", "social security", "dob",
    "birth*", "born", "age", "note", "notes", "comment", "comments", "remarks", "religio*", "ethnic*", "race", "gender", "sex", "sexual*", "marital*",
    "spouse", "emergency", "next of kin", "ip", "latitude", "longitude", "passport", "government id", "national id", "tax id", "drivers license",
    "reason for visit", "reason for appointment", "reason for consultation", "reason for referral", "visit reason", "presenting", "complaint*", "icd*",
    "snomed", "appointment type", "bank", "iban", "card", "credit", "password", "salary", "income",
    // German
    "befund*", "krank*", "beschwerden", "behandlung*", "versicher*", "versichert*", "geburt*", "geb", "geschlecht", "notiz*", "bemerkung*", "hausarzt",
    "impf*", "konfession",
    // French
    "maladie*", "traitement*", "assurance*", "mutuelle", "securite sociale", "carte vitale", "naissance", "ne le", "anniversaire", "sexe",
    "commentaire*", "remarque*", "medecin*", "motif de",
    // Spanish, Italian, Portuguese
    "enfermedad*", "sintoma*", "alergi*", "tratamiento*", "seguro", "aseguradora", "seguridad social", "nacimiento", "cumpleanos", "sexo", "notas",
    "comentarios", "observaciones", "motivo de", "malatti*", "sintomi", "trattament*", "assicura*", "codice fiscale", "nascita", "compleanno", "sesso", "commenti",
    "doenca*", "tratamento*", "nascimento", "aniversario", "observacoes", "cpf", "genero", "genere",
    // Dutch and the North
    "ziekte*", "behandeling*", "verzeker*", "geboorte*", "verjaardag", "geslacht", "opmerking*", "bsn", "huisarts", "fodels*", "personnummer", "syntym*",
    "urodz*", "pesel",
];

/// Words in a name that tell what somebody has or goes through: English, then what German, French and Spanish write otherwise.
#[rustfmt::skip]
const CONDITIONS: &[&str] = &[
    "diabet*", "cancer*", "tumor*", "tumour*", "oncolog*", "chemo", "chemother*", "leukaem*", "leukem*", "lymphom*", "melanom*", "pregnan*", "prenatal",
    "antenatal", "postnatal", "postpartum", "miscarriage*", "stillbirth*", "abortion*", "fertility", "infertil*", "ivf", "contracepti*", "menopaus*",
    "endometrio*", "pcos", "depress*", "anxiety", "panic attack*", "bipolar", "schizo*", "psychos*", "psychiat*", "psychother*", "suicid*", "self harm*",
    "adhd", "autis*", "asperger*", "ptsd", "ocd", "eating disorder*", "anorexi*", "bulimi*", "addict*", "alcoholi*", "substance abuse", "substance use",
    "drug abuse", "opioid*", "methadon*", "hiv", "std", "stds", "sti", "stis", "syphilis", "chlamydia", "gonorrh*", "herpes", "hepatit*", "tuberculos*",
    "epilep*", "asthma*", "copd", "emphysem*", "cystic fibrosis", "arthrit*", "arthros*", "rheuma*", "osteopor*", "parkinson*", "alzheimer*", "dement*",
    "multiple sclerosis", "stroke patient*", "stroke survivor*", "after stroke", "after a stroke", "heart disease", "heart failure", "heart attack*",
    "cardiac", "infarct*", "hypertens*", "high blood pressure", "obes*", "overweight", "kidney disease", "kidney failure", "dialys*", "transplant*",
    "migraine*", "fibromyalg*", "chronic pain", "chronic fatigue", "long covid", "incontinen*", "prostat*", "erectile", "impoten*", "transgender",
    "gender dysphoria", "psoria*", "eczema*", "lupus", "crohn*", "colitis", "coeliac", "celiac", "disabled", "disabilit*", "palliativ*", "hospice",
    // German
    "krebs*", "brustkrebs*", "onkolog*", "leukam*", "schwanger*", "fehlgeburt*", "abtreibung*", "unfruchtbar*", "kinderwunsch*", "wechseljahr*",
    "angststorung*", "panikattack*", "psychisch*", "essstorung*", "magersucht*", "alkoholsucht*", "alkoholkrank*", "suchtkrank*", "suchtberat*",
    "spielsucht*", "adhs", "zuckerkrank*", "bluthochdruck*", "herzinfarkt*", "herzkrank*", "schlaganfall*", "demenz*", "multiple sklerose", "gicht",
    "adipos*", "ubergewicht*", "inkontinen*", "impotenz", "neurodermit*", "schuppenflecht*", "behinder*", "nierenkrank*", "lungenkrank*", "hospiz*",
    // French
    "enceinte*", "grossesse*", "fausse couche", "avortement*", "sterilite", "infertilite", "fertilite", "anxiete", "toxicoman*", "alcoolism*", "alcooliq*",
    "vih", "sida", "mst", "asthm*", "demence*", "sclerose en plaques", "crise cardiaque", "maladie", "maladies", "obesite", "surpoids", "handicap*", "tdah",
    "polyarthrit*", "migraineu*", "soins palliatifs", "cancereu*",
    // Spanish
    "embaraz*", "aborto*", "esterilidad", "infertilidad", "fertilidad", "ansiedad", "esquizofren*", "adiccion*", "toxicoman*", "alcoholism*", "asma",
    "asmatic*", "artritis", "artrosis", "demencia*", "esclerosis", "infarto*", "hipertens*", "obesidad", "sobrepeso", "discapacid*", "enfermedad*",
    "migrana*", "quimioterap*", "oncologi*", "epileps*",
];

/// Whether a column of this name, folded, looks like something that a mailing has no business to know.
pub fn is_sensitive(folded: &str) -> bool {
    SENSITIVE.iter().any(|pattern| occurs(pattern, folded).is_some())
}

/// Whether an attribute, as templates and segments name it, looks sensitive.
pub fn is_sensitive_column(name: &str) -> bool {
    let folded = word::fold(name);
    is_sensitive(&folded) || condition(name).is_some()
}

/// The first word, or words, of `text` that tell what somebody has, folded.
pub fn condition(text: &str) -> Option<String> {
    let folded = word::fold(text);
    CONDITIONS
        .iter()
        .find_map(|pattern| occurs(pattern, &folded))
        .map(str::to_owned)
}

/// What of a folded text a pattern finds: whole words, or with `*` at the end of the pattern words that start so.
fn occurs<'t>(pattern: &str, folded: &'t str) -> Option<&'t str> {
    let (wanted, is_start) = match pattern.strip_suffix('*') {
        Some(start) => (start, true),
        None => (pattern, false),
    };
    folded.match_indices(wanted).find_map(|(at, _)| {
        let begins = at == 0 || folded[..at].ends_with(' ');
        let rest = &folded[at + wanted.len()..];
        let tail = rest.find(' ').unwrap_or(rest.len());
        (begins && (is_start || tail == 0)).then(|| &folded[at..at + wanted.len() + tail])
    })
}

#[cfg(test)]
mod tests {
    use super::{condition, is_sensitive_column, occurs};

    #[test]
    fn names_that_tell_an_illness_are_found_in_four_languages() {
        for (name, word) in [
            ("diabetes-patients", "diabetes"),
            ("Diabetics", "diabetics"),
            ("after_breast_cancer", "cancer"),
            ("pregnancy tips", "pregnancy"),
            ("living-with-HIV", "hiv"),
            ("Depression group", "depression"),
            ("ivf-2026", "ivf"),
            ("stroke-survivors", "stroke survivors"),
            ("Schwangerschaftskurs", "schwangerschaftskurs"),
            ("Übergewicht", "ubergewicht"),
            ("Grossesse et sommeil", "grossesse"),
            ("Obésité", "obesite"),
            ("Embarazadas", "embarazadas"),
            ("adicción", "adiccion"),
        ] {
            assert_eq!(condition(name).as_deref(), Some(word), "{name}");
        }
    }

    #[test]
    fn harmless_names_are_left_alone() {
        for name in [
            "heart-warming",
            "back-to-school",
            "seasonal-immunity",
            "winter tips",
            "heat stroke",
            "hearing aids",
            "alcohol-free drinks",
            "stand up straight",
            "stilettos",
            "Wir suchen Verstärkung",
            "massage-and-immunity",
            "calmer-days",
            "new patients",
            "Ernährung im Herbst",
            "bien-être",
            "cuidado de la espalda",
            "",
        ] {
            assert_eq!(condition(name), None, "{name}");
        }
    }

    #[test]
    fn a_pattern_is_a_word_or_its_beginning() {
        assert_eq!(occurs("dement*", "ornament dementia care"), Some("dementia"));
        assert_eq!(occurs("dement*", "codement"), None);
        assert_eq!(occurs("sti", "stiff sti"), Some("sti"));
        assert_eq!(occurs("heart attack*", "after heart attacks"), Some("heart attacks"));
    }

    #[test]
    fn columns_are_judged_as_their_headers_are() {
        for name in ["diagnosis", "date_of_birth", "notes", "diabetes_type", "gender"] {
            assert!(is_sensitive_column(name), "{name}");
        }
        for name in ["city", "village", "last_visit", "group", "interests", "joined"] {
            assert!(!is_sensitive_column(name), "{name}");
        }
    }
}
