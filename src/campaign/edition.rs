//! An edition: one article of one campaign, once. Dates say when, never who or what.

use super::CampaignId;
use std::fmt;

/// What makes an edition one of its kind: campaign, article and round.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EditionKey {
    /// The campaign's stable id.
    pub campaign: CampaignId,
    /// The article's id from its front matter.
    pub article: String,
    /// 1 for the first time the article goes out in this campaign, 2 when a person starts it over.
    pub round: u32,
}

impl fmt::Display for EditionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.campaign.0, self.article)?;
        match self.round {
            1 => Ok(()),
            round => write!(f, "#{round}"),
        }
    }
}
