//! The plan for the eye: day by day, narrow enough for any screen.

use super::line::{Fate, Line, Step, Whole};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::ui::{Ui, count};
use crate::finding::Finding;
use jiff::Zoned;
use jiff::civil::Date;

/// As wide as the narrowest usual screen.
const WIDTH: usize = 78;

/// Where what belongs to an edition is written.
const INDENT: usize = 13;

/// A campaign with a longer name has it on a line with the title, below the others.
const LONGEST_NAME: usize = 24;

/// Prints the plan.
pub(super) fn show(context: &Context, whole: &Whole, now: &str, days: u32, findings: &[Finding]) -> Result<(), Failure> {
    if whole.campaigns.is_empty() && whole.editions.is_empty() {
        return match findings.iter().any(Finding::is_error) {
            true => Ok(()),
            false => context.ui.data("there is no campaign to plan"),
        };
    }
    let mut page = Page {
        context,
        findings,
        is_begun: false,
        wide: whole
            .campaigns
            .iter()
            .map(|summary| &summary.campaign)
            .chain(whole.editions.iter().map(|line| &line.campaign))
            .map(|name| name.chars().count())
            .filter(|wide| *wide <= LONGEST_NAME)
            .max()
            .unwrap_or(0),
    };
    page.agenda(whole, &format!("now, {now}"))?;
    if !page.is_begun {
        page.heading(&format!("nothing is due within {}", count(u64::from(days), "day")))?;
    }
    page.by_hand(whole)?;
    page.campaigns(whole)?;
    page.limits(whole)
}

struct Page<'a> {
    context: &'a Context,
    /// What is said beside the page, and so not on it.
    findings: &'a [Finding],
    is_begun: bool,
    /// The longest campaign's name that stands in a line with the others.
    wide: usize,
}

