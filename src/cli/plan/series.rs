//! The steps of series: how many people come to which one on which day, as far as anybody can know today.

use super::line::{Step, Summary};
use super::look_ahead::Desk;
use crate::cli::failure::Failure;
use crate::cli::ui::count;
use crate::dispatch::prepare::Plan;
use crate::dispatch::series::{Ahead, ahead};
use crate::store::Store;

/// The days on which anybody comes to a step; `summary` tells of the others.
pub(super) fn steps(desk: &Desk<'_>, store: &Store, plan: Plan<'_>, summary: &mut Summary) -> Result<Vec<Step>, Failure> {
    let Some(ahead) = ahead(store, plan, desk.now, desk.days)? else {
        return Ok(Vec::new());
    };
    if summary.note.is_none() {
        summary.note = Some(words(&ahead));
    }
    summary.left_out = ahead.left_out;
    let steps = ahead.days.into_iter().map(|day| Step {
        campaign: plan.campaign.name.clone(),
        title: plan
            .articles
            .iter()
            .find(|article| article.id == day.article)
            .map(|article| article.title.clone())
            .unwrap_or_default(),
        article: day.article,
        on: day.day,
        letters: day.people,
    });
    Ok(steps.collect())
}

/// What is to be said of the series as a whole.
fn words(ahead: &Ahead) -> String {
    let mut words = vec!["a series: people get its steps by their day of joining, whoever joins from now on as well".to_owned()];
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
    words.join("; ")
}
