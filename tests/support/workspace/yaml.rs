//! Just enough YAML to exchange one top-level section of a file.

/// `text` with the top-level section that `section` begins with put in its place, or at the end.
pub(super) fn with_section(text: &str, section: &str) -> String {
    let key = section.split_inclusive(':').next().unwrap_or_default();
    let mut inside = false;
    let mut kept = String::new();
    for line in text.lines() {
        if line.starts_with(|c: char| !c.is_whitespace() && c != '#') {
            inside = line.starts_with(key);
        }
        if !inside {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    format!("{kept}{}\n", section.trim_end())
}

#[test]
fn a_section_is_exchanged_whole() {
    let check = |text, expected: &str| assert_eq!(with_section(text, "relay: {port: 1}"), expected);
    check("a: 1", "a: 1\nrelay: {port: 1}\n");
    check(
        "relay:\n  host: x\n# note\n\n  user: y\nb:\n  c: 1\n",
        "b:\n  c: 1\nrelay: {port: 1}\n",
    );
    check("relays: 1\n# relay:\n", "relays: 1\n# relay:\nrelay: {port: 1}\n");
}
