//! `tidings send`: the next article of a campaign, now.

mod telling;

pub(super) use telling::{tell_draft, tell_left_out};

use super::answers::require_reader;
use super::context::{Context, campaign_named, holder_words, real_dir};
use super::failure::{Failure, Kind};
use super::letters::whose;
use super::mail_in::read_first;
use super::namesake;
use super::outcome::tell;
use super::plan_file::{self, Held, Stands};
use super::sending::{Bounds, bring_lists, hand_over, plan, route};
use super::ui::count;
use crate::campaign::calendar::moment;
use crate::campaign::{CampaignId, Timing};
use crate::dispatch::due;
use crate::dispatch::hours::Timetable;
use crate::dispatch::plan_file::PlanFile;
use crate::dispatch::prepare::{self, Draft, Due, Next, Plan};
use crate::dispatch::report::{Report, Stop};
use crate::dispatch::run::Work;
use crate::dispatch::worker::Route;
use crate::store::Store;
use crate::store::edition::Edition;
use crate::store::import::Guard;
use crate::store::lock::SenderLock;
use crate::workspace::Workspace;
use crate::workspace::settings::Settings;
use std::path::{Path, PathBuf};

/// Send the next article of a campaign now
///
/// It counts as the article's turn. Shows the plan in short and asks first; without a terminal it wants --yes (a relay with
/// `test: true` is never asked about). An edition that was
/// begun and has letters waiting is finished first, with the text it was released with.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings send seasonal-immunity\n  tidings send seasonal-immunity --limit 20\n  tidings send seasonal-immunity --yes\n  tidings send seasonal-immunity --plan october.plan"
)]
pub(super) struct Args {
    /// The campaign
    campaign: String,
    /// Let at most this many letters leave and hold the rest until `release`
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Send only what this plan says (`tidings plan CAMPAIGN --out FILE`), and nothing where anybody was added or anything changed
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    if context.is_rehearsal() {
        return Err(
            Failure::new(Kind::Usage, "`send` is for real letters").hint(format!("`tidings rehearse {}` plays it", args.campaign))
        );
    }
    let (root, workspace) = context.workspace()?;
    let settings = context.settings(&workspace)?;
    context.refuse_played_time_for(settings)?;
    let folder = campaign_named(&workspace, &args.campaign)?;
    let plan = plan(settings, folder)?;
    refuse_series(plan)?;
    let agreed = args.plan.as_deref().map(plan_file::read).transpose()?;
    let route = route(&root, settings)?;
    let _lock = lock(context, &root, &args.campaign)?;
    let mut store = context.store_for_sending(&root, settings)?;
    namesake::refuse(&store, &workspace, folder)?;
    let doubts = recover(context, &mut store)?;
    read_first(context, &root, settings, &mut store)?;
    let desk = Desk {
        context,
        workspace: &workspace,
        settings,
        plan,
        root: &root,
        route: &route,
        agreed: agreed.as_ref(),
    };
    desk.send(&mut store, args)?;
    match doubts {
        0 => Ok(()),
        _ => Err(Failure::said(Kind::Attention)),
    }
}

/// A series has no next article for everybody: each person comes to its steps on their own days.
fn refuse_series(plan: Plan<'_>) -> Result<(), Failure> {
    let Timing::Series(series) = &plan.campaign.timing else {
        return Ok(());
    };
    let name = &plan.campaign.name;
    let text = format!("`{name}` is a series: its letters leave by themselves, {series}");
    Err(Failure::new(Kind::Usage, text)
        .hint(
            "`tidings run` sends whatever is due, so leave it to cron; `tidings why ADDRESS` tells when somebody's next step comes",
        )
        .hint(format!(
            "`tidings rehearse {name}` shows its letters, `tidings resend {name}/ARTICLE --to ADDRESS` repeats one"
        )))
}

/// The sender's lock, or who holds it (75).
fn lock(context: &Context, root: &Path, campaign: &str) -> Result<SenderLock, Failure> {
    let taken = SenderLock::take(&real_dir(root), &format!("send {campaign}"), context.clock.now())?;
    taken.map_err(|holder| {
        Failure::new(Kind::Later, format!("{} is sending at this moment", holder_words(&holder)))
            .hint("two senders would get in each other's way: wait for it, or look with `tidings status`")
    })
}

