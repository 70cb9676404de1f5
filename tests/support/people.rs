//! Invented people, as many as a test wants, always the same.

use std::fmt::Write as _;

const FIRST_NAMES: [&str; 12] = [
    "Ann", "Bela", "Chloé", "Dov", "Eiríkur", "Fatima", "Grace", "Hiroko", "Ines", "Jörg", "Kofi", "Lea",
];
const LAST_NAMES: [&str; 11] = [
    "Archer",
    "Brook",
    "Castellano",
    "Dunmore",
    "O'Neill",
    "Fenwick",
    "Grünwald",
    "Hale",
    "Ibsen",
    "Jakes",
    "Katz",
];
const CITIES: [&str; 5] = ["Bath", "Bristol", "Frome", "Wells", "Corsham"];

/// The address of person `number`, from 1.
pub(crate) fn address(number: usize) -> String {
    format!("person{number}@patients.example")
}

/// A list file of `count` people who all said yes.
pub(crate) fn csv(count: usize) -> String {
    let mut text = "email,first_name,last_name,city,joined,consent,consent_date,consent_source\n".to_owned();
    for number in 1..=count {
        let (first, last) = (FIRST_NAMES[number % FIRST_NAMES.len()], LAST_NAMES[number % LAST_NAMES.len()]);
        let (city, day) = (CITIES[number % CITIES.len()], number % 28 + 1);
        let consent = format!("yes,2025-03-{day:02},paper form at the front desk");
        writeln!(text, "{},{first},{last},{city},2025-03-{day:02},{consent}", address(number)).unwrap();
    }
    text
}

#[test]
fn people_are_all_different_and_always_the_same() {
    let text = csv(300);
    let addresses: std::collections::HashSet<&str> = text.lines().skip(1).map(|line| line.split_once(',').unwrap().0).collect();
    assert_eq!(addresses.len(), 300);
    assert!(text.lines().all(|line| line.split(',').count() == 8), "{text}");
    assert!(csv(300).starts_with(&csv(12)));
}
