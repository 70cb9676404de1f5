//! `tidings plan`: what would go to whom, and when; nothing is written.

use super::answers;
use super::context::{Context, campaign_named};
use super::failure::{Failure, Kind};
use super::listing::table;
use super::outlook::Limited;
use super::send::due_at;
use super::sending::{bring_lists, plan};
use super::ui::{Ui, count, grouped};
use super::waits;
use crate::campaign::Timing;
use crate::campaign::calendar::{Turn, moment};
use crate::campaign::schedule::Occurrence;
use crate::dispatch::due::{self, turn, upcoming};
use crate::dispatch::forecast::Coming;
use crate::dispatch::prepare::{self, Next, Plan};
use crate::finding::Finding;
use crate::store::Store;
use crate::store::import::Guard;
use crate::workspace::settings::Settings;
use crate::workspace::{CampaignFolder, Workspace};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Show what would go to whom and when, who is left out and why
///
/// Writes nothing and sends nothing. Every letter is composed once, so what `plan` shows can be sent.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidings plan\n  tidings plan seasonal-immunity --json")]
pub(super) struct Args {
    /// Only this campaign
    campaign: Option<String>,
    /// Show what is due within this many days
    #[arg(long, value_name = "N", default_value_t = 35)]
    days: u32,
}

/// One edition to come, as `--json` shows it.
#[derive(serde::Serialize)]
struct Line {
    campaign: String,
    edition: Option<String>,
    title: Option<String>,
    due_at: Option<String>,
    local: Option<String>,
    planned: u64,
    held: u64,
    /// How many would wait because their people got another letter lately.
    capped: u64,
    left_out: BTreeMap<String, u64>,
    note: Option<String>,
    starts_at: Option<String>,
    ends_at: Option<String>,
    days: Option<u32>,
    late: u64,
    /// How long it takes, in words.
    #[serde(skip)]
    takes: Option<String>,
    /// Its letters, where nothing but pace and limits keeps them from leaving.
    #[serde(skip)]
    coming: Option<Coming>,
}

/// The plan as `--json` shows it.
#[derive(serde::Serialize)]
struct Whole<'a> {
    editions: &'a [Line],
    left_today: Option<u64>,
    quota: Option<String>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let (root, workspace) = context.workspace()?;
    let settings = context.settings(&workspace)?;
    let folders: Vec<&CampaignFolder> = match &args.campaign {
        Some(name) => vec![campaign_named(&workspace, name)?],
        None => workspace.campaigns.iter().collect(),
    };
    let now = context.clock.now();
    let mut store = match context.store_if_any(&root)? {
        Some(store) => store.copy_in_memory()?,
        None => Store::in_memory(now)?,
    };
    let limited = Limited::by(&store, settings, now)?;
    let (mut lines, mut findings) = (Vec::new(), Vec::new());
    if !context.is_rehearsal() {
        findings.extend(answers::forewarning(context, settings, Some(&store))?);
    }
    for folder in folders {
        match look_ahead(&mut store, &workspace, settings, folder, limited.as_ref(), now, args.days) {
            Ok((line, warnings)) => {
                lines.push(line);
                findings.extend(warnings);
            }
            Err(failure) if failure.kind == Kind::Files => findings.extend(failure.findings),
            Err(failure) => return Err(failure),
        }
    }
    findings.extend(settings.outdated_holidays(now.to_zoned(settings.zone().clone()).date()));
    let has_errors = findings.iter().any(Finding::is_error);
    if let Some(limited) = &limited {
        findings.extend(foretell(limited, &mut lines));
    }
    show(context, &lines, limited.as_ref(), has_errors)?;
    match has_errors {
        true => Err(Failure {
            text: "these campaigns are left out until they are mended".to_owned(),
            ..Failure::findings(findings)
        }),
        false => {
            context.ui.findings(&findings);
            Ok(())
        }
    }
}