/// Settles what a dead run left and names it; gives how many letters are in doubt because of it.
pub(super) fn recover(context: &Context, store: &mut Store) -> Result<u64, Failure> {
    store.recover(context.clock.now())?;
    super::people::finish_wiping(context, store)?;
    let untold = store.untold_doubts()?;
    let doubts = untold.len() as u64;
    if doubts == 0 {
        return Ok(0);
    }
    let letters = count(doubts, "letter");
    context.ui.say(&format!(
        "a run before this one was cut off: {letters} in doubt, never sent again by itself"
    ));
    if !context.ui.wants_json() {
        for line in &untold {
            context
                .ui
                .data(&format!("  in doubt  {}  {}", whose(line), super::log::said(line)))?;
        }
    }
    // After it is said, not before: whoever is killed in between has the names told once more.
    store.doubts_are_told()?;
    context
        .ui
        .hint("`tidings resolve CAMPAIGN --from-log FILE` looks into the relay's log whether they went; `--sent` and `--not-sent` are your own word");
    Ok(doubts)
}

struct Desk<'a> {
    context: &'a Context,
    workspace: &'a Workspace,
    settings: &'a Settings,
    plan: Plan<'a>,
    root: &'a Path,
    route: &'a Route,
    /// The plan by which alone anything is sent.
    agreed: Option<&'a PlanFile>,
}

impl Desk<'_> {
    fn send(&self, store: &mut Store, args: &Args) -> Result<(), Failure> {
        let name = &self.plan.campaign.name;
        if let Some(reason) = store.campaign_hold(&self.plan.campaign.id)? {
            let held = Failure::new(Kind::Attention, format!("campaign `{name}` is on hold: {reason}"));
            let held = match store.is_distrusted(&self.plan.campaign.id)?.is_some() {
                true => held.hint(format!(
                    "`tidings cancel {name}/ARTICLE` uses up an article that went out already"
                )),
                false => held,
            };
            return Err(held.hint(format!("`tidings release {name}` lets it go on")));
        }
        let next = prepare::next(store, self.plan)?;
        if !matches!(next, Next::NothingLeft) {
            require_reader(self.context, self.settings, store)?;
        }
        if let Some(held) = self.held(args) {
            return match held.stands(store, &next)? {
                Stands::Begin(draft) => self.begin(store, &draft, args),
                Stands::Resume(edition) => self.resume(store, &edition, args),
            };
        }
        match next {
            Next::NothingLeft => self.nothing_left(),
            Next::Unfinished(edition) => self.resume_all(store, &edition, args),
            Next::Article(article) => {
                let now = self.context.clock.now();
                let warnings = bring_lists(store, self.workspace, self.plan, Guard::Cautious, now)?;
                self.context.ui.findings(&warnings);
                tell_unpinned(self.context, self.settings, self.plan, &article.id);
                let draft = prepare::draft(
                    store,
                    self.plan,
                    article,
                    due_now(self.context, self.settings, self.plan),
                    now,
                )?;
                self.begin(store, &draft, args)
            }
        }
    }

    /// The plan that is sent by, held against the world.
    fn held<'a>(&'a self, args: &'a Args) -> Option<Held<'a>> {
        let (context, workspace, settings, plan) = (self.context, self.workspace, self.settings, self.plan);
        let (file, path) = self.agreed.zip(args.plan.as_deref())?;
        Some(Held {
            context,
            workspace,
            settings,
            plan,
            file,
            path,
        })
    }

    fn nothing_left(&self) -> Result<(), Failure> {
        let name = &self.plan.campaign.name;
        self.context
            .ui
            .say(&format!("nothing to send: no article of `{name}` is left"));
        self.context.ui.hint("add an article to `articles:` in its `campaign.yaml`");
        tell(self.context, &Report::default())
    }

    /// The edition of a plan, and nothing beside it.
    fn resume(&self, store: &mut Store, edition: &Edition, args: &Args) -> Result<(), Failure> {
        if let Some(reason) = &edition.held {
            return Err(on_hold(edition, reason));
        }
        self.tell_resumed(store, edition)?;
        self.hand_over(store, Work::Edition(edition.id), args)
    }

    /// Everything of the campaign that waits; what is on hold does.
    fn resume_all(&self, store: &mut Store, first: &Edition, args: &Args) -> Result<(), Failure> {
        if let Some(reason) = &first.held {
            return Err(on_hold(first, reason));
        }
        let editions = store.unfinished_editions()?.into_iter();
        for edition in editions.filter(|edition| edition.key.campaign == self.plan.campaign.id) {
            match &edition.held {
                None => self.tell_resumed(store, &edition)?,
                Some(reason) => self
                    .context
                    .ui
                    .say(&format!("`{}` stays on hold: {reason}", edition.key.article)),
            }
        }
        let work = Work::Campaign(CampaignId(self.plan.campaign.id.0.clone()));
        self.hand_over(store, work, args)
    }

    fn begin(&self, store: &mut Store, draft: &Draft, args: &Args) -> Result<(), Failure> {
        let planned = draft.edition.planned;
        if planned == 0 {
            tell_left_out(self.context, store, &draft.edition)?;
            store.discard(draft.edition.id)?;
            return Err(
                Failure::new(Kind::Files, "nobody would get this letter").hint("`tidings plan` tells who is left out and why")
            );
        }
        tell_draft(self.context, store, draft)?;
        self.tell_outlook(store, &draft.edition)?;
        self.remind(store)?;
        let turn = due::used_up(store, self.plan, self.context.clock.now())?;
        if let Some(turn) = turn {
            self.context
                .ui
                .say(&format!("  the turn of {} is used up by it", moment(&turn.local)));
        }
        let first = match self.first_moment(&draft.edition) {
            Ok(first) => first,
            Err(failure) => {
                store.discard(draft.edition.id)?;
                return Err(failure);
            }
        };
        let told = self.settings.relay.as_ref().is_some_and(|relay| relay.test) || args.yes;
        if !told && !self.context.ui.can_ask() {
            store.discard(draft.edition.id)?;
            return Err(
                Failure::new(Kind::Usage, "nobody is here to ask").hint("add `--yes` if that is what you want; nothing was sent")
            );
        }
        let letters = count(planned, "letter");
        let question = match &first {
            None => format!("send {letters} now?"),
            Some(first) => format!("release {letters}, the first to leave {first}?"),
        };
        if !told && !self.context.ui.ask(&question) {
            store.discard(draft.edition.id)?;
            self.context.ui.say("nothing was sent");
            return Ok(());
        }
        // Whoever was asked may have taken their time.
        if let Some(held) = self.held(args)
            && let Err(over) = held.is_good_still()
        {
            store.discard(draft.edition.id)?;
            return Err(over);
        }
        self.context.mark_sent(self.root, store.identity())?;
        due::start_by_hand(store, self.plan, &draft.edition, self.context.clock.now())?;
        self.hand_over(store, Work::Edition(draft.edition.id), args)
    }

    fn hand_over(&self, store: &mut Store, work: Work, args: &Args) -> Result<(), Failure> {
        let bounds = Bounds {
            limit: args.limit,
            deadline: None,
        };
        let report = hand_over(
            self.context,
            store,
            "send",
            work,
            (self.route, &Timetable::of(self.workspace, self.settings)),
            bounds,
        )?;
        if report.states.is_empty() && report.stop.is_none() {
            self.tell_what_waits(store)?;
        }
        if let Some(Stop::Limit { limit }) = report.stop {
            self.context
                .ui
                .say(&format!("`--limit {limit}` is reached; the rest is on hold"));
            self.context.ui.hint(&format!(
                "`tidings release {}` and `tidings run` send the rest",
                self.plan.campaign.name
            ));
        }
        if report.of("deferred") > 0 {
            self.context
                .ui
                .hint("`tidings run` tries what was deferred again when it is time: leave that to cron");
        }
        let ended = tell(self.context, &report);
        tell_no_more(store, &report, &ended)?;
        ended
    }
}

