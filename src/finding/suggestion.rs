//! "Did you mean": the nearest of the names that would have been right.

/// The candidate nearest to `found`, if one is near enough to be a typing slip.
pub fn nearest<'a>(found: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found = found.to_lowercase();
    candidates
        .into_iter()
        .filter_map(|candidate| Some((slips(&found, &candidate.to_lowercase())?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters a slip has changed, unless they are so many that it is another word: one in three, two at most. The ending that two
/// files have in common makes no names alike.
fn slips(found: &str, candidate: &str) -> Option<usize> {
    let (found, candidate) = match (found.rsplit_once('.'), candidate.rsplit_once('.')) {
        (Some((found, ending)), Some((candidate, other))) if ending == other => (found, candidate),
        _ => (found, candidate),
    };
    let limit = (found.chars().count() / 3).clamp(1, 2);
    Some(strsim::damerau_levenshtein(found, candidate)).filter(|slips| *slips <= limit)
}

/// A hint for an unknown name: the nearest candidate, or else all that are known.
pub fn hint<'a>(found: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(found, known.clone()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => {
            let names: Vec<String> = known.into_iter().map(|name| format!("`{name}`")).collect();
            match names.is_empty() {
                true => "there is none yet".to_owned(),
                false => format!("known here: {}", names.join(", ")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_matched_and_a_stranger_is_not() {
        assert_eq!(nearest("subjct", ["title", "subject"]), Some("subject"));
        assert_eq!(nearest("welcom", ["letter", "welcome"]), Some("welcome"));
        assert_eq!(nearest("colour", ["title", "subject"]), None);
        assert_eq!(nearest("mark.html", ["ask.html", "logo.html"]), None);
        assert_eq!(nearest("foter.html", ["ask.html", "footer.html"]), Some("footer.html"));
        assert_eq!(nearest("Logo.png", ["logo.png"]), Some("logo.png"));
        assert_eq!(nearest("subscriber", ["unsubscribe"]), None);
    }
}
