//! The choice: whom a campaign's conditions take, asked of the columns and values that the store knows, and one person's place.
//!
//! Promises: a condition that cannot be asked is an error at its line before anybody is asked; what nobody would answer with yes is a
//! warning. A person's place is decided here alone, for drafts and for whoever wants to know why.

use super::DispatchError;
use super::prepare::Plan;
use crate::finding::Finding;
use crate::store::Store;
use crate::store::draft::Place;
use crate::store::people::{Candidate, Membership};
use crate::subscriber::audience::{self, Decision, ListMembership, Question};
use crate::subscriber::column::Kind;
use crate::subscriber::csv::Field;
use crate::subscriber::segment::{Asked, Facts};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A segment that can be asked, and what deserves a look in it.
#[derive(Debug)]
pub struct Choice {
    /// The conditions as they are asked on the day.
    pub only: Asked,
    /// Errors and warnings about them.
    pub findings: Vec<Finding>,
}

/// So many different values of a column are looked at; one with more is too manifold to say that nobody has a value.
const MOST_VALUES: usize = 1_000;

/// Asks the store what the campaign's conditions can be asked of.
///
/// # Errors
/// When the store cannot be read.
pub fn choice(store: &Store, plan: Plan<'_>, today: Date) -> Result<Choice, DispatchError> {
    let (campaign, lists) = (plan.campaign, &plan.campaign.audience.lists);
    let kinds = kinds(store, lists)?;
    let asked_for = campaign.only.columns();
    let mut columns = BTreeMap::new();
    for (name, kind) in &kinds {
        let values = match asked_for.contains(&name.as_str()) {
            true => store.values(lists, name, MOST_VALUES)?,
            false => Default::default(),
        };
        columns.insert(name.clone(), Facts { kind: *kind, values });
    }
    let file = format!("campaigns/{}/campaign.yaml", campaign.name);
    Ok(Choice {
        only: campaign.only.on(today, &kinds),
        findings: campaign.only.fit(&file, &columns),
    })
}

/// The columns of these lists; the day of joining is a day wherever it comes from.
pub(super) fn kinds(store: &Store, lists: &[String]) -> Result<BTreeMap<String, Kind>, DispatchError> {
    let mut kinds = store.columns(lists)?;
    // Who is written to is decided by address and consent as they are; conditions ask for what is kept beside them.
    kinds.retain(|name, _| Field::parse(name).is_none_or(Field::is_attribute));
    if let Some(joined) = kinds.get_mut("joined") {
        *joined = Kind::Day;
    }
    Ok(kinds)
}

/// The question that a campaign asks of every person.
pub fn question<'a>(plan: Plan<'a>, only: &'a Asked, today: Date) -> Question<'a> {
    Question {
        lists: &plan.campaign.audience.lists,
        not_lists: &plan.campaign.audience.not_lists,
        only,
        jurisdiction: plan.sender.clinic.jurisdiction,
        today,
    }
}

/// The lists a person is on, as the question is asked of them.
pub fn on_lists(memberships: &[Membership]) -> Vec<ListMembership<'_>> {
    let mut on_lists = Vec::with_capacity(memberships.len());
    for membership in memberships {
        on_lists.push(ListMembership {
            list: &membership.list,
            consent: &membership.consent,
            attributes: &membership.attributes,
            rows: &membership.rows,
        });
    }
    on_lists
}

/// Where one person of the audience belongs, and with which of their versions.
pub fn place(question: &Question<'_>, candidate: &Candidate) -> Place {
    let on_lists = on_lists(&candidate.memberships);
    let asked = audience::Candidate {
        on_lists: &on_lists,
        suppressed: candidate.suppression.as_ref(),
    };
    match audience::decide(question, &asked) {
        Decision::In(position) => Place::In {
            version: candidate.memberships[position].version,
        },
        Decision::Out(reason) => Place::Out {
            reason: reason.name(),
            detail: reason.to_string(),
        },
    }
}
