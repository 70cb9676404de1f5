//! `tidings plan`: what would go to whom, and when; nothing is written.
//!
//! Promises: every edition that `run` would begin within the days asked for, in order of time, and what becomes of those that it would
//! not; each letter is composed once on the way, in a copy of the store that is thrown away.

mod crowd;
mod foretell;
mod line;
mod look_ahead;
mod series;
mod show;

use super::answers;
use super::context::{Context, campaign_named};
use super::failure::{Failure, Kind};
use super::outlook::Limited;
use crate::finding::{Finding, each_once};
use crate::store::Store;
use crate::workspace::CampaignFolder;
use jiff::SignedDuration;
use line::Whole;
use look_ahead::Desk;
use std::path::PathBuf;

/// Show what would go to whom and when, who is left out and why
///
/// Every edition of the next days, in order of time: when it begins, to how many people, who is left out, and when it is done. Writes
/// nothing and sends nothing. Every letter is composed once, so what `plan` shows can be sent.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings plan\n  tidings plan --days 90\n  tidings plan seasonal-immunity --json\n  tidings plan seasonal-immunity --out october.plan"
)]
pub(super) struct Args {
    /// Only this campaign
    campaign: Option<String>,
    /// Show what is due within this many days
    #[arg(long, value_name = "N", default_value_t = 35, value_parser = clap::value_parser!(u32).range(..=400))]
    days: u32,
    /// Write the next edition of the campaign down as a plan that `tidings send CAMPAIGN --plan FILE` keeps to
    #[arg(long, value_name = "FILE", requires = "campaign", conflicts_with = "days")]
    out: Option<PathBuf>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    if let (Some(name), Some(out)) = (&args.campaign, &args.out) {
        return super::plan_file::make(context, name, out);
    }
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
    let mut findings = Vec::new();
    if !context.is_rehearsal() {
        findings.extend(answers::forewarning(context, settings, Some(&store))?);
    }
    let until = now + SignedDuration::from_hours(24 * i64::from(args.days));
    let desk = Desk {
        workspace: &workspace,
        settings,
        limited: limited.as_ref(),
        now,
        until,
        days: args.days,
    };
    let mut whole = Whole::default();
    if args.campaign.is_none() {
        whole.editions.extend(desk.orphans(&store)?);
    }
    for folder in folders {
        match desk.look_ahead(&mut store, folder, &mut whole) {
            Ok(warnings) => findings.extend(warnings),
            Err(failure) if failure.kind == Kind::Files => findings.extend(failure.findings),
            Err(failure) => return Err(failure),
        }
    }
    findings.extend(settings.outdated_holidays(now.to_zoned(settings.zone().clone()).date()));
    whole.sort();
    crowd::foresee(&mut whole.editions, settings.zone());
    if let Some(limited) = &limited {
        findings.extend(foretell::foretell(limited, &mut whole.editions));
        (whole.left_today, whole.quota) = (limited.remaining(), limited.spent(0));
    }
    // The same thing is found on the way to several editions.
    tell(
        context,
        &whole,
        &each_once(findings),
        &line::moment(now, settings.zone()),
        args.days,
    )
}

fn tell(context: &Context, whole: &Whole, findings: &[Finding], now: &str, days: u32) -> Result<(), Failure> {
    let has_errors = findings.iter().any(Finding::is_error);
    match context.ui.wants_json() {
        true => context.ui.json(whole)?,
        false => show::show(context, whole, now, days, findings)?,
    }
    match has_errors {
        true => Err(Failure {
            text: "these campaigns are left out until they are mended".to_owned(),
            ..Failure::findings(findings.to_vec())
        }),
        false => {
            context.ui.findings(findings);
            Ok(())
        }
    }
}
