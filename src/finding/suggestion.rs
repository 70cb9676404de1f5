//! "Did you mean": the nearest of the names that would have been right.

/// The candidate nearest to `found`, if one is near enough to be a typing slip.
pub fn nearest<'a>(found: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found = found.to_lowercase();
    let limit = (found.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&found, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
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
    }
}
