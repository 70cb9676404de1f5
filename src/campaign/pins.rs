//! Pinned days: what an article's `date:` may not say.

use super::schedule::Season;
use super::{ArticleEntry, Timing};
use crate::finding::yaml::Inspection;

/// Says at its place what is wrong with a pinned day.
pub(super) fn check(desk: &mut Inspection<'_>, articles: &[ArticleEntry], timing: &Timing, season: Option<&Season>) {
    for (index, entry) in articles.iter().enumerate() {
        let Some(day) = entry.date else { continue };
        let position = index.to_string();
        let path = ["articles", position.as_str(), "date"];
        let mut wrong = |text: String, hint: &str| desk.wrong(&path, text, hint);
        if !matches!(timing, Timing::Schedule(_)) {
            let text = format!("`{}` is pinned to {day}, and the campaign has no schedule", entry.file);
            wrong(text, "add `schedule:`, whose `at` is the hour; or take the date away");
        }
        if let Some(season) = season.filter(|season| !season.contains(day)) {
            let text = format!("`{}` is pinned to {day}, which is outside the season {season}", entry.file);
            wrong(text, "choose a day of the season, or widen `season`");
        }
        if let Some(twin) = articles[..index].iter().find(|other| other.date == Some(day)) {
            let text = format!("`{}` is pinned to {day}, and so is `{}`", entry.file, twin.file);
            wrong(text, "a day has one letter: give one of them another `date`");
        }
    }
}
