//! What a posted form asks for.
//!
//! Promises: nothing is asked for without a field that says so; what stops more than the letter's own lists, and what brings letters
//! back, wants a tick that no form of ours sets by itself, so that a robot which posts every form it meets does neither. Knows nothing
//! of who asks.

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// The mail program's own button (RFC 8058).
    OneClick,
    /// The letters like this one stop.
    StopThese,
    /// All letters stop, if the tick is there.
    StopAll {
        /// The person ticked that they mean it.
        is_sure: bool,
    },
    /// The letters of the ticked lists stop.
    StopSome {
        /// The lists' marks.
        marks: Vec<String>,
    },
    /// The page that asks whether letters come again.
    ComeBack,
    /// Letters come again, if the tick is there and the form is one of ours.
    Return {
        /// What proves the form.
        form: String,
        /// The person ticked that they mean it.
        is_sure: bool,
        /// The marks of the lists they want beside this letter's.
        marks: Vec<String>,
    },
    /// Nothing that a page of ours asks for.
    Nothing,
}

impl Asked {
    /// What these fields ask for.
    pub(super) fn of(fields: &[(String, String)]) -> Self {
        let value = |name: &str| {
            fields
                .iter()
                .find(|(found, _)| found == name)
                .map(|(_, value)| value.as_str())
        };
        let marks = || {
            fields
                .iter()
                .filter(|(name, _)| name == "list")
                .map(|(_, mark)| mark.clone())
                .collect()
        };
        let is_sure = value("sure") == Some("yes");
        if fields.iter().any(|(name, value)| is_one_click(name, value)) {
            return Self::OneClick;
        }
        match value("do") {
            Some("stop") => Self::StopThese,
            Some("stop-all") => Self::StopAll { is_sure },
            Some("stop-some") => Self::StopSome { marks: marks() },
            Some("come-back") => Self::ComeBack,
            Some("return") => Self::Return {
                form: value("form").unwrap_or_default().to_owned(),
                is_sure,
                marks: marks(),
            },
            Some(_) | None => Self::Nothing,
        }
    }
}

fn is_one_click(name: &str, value: &str) -> bool {
    name.trim().eq_ignore_ascii_case("list-unsubscribe") && value.trim().eq_ignore_ascii_case("one-click")
}

#[cfg(test)]
mod tests {
    use super::Asked;

    fn asked(fields: &[(&str, &str)]) -> Asked {
        let fields: Vec<(String, String)> = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Asked::of(&fields)
    }

    #[test]
    fn a_field_says_what_is_wanted() {
        assert_eq!(asked(&[("List-Unsubscribe", "One-Click")]), Asked::OneClick);
        assert_eq!(asked(&[("do", "return"), ("list-unsubscribe", "one-click")]), Asked::OneClick);
        assert_eq!(asked(&[("do", "stop")]), Asked::StopThese);
        assert_eq!(asked(&[("do", "stop-all")]), Asked::StopAll { is_sure: false });
        assert_eq!(
            asked(&[("sure", "yes"), ("do", "stop-all")]),
            Asked::StopAll { is_sure: true }
        );
        let marks = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(
            asked(&[("list", "a"), ("do", "stop-some"), ("list", "b")]),
            Asked::StopSome { marks }
        );
        assert_eq!(asked(&[("do", "come-back")]), Asked::ComeBack);
    }

    #[test]
    fn anything_else_asks_for_nothing() {
        for fields in [
            &[][..],
            &[("sure", "yes")],
            &[("do", "STOP")],
            &[("List-Unsubscribe", "")],
            &[("stop", "do")],
        ] {
            assert_eq!(asked(fields), Asked::Nothing, "{fields:?}");
        }
    }
}