impl Page<'_> {
    /// What stands on this day, or under another heading; an empty line before all but the first.
    fn heading(&mut self, text: &str) -> Result<(), Failure> {
        if self.is_begun {
            self.context.ui.data("")?;
        }
        self.is_begun = true;
        self.context.ui.data(&Ui::bold(text))
    }

    fn agenda(&mut self, whole: &Whole, now: &str) -> Result<(), Failure> {
        let mut days: Vec<Option<Date>> = whole
            .editions
            .iter()
            .filter(|line| line.fate != Fate::ByHand)
            .map(day)
            .chain(whole.steps.iter().map(|step| Some(step.on)))
            .collect();
        days.sort_unstable();
        days.dedup();
        let mut told_empty: Vec<&str> = Vec::new();
        for day_shown in days {
            let lines = whole
                .editions
                .iter()
                .filter(|line| line.fate != Fate::ByHand && day(line) == day_shown);
            let lines: Vec<&Line> = lines.filter(|line| is_told(line, &mut told_empty)).collect();
            let steps: Vec<&Step> = whole.steps.iter().filter(|step| Some(step.on) == day_shown).collect();
            if lines.is_empty() && steps.is_empty() {
                continue;
            }
            let heading = |day: Date| day.strftime("%a %-d %b %Y").to_string();
            self.heading(&day_shown.map_or_else(|| now.to_owned(), heading))?;
            lines.into_iter().try_for_each(|line| self.edition(line))?;
            steps.into_iter().try_for_each(|step| self.step(step))?;
        }
        Ok(())
    }

    fn edition(&self, line: &Line) -> Result<(), Failure> {
        let time = line.shown_at.as_ref().map(|at| at.strftime("%H:%M %Z").to_string());
        let letters = match line.fate {
            Fate::Skipped => "-".to_owned(),
            Fate::GoingOut => count(line.to_go, "letter"),
            _ => count(line.planned, "letter"),
        };
        let title = line.title.as_deref().unwrap_or("-");
        self.entry(&time.unwrap_or_default(), &letters, &line.campaign, title)?;
        self.details(line)
    }

    fn step(&self, step: &Step) -> Result<(), Failure> {
        self.entry(&step.hour, &count(step.letters, "letter"), &step.campaign, &step.title)
    }

    fn entry(&self, time: &str, letters: &str, name: &str, title: &str) -> Result<(), Failure> {
        let beginning = format!("  {time:<9} {letters:>14}  ");
        if name.chars().count() > LONGEST_NAME {
            self.context.ui.data(beginning.trim_end())?;
            return self.wrapped(&" ".repeat(INDENT), &format!("{name}  {title}"));
        }
        self.wrapped(&format!("{beginning}{name:<wide$}  ", wide = self.wide), title)
    }

    fn details(&self, line: &Line) -> Result<(), Failure> {
        let superseded = |at: &String| format!("called off on {at}, when the next edition begins, unless you release it");
        let spoiled = Some(line.held).filter(|held| *held > 0);
        // Of what is going out already, the note says it, with the day.
        let is_told = line.fate == Fate::GoingOut || !line.crowds.is_empty();
        let capped = Some(line.capped).filter(|capped| *capped > 0 && !is_told);
        let late = Some(line.late).filter(|late| *late > 0);
        let details = [
            when(line),
            line.note.clone().filter(|_| line.shown_at.is_some()),
            line.superseded_local.as_ref().map(superseded),
            left_out(line),
            spoiled.map(|held| format!("{} on hold by themselves", count(held, "letter"))),
            capped.map(|capped| format!("{} would wait, their people got another one lately", count(capped, "letter"))),
            line.takes.clone(),
            late.map(|late| format!("{} would still wait when it expires", count(late, "letter"))),
        ];
        let mut details = details.into_iter().flatten().chain(line.crowds.iter().cloned());
        details.try_for_each(|detail| self.wrapped(&" ".repeat(INDENT), &detail))
    }

    /// A text behind its beginning, broken between words where it is too wide; what follows stands below it.
    fn wrapped(&self, beginning: &str, text: &str) -> Result<(), Failure> {
        let indent = beginning.chars().count().min(WIDTH - 24);
        let mut line = beginning.to_owned();
        let mut is_first = true;
        for word in text.split(' ') {
            if !is_first && line.chars().count() + 1 + word.chars().count() > WIDTH {
                self.context.ui.data(line.trim_end())?;
                line = " ".repeat(indent);
                is_first = true;
            }
            if !is_first {
                line.push(' ');
            }
            line.push_str(word);
            is_first = false;
        }
        self.context.ui.data(line.trim_end())
    }

    /// What only a person sends.
    fn by_hand(&mut self, whole: &Whole) -> Result<(), Failure> {
        let lines: Vec<&Line> = whole.editions.iter().filter(|line| line.fate == Fate::ByHand).collect();
        if lines.is_empty() {
            return Ok(());
        }
        self.heading("by hand")?;
        for line in lines {
            let (name, title) = (&line.campaign, line.title.as_deref().unwrap_or("-"));
            let letters = count(line.planned, "letter");
            self.wrapped("  ", &format!("{name}: `tidings send {name}` sends `{title}`, {letters}"))?;
            self.details(line)?;
        }
        Ok(())
    }

    /// What is to be said of campaigns as a whole.
    fn campaigns(&mut self, whole: &Whole) -> Result<(), Failure> {
        let is_by_hand = |name: &str| {
            whole
                .editions
                .iter()
                .any(|line| line.fate == Fate::ByHand && line.campaign == name)
        };
        let mut is_first = true;
        for summary in &whole.campaigns {
            let last = summary
                .last_article_local
                .as_ref()
                .map(|at| format!("the last article goes out on {at}"));
            let note = summary.note.clone().filter(|_| !is_by_hand(&summary.campaign));
            let is_said = |text: &String| {
                self.findings
                    .iter()
                    .any(|finding| *text == finding.text && finding.file.contains(&summary.campaign))
            };
            let last = last.filter(|last| !is_said(last));
            for text in [note, last].into_iter().flatten() {
                if is_first {
                    self.context.ui.data("")?;
                    is_first = false;
                }
                self.wrapped("", &format!("{}: {text}", summary.campaign))?;
            }
        }
        Ok(())
    }

    /// How much of the last day's letters is left.
    fn limits(&self, whole: &Whole) -> Result<(), Failure> {
        match (&whole.quota, whole.left_today) {
            (Some(quota), _) => self.context.ui.data(&format!("\n{quota}")),
            (None, Some(left)) => {
                let letters = count(left, "letter");
                self.context
                    .ui
                    .data(&format!("\n{letters} may leave before the last 24 hours are used up"))
            }
            (None, None) => Ok(()),
        }
    }
}

/// The day that a line stands on; nothing for what is to be done now.
fn day(line: &Line) -> Option<Date> {
    line.shown_at.as_ref().map(Zoned::date)
}

/// When it was due, where that is not the moment under which it stands, and what comes of it.
fn when(line: &Line) -> Option<String> {
    let (due, note) = (line.local.as_ref()?, line.note.as_ref());
    let note = note.map(|note| format!(": {note}")).unwrap_or_default();
    match (&line.delayed_by, &line.begins_local, &line.shown_at) {
        (Some(why), Some(begins), None) => Some(format!("due {due}, begins {begins} ({why}){note}")),
        (_, _, None) => Some(format!("due {due}{note}")),
        (Some(why), _, Some(_)) => Some(format!("due {due}, waits for its hours ({why})")),
        (None, _, Some(_)) => None,
    }
}

/// A campaign that has run out of articles is told once, not for every date it still has.
fn is_told<'a>(line: &'a Line, told_empty: &mut Vec<&'a str>) -> bool {
    let is_empty = line.fate == Fate::Skipped && line.title.is_none();
    if !is_empty {
        return true;
    }
    let is_new = !told_empty.contains(&line.campaign.as_str());
    told_empty.push(&line.campaign);
    is_new
}

fn left_out(line: &Line) -> Option<String> {
    let reasons: Vec<String> = line
        .left_out
        .iter()
        .map(|(reason, people)| format!("{} ({})", count(*people, "person"), reason.replace('_', " ")))
        .collect();
    (!reasons.is_empty()).then(|| format!("left out: {}", reasons.join(", ")))
}