fn on_hold(edition: &Edition, reason: &str) -> Failure {
    let held = Failure::new(
        Kind::Attention,
        format!("edition `{}` is on hold: {reason}", edition.key.article),
    );
    held.hint(format!("`tidings release {}` lets it go on", edition.campaign_name))
}

/// A report has told its doubts; where it could not be written, the next run tells them.
pub(super) fn tell_no_more(store: &mut Store, report: &Report, ended: &Result<(), Failure>) -> Result<(), Failure> {
    let is_unwritten = ended.as_ref().is_err_and(|failure| failure.kind == Kind::Store);
    match report.of("in_doubt") > 0 && !is_unwritten {
        true => Ok(store.doubts_are_told()?),
        false => Ok(()),
    }
}

/// That nothing is left but what is pinned to another day.
pub(super) fn tell_unpinned(context: &Context, settings: &Settings, plan: Plan<'_>, article: &str) {
    let today = context.clock.now().to_zoned(settings.zone().clone()).date();
    if let Some(day) = prepare::pin(plan, article).filter(|day| *day != today) {
        context.ui.say(&format!(
            "no other article is left: `{article}` is pinned to {day}, and would leave now instead"
        ));
    }
}

/// Due at this very moment, for as long as the campaign says.
pub(super) fn due_now(context: &Context, settings: &Settings, plan: Plan<'_>) -> Due {
    due_at(context.clock.now(), settings, plan)
}

/// Due at `at`, for as long as the campaign says.
pub(super) fn due_at(at: jiff::Timestamp, settings: &Settings, plan: Plan<'_>) -> Due {
    let expires = plan.campaign.expires().and_then(|after| at.saturating_add(after).ok());
    let today = at.to_zoned(settings.zone().clone()).date();
    Due {
        at,
        on: today,
        expires_at: expires,
        today,
    }
}
