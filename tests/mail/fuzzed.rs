//! A thousand letters of names, subjects and articles that nobody would write, each signed twice: all parse, all signatures hold.

use super::{PICTURE, Text, asks_all, campaign, clinic, list, outbox, read_by, reader, records};
use serde_json::{Map, Value, json};

/// A thousand letters where all is asked, a tenth on a desk.
const CAMPAIGNS: usize = 20;
const FEW: usize = 2;
const PEOPLE: usize = 50;

/// Chance that is the same on every machine (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

/// Pieces of names and sentences, all in Unicode's composed form; those with letters alone come first.
const WORDS: [&str; 40] = [
    "Ann",
    "Zoë",
    "O'Neill",
    "Jean-Luc",
    "李",
    "小龙",
    "山田太郎",
    "김철수",
    "מרים",
    "כהן־לוי",
    "محمد",
    "الأحمد",
    "œuvre",
    "naïve",
    "Ünal",
    "Ærø",
    "Ñandú",
    "Đặng",
    "Ελένη",
    "Ольга",
    "สมชาย",
    "Łucja",
    "Weiß",
    "\"Nan\"",
    "Smith,",
    "Dr.",
    "🌿",
    "👩‍👩‍👧",
    "🇬🇧",
    "(x)",
    "<y>",
    "a;b",
    "\\",
    "…",
    "—",
    "1/2",
    "50%",
    "&c.",
    "#1",
    "_under_",
];
/// How many of them are names by themselves.
const LETTERS: usize = 23;
const PUNCTUATION: [&str; 8] = ["...", "!?", "—", "\"\"", ",,", ";:", "''", "()"];

fn words(dice: &mut Dice, most: usize) -> String {
    let many = 1 + dice.below(most);
    (0..many).map(|_| dice.of(&WORDS)).collect::<Vec<_>>().join(" ")
}

/// A name, no longer than what is shown of one; what has no letter is none to an import.
fn name(dice: &mut Dice) -> String {
    let first = WORDS[dice.below(LETTERS)];
    match dice.below(8) {
        0 => "ä".repeat(30 + dice.below(9)),
        1 => "Wolfeschlegelsteinhausenbergerdorff"[..10 + dice.below(25)].to_owned(),
        2 => first.to_owned(),
        _ => format!("{first} {}", words(dice, 3)),
    }
}

/// The picture that some of the texts show.
const FILE: &str = "hands.png";

fn paragraph(dice: &mut Dice) -> String {
    match dice.below(13) {
        0 => ".".repeat(1 + dice.below(4)),
        1 => "..x".to_owned(),
        2 => "x".repeat(500 + dice.below(1500)),
        3 => "漢字".repeat(200 + dice.below(300)),
        4 => dice.of(&PUNCTUATION).to_owned(),
        5 => words(dice, 900),
        6 => format!("> {}\n> {}", words(dice, 20), words(dice, 9)),
        7 => format!("- {}\n- {}\n- {}", words(dice, 9), words(dice, 4), words(dice, 30)),
        8 => format!("## {}", words(dice, 6)),
        9 => format!(
            "[{}](https://riverside.example/{}?a=1&b=%C3%A9)",
            dice.of(&PUNCTUATION),
            "y".repeat(dice.below(300))
        ),
        10 => format!("{}=\n=3D =\t {}", words(dice, 8), "\u{1f33f}".repeat(dice.below(60))),
        11 => format!("![{} a picture]({FILE})", words(dice, 5)),
        _ => words(dice, 60),
    }
}

#[test]
fn a_thousand_letters_parse_and_verify() {
    let Some(python) = reader() else { return };
    let (clinic, mut dice, mut people) = (clinic(), Dice(0x2026_1122_0815), Map::new());
    let campaigns = if asks_all() { CAMPAIGNS } else { FEW };
    for number in 0..campaigns {
        let body: Vec<String> = (0..1 + dice.below(12)).map(|_| paragraph(&mut dice)).collect();
        let (title, subject, preheader) = (words(&mut dice, 8), words(&mut dice, 14), words(&mut dice, 12));
        let text = Text {
            title: &title,
            subject: &subject,
            preheader: &preheader,
            author: &words(&mut dice, 3),
            body: &body.join("\n\n"),
        };
        campaign(&clinic, number, &words(&mut dice, 5), &text);
        clinic.write(&format!("campaigns/c{number:03}/{FILE}"), PICTURE);
        let rows: Vec<[String; 5]> = (0..PEOPLE)
            .map(|person| row(&mut dice, number * PEOPLE + person, &mut people))
            .collect();
        let rows: Vec<[&str; 5]> = rows.iter().map(|row| row.each_ref().map(String::as_str)).collect();
        list(&clinic, number, &rows);
    }
    let wanted = campaigns * PEOPLE;
    clinic.run(&["rehearse"]).exits(0);
    let facts = json!({"letters": outbox(&clinic), "records": records(&clinic), "people": people, "wanted": wanted});
    read_by(&python, "fuzzed.py", &facts);
}

/// One person's row; the name that their letter has to show is noted.
fn row(dice: &mut Dice, number: usize, people: &mut Map<String, Value>) -> [String; 5] {
    let email = format!("person{number}@patients.example");
    let (first, last) = (name(dice), name(dice));
    let shown: String = format!("{first} {last}").chars().take(100).collect();
    people.insert(email.clone(), Value::from(shown.trim()));
    [email, first, last, words(dice, 4), String::new()]
}
