//! A campaign's calendar with what the store has on record of it.

use crate::campaign::calendar::{Calendar, Recorded, What};
use crate::cli::failure::Failure;
use crate::dispatch::prepare::Plan;
use crate::store::Store;
use crate::store::edition::{Edition, Skip, Status};
use crate::workspace::settings::Settings;
use jiff::Timestamp;

/// The calendar, and what is on record.
pub(in crate::cli) fn books<'a>(
    store: &mut Store,
    plan: Plan<'a>,
    settings: &Settings,
    now: Timestamp,
) -> Result<(Calendar<'a>, Vec<Recorded>), Failure> {
    let id = |entry: &crate::campaign::ArticleEntry| {
        let found = plan.articles.iter().find(|article| article.file == entry.file);
        found.map(|article| article.id.as_str())
    };
    let calendar = Calendar {
        campaign: plan.campaign,
        articles: Calendar::listed(plan.campaign, id),
        hours: plan.hours(),
        since: Some(store.campaign_seen(&plan.campaign.id, now)?),
    };
    let editions = store.editions_of(&plan.campaign.id)?;
    let editions = editions.iter().filter(|edition| edition.status != Status::Draft);
    let recorded = editions.map(|edition| recorded(edition, settings)).collect();
    Ok((calendar, recorded))
}

fn recorded(edition: &Edition, settings: &Settings) -> Recorded {
    let day = || edition.due_at.to_zoned(settings.zone().clone()).date();
    Recorded {
        article: edition.key.article.clone(),
        due_on: edition.due_on.unwrap_or_else(day),
        what: match edition.skipped {
            Some(Skip::Article) => What::Article,
            Some(Skip::Turn) | None => What::Edition,
        },
    }
}
