//! When each edition would start and finish, all of them together: what one takes of the quota, the next has not.

use super::line::{Fate, Line};
use crate::cli::outlook::Limited;
use crate::cli::ui::{count, grouped};
use crate::dispatch::forecast::{Coming, Outlook};
use crate::finding::Finding;

/// Fills the lines in; gives those whose time would be over before they finish.
pub(super) fn foretell(limited: &Limited, lines: &mut [Line]) -> Vec<Finding> {
    let (by_hand, dated): (Vec<&mut Line>, Vec<&mut Line>) = lines
        .iter_mut()
        .filter(|line| line.coming.is_some())
        .partition(|line| line.fate == Fate::ByHand);
    let mut late = Vec::new();
    let (lines, editions): (Vec<&mut Line>, Vec<Coming>) = dated
        .into_iter()
        .filter_map(|line| line.coming.take().map(|coming| (line, coming)))
        .unzip();
    for ((line, coming), outlook) in lines.into_iter().zip(&editions).zip(limited.outlooks(&editions)) {
        late.extend(fill(limited, line, coming, outlook));
        // Those who get another letter first come after all others.
        line.starts_at = line.starts_at.or(line.free_at);
        line.ends_at = line.ends_at.max(line.free_at);
    }
    // Nobody knows when, so each is told as if it were sent now and alone.
    for line in by_hand {
        if let Some(coming) = line.coming.take() {
            let outlook = limited.outlooks(std::slice::from_ref(&coming)).pop().flatten();
            late.extend(fill(limited, line, &coming, outlook));
        }
    }
    late
}

fn fill(limited: &Limited, line: &mut Line, coming: &Coming, outlook: Option<(Outlook, Option<String>)>) -> Option<Finding> {
    let (outlook, takes) = outlook?;
    (line.takes, line.late) = (takes, line.late + outlook.late);
    (line.starts_at, line.ends_at) = (Some(outlook.starts_at), Some(outlook.ends_at));
    line.days = Some(outlook.days);
    let expires = coming.expires_at.filter(|_| outlook.late > 0)?;
    let text = format!(
        "`{}` would not finish before it expires at {}: {} of {} would still wait",
        line.title.as_deref().unwrap_or_default(),
        limited.told_moment(expires),
        grouped(outlook.late),
        count(coming.letters.len() as u64, "letter"),
    );
    let finding = Finding::warning(format!("campaigns/{}/campaign.yaml", line.campaign), text);
    Some(finding.hint("write a later `expires`, or send through a relay that takes more letters a day"))
}
