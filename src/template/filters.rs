//! The filters that letters may use beside Tera's own: `date` and `first_word`.
//!
//! Promises: every filter is a pure function of its input. Nothing a template can call reads a file, the environment, the network or
//! the clock.

/// The names of all filters, own and Tera's, for "did you mean".
pub(crate) const NAMES: &[&str] = &[
    "abs",
    "capitalize",
    "date",
    "default",
    "escape",
    "escape_html",
    "escape_xml",
    "first",
    "first_word",
    "float",
    "get",
    "group_by",
    "indent",
    "int",
    "join",
    "keys",
    "last",
    "length",
    "lower",
    "newlines_to_br",
    "nth",
    "pairs",
    "pluralize",
    "replace",
    "reverse",
    "round",
    "safe",
    "sort",
    "split",
    "str",
    "title",
    "trim",
    "trim_end",
    "trim_start",
    "truncate",
    "unique",
    "upper",
    "values",
    "wordcount",
];

/// Gives `tera` the filters of this house; must come before any template is added, because Tera checks their names then.
pub(crate) fn register(tera: &mut tera::Tera) {
    tera.register_filter("date", date);
    tera.register_filter("first_word", first_word);
}

/// `{{ joined | date }}`: a day such as `2026-12-01` as people of the article's language write it.
///
/// `format` is a strftime pattern, `language` a tag that overrides the article's.
#[expect(clippy::needless_pass_by_value, reason = "Tera hands a filter its arguments by value")]
fn date(value: &str, arguments: tera::Kwargs, state: &tera::State<'_>) -> tera::TeraResult<String> {
    let day = day(value)?;
    let language = match arguments.get::<&str>("language")? {
        Some(language) => language.to_owned(),
        None => article_language(state)?,
    };
    let calendar = calendar(&language);
    let pattern = arguments.get::<&str>("format")?.unwrap_or(calendar.pattern);
    let pattern = with_names(pattern, day, calendar);
    jiff::fmt::strtime::format(&pattern, day)
        .map_err(|_| tera::Error::message(format!("`{pattern}` is no pattern for a date, such as `%-d %B %Y`")))
}

fn day(value: &str) -> tera::TeraResult<jiff::civil::Date> {
    let value = value.trim();
    value
        .parse()
        .map_err(|_| tera::Error::message(format!("`{value}` is no date such as `2026-12-31`")))
}

fn article_language(state: &tera::State<'_>) -> tera::TeraResult<String> {
    let article = state.get::<tera::Value>("article")?;
    let language = article.as_ref().and_then(|article| article.get_from_path("language"));
    Ok(language.and_then(tera::Value::as_str).unwrap_or("en").to_owned())
}

/// `{{ first_name | first_word }}`: `Mary Ann` → `Mary`.
fn first_word(value: &str, _: tera::Kwargs, _: &tera::State<'_>) -> String {
    value.split_whitespace().next().unwrap_or("").to_owned()
}

/// How one language writes a day.
struct Calendar {
    pattern: &'static str,
    months: [&'static str; 12],
    /// From Monday.
    weekdays: [&'static str; 7],
}

/// Replaces the names in `pattern` by those of the language; strftime itself only knows English.
fn with_names(pattern: &str, day: jiff::civil::Date, calendar: &Calendar) -> String {
    let month = calendar.months[usize::from(day.month().unsigned_abs()) - 1];
    let weekday = calendar.weekdays[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())];
    pattern.replace("%B", month).replace("%A", weekday)
}

/// The calendar of a language tag; what is unknown is English.
fn calendar(language: &str) -> &'static Calendar {
    match language.split(['-', '_']).next().unwrap_or("").to_ascii_lowercase().as_str() {
        "de" => &GERMAN,
        "fr" => &FRENCH,
        "es" => &SPANISH,
        "it" => &ITALIAN,
        "nl" => &DUTCH,
        "pt" => &PORTUGUESE,
        _ => &ENGLISH,
    }
}

const ENGLISH: Calendar = Calendar {
    pattern: "%-d %B %Y",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
};
const GERMAN: Calendar = Calendar {
    pattern: "%-d. %B %Y",
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    weekdays: [
        "Montag",
        "Dienstag",
        "Mittwoch",
        "Donnerstag",
        "Freitag",
        "Samstag",
        "Sonntag",
    ],
};
const FRENCH: Calendar = Calendar {
    pattern: "%-d %B %Y",
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    weekdays: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
};
const SPANISH: Calendar = Calendar {
    pattern: "%-d de %B de %Y",
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    weekdays: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
};
const ITALIAN: Calendar = Calendar {
    pattern: "%-d %B %Y",
    months: [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    weekdays: ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
};
const DUTCH: Calendar = Calendar {
    pattern: "%-d %B %Y",
    months: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    weekdays: ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
};
const PORTUGUESE: Calendar = Calendar {
    pattern: "%-d de %B de %Y",
    months: [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    weekdays: [
        "segunda-feira",
        "terça-feira",
        "quarta-feira",
        "quinta-feira",
        "sexta-feira",
        "sábado",
        "domingo",
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, language: &str, expected: Result<&str, &str>) {
        let mut tera = tera::Tera::default();
        register(&mut tera);
        let mut context = tera::Context::new();
        context.insert("joined", "2027-03-01");
        context.insert("wrong", "31/12/26");
        context.insert("name", " Mary  Ann ");
        context.insert("article", &std::collections::BTreeMap::from([("language", language)]));
        let found = tera.render_str(template, &context, false).map_err(|error| error.to_string());
        match (&found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{template}"),
            (Err(error), Err(part)) => assert!(error.contains(part), "{template}: {error}"),
            _ => panic!("{template}: {found:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn a_day_is_written_in_the_articles_language() {
        check("{{ joined | date }}", "en-GB", Ok("1 March 2027"));
        check("{{ joined | date }}", "de-CH", Ok("1. März 2027"));
        check("{{ joined | date }}", "es", Ok("1 de marzo de 2027"));
        check(
            "{{ joined | date(format='%A, %-d %B', language='fr') }}",
            "en",
            Ok("lundi, 1 mars"),
        );
        check("{{ joined | date(format='%d.%m.%y') }}", "tlh", Ok("01.03.27"));
    }

    #[test]
    fn what_is_no_date_is_said_in_the_words_of_the_list() {
        check("{{ wrong | date }}", "en", Err("`31/12/26` is no date such as `2026-12-31`"));
        check("{{ joined | date(format='%') }}", "en", Err("is no pattern for a date"));
    }

    #[test]
    fn the_first_word_of_a_name_is_its_first_word() {
        check("{{ name | first_word }}", "en", Ok("Mary"));
    }

    #[test]
    fn the_list_of_names_is_what_tera_accepts() {
        for name in NAMES {
            let mut tera = tera::Tera::default();
            register(&mut tera);
            assert!(tera.add_raw_template("t", &format!("{{{{ x | {name} }}}}")).is_ok(), "{name}");
        }
    }
}
