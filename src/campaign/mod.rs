//! A campaign: articles, an audience, a template, a schedule and a sender, checked.
//!
//! Promises: a `Campaign` that exists is possible: its texts are not empty, its columns and hours mean something, unknown keys have
//! been refused. Knows nothing of folders (it is made from text), of people, or of what was sent before.

pub mod calendar;
pub mod edition;
pub mod file;
pub mod schedule;
pub mod sender;
pub mod series;
pub mod telling;

mod pins;

use crate::finding::{Finding, Place};
use crate::subscriber::segment::Segment;

/// The id that `new` writes into `campaign.yaml`; keeps sent letters recognised when folders are renamed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CampaignId(pub String);

/// A checked campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Campaign {
    /// The stable id.
    pub id: CampaignId,
    /// The folder's name, which is how a person names the campaign on the command line.
    pub name: String,
    /// What the campaign is called.
    pub title: String,
    /// The lists it goes to.
    pub audience: Audience,
    /// The segment: which of those people (`only:`).
    pub only: Segment,
    /// The template's name, without ending.
    pub template: String,
    /// When: a calendar, or steps after joining; a campaign with neither leaves only by `send`.
    pub timing: Timing,
    /// What to do with an occurrence that was missed.
    pub late: schedule::Late,
    /// The hours in which letters may leave, if limited.
    pub window: Option<schedule::Window>,
    /// The part of the year in which occurrences count, if limited.
    pub season: Option<schedule::Season>,
    /// The articles in turn.
    pub articles: Vec<ArticleEntry>,
    /// Whether it goes out whatever else a person got lately.
    pub uncapped: bool,
    /// Names that tell others what the people who get it have: warnings for whoever is about to send.
    pub telling: Vec<Finding>,
    /// Where its parts stand in its file.
    pub places: Places,
}

/// Where the parts of a campaign stand in its file, for findings that need more than the file to be known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// The schedule.
    pub schedule: Option<Place>,
    /// The season.
    pub season: Option<Place>,
    /// The window.
    pub window: Option<Place>,
    /// The list of articles.
    pub list: Option<Place>,
    /// Each article, or its pinned day.
    pub articles: Vec<Option<Place>>,
}

impl Campaign {
    /// How long after it is due an edition may still go out; `None` is as long as it takes.
    pub fn expires(&self) -> Option<jiff::SignedDuration> {
        match &self.timing {
            Timing::Schedule(schedule) => schedule.expires,
            Timing::ByHand | Timing::Series(_) => None,
        }
    }
}

/// Whom a campaign goes to, by list name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    /// On any of these.
    pub lists: Vec<String>,
    /// On none of these.
    pub not_lists: Vec<String>,
}

/// When a campaign's editions are due.
#[derive(Debug, Clone, PartialEq)]
pub enum Timing {
    /// Only when a person says `send`.
    ByHand,
    /// By the calendar.
    Schedule(schedule::Schedule),
    /// By each person's day of joining.
    Series(series::Series),
}

/// One entry of `articles:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleEntry {
    /// The file's name inside the campaign's folder.
    pub file: String,
    /// The day this article is pinned to, if any.
    pub date: Option<jiff::civil::Date>,
    /// The files beside it that hold the same article in other languages; empty where the name was wrong, so that places stay.
    pub languages: Vec<String>,
}
