//! The rows that are nobody, as a CSV file to mend them by.

use super::{Skipped, guard::guard};

/// The rows with their line, column, value, reason and fix; the values are whole, so the file belongs to the clinic alone.
pub fn rejects_csv(skipped: &[Skipped]) -> String {
    let mut text = String::from("line,column,value,reason,fix\n");
    for row in skipped {
        let cells = [
            row.column.as_deref().unwrap_or_default(),
            &row.value,
            &row.reason,
            row.fix.as_deref().unwrap_or_default(),
        ];
        text.push_str(&row.line.to_string());
        for cell in cells {
            text.push_str(",\"");
            text.push_str(&guard(cell).replace('"', "\"\""));
            text.push('"');
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::rejects_csv;
    use crate::subscriber::csv::guard::unguard;
    use crate::subscriber::csv::{Mapping, read};

    #[test]
    fn rejects_name_what_was_found_and_how_to_mend_it() {
        let list = "email,name\nann@example.org,Ann\nbob.example.org,Bob\n\"=cmd|' /C calc'!A0\",\"\"\"x\"\"\"\n,Carl\n";
        let list = read("subscribers/patients.csv", list.as_bytes(), &Mapping::default()).unwrap();
        let text = rejects_csv(&list.report.skipped);
        assert_eq!(
            text,
            "line,column,value,reason,fix\n\
             3,\"email\",\"bob.example.org\",\"`b***` is no address: it needs exactly one `@`\",\"correct the address, or take the row out\"\n\
             4,\"email\",\"'=cmd|' /C calc'!A0\",\"`=***` is no address: it needs exactly one `@`\",\"correct the address, or take the row out\"\n\
             5,\"email\",\",Carl\",\"the row has no address\",\"add the address, or leave it: the person gets no letters\"\n"
        );
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let values: Vec<String> = reader
            .records()
            .map(|record| unguard(&record.unwrap()[2]).to_owned())
            .collect();
        assert_eq!(values, ["bob.example.org", "=cmd|' /C calc'!A0", ",Carl"]);
    }
}