fn look_ahead(
    store: &mut Store,
    workspace: &Workspace,
    settings: &Settings,
    folder: &CampaignFolder,
    limited: Option<&Limited>,
    now: Timestamp,
    days: u32,
) -> Result<(Line, Vec<Finding>), Failure> {
    let plan = plan(settings, folder)?;
    let mut warnings = bring_lists(store, workspace, plan, Guard::Trusted, now)?;
    let (due_now, standing) = due_now(store, plan, now)?;
    let occurrence = due_now.or_else(|| upcoming(plan, settings.zone(), now));
    let mut line = Line {
        campaign: folder.name.clone(),
        edition: None,
        title: None,
        due_at: occurrence.as_ref().map(|occurrence| occurrence.at.to_string()),
        local: occurrence
            .as_ref()
            .map(|occurrence| occurrence.local.strftime("%a %-d %b %Y %H:%M %Z").to_string()),
        planned: 0,
        held: 0,
        capped: 0,
        left_out: BTreeMap::new(),
        note: standing.or_else(|| note(plan, occurrence.as_ref().map(|occurrence| occurrence.at), now, days)),
        starts_at: None,
        ends_at: None,
        days: None,
        late: 0,
        takes: None,
        coming: None,
    };
    let hold = store.campaign_hold(&plan.campaign.id)?;
    if let Some(reason) = &hold {
        line.note = Some(format!("on hold: {reason}"));
    }
    let (edition, standing) = match prepare::next(store, plan)? {
        Next::Unfinished(edition) => {
            let standing = edition
                .held
                .as_ref()
                .map_or_else(|| "going out now".to_owned(), |reason| format!("on hold: {reason}"));
            (*edition, standing)
        }
        Next::NothingLeft => {
            line.note = Some("no article is left".to_owned());
            return Ok((line, warnings));
        }
        Next::Article(article) => {
            let due = due_at(occurrence.map_or(now, |occurrence| occurrence.at), settings, plan);
            let draft = prepare::draft(store, plan, article, due, now)?;
            warnings.extend(draft.warnings);
            (draft.edition, String::new())
        }
    };
    let tally = store.tally(edition.id)?;
    if let (Some(limited), None, None) = (limited, &hold, &edition.held) {
        // What was released goes on now; an article begins when it is due.
        let from = edition.released_at.map_or(edition.due_at, |_| now);
        line.coming = Some(limited.coming(store, edition.id, from, edition.expires_at, Some(plan.hours()))?);
    }
    (line.planned, line.held) = (tally.planned(), tally.of("held"));
    let at = edition.released_at.map_or(edition.due_at, |_| now);
    line.capped = waits::Desk::at(workspace, settings, now).capped(store, &edition, at)?;
    line.left_out = store.left_out(edition.id)?;
    (line.edition, line.title) = (Some(edition.key.to_string()), Some(edition.title));
    if !standing.is_empty() {
        line.note = Some(format!("{standing}, {} to go", count(tally.open(), "letter")));
    }
    Ok((line, warnings))
}

/// The occurrence that `run` would begin at this very moment, and what it would do about it.
fn due_now(store: &mut Store, plan: Plan<'_>, now: Timestamp) -> Result<(Option<Occurrence>, Option<String>), Failure> {
    let held = "due and late: the next `tidings run` puts it on hold";
    Ok(match turn(store, plan, now)?.turn {
        Turn::Nothing => {
            let recorded = store.recorded(&plan.campaign.id, &plan.clinic.zone)?;
            let next = due::calendar(store, plan)?.upcoming(&recorded, now);
            (next.map(|entry| entry.occurrence), None)
        }
        Turn::Waits { due, until, .. } => {
            let local = until.to_zoned(plan.clinic.zone.clone());
            (Some(due.occurrence), Some(format!("begins {}", moment(&local))))
        }
        Turn::Begins(due) if due.is_held => (Some(due.occurrence), Some(held.to_owned())),
        Turn::Begins(due) => (Some(due.occurrence), Some("due: the next `tidings run` sends it".to_owned())),
    })
}

