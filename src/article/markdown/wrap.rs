//! Words into lines of at most so many columns, counted as a terminal or a mail program in a fixed font shows them.

use unicode_width::UnicodeWidthStr;

/// The width of `text` in columns: a Chinese character takes two, an accent that stands above a letter takes none.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The lines of `text`, each at most `columns` wide where its words allow it; `\n` in `text` stays a line break.
pub(super) fn lines(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for wanted in text.split('\n') {
        let mut line = String::new();
        for piece in pieces(wanted) {
            let blank = usize::from(piece.blank_before && !line.is_empty());
            if !line.is_empty() && width(&line) + blank + width(piece.text) > columns {
                lines.push(std::mem::take(&mut line));
            } else if blank == 1 {
                line.push(' ');
            }
            line.push_str(piece.text);
        }
        lines.push(line);
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// What is never parted: a word, or one character of a script that puts no blanks between its words.
struct Piece<'a> {
    text: &'a str,
    blank_before: bool,
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for word in text.split(is_blank).filter(|word| !word.is_empty()) {
        let mut start = 0;
        let mut blank_before = true;
        for (offset, character) in word.char_indices().skip(1) {
            let before = word[..offset].chars().next_back().unwrap_or(' ');
            if parts(before, character) {
                pieces.push(Piece {
                    text: &word[start..offset],
                    blank_before,
                });
                (start, blank_before) = (offset, false);
            }
        }
        pieces.push(Piece {
            text: &word[start..],
            blank_before,
        });
    }
    pieces
}

/// Blanks at which a line may break; the no-break ones are not among them.
fn is_blank(character: char) -> bool {
    character.is_whitespace() && !matches!(character, '\u{a0}' | '\u{202f}' | '\u{2007}')
}

/// Whether a line may break between two characters of one word: between wide ones, but not in front of a closing mark.
fn parts(before: char, after: char) -> bool {
    let is_wide =
        |character: char| matches!(u32::from(character), 0x2e80..=0xd7ff | 0xf900..=0xfaff | 0xff00..=0xff60 | 0x2_0000..=0x3_ffff);
    let closes = matches!(
        after,
        '、' | '。' | '」' | '』' | '）' | '，' | '．' | '！' | '？' | '：' | '；' | 'ー' | '】' | '》'
    );
    let opens = matches!(before, '「' | '『' | '（' | '【' | '《');
    (is_wide(before) || is_wide(after)) && !closes && !opens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, columns: usize, expected: &[&str]) {
        assert_eq!(lines(text, columns), expected, "{text}");
    }

    #[test]
    fn lines_break_at_blanks_and_count_columns() {
        check("one two three", 7, &["one two", "three"]);
        check("  a   b  ", 7, &["a b"]);
        check("10\u{a0}km of road", 7, &["10\u{a0}km", "of road"]);
        check("https://long.example/path x", 5, &["https://long.example/path", "x"]);
        check("as it\nstands", 20, &["as it", "stands"]);
        check("Zoë\u{301} e\u{301}e\u{301} ab", 7, &["Zoë\u{301} e\u{301}e\u{301}", "ab"]);
        check("", 7, &[]);
    }

    #[test]
    fn scripts_without_blanks_break_between_characters() {
        check("免疫の働き。", 6, &["免疫の", "働き。"]);
        check("免疫。です", 4, &["免", "疫。", "です"]);
    }
}
