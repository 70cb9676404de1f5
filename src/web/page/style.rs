//! How the pages look: one column, large letters, the clinic's colour; dark where the reader's screen is.
//!
//! Promises: words have a contrast of 4.5 : 1 in both (WCAG 2.2 §1.4.3), whatever the clinic's colour; what has the focus is seen;
//! everything fits on 320 pixels and grows with the reader's own letter size.

use crate::workspace::settings::Colour;

/// The style of every page.
pub(crate) fn style(colour: Colour) -> String {
    let (words, dark) = (colour.words_on_it(), colour.on_white());
    format!(":root{{--own:{colour};--on-own:{words};--heading:{dark};{LIGHT}}}{STYLE}{DARK}")
}

const LIGHT: &str = "color-scheme:light dark;--ground:#f6f6f3;--sheet:#fff;--words:#1c1c1c;--quiet:#4d4d4d;--line:#767676;--note:#fff4d6;\
                     --note-line:#7a5b00";

const STYLE: &str = "\
*{box-sizing:border-box}\
html{font:100%/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Noto Sans Arabic',sans-serif;-webkit-text-size-adjust:100%}\
body{margin:0;background:var(--ground);color:var(--words);font-size:1.125rem;overflow-wrap:anywhere}\
main{max-width:38rem;margin:0 auto;padding:1.5rem 1.25rem 2rem;background:var(--sheet);border-top:.5rem solid var(--own)}\
h1{font-size:1.75rem;line-height:1.25;margin:.25rem 0 1rem;color:var(--heading)}\
h2{font-size:1.25rem;line-height:1.3;margin:0 0 .5rem}\
p{margin:0 0 1rem}\
.quiet{color:var(--quiet);font-size:1rem}\
.note{padding:.75rem 1rem;background:var(--note);border-inline-start:.3rem solid var(--note-line)}\
section{margin-top:1.75rem;padding-top:1.5rem;border-top:1px solid var(--line)}\
form{margin:0}\
fieldset{margin:0 0 1rem;padding:0;border:0;min-width:0}\
legend{padding:0;margin-bottom:.25rem}\
label{display:flex;gap:.75rem;align-items:flex-start;padding:.5rem 0;margin-bottom:.25rem;cursor:pointer}\
input{flex:none;width:1.5rem;height:1.5rem;margin:.1rem 0 0;accent-color:var(--heading)}\
button{font:inherit;font-weight:600;min-height:3rem;padding:.6rem 1.25rem;max-width:100%;border-radius:.4rem;cursor:pointer;\
text-align:start;border:2px solid var(--line);background:transparent;color:var(--words)}\
label+button{margin-top:.5rem}\
button.main{background:var(--own);color:var(--on-own)}\
a{color:inherit}\
:focus-visible{outline:3px solid var(--words);outline-offset:3px}\
footer{max-width:38rem;margin:0 auto;padding:1rem 1.25rem 2rem}\
footer p{margin:0 0 .25rem}\
@media(min-width:40rem){main{margin-top:2rem;padding:2rem 2.5rem 2.5rem}footer{padding-inline:2.5rem}}";

const DARK: &str = "@media(prefers-color-scheme:dark){:root{--ground:#101010;--sheet:#1b1b1b;--words:#f2f2f2;--quiet:#c9c9c9;--line:#8f8f8f;\
                    --heading:#f2f2f2;--note:#3a2f10;--note-line:#e0b84a}}";

#[cfg(test)]
mod tests {
    use super::{DARK, LIGHT, style};
    use crate::workspace::settings::Colour;

    fn colour(text: &str, name: &str) -> Colour {
        let start = text.find(&format!("{name}:#")).unwrap() + name.len() + 1;
        let digits = text[start..].split([';', '}']).next().unwrap();
        // `#fff` is `#ffffff`.
        let doubled: String = digits.chars().skip(1).flat_map(|digit| [digit, digit]).collect();
        Colour::parse(digits)
            .or_else(|| Colour::parse(&format!("#{doubled}")))
            .unwrap()
    }

    #[test]
    fn words_can_be_read_by_day_and_by_night() {
        for (name, text) in [("light", LIGHT), ("dark", DARK)] {
            for words in ["--words", "--quiet"] {
                for ground in ["--ground", "--sheet", "--note"] {
                    let contrast = colour(text, words).contrast(colour(text, ground));
                    assert!(contrast >= 4.5, "{name}: {words} on {ground}: {contrast:.2}");
                }
            }
            for line in ["--line", "--note-line"] {
                let contrast = colour(text, line).contrast(colour(text, "--sheet"));
                assert!(contrast >= 3.0, "{name}: {line}: {contrast:.2}");
            }
        }
    }

    #[test]
    fn a_style_holds_no_text_of_anybody() {
        let made = style(Colour::parse("#ffee00").unwrap());
        assert!(
            made.starts_with(":root{--own:#ffee00;--on-own:#0"),
            "dark words on a bright colour: {made}"
        );
        assert!(!made.contains(['<', '&']) && !made.contains("url("), "{made}");
    }
}