/// When each edition would start and finish, one after another; gives those whose time would be over before that.
fn foretell(limited: &Limited, lines: &mut [Line]) -> Vec<Finding> {
    let (lines, editions): (Vec<&mut Line>, Vec<Coming>) = lines
        .iter_mut()
        .filter_map(|line| line.coming.take().map(|coming| (line, coming)))
        .unzip();
    let mut late = Vec::new();
    for ((line, coming), outlook) in lines.into_iter().zip(&editions).zip(limited.outlooks(&editions)) {
        let Some((outlook, takes)) = outlook else { continue };
        (line.takes, line.late) = (takes, outlook.late);
        line.starts_at = Some(outlook.starts_at.to_string());
        (line.ends_at, line.days) = (Some(outlook.ends_at.to_string()), Some(outlook.days));
        if let (1.., Some(expires)) = (outlook.late, coming.expires_at) {
            let text = format!(
                "`{}` would not finish before it expires at {}: {} of {} would still wait",
                line.title.as_deref().unwrap_or_default(),
                limited.told_moment(expires),
                grouped(outlook.late),
                count(coming.letters.len() as u64, "letter"),
            );
            let finding = Finding::warning(format!("campaigns/{}/campaign.yaml", line.campaign), text);
            late.push(finding.hint("write a later `expires`, or send through a relay that takes more letters a day"));
        }
    }
    late
}

fn note(plan: Plan<'_>, due: Option<Timestamp>, now: Timestamp, days: u32) -> Option<String> {
    match (&plan.campaign.timing, due) {
        (Timing::ByHand, _) => Some(format!("no schedule: `tidings send {}`", plan.campaign.name)),
        (Timing::Series(_), _) => Some("a series: people get its steps by their day of joining".to_owned()),
        (Timing::Schedule(_), None) => Some("its schedule has no date left".to_owned()),
        (Timing::Schedule(_), Some(due)) => {
            let far = due.duration_since(now) > jiff::SignedDuration::from_hours(24 * i64::from(days));
            far.then(|| format!("not within {days} days"))
        }
    }
}

fn show(context: &Context, lines: &[Line], limited: Option<&Limited>, has_errors: bool) -> Result<(), Failure> {
    let (left_today, quota) = (
        limited.and_then(Limited::remaining),
        limited.and_then(|limited| limited.spent(0)),
    );
    if context.ui.wants_json() {
        return context.ui.json(&Whole {
            editions: lines,
            left_today,
            quota,
        });
    }
    if lines.is_empty() && !has_errors {
        return context.ui.data("there is no campaign to plan");
    }
    let rows = lines.iter().map(|line| {
        vec![
            line.campaign.clone(),
            line.title.clone().unwrap_or_else(|| "-".to_owned()),
            line.local.clone().unwrap_or_else(|| "-".to_owned()),
            line.planned.to_string(),
            line.note.clone().unwrap_or_default(),
        ]
    });
    context
        .ui
        .data(&table(&["campaign", "next article", "due", "letters", ""], rows))?;
    show_limits(context, lines, left_today, quota)?;
    for line in lines {
        for (reason, people) in &line.left_out {
            let name = Ui::bold(&line.campaign);
            context.ui.data(&format!(
                "{name}: {} left out ({})",
                count(*people, "person"),
                reason.replace('_', " ")
            ))?;
        }
        if line.capped > 0 {
            context.ui.data(&format!(
                "{}: {} would wait, their people got another one lately",
                Ui::bold(&line.campaign),
                count(line.capped, "letter")
            ))?;
        }
        if line.held > 0 {
            context.ui.data(&format!(
                "{}: {} held, their data spoil it",
                Ui::bold(&line.campaign),
                count(line.held, "letter")
            ))?;
        }
    }
    Ok(())
}

/// How long each edition takes, and how much of the last day's letters is left.
fn show_limits(context: &Context, lines: &[Line], left_today: Option<u64>, quota: Option<String>) -> Result<(), Failure> {
    for line in lines {
        if let Some(takes) = &line.takes {
            context.ui.data(&format!("{}: {takes}", Ui::bold(&line.campaign)))?;
        }
    }
    match (quota, left_today) {
        (Some(quota), _) => context.ui.data(&quota),
        (None, Some(left)) => {
            let letters = count(left, "letter");
            context
                .ui
                .data(&format!("{letters} may leave before the last 24 hours are used up"))
        }
        (None, None) => Ok(()),
    }
}
