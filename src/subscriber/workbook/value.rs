//! What the reader of a workbook sees in a cell.

use calamine::{Data, DataRef, ExcelDateTime};

/// A cell that owns its text, seen as one that does not.
pub(super) fn borrowed(cell: &Data) -> DataRef<'_> {
    match cell {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(yes) => DataRef::Bool(*yes),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// The value of a cell as text without line ends or controls.
pub(super) fn shown(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty | DataRef::Error(_) => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => float(*number),
        // As Excel shows it and writes it into a CSV file.
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::String(text) => in_one_line(text),
        DataRef::SharedString(text) => in_one_line(text),
        DataRef::DateTime(moment) => moment_shown(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => in_one_line(text.strip_suffix("T00:00:00").unwrap_or(text)),
    }
}

/// Whole numbers without a point; others with the fifteen digits that Excel has.
fn float(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    let short: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    short.to_string()
}

fn moment_shown(moment: &ExcelDateTime) -> String {
    if moment.is_duration() || moment.as_f64() < 0.0 || moment.as_f64() > 2_958_465.999 {
        return float(moment.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    match (moment.as_f64() < 1.0, time.as_str()) {
        (true, _) => time,
        (false, "00:00:00") => format!("{year:04}-{month:02}-{day:02}"),
        (false, _) => format!("{year:04}-{month:02}-{day:02} {time}"),
    }
}

/// Line ends become `U+2028`, which no cell is split at and every value loses; other controls but NUL, which is refused later, a blank.
fn in_one_line(text: &str) -> String {
    let clean = |c: char| c == '\0' || !c.is_control();
    if text.chars().all(clean) {
        return text.to_owned();
    }
    let text = text.replace("\r\n", "\n").replace("_x000D_\n", "\n");
    let one_line = text.chars().map(|c| match c {
        '\n' | '\r' => '\u{2028}',
        c if clean(c) => c,
        _ => ' ',
    });
    one_line.collect()
}

#[cfg(test)]
mod tests {
    use super::{float, shown};
    use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType};

    #[test]
    fn a_cell_is_what_its_reader_sees() {
        for (number, text) in [
            (45.0, "45"),
            (3.5, "3.5"),
            (0.1 + 0.2, "0.3"),
            (-2.0, "-2"),
            (447_700_900_123.0, "447700900123"),
            (1e20, "100000000000000000000"),
        ] {
            assert_eq!(float(number), text);
        }
        let moment = |value, kind| shown(&DataRef::DateTime(ExcelDateTime::new(value, kind, false)));
        assert_eq!(moment(46_174.0, ExcelDateTimeType::DateTime), "2026-06-01");
        assert_eq!(moment(46_174.5, ExcelDateTimeType::DateTime), "2026-06-01 12:00:00");
        assert_eq!(moment(0.5, ExcelDateTimeType::DateTime), "12:00:00");
        assert_eq!(moment(1.5, ExcelDateTimeType::TimeDelta), "1.5");
        assert_eq!(moment(f64::INFINITY, ExcelDateTimeType::DateTime), "inf");
        assert_eq!(shown(&DataRef::Bool(true)), "TRUE");
        assert_eq!(shown(&DataRef::SharedString("a\r\nb\tc\u{1f}d")), "a\u{2028}b c d");
    }
}
