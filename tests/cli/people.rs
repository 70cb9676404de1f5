//! `tidings people`: list, find, show, export and edit.

use super::{clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::workspace::Workspace;
use std::os::unix::fs::PermissionsExt as _;

/// Three people and a family, imported.
fn imported(judge: &Judge) -> Workspace {
    let clinic = clinic_with(judge, 3);
    let family = "lee@patients.example,Ann,Lee,Bath,2025-04-01,yes,2025-04-01,form\nlee@patients.example,Tom,Lee,Frome,,yes,2025-04-01,form\n";
    let people = clinic.read("subscribers/patients.csv") + family;
    clinic.write("subscribers/patients.csv", people);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    clinic
}

#[test]
fn people_are_listed_found_and_shown() {
    let judge = Judge::start();
    let clinic = imported(&judge);
    let listed = type_in(&clinic, "people list --list patients")
        .exits(0)
        .prints("Chloé Castellano");
    assert_eq!(listed.stdout.lines().count(), 5, "{listed}");
    type_in(&clinic, "people list --list patient")
        .exits(2)
        .tells("did you mean `patients`?");
    type_in(&clinic, "people list --suppressed").exits(0).tells("nobody");
    type_in(&clinic, "people find chloe castel")
        .exits(0)
        .prints("first_name: Chloé, last_name: Castellano");
    type_in(&clinic, "people find CHLOE")
        .exits(0)
        .prints("person2@patients.example")
        .prints("first_name: Chloé");
    type_in(&clinic, "people find person3@")
        .exits(0)
        .prints("person3@patients.example")
        .prints("address");
    type_in(&clinic, "people find zanzibar")
        .exits(0)
        .tells("nobody: no address and no column that is kept has `zanzibar`");
    type_in(&clinic, "people show PERSON2@patients.example")
        .exits(0)
        .prints("list patients: yes, on 2025-03-03, paper form at the front desk")
        .prints("line 3")
        .prints("city: Frome");
    type_in(&clinic, "people show person9@patients.example")
        .exits(2)
        .tells("did you mean p***@patients.example?");
    let rows = clinic
        .read("subscribers/patients.csv")
        .lines()
        .take(3)
        .collect::<Vec<_>>()
        .join("\n");
    clinic.write("subscribers/patients.csv", rows);
    type_in(&clinic, "import subscribers/patients.csv --yes").exits(0);
    let left = type_in(&clinic, "people list --left --json").exits(0).json();
    assert_eq!(left.len(), 2);
    assert!(left.iter().all(|line| line["left_at"].is_string()));
}

#[test]
fn all_that_is_held_about_a_person_is_one_object() {
    let judge = Judge::start().rule(Rule::at(Phase::Rcpt).to("person1@patients.example").reply("550 no such user"));
    let clinic = imported(&judge);
    type_in(&clinic, "send tips").exits(1);
    clinic.write(
        "subscribers/patients.csv",
        clinic.read("subscribers/patients.csv").replacen("Bela", "Béla", 1),
    );
    type_in(&clinic, "import subscribers/patients.csv --yes").exits(0);
    type_in(&clinic, "resend tips --to person1@patients.example").exits(0);
    type_in(&clinic, "suppress add person1@patients.example --reason bounced").exits(0);
    type_in(&clinic, "hold tips --to person1@patients.example --because asked").exits(0);
    type_in(&clinic, "people export --person person1@patients.example ann.json")
        .exits(0)
        .prints("ann.json: all that is held");
    let mode = std::fs::metadata(clinic.path("ann.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let held: serde_json::Value = serde_json::from_str(&clinic.read("ann.json")).unwrap();
    let names: Vec<_> = held["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["columns"]["first_name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Bela", "Béla"]);
    assert_eq!(held["suppressions"][0]["reason"], "bounced");
    assert_eq!(held["deliveries"][0]["attempts"][0]["reply"], "no such user");
    assert_eq!(held["deliveries"][0]["decisions"][0]["event"], "resend");
    let strike = &held["strikes"][0];
    let told = (&strike["weight"], &strike["code"], &strike["reply"], &strike["letter"]);
    assert_eq!(
        told,
        (&"hard".into(), &"550".into(), &"no such user".into(), &"tips/sleep".into())
    );
    assert_eq!(held["mails"], serde_json::json!([]));
    assert_eq!(held["orders"][0]["detail"], "asked");
    assert_eq!(held["lists"][0]["line"], 2);
    type_in(&clinic, "people export --person nobody@patients.example").exits(2);
    type_in(&clinic, "people export --person person1@patients.example --list patients").exits(2);
}

#[test]
fn an_export_is_guarded_private_and_is_the_same_list_when_it_is_imported() {
    let judge = Judge::start();
    let clinic = imported(&judge);
    type_in(&clinic, "people export --list patients out.csv")
        .exits(0)
        .prints("out.csv: 4 people");
    type_in(&clinic, "people export --list patients out.csv")
        .exits(65)
        .tells("name another file");
    let text = clinic.read("out.csv");
    let header = "\"email\",\"city\",\"first_name\",\"joined\",\"last_name\",\"consent\",\"consent_date\",\"consent_source\"\n";
    assert!(text.starts_with(header), "{text}");
    let mode = std::fs::metadata(clinic.path("out.csv")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    type_in(&clinic, "people export --list patients --bom marked.csv").exits(0);
    assert_eq!(clinic.read("marked.csv"), format!("\u{feff}{text}"));
    let all = type_in(&clinic, "people export").exits(0);
    assert!(
        all.stdout.starts_with("\"email\"") && all.stdout.lines().next().unwrap().ends_with("\"list\""),
        "{all}"
    );
}

const LIST: &str = "E-mail;Name;City\r\n\"ann@example.org\";\"Lee; Ann\";Bath\r\nbob@example.org;Bob;Wells\r\nfam@example.org;Tim;X\r\nfam@example.org;Tom;Y\r\n";

#[test]
fn a_row_is_changed_in_its_file_and_every_other_byte_stays() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 1).file("subscribers/walkers.csv", LIST);
    std::fs::set_permissions(clinic.path("subscribers/walkers.csv"), std::fs::Permissions::from_mode(0o640)).unwrap();
    type_in(&clinic, "import subscribers/walkers.csv").exits(0);
    type_in(&clinic, "people edit Bob@example.org city=Bristol")
        .exits(0)
        .prints("subscribers/walkers.csv line 3: `city` changed, and imported");
    assert_eq!(clinic.read("subscribers/walkers.csv"), LIST.replace("Wells", "Bristol"));
    let mode = std::fs::metadata(clinic.path("subscribers/walkers.csv"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
    type_in(&clinic, "people show bob@example.org")
        .exits(0)
        .prints("city: Bristol");
    type_in(&clinic, "people edit bob@example.org City=").exits(0);
    assert_eq!(clinic.read("subscribers/walkers.csv"), LIST.replace("Wells", ""));
    type_in(&clinic, "people edit bob@example.org citty=Bath")
        .exits(2)
        .tells("did you mean `City`?");
    type_in(&clinic, "people edit bob@example.org city")
        .exits(2)
        .tells("write it as column=value");
    type_in(&clinic, "people edit fam@example.org city=Z")
        .exits(2)
        .tells("lines 4 and 5")
        .tells("--line LINE");
    type_in(&clinic, "people edit fam@example.org city=Z --line 5").exits(0);
    assert!(clinic.read("subscribers/walkers.csv").ends_with("fam@example.org;Tom;Z\r\n"));
    let left = std::fs::read_dir(clinic.path("subscribers")).unwrap();
    let mut left: Vec<_> = left.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    left.retain(|name| !name.ends_with(".yaml"));
    left.sort();
    assert_eq!(left, ["patients.csv", "walkers.csv"], "nothing half written is left");
}

#[test]
fn another_address_is_another_person_and_files_that_cannot_be_changed_are_named() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 1).file("subscribers/walkers.csv", LIST);
    type_in(&clinic, "import subscribers/walkers.csv").exits(0);
    type_in(&clinic, "people edit bob@example.org email=bobby@example.org")
        .exits(0)
        .tells("b***@example.org is another person to the record")
        .tells("suppressions do not move along");
    type_in(&clinic, "people list --list walkers --left")
        .exits(0)
        .prints("bob@example.org");
    type_in(&clinic, "people edit bob@example.org city=Bath")
        .exits(2)
        .tells("on no list");
    std::fs::remove_file(clinic.path("subscribers/walkers.csv")).unwrap();
    type_in(&clinic, "people edit ann@example.org city=Bath")
        .exits(65)
        .tells("has no text file in `subscribers/`");
}

/// What nobody would type and somebody has in a cell.
const ODD: [&str; 14] = [
    "=1+1",
    "@x",
    "-2",
    "+44 1225 1",
    "'=x",
    "''@x",
    "'t Hooft",
    "a \"quoted\" word",
    "two\nlines",
    "semi;colon, comma|bar",
    "Zoë",
    "'",
    "007",
    "2026-13-45",
];

#[test]
fn whatever_stands_in_a_cell_comes_back_from_an_export_and_nothing_changes() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 2);
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut list = "email,first_name,nick,consent,consent_date,consent_source\n".to_owned();
    for (number, (one, other)) in ODD
        .iter()
        .flat_map(|one| ODD.iter().map(move |other| (one, other)))
        .enumerate()
    {
        // Every third shares an address with the one before it: families of two.
        let address = format!("odd{}@example.org", if number % 3 == 2 { number - 1 } else { number });
        let answer = ["yes", "no", ""][number % 3];
        list.push_str(&format!(
            "{address},{},{},{answer},2026-01-02,{}\n",
            quoted(other),
            quoted(one),
            quoted(one)
        ));
    }
    clinic.write("subscribers/odd.csv", list);
    type_in(&clinic, "import subscribers/odd.csv").exits(0);
    let before = type_in(&clinic, "people list --list odd --json").exits(0);
    type_in(&clinic, "people export --list odd out.csv").exits(0);
    let cells = clinic.read("out.csv");
    assert!(
        !cells.contains("\"=") && !cells.contains("\"@x\"") && !cells.contains("\"+44"),
        "{cells}"
    );
    let again = type_in(&clinic, "import out.csv --list odd --json").exits(0).json();
    let numbers = ["added", "updated", "returned", "left"].map(|name| again[0][name].as_u64());
    assert_eq!(numbers, [Some(0); 4], "{again:?}");
    let after = type_in(&clinic, "people list --list odd --json").exits(0);
    let without_lines = |output: &crate::support::workspace::run::Output| {
        let mut people = output.json();
        people
            .iter_mut()
            .for_each(|person| drop(person.as_object_mut().unwrap().remove("line")));
        people
    };
    assert_eq!(without_lines(&before), without_lines(&after));
    type_in(&clinic, "people export --list odd again.csv").exits(0);
    assert_eq!(clinic.read("again.csv"), cells);
}
