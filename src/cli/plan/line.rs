//! The plan as `--json` prints it: one edition, one step's day, one campaign at a time.

use crate::dispatch::forecast::Coming;
use crate::store::spacing::Spacing;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::collections::BTreeMap;

/// What becomes of an edition, or of the occurrence that it would belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fate {
    /// It was released, and letters of it wait.
    GoingOut,
    /// It, or its campaign, is on hold.
    OnHold,
    /// Its moment has come: the next run begins it.
    Due,
    /// Its moment has passed: the next run puts it on hold.
    Late,
    /// Its moment has come, and its hours are not open.
    Waiting,
    /// It begins when it is due.
    Scheduled,
    /// Nothing begins; its article keeps its turn.
    Skipped,
    /// Nothing says when: a person sends it.
    ByHand,
}

/// One edition to come.
#[derive(Debug, serde::Serialize)]
pub(super) struct Line {
    pub(super) campaign: String,
    pub(super) edition: Option<String>,
    pub(super) title: Option<String>,
    pub(super) fate: Fate,
    /// When the schedule means it.
    pub(super) due_at: Option<Timestamp>,
    pub(super) local: Option<String>,
    /// When it really begins.
    pub(super) begins_at: Option<Timestamp>,
    pub(super) begins_local: Option<String>,
    /// Why that is not when it is due.
    pub(super) delayed_by: Option<String>,
    pub(super) is_pinned: bool,
    pub(super) planned: u64,
    /// Letters that have still to leave.
    pub(super) to_go: u64,
    pub(super) held: u64,
    /// How many would wait because their people got another letter lately.
    pub(super) capped: u64,
    pub(super) left_out: BTreeMap<String, u64>,
    pub(super) note: Option<String>,
    pub(super) expires_at: Option<Timestamp>,
    /// When the next edition of the campaign ends its waiting, unless somebody releases it.
    pub(super) superseded_at: Option<Timestamp>,
    pub(super) superseded_local: Option<String>,
    pub(super) starts_at: Option<Timestamp>,
    pub(super) ends_at: Option<Timestamp>,
    pub(super) days: Option<u32>,
    pub(super) late: u64,
    /// How long it takes, in words.
    #[serde(skip)]
    pub(super) takes: Option<String>,
    /// Its letters, where nothing but pace and limits keeps them from leaving.
    #[serde(skip)]
    pub(super) coming: Option<Coming>,
    /// The people behind `coming`, in its order, where that matters.
    #[serde(skip)]
    pub(super) people: Vec<i64>,
    /// Within how many days each of them gets one letter.
    #[serde(skip)]
    pub(super) spacing: Option<Spacing>,
    /// Who of them got another letter lately, and when.
    #[serde(skip)]
    pub(super) got_lately: Vec<(i64, Timestamp)>,
    /// Who of them gets another letter of this plan first, in words.
    #[serde(skip)]
    pub(super) crowds: Vec<String>,
    /// When the last of those may get this one.
    #[serde(skip)]
    pub(super) free_at: Option<Timestamp>,
    /// Where it stands among the others.
    #[serde(skip)]
    pub(super) order: Timestamp,
    /// The day and hour under which people look for it; nothing for what is to be done now.
    #[serde(skip)]
    pub(super) shown_at: Option<Zoned>,
}

impl Line {
    /// A line of which only the place and the fate are known.
    pub(super) fn new(campaign: &str, fate: Fate, order: Timestamp) -> Self {
        Self {
            campaign: campaign.to_owned(),
            edition: None,
            title: None,
            fate,
            due_at: None,
            local: None,
            begins_at: None,
            begins_local: None,
            delayed_by: None,
            is_pinned: false,
            planned: 0,
            to_go: 0,
            held: 0,
            capped: 0,
            left_out: BTreeMap::new(),
            note: None,
            expires_at: None,
            superseded_at: None,
            superseded_local: None,
            starts_at: None,
            ends_at: None,
            days: None,
            late: 0,
            takes: None,
            coming: None,
            people: Vec::new(),
            spacing: None,
            got_lately: Vec::new(),
            crowds: Vec::new(),
            free_at: None,
            order,
            shown_at: None,
        }
    }

    pub(super) fn due(&mut self, at: Timestamp, zone: &TimeZone) {
        (self.due_at, self.local) = (Some(at), Some(moment(at, zone)));
    }

    pub(super) fn begins(&mut self, at: Timestamp, zone: &TimeZone) {
        (self.begins_at, self.begins_local) = (Some(at), Some(moment(at, zone)));
    }

    /// It stands where its time comes; what should have happened by now stands before everything.
    pub(super) fn stands_at(&mut self, at: Timestamp, now: Timestamp, zone: &TimeZone) {
        self.order = at.max(now);
        self.shown_at = (at > now).then(|| at.to_zoned(zone.clone()));
    }
}

/// How many people come to a step of a series on a day.
#[derive(Debug, serde::Serialize)]
pub(super) struct Step {
    pub(super) campaign: String,
    pub(super) article: String,
    pub(super) title: String,
    pub(super) on: Date,
    pub(super) at: Timestamp,
    pub(super) local: String,
    #[serde(skip)]
    pub(super) hour: String,
    pub(super) letters: u64,
}

/// What is to be said of a campaign as a whole.
#[derive(Debug, serde::Serialize)]
pub(super) struct Summary {
    pub(super) campaign: String,
    pub(super) note: Option<String>,
    /// When it begins next, within the days asked for or after them.
    pub(super) next_at: Option<Timestamp>,
    pub(super) next_local: Option<String>,
    /// When its last article goes out, where the schedule goes on after it.
    pub(super) last_article_at: Option<Timestamp>,
    pub(super) last_article_local: Option<String>,
    pub(super) is_out_of_articles: bool,
    /// People whom a series leaves out in these days, by reason.
    pub(super) left_out: BTreeMap<String, u64>,
    /// How many people on the lists of a series joined before it began: it is not for them.
    pub(super) joined_before: Option<u64>,
}

/// The plan.
#[derive(Debug, Default, serde::Serialize)]
pub(super) struct Whole {
    pub(super) editions: Vec<Line>,
    pub(super) steps: Vec<Step>,
    pub(super) campaigns: Vec<Summary>,
    pub(super) left_today: Option<u64>,
    pub(super) quota: Option<String>,
}

impl Whole {
    /// What goes out now comes first, what a person has to send last, and everything else when its time comes.
    pub(super) fn sort(&mut self) {
        let last = |line: &Line| line.fate == Fate::ByHand;
        self.editions.sort_by(|one, other| {
            let places = (last(one), one.order).cmp(&(last(other), other.order));
            places.then_with(|| one.campaign.cmp(&other.campaign))
        });
        self.steps
            .sort_by(|one, other| (one.at, &one.campaign).cmp(&(other.at, &other.campaign)));
    }
}

/// A moment as people read it.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    crate::campaign::calendar::moment(&at.to_zoned(zone.clone()))
}
