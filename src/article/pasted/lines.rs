//! The lines of a pasted text, cleaned of what cannot be seen.

/// One line that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its number in the source, from 1.
    pub(super) number: usize,
    /// Which run of lines without a blank one between them it belongs to.
    pub(super) chunk: usize,
    /// The blanks in front of it, a tab counting four.
    pub(super) indent: usize,
    /// The rest, without blanks at its ends; tabs inside stay, because they mean columns.
    pub(super) text: String,
}

/// The lines of `text` that are not blank.
pub(super) fn of(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let (mut chunk, mut after_blank) = (0, true);
    for (index, raw) in text.split('\n').enumerate() {
        let cleaned = cleaned(raw);
        let text = cleaned.trim();
        if text.is_empty() || is_rule(text) {
            after_blank = true;
            continue;
        }
        chunk += usize::from(after_blank);
        after_blank = false;
        let lead = cleaned.chars().take_while(|character| character.is_whitespace());
        let indent = lead.map(|character| if character == '\t' { 4 } else { 1 }).sum();
        lines.push(Line {
            number: index + 1,
            chunk,
            indent,
            text: text.to_owned(),
        });
    }
    lines
}

/// Whether a line only draws a line: `=====`, `* * *`, `-----`. Two dashes are the mark of a signature.
pub(super) fn is_rule(text: &str) -> bool {
    let signs = || text.chars().filter(|character| !character.is_whitespace());
    let first = signs().next().unwrap_or(' ');
    matches!(first, '=' | '-' | '_' | '*' | '~' | '#' | '–' | '—' | '─' | '━' | '•')
        && signs().count() >= 3
        && signs().all(|sign| sign == first)
}

/// All blanks alike, runs of them made one, and nothing that has no width.
fn cleaned(raw: &str) -> String {
    let mut cleaned = String::with_capacity(raw.len());
    let mut begun = false;
    for character in raw.chars() {
        match character {
            '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{fffc}' => {}
            '\t' => cleaned.push('\t'),
            blank if blank.is_whitespace() => {
                if !begun || !cleaned.ends_with([' ', '\t']) {
                    cleaned.push(' ');
                }
            }
            other => {
                begun = true;
                cleaned.push(other);
            }
        }
    }
    cleaned
}

/// A text that was quoted as a whole, as a forwarded mail is: every line behind a `>`. Gives the text without them.
pub(super) fn unquoted(text: &str) -> Option<String> {
    let mut quoted = text.lines().filter(|line| !line.trim().is_empty()).peekable();
    quoted.peek()?;
    let is_quote =
        text.lines().filter(|line| !line.trim().is_empty()).count() > 1 && quoted.all(|line| line.trim_start().starts_with('>'));
    is_quote.then(|| {
        let bare = |line: &str| line.trim_start().trim_start_matches('>').trim_start_matches(' ').to_owned();
        text.lines().map(bare).collect::<Vec<_>>().join("\n")
    })
}
