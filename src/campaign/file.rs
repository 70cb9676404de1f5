//! `campaign.yaml` as it is written, and the way from there to a checked [`Campaign`].
//!
//! The shapes here are the only ones that serde sees; every mistake is a finding at its place, all at once.

use super::schedule::{self, LateFile, ScheduleFile, SeasonFile, WindowFile};
use super::series::{Series, StepFile};
use super::telling::Names;
use super::{ArticleEntry, Audience, Campaign, CampaignId, Places, Timing, pins};
use crate::finding::yaml::{Inspection, Read, Source, read};
use crate::finding::{Finding, Severity};
use crate::subscriber::segment::{Segment, Spot};
use serde::Deserialize;

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct CampaignFile {
    id: Option<String>,
    title: Option<String>,
    audience: Option<AudienceFile>,
    only: Option<serde_yaml::Mapping>,
    template: Option<String>,
    schedule: Option<ScheduleFile>,
    season: Option<SeasonFile>,
    window: Option<WindowFile>,
    late: Option<LateFile>,
    articles: Option<Vec<ArticleFile>>,
    series: Option<Vec<StepFile>>,
    uncapped: Option<bool>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AudienceFile {
    lists: Option<Vec<String>>,
    not_lists: Option<Vec<String>>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ArticleFile {
    file: Option<String>,
    date: Option<String>,
    languages: Option<Vec<String>>,
}

/// The campaign in `text`, as far as it can be read, and everything that is worth saying.
///
/// With an error among the findings the campaign serves to look further (do its files exist?), never to send.
///
/// `file` is the name that findings show, `name` the campaign's folder.
pub fn check(file: &str, name: &str, text: &str) -> (Option<Campaign>, Vec<Finding>) {
    let source = Source {
        file,
        text,
        first_line: 1,
    };
    let Read {
        value: written,
        findings,
    } = read::<CampaignFile>(&source);
    let mut desk = Inspection { source, findings };
    let id = desk.required(
        &["id"],
        written.id.as_ref(),
        "any short word that no other campaign has; keep it for ever, sent letters are known by it",
    );
    let id = id.filter(|id| is_plain_id(&mut desk, id));
    let title = desk.required(&["title"], written.title.as_ref(), "what the campaign is called");
    let audience = audience(&mut desk, written.audience.as_ref());
    let only = only(&mut desk, written.only.as_ref());
    let template = desk.required(
        &["template"],
        written.template.as_ref(),
        "the name of a file in `templates/` without its ending, like `letter`",
    );
    let timing = timing(&mut desk, &written);
    let season = part(&mut desk, written.season.as_ref(), |part, source| {
        part.check(source, &["season"])
    });
    let window = part(&mut desk, written.window.as_ref(), |part, source| {
        part.check(source, &["window"])
    });
    let late = part(&mut desk, written.late.as_ref(), |part, source| part.check(source, &["late"]));
    without_effect(&mut desk, &written);
    let articles = articles(&mut desk, &written);
    if let (Some(articles), Some(timing), Some(season)) = (&articles, &timing, &season) {
        pins::check(&mut desk, articles, timing, season.as_ref());
    }
    let places = places(&desk.source, articles.as_deref().unwrap_or_default());
    let telling = match (&id, &title, &audience, &only) {
        (Some(id), Some(title), Some(audience), Some(only)) => {
            let names = Names {
                folder: name,
                id,
                title,
                lists: &audience.lists,
                only,
            };
            names.telling(&desk.source)
        }
        _ => Vec::new(),
    };
    let findings = desk.into_findings();
    let whole = (|| {
        Some(Campaign {
            id: CampaignId(id?),
            name: name.to_owned(),
            title: title?,
            audience: audience?,
            only: only?,
            template: template?,
            timing: timing?,
            late: late?.unwrap_or_default(),
            window: window?,
            season: season?,
            articles: articles?,
            uncapped: written.uncapped.unwrap_or(false),
            telling,
            places,
        })
    })();
    (whole, findings)
}

/// Whether an id can stand in file names, message ids and on the command line.
fn is_plain_id(desk: &mut Inspection<'_>, id: &str) -> bool {
    let plain = id.len() <= 64 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !plain {
        desk.wrong(
            &["id"],
            format!("`{id}` cannot be an id"),
            "use letters, digits, `-` and `_`, at most 64 of them",
        );
    }
    plain
}

/// A part that may be absent; `None` where it is there and wrong.
#[expect(clippy::option_option, reason = "an absent part and a wrong one are different")]
fn part<F: ?Sized, T>(
    desk: &mut Inspection<'_>,
    file: Option<&F>,
    check: impl FnOnce(&F, &Source<'_>) -> Result<T, Vec<Finding>>,
) -> Option<Option<T>> {
    let Some(file) = file else { return Some(None) };
    match check(file, &desk.source) {
        Ok(part) => Some(Some(part)),
        Err(findings) => {
            desk.findings.extend(findings);
            None
        }
    }
}

fn audience(desk: &mut Inspection<'_>, file: Option<&AudienceFile>) -> Option<Audience> {
    const HINT: &str = "name at least one file of `subscribers/` without `.csv`: `audience: {lists: [patients]}`";
    let Some(file) = file else {
        desk.missing(&["audience"], HINT);
        return None;
    };
    let Some(lists) = file.lists.clone() else {
        // A key that is there and holds no list has its finding already.
        desk.missing(&["audience", "lists"], HINT);
        return None;
    };
    let not_lists = file.not_lists.clone().unwrap_or_default();
    if lists.is_empty() {
        desk.wrong(
            &["audience", "lists"],
            "`audience.lists` names no list, so nobody would get a letter",
            HINT,
        );
        return None;
    }
    if let Some(both) = lists.iter().find(|list| not_lists.contains(list)) {
        desk.wrong(
            &["audience"],
            format!("list `{both}` stands in `lists` and in `not_lists`"),
            "take it out of one of them",
        );
        return None;
    }
    Some(Audience { lists, not_lists })
}

fn only(desk: &mut Inspection<'_>, conditions: Option<&serde_yaml::Mapping>) -> Option<Segment> {
    let Some(conditions) = conditions else {
        return Some(Segment::default());
    };
    let problems = match Segment::read(conditions) {
        Ok(segment) => {
            let places = desk.source.places(&["only"]);
            return Some(segment.placed(|path| places.of(path).map(|(key, value)| Spot { key, value })));
        }
        Err(problems) => problems,
    };
    for problem in problems {
        let path: Vec<&str> = ["only"].into_iter().chain(problem.path.iter().map(String::as_str)).collect();
        let finding = desk.source.finding(&path, problem.text);
        desk.findings.push(match problem.hint {
            Some(hint) => finding.hint(hint),
            None => finding,
        });
    }
    None
}

fn timing(desk: &mut Inspection<'_>, file: &CampaignFile) -> Option<Timing> {
    match (&file.schedule, &file.series) {
        (None, None) => Some(Timing::ByHand),
        (Some(_), Some(_)) => {
            desk.wrong(
                &["series"],
                "a campaign has a `schedule` or a `series`, not both",
                "make two campaigns of it",
            );
            None
        }
        (Some(schedule), None) => match schedule.check(&desk.source, &["schedule"]) {
            Ok((schedule, warnings)) => {
                desk.findings.extend(warnings);
                Some(Timing::Schedule(schedule))
            }
            Err(findings) => {
                desk.findings.extend(findings);
                None
            }
        },
        (None, Some(_)) if file.articles.is_some() => {
            desk.wrong(
                &["articles"],
                "a campaign has `articles` or a `series`, not both",
                "the steps of a series name its files: take `articles` away, or make two campaigns of it",
            );
            None
        }
        (None, Some(steps)) => part(desk, Some(steps.as_slice()), |steps, source| {
            Series::check(steps, source, &["series"])
        })?
        .map(Timing::Series),
    }
}

/// Says what limits a schedule where there is none.
fn without_effect(desk: &mut Inspection<'_>, file: &CampaignFile) {
    let is_by_hand = file.schedule.is_none() && file.series.is_none();
    let mut idle = |key: &str, text: &str| {
        let found = desk.source.finding(&[key], text);
        let place = desk.source.places(&[]).of(&[key]).map(|(key, _)| key);
        desk.findings.push(Finding {
            severity: Severity::Warning,
            place: place.or(found.place),
            ..found.hint("take it away, or add what it is for")
        });
    };
    if file.late.is_some() && is_by_hand {
        idle("late", "`late` has no effect without a `schedule` or a `series`");
    }
    if file.season.is_some() && file.schedule.is_none() {
        idle("season", "`season` has no effect without a `schedule`");
    }
}

/// Where the parts of a campaign stand.
fn places(source: &Source<'_>, articles: &[ArticleEntry]) -> Places {
    let whole = source.places(&[]);
    let of = |path: &[&str]| whole.of(path).map(|(key, _)| key);
    let article = |at: usize| {
        let position = at.to_string();
        let path = ["articles", &position, "date"];
        of(&path).or_else(|| of(&path[..2]))
    };
    Places {
        schedule: of(&["schedule"]),
        season: of(&["season"]),
        window: of(&["window"]),
        list: of(&["articles"]),
        articles: (0..articles.len()).map(article).collect(),
    }
}

/// The articles in turn: those of `articles`, or the steps' of a series.
fn articles(desk: &mut Inspection<'_>, file: &CampaignFile) -> Option<Vec<ArticleEntry>> {
    if let Some(steps) = &file.series {
        let entries = steps.iter().enumerate().filter_map(|(index, step)| {
            let file = step.file.clone()?;
            let languages = languages(desk, "series", index, &file, step.languages.as_deref());
            Some(ArticleEntry {
                file,
                date: None,
                languages,
            })
        });
        return Some(entries.collect());
    }
    let written = file.articles.clone().unwrap_or_default();
    if written.is_empty() {
        let hint = "name the articles in turn: `articles: [{file: first.md}, {file: second.md}]`";
        match file.articles {
            None => desk.missing(&["articles"], hint),
            Some(_) => desk.wrong(&["articles"], "`articles` names no article", hint),
        }
        return None;
    }
    let entries: Vec<_> = written
        .iter()
        .enumerate()
        .map(|(index, entry)| article(desk, index, entry))
        .collect();
    let entries: Vec<ArticleEntry> = entries.into_iter().collect::<Option<_>>()?;
    for (index, entry) in entries.iter().enumerate() {
        if entries[..index].iter().any(|before| before.file == entry.file) {
            let position = index.to_string();
            desk.wrong(
                &["articles", &position, "file"],
                format!("`{}` stands twice", entry.file),
                "an article goes out once; take one of them away",
            );
        }
    }
    Some(entries)
}

fn article(desk: &mut Inspection<'_>, index: usize, entry: &ArticleFile) -> Option<ArticleEntry> {
    let position = index.to_string();
    let file = desk.required(
        &["articles", &position, "file"],
        entry.file.as_ref(),
        "the article's file name in this folder",
    )?;
    if !is_beside(&file) {
        let hint = "put the article into the campaign's own folder and name it alone";
        desk.wrong(
            &["articles", &position, "file"],
            format!("`{file}` is no file of this folder"),
            hint,
        );
        return None;
    }
    let date = match entry.date.as_deref().map(schedule::date) {
        None => None,
        Some(Ok(date)) => Some(date),
        Some(Err(wrong)) => {
            desk.wrong(&["articles", &position, "date"], wrong.text, wrong.hint);
            return None;
        }
    };
    let languages = languages(desk, "articles", index, &file, entry.languages.as_deref());
    Some(ArticleEntry { file, date, languages })
}

/// Whether a name is that of a file in the campaign's own folder.
fn is_beside(file: &str) -> bool {
    !file.contains(['/', '\\']) && !file.starts_with('.')
}

/// The files of an article's other languages; what is no file of the folder, or stands there twice, is said, and its place left empty.
fn languages(desk: &mut Inspection<'_>, section: &str, index: usize, file: &str, written: Option<&[String]>) -> Vec<String> {
    let position = index.to_string();
    let mut languages: Vec<String> = Vec::new();
    for (at, name) in written.unwrap_or_default().iter().map(|name| name.trim()).enumerate() {
        let at = at.to_string();
        let path = [section, position.as_str(), "languages", at.as_str()];
        if name.is_empty() || !is_beside(name) {
            let hint = "put it beside the article and name it alone, like `languages: [calm.de.md, calm.ar.md]`";
            desk.wrong(&path, format!("`{name}` is no file of this folder"), hint);
            languages.push(String::new());
        } else if name == file || languages.iter().any(|known| known == name) {
            let hint = "each language is a file of its own; take one of them away";
            desk.wrong(&path, format!("`{name}` stands twice"), hint);
            languages.push(String::new());
        } else {
            languages.push(name.to_owned());
        }
    }
    languages
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
