//! A number as people and programs write it in a cell.
//!
//! Promises: a number that could be two numbers is never guessed: `1,234` is a thousand and more to one reader and little more than one
//! to another. Infinity and "not a number" are none.

/// Reads one number: `12`, `-3.5`, `3,5`, `1,234.5`, `1.234,5`.
pub fn read(text: &str) -> Option<f64> {
    let text = text.trim();
    let number = match (text.rfind('.'), text.rfind(',')) {
        (_, None) => plain(text),
        (None, Some(_)) => with_commas(text),
        (Some(dot), Some(comma)) if dot > comma => plain(&without_groups(text, ',', '.')?),
        (Some(_), Some(_)) => plain(&without_groups(text, '.', ',')?.replace(',', ".")),
    };
    number.filter(|number| number.is_finite())
}

/// The two numbers that a text may be, if it may be two.
pub fn two_readings(text: &str) -> Option<(f64, f64)> {
    let text = text.trim();
    let (whole, part) = text.split_once(',')?;
    let grouped = part.len() == 3 && (1..=3).contains(&digits(whole)) && part.bytes().all(|b| b.is_ascii_digit());
    match grouped {
        true => Some((plain(&text.replace(',', ""))?, plain(&text.replace(',', "."))?)),
        false => None,
    }
}

fn digits(text: &str) -> usize {
    text.trim_start_matches(['+', '-']).len()
}

/// Digits with a sign and a dot at most.
fn plain(text: &str) -> Option<f64> {
    let is_plain = text.bytes().all(|b| b.is_ascii_digit() || b"+-.".contains(&b));
    text.parse().ok().filter(|_| is_plain)
}

/// One comma is a decimal one, several part the thousands; where one could be either, it is neither.
fn with_commas(text: &str) -> Option<f64> {
    if two_readings(text).is_some() {
        return None;
    }
    match text.matches(',').count() {
        1 => plain(&text.replace(',', ".")),
        _ => plain(&without_groups(&format!("{text}."), ',', '.')?),
    }
}

/// The text without the signs that part its thousands, if they stand where thousands are parted.
fn without_groups(text: &str, parting: char, decimal: char) -> Option<String> {
    let (whole, fraction) = text.split_once(decimal)?;
    let mut groups = whole.split(parting);
    let first = digits(groups.next()?);
    let sound = (1..=3).contains(&first) && groups.all(|group| group.len() == 3);
    sound.then(|| format!("{}{decimal}{fraction}", whole.replace(parting, "")))
}

#[cfg(test)]
mod tests {
    use super::{read, two_readings};

    #[test]
    fn numbers_are_read_as_both_halves_of_the_world_write_them() {
        for (text, number) in [
            ("12", 12.0),
            (" 30.0 ", 30.0),
            ("030", 30.0),
            ("-3.5", -3.5),
            ("3,5", 3.5),
            ("-0,25", -0.25),
            ("1,234.5", 1234.5),
            ("1.234,5", 1234.5),
            ("1,234,567", 1_234_567.0),
            ("1.234.567,8", 1_234_567.8),
            ("1234,567", 1234.567),
            ("1.234", 1.234),
        ] {
            assert_eq!(read(text), Some(number), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_or_two_is_none() {
        for text in [
            "",
            "old",
            "inf",
            "NaN",
            "1e5",
            "1,2,3",
            "12,34.5",
            "1.2.3",
            "1,234",
            "-1,000",
            "€ 5",
            "1.234.567",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(two_readings("1,234"), Some((1234.0, 1.234)));
        assert_eq!((two_readings("3,5"), two_readings("1234,567")), (None, None));
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,12}|[0-9.,+-]{0,12}") {
            let _ = (read(&text), two_readings(&text));
        }

        #[test]
        fn a_comma_says_what_a_dot_says(whole in 0..5000_i32, part in 0..100_u8) {
            proptest::prop_assert_eq!(read(&format!("{whole},{part:02}")), read(&format!("{whole}.{part:02}")));
        }
    }
}
