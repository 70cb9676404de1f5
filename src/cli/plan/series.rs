//! The steps of series: how many people come to which one on which day, as far as anybody can know today.

use super::line::{Step, Summary, moment};
use super::look_ahead::Desk;
use crate::cli::failure::Failure;
use crate::cli::steps::{closed, closed_words, stopped_words};
use crate::cli::ui::count;
use crate::dispatch::prepare::Plan;
use crate::dispatch::series::{Ahead, ahead, joined_before};
use crate::store::Store;

/// The days on which anybody comes to a step; `summary` tells of the others.
pub(super) fn steps(desk: &Desk<'_>, store: &Store, plan: Plan<'_>, summary: &mut Summary) -> Result<Vec<Step>, Failure> {
    let Some(ahead) = ahead(store, plan, desk.now, desk.days)? else {
        return Ok(Vec::new());
    };
    let (_, is_over) = closed(store, plan)?;
    let before = joined_before(store, plan, desk.now, &ahead)?;
    if summary.note.is_none() {
        let closed = closed_words(store, plan)?.into_iter().map(|(words, _)| words);
        let stopped = stopped_words(store, plan)?.into_iter();
        let words = closed
            .chain(stopped)
            .chain(words(&ahead, before, is_over))
            .collect::<Vec<_>>();
        summary.note = Some(words.join("; "));
    }
    (summary.left_out, summary.joined_before) = (ahead.left_out, Some(before));
    let steps = ahead.days.into_iter().map(|day| Step {
        campaign: plan.campaign.name.clone(),
        title: plan
            .articles
            .iter()
            .find(|article| article.id == day.article)
            .map(|article| article.title.clone())
            .unwrap_or_default(),
        article: day.article,
        on: day.at.to_zoned(desk.zone().clone()).date(),
        at: day.at,
        local: moment(day.at, desk.zone()),
        hour: day.at.to_zoned(desk.zone().clone()).strftime("%H:%M %Z").to_string(),
        letters: day.people,
    });
    Ok(steps.collect())
}

/// What is to be said of the series as a whole.
fn words(ahead: &Ahead, before: u64, is_over: bool) -> Vec<String> {
    let joining = "a series: people get its steps by their day of joining, whoever joins from now on as well";
    let mut words: Vec<String> = (!is_over).then(|| joining.to_owned()).into_iter().collect();
    if before > 0 {
        words.push(format!(
            "{} joined before it began, and it is not for them",
            count(before, "person")
        ));
    }
    let more = [
        (ahead.late, "too late for their step"),
        (ahead.waiting, "waiting for a letter of it that is still open"),
        (ahead.before_a_hold, "waiting before a step on hold"),
    ];
    for (people, what) in more {
        if people > 0 {
            words.push(format!("{} {what}", count(people, "person")));
        }
    }
    for (reason, people) in &ahead.left_out {
        words.push(format!(
            "{} left out ({})",
            count(*people, "person"),
            reason.replace('_', " ")
        ));
    }
    words
}
