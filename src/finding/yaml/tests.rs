//! The reader of YAML at its door.

use super::{MAX_BYTES, Read, Source, read};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Menu {
    title: Option<String>,
    lists: Option<Vec<String>>,
    count: Option<u16>,
    open: Option<bool>,
    every: Option<Every>,
    only: Option<serde_yaml::Mapping>,
    relay: Option<Inner>,
    dishes: Option<Vec<Inner>>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Every {
    Day,
    Week,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Inner {
    host: Option<String>,
    port: Option<u16>,
}

fn menu(text: &str) -> Read<Menu> {
    read(&Source {
        file: "menu.yaml",
        text,
        first_line: 1,
    })
}

fn check(text: &str, expected: &[&str]) {
    let found: Vec<String> = menu(text)
        .findings
        .iter()
        .map(|finding| finding.to_string().replace("menu.yaml", "").replace("\n  hint:", " |"))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn texts_are_read_as_they_were_meant() {
    let text = "# a comment\ntitle: 2027\nlists: [a, 1.50, true, 007]\ncount: 12\nopen: true\nevery: week\nrelay:\n  host: x # y\n  port:\n";
    let Read { value, findings } = menu(text);
    assert_eq!(findings, []);
    let expected = Menu {
        title: Some("2027".into()),
        lists: Some(["a", "1.50", "true", "007"].map(String::from).into()),
        count: Some(12),
        open: Some(true),
        every: Some(Every::Week),
        relay: Some(Inner {
            host: Some("x".into()),
            port: None,
        }),
        ..Menu::default()
    };
    assert_eq!(value, expected);
    assert_eq!(menu("\u{feff}title: a\r\nopen: false\r\n").value.open, Some(false));
    assert_eq!(menu("---\ntitle: >\n  a\n  b\n").value.title.as_deref(), Some("a b\n"));
    assert_eq!(menu("title: “a” and b").value.title.as_deref(), Some("“a” and b"));
}

#[test]
fn what_is_left_to_others_arrives_whole() {
    let read = menu("only: {city: [Bath, Bristol], age: {at_least: 18}, vip: true}");
    assert_eq!(read.findings, []);
    let expected: serde_yaml::Mapping = serde_yaml::from_str("{city: [Bath, Bristol], age: {at_least: 18}, vip: true}").unwrap();
    assert_eq!(read.value.only, Some(expected));
}

#[test]
fn each_wrong_value_is_named_at_its_place() {
    check("titel: x\n", &[":1:1: unknown key `titel` | did you mean `title`?"]);
    check(
        "title: x\nrelay:\n  hots: x\n",
        &[":3:3: unknown key `hots` | did you mean `host`?"],
    );
    check("count: lots", &[":1:8: `count` is the text `lots`, wanted a whole number"]);
    check("count: -1", &[":1:8: found `-1`, wanted a whole number from 0 to 65535"]);
    check(
        "count: 70000",
        &[":1:8: found `70000`, wanted a whole number from 0 to 65535"],
    );
    check("count: 1.5", &[":1:8: `count` is the number `1.5`, wanted a whole number"]);
    check(
        "count: 99999999999999999999",
        &[":1:8: found `99999999999999999999`, wanted a smaller number"],
    );
    check("open: yes", &[":1:7: `open` is the text `yes`, wanted `true` or `false`"]);
    check(
        "every: weekly",
        &[":1:8: `every` is the text `weekly`, wanted one of `day`, `week` | did you mean `week`?"],
    );
    check("every: [day]", &[":1:8: `every` is a list, wanted one of `day`, `week`"]);
    check(
        "lists: patients",
        &[":1:8: `lists` is the text `patients`, wanted a list: write `[patients]`"],
    );
    check(
        "lists: a, b",
        &[":1:8: `lists` is the text `a, b`, wanted a list such as `[one, two]`"],
    );
    check(
        "lists:\n  - a\n  - {b: c}\n",
        &[":3:5: found keys with values, wanted a text"],
    );
    check("title: [a]", &[":1:8: `title` is a list, wanted a text"]);
    check(
        "relay: x",
        &[":1:8: `relay` is the text `x`, wanted keys with values, such as `host: …`, on lines of their own"],
    );
    check("only: x", &[":1:7: `only` is the text `x`, wanted keys with values"]);
    check(
        "dishes: [{host: a}, {port: b}]",
        &[":1:28: `port` is the text `b`, wanted a whole number"],
    );
    check(
        "title: a\ntitle: b\n",
        &[":2:1: `title` is said twice, first on line 1 | keep one of them"],
    );
    check(
        "title: “Hello”",
        &[
            ":1:8: these curly quotation marks would become part of the text | write straight ones (\"), or none; a text that shall show curly ones goes into straight ones",
        ],
    );
}

#[test]
fn ten_mistakes_are_ten_findings() {
    let text = "titel: x\ncount: lots\nopen: yes\nevery: weekly\nlists: a\nonly: b\nrelay:\n  hots: x\n  port: y\n  port: z\ndishes: [{post: 1}]\n";
    let Read { value, findings } = menu(text);
    assert_eq!(findings.len(), 10, "{findings:#?}");
    assert!(findings.is_sorted_by_key(|finding| finding.place));
    assert_eq!(value.relay, Some(Inner::default()));
}

#[test]
fn a_text_that_is_no_yaml_is_explained() {
    let blanks = "use blanks: YAML refuses tabs";
    let quote = "put the whole value in double quotes";
    for (text, place, said) in [
        ("", "", "there is nothing in it, wanted lines such as `title: Winter tips`".to_owned()),
        ("# only a comment\n", "", "there is nothing in it, wanted lines such as `title: Winter tips`".to_owned()),
        ("Hello you", ":1:1", "found the text `Hello you`, wanted lines such as `title: Winter tips`".to_owned()),
        ("- a\n- b", ":1:1", "found a list, wanted lines such as `title: Winter tips`".to_owned()),
        ("12", ":1:1", "found a single value, wanted lines such as `title: Winter tips`".to_owned()),
        ("title:Hello", ":1:1", "a blank is missing after `title:` | write `title: value`".to_owned()),
        ("title: a\ncount:12\nopen: true\n", ":2:1", "a blank is missing after `count:` | write `count: value`".to_owned()),
        ("title: a\n---\ntitle: b\n", ":2:1", "a second document starts here with `---`, but a file holds one | delete this line, or move what follows to a file of its own".to_owned()),
        ("title: Sale: 50% off", ":1:12", format!("a `:` inside a value looks like another key | {quote}")),
        ("title: a\n  count: 3", ":2:8", "this line is indented as if it belonged to the one above, which has its value already | line it up with the key above; between key and value goes `: `, with a blank".to_owned()),
        ("relay:\n\thost: a", ":2:1", format!("this line is indented with a tab | {blanks}")),
        ("relay:\n  host: a\n\u{a0}\u{a0}port: 1", ":3:1", "unknown key `\u{a0}\u{a0}port` | there is an invisible character beside `port`: delete the blanks around it and type them again".to_owned()),
        ("title: @home", ":1:8", format!("a value cannot start with `@` | {quote}")),
        ("title: `x`", ":1:8", format!("a value cannot start with ``` | {quote}")),
        ("title: *Bold*", ":1:8", format!("a value that starts with `*` means something else in YAML than the text it shows | {quote}")),
        ("title: **Bold**", ":1:8", format!("a value that starts with `*` means something else in YAML than the text it shows | {quote}")),
        ("title: & Co", ":1:8", format!("a value that starts with `&` means something else in YAML than the text it shows | {quote}")),
        ("title: &co x", ":1:8", format!("a value that starts with `&` means something else in YAML than the text it shows | {quote}")),
        ("title: !x y", ":1:8", format!("a value that starts with `!` means something else in YAML than the text it shows | {quote}")),
        ("title: ! y", ":1:8", format!("a value that starts with `!` means something else in YAML than the text it shows | {quote}")),
        ("title: !!int y", ":1:8", format!("a value that starts with `!` means something else in YAML than the text it shows | {quote}")),
        ("title: %x", ":1:8", format!("a value cannot start with `%` | {quote}")),
        ("title: {{ first_name }}", ":1:9", format!("a value that starts with `{{` means something else in YAML than the text it shows | {quote}")),
        ("title: \"June", ":1:8", "the quotation mark that opens here is never closed | close it at the end of the value".to_owned()),
        ("title: \"June\nevery: \"day\"\n", ":1:8", "the quotation mark that opens here is not closed on this line | close it at the end of the value".to_owned()),
        ("title: 'it's'", ":1:8", "the quotation mark that opens here is not closed on this line | a value with an apostrophe in it goes into double quotes".to_owned()),
        ("title: “Sale: now”", ":1:8", "these curly quotation marks do not count as quotes | write straight ones (\")".to_owned()),
        ("title: \"a\\qb\"", ":1:10", "a `\\` between double quotes means something else than itself | use single quotes, or write `\\\\`".to_owned()),
        ("lists: [a, b\ntitle: x", ":1:8", "the list that opens here with `[` is not closed | close it with `]`, and put commas between its items".to_owned()),
        ("relay: {host: a", ":1:8", "the `{` that opens here is not closed | close it with `}`; a value that starts with `{` goes into double quotes".to_owned()),
        ("lists: - a", ":1:8", "a list cannot start behind its key | put each `- item` on a line of its own, or write `[one, two]`".to_owned()),
        ("title: | a", ":1:10", format!("a value that starts with `|` or `>` begins on the next line | {quote}")),
        ("title: a\nhello\nopen: true\n", ":2:1", "this line has no `:` behind its key | write `key: value`, with a blank after the colon".to_owned()),
        ("relay:\n  host: a\n port: 1\n", ":3:2", "this line does not fit under the ones above it | keys that belong together start in the same column; a value that goes on behind its closing quote is not allowed".to_owned()),
        ("title: a\u{0}b", ":1:9", "the invisible character U+0000 stands here | delete it, or save the file anew as plain text (UTF-8)".to_owned()),
        ("title: \u{1b}[31m", ":1:8", "the invisible character U+001B stands here | delete it, or save the file anew as plain text (UTF-8)".to_owned()),
    ] {
        check(text, &[&format!("{place}: {said}")]);
    }
}

#[test]
fn limits_are_said() {
    let nested = |depth: usize| format!("only: {}{}", "[".repeat(depth), "]".repeat(depth));
    check(&nested(33), &[":1:39: this is nested more than 32 levels deep"]);
    check(&nested(100), &[":1:39: this is nested more than 32 levels deep"]);
    check(
        &nested(500_000),
        &[":1:107: more than 100 brackets are open here | close each `[` with `]` and each `{` with `}`"],
    );
    check(
        &format!("title: {}", "x".repeat(MAX_BYTES)),
        &[": the file has 1024 kB, more than the 1024 kB that are read"],
    );
    let many = format!("lists: [{}]", "a,".repeat(30_000));
    check(&many, &[":1:40003: the file has more than 20000 values"]);
    let bomb = "title: &a [x, x]\nlists: &b [*a, *a]\nonly: [*b, *b]\n";
    check(
        bomb,
        &[
            ":1:8: a value that starts with `&` means something else in YAML than the text it shows | put the whole value in double quotes",
        ],
    );
    let unknown: String = (0..60).map(|number| format!("key{number}: x\n")).collect();
    assert_eq!(menu(&unknown).findings.len(), 51);
    assert_eq!(menu(&unknown).findings[50].text, "there are 10 more mistakes in this file");
}

#[test]
fn places_are_those_of_the_file() {
    let text = "title: a\nlists: [x, \"yy\"]\nrelay:\n  host:\n  port: 5\ndishes:\n  - host: b\n";
    let source = Source {
        file: "f",
        text,
        first_line: 11,
    };
    let check = |path: &[&str], value: Option<&str>, key: Option<&str>| {
        assert_eq!(
            source.place(path).map(|place| place.to_string()).as_deref(),
            value,
            "{path:?}"
        );
        assert_eq!(
            source.key_place(path).map(|place| place.to_string()).as_deref(),
            key,
            "{path:?}"
        );
    };
    check(&["title"], Some("11:8"), Some("11:1"));
    check(&["lists", "1"], Some("12:12"), Some("12:12"));
    check(&["relay", "port"], Some("15:9"), Some("15:3"));
    check(&["dishes", "0", "host"], Some("17:11"), Some("17:5"));
    check(&["dishes", "1"], None, None);
    check(&["nothing"], None, None);
    let finding = |path: &[&str]| source.finding(path, "x").to_string();
    assert_eq!(finding(&["relay", "host"]), "f:14:3: x");
    assert_eq!(finding(&["relay", "user"]), "f:13:1: x");
    assert_eq!(finding(&["lists", "0"]), "f:12:9: x");
    assert_eq!(finding(&["sender"]), "f:11:1: x");
    let missing = |path: &[&str]| source.missing(path, "x").is_some();
    assert!(missing(&["relay", "host"]) && missing(&["relay", "user"]) && missing(&["sender", "from"]));
    assert!(!missing(&["title"]) && !missing(&["title", "deep"]) && !missing(&["titles"]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_causes_a_panic(text in "([a-c]: |[-&*!|>%@`'\"{}\\[\\],:#?~ \t\n\r]|\\PC|title: |lists: \\[|relay:\n  |&a |\\*a |<<: |--- )*") {
        let source = Source { file: "menu.yaml", text: &text, first_line: 3 };
        let read: Read<Menu> = read(&source);
        for finding in read.findings {
            prop_assert!(finding.place.is_none_or(|place| place.line >= 3 && place.column >= 1));
        }
        source.missing(&["relay", "host"], "x");
    }

    #[test]
    fn values_come_back_as_they_were_written(title in "\\PC*", lists in prop::collection::vec("\\PC*", 0..4)) {
        let text = serde_yaml::to_string(&serde_yaml::Mapping::from_iter([
            ("title".into(), title.clone().into()),
            ("lists".into(), lists.clone().into()),
        ])).unwrap();
        let read = menu(&text);
        prop_assert_eq!(read.value.title.unwrap_or_default(), title);
        prop_assert_eq!(read.value.lists.unwrap_or_default(), lists);
    }
}
#[test]
fn hostile_texts_are_refused_before_they_cost_anything() {
    let keys: String = (0..19_000).map(|number| format!("k{number}: x\n")).collect();
    let slips: String = (0..5_000).map(|number| format!("count: x{number}\n")).collect();
    let parts = [
        "[", "{", "[a,", "a: ", "- ", "? ", "a: b\n", "&a ", "!a ", "*a ", "# \n", "'a ", "\"\\x41 ", " ", "\n",
    ];
    let repeated = parts.map(|part| part.repeat(1_000_000 / part.len()));
    for text in repeated
        .into_iter()
        .chain([keys, slips, format!("dishes:\n{}", "- {port: x}\n".repeat(6_000))])
    {
        assert!(!menu(&text).findings.is_empty(), "{}", &text[..20]);
    }
}

#[test]
fn a_value_that_became_a_comment_is_told_where_its_key_stands() {
    let lost = |key: &str, value: &str| {
        format!("`{key}` is empty, because `#` begins a comment | put quotes around the value: `{key}: \"{value}\"`")
    };
    check("title: #c81e5a\n", &[&format!(":1:1: {}", lost("title", "#c81e5a"))]);
    check("relay:\n  host: #1 of ours\n", &[&format!(":2:3: {}", lost("host", "#1"))]);
    check("dishes:\n  - host: #fff # x\n", &[&format!(":2:5: {}", lost("host", "#fff"))]);
    check(
        "count: 1\nrelay: {host: #7a3b5d}\n",
        &[&format!(":2:9: {}", lost("host", "#7a3b5d"))],
    );
    check(
        "relay: {port: 1, host: #7a3b5d}\ncount: 1\n",
        &[&format!(":1:18: {}", lost("host", "#7a3b5d"))],
    );
    check("title: # a comment\nrelay: {port: 1} #x\ncount: #\n", &[]);
    check("relay: #x\n  host: a\n", &[]);
    check("title: \"#fff\"\n", &[]);
}
