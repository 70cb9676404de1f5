//! What `plan` said beforehand, held against what happened.
//!
//! Promises: what was foretold holds for as long as nobody edits anything: every occurrence of those weeks is on record, at its moment,
//! and no other; with the article that was named, as long as cron came by in time.

use super::account::Account;
use super::world::World;
use jiff::civil::{Date, time};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// How far ahead is looked.
const DAYS: i64 = 21;

/// One edition as `plan --json` shows it.
#[derive(Debug, Clone, serde::Deserialize)]
struct Foretold {
    /// Campaign and article by their ids.
    edition: Option<String>,
    fate: String,
    due_at: Option<Timestamp>,
}

/// A look ahead.
struct Look {
    from: Timestamp,
    until: Timestamp,
    editions: Vec<Foretold>,
}

/// All looks ahead.
#[derive(Default)]
pub(super) struct Foresight {
    open: Option<Look>,
    came: Vec<Look>,
}

impl Foresight {
    /// Looks ahead, if nothing is foretold for this day.
    pub(super) fn look(&mut self, world: &mut World, day: Date) {
        let now = world.moment(day, time(23, 50, 0, 0));
        if self.open.as_ref().is_some_and(|look| look.until > now) {
            return;
        }
        self.came.extend(self.open.take());
        world.run(now);
        let said = world.at(now, &format!("plan --days {DAYS} --json")).exits(0);
        let editions =
            serde_json::from_value(said.json()[0]["editions"].clone()).unwrap_or_else(|error| panic!("{error} in\n{said}"));
        let until = now + SignedDuration::from_hours(24 * DAYS);
        self.open = Some(Look {
            from: now,
            until,
            editions,
        });
    }

    /// Somebody changed something: what was foretold ends here.
    pub(super) fn ends(&mut self, at: Timestamp) {
        if let Some(look) = &mut self.open {
            look.until = look.until.min(at);
        }
    }

    /// How many occurrences were foretold of which it is known what came.
    pub(super) fn number(&self) -> usize {
        self.came.iter().map(|look| look.told().count()).sum()
    }

    /// What was foretold is what happened: each occurrence began or is on record as skipped, with no other beside them; and where none
    /// was skipped, each with the article that was named.
    pub(super) fn assert_came_true(&self, account: &Account) {
        for look in &self.came {
            let (from, until) = (look.from, look.until);
            let skipped = account.skipped.iter().filter(|skipped| look.covers(skipped.due_at));
            let skipped: BTreeSet<(&str, Timestamp)> = skipped.map(|skipped| (skipped.campaign(), skipped.due_at)).collect();
            let begun = account.editions.iter().filter(|edition| look.covers(edition.due_at));
            let begun: BTreeSet<(&str, Timestamp, &str)> = begun
                .map(|edition| (edition.campaign(), edition.due_at, edition.article()))
                .collect();
            let happened = begun
                .iter()
                .map(|(campaign, at, _)| (*campaign, *at))
                .chain(skipped.iter().copied());
            let told = look.told().map(|told| (told.0, told.1));
            assert_eq!(told.collect::<BTreeSet<_>>(), happened.collect(), "from {from} until {until}");
            let has_its_turn = |campaign: &str| !skipped.iter().any(|(other, _)| *other == campaign);
            let told: BTreeSet<_> = look.told().filter(|told| has_its_turn(told.0)).collect();
            let begun: BTreeSet<_> = begun.into_iter().filter(|begun| has_its_turn(begun.0)).collect();
            assert_eq!(told, begun, "from {from} until {until}");
        }
    }
}

impl Look {
    fn covers(&self, due_at: Timestamp) -> bool {
        self.from < due_at && due_at <= self.until
    }

    /// Campaign, moment and article of each occurrence that was foretold.
    fn told(&self) -> impl Iterator<Item = (&str, Timestamp, &str)> {
        let told = self.editions.iter();
        told.filter(|edition| edition.fate == "scheduled")
            .filter_map(|edition| {
                let (campaign, article) = edition.edition.as_deref()?.split_once('/')?;
                Some((campaign, edition.due_at?, article))
            })
            .filter(|(_, due_at, _)| self.covers(*due_at))
    }
}
