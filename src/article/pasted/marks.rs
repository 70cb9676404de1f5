//! Marks at the start of a line that make it an item of a list.

/// What kind of mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A sign that is used for nothing else, such as `•`.
    Bullet,
    /// A dash or star, which prose may also begin with.
    Dash,
    /// A number with a dot or bracket, which prose may also begin with.
    Number(u64),
}

/// The mark at the start of `text` and how many bytes it takes with the blanks behind it.
pub(crate) fn of(text: &str) -> Option<(Mark, usize)> {
    let sign = text.chars().next()?;
    let behind = &text[sign.len_utf8()..];
    match sign {
        '•' | '◦' | '▪' | '▫' | '‣' | '●' | '○' | '■' | '□' | '✓' | '✔' | '➤' | '➔' | '\u{f0b7}' => {
            Some((Mark::Bullet, taken(text, sign.len_utf8())))
        }
        '·' if behind.starts_with([' ', '\t']) => Some((Mark::Bullet, taken(text, sign.len_utf8()))),
        // Word writes a round second-level bullet as the letter o and a tab.
        'o' if behind.starts_with('\t') => Some((Mark::Bullet, taken(text, 1))),
        '-' | '–' | '*' | '+' if behind.starts_with([' ', '\t']) => Some((Mark::Dash, taken(text, sign.len_utf8()))),
        '(' | '0'..='9' => number(text),
        _ => None,
    }
}

/// How deep a bullet stands by its look, from 0: programs write hollow ones inside a list of full ones.
pub(crate) fn depth(text: &str) -> usize {
    match text.chars().next() {
        Some('◦' | '○' | '▫' | 'o') => 1,
        _ => 0,
    }
}

/// `1.`, `1)` or `(1)`, with a blank behind it.
fn number(text: &str) -> Option<(Mark, usize)> {
    let open = usize::from(text.starts_with('('));
    let digits = text[open..].bytes().take_while(u8::is_ascii_digit).count();
    let end = open + digits;
    let close = text[end..].chars().next()?;
    let closes = if open == 1 { close == ')' } else { matches!(close, '.' | ')') };
    let has_blank = text[end + close.len_utf8()..].starts_with([' ', '\t']);
    // More than three digits are a year or a price.
    if !closes || !has_blank || !(1..=3).contains(&digits) {
        return None;
    }
    let value = text[open..end].parse().ok()?;
    Some((Mark::Number(value), taken(text, end + 1)))
}

fn taken(text: &str, mark: usize) -> usize {
    mark + text[mark..].len() - text[mark..].trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_told_from_words() {
        let check = |text: &str, expected: Option<(Mark, usize)>| assert_eq!(of(text), expected, "{text}");
        check("•\tmilk", Some((Mark::Bullet, 4)));
        check("•milk", Some((Mark::Bullet, 3)));
        check("- milk", Some((Mark::Dash, 2)));
        check("– milk", Some((Mark::Dash, 4)));
        check("12) milk", Some((Mark::Number(12), 4)));
        check("(3) milk", Some((Mark::Number(3), 4)));
        for text in [
            "-milk",
            "*milk*",
            "1984. It was",
            "1.5 litres",
            "(see below)",
            "(1 of 3)",
            "o milk",
            "",
            "7",
            "750 ml",
        ] {
            check(text, None);
        }
    }
}
