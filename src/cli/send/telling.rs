//! What `send` says before anything leaves, and of what waits.

use super::Desk;
use crate::campaign::calendar::moment;
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind};
use crate::cli::outlook::Limited;
use crate::cli::ui::{Ui, count, grouped};
use crate::cli::waits;
use crate::dispatch::hours::told_ahead;
use crate::dispatch::prepare::{self, Draft};
use crate::store::Store;
use crate::store::edition::Edition;
use jiff::Timestamp;

impl Desk<'_> {
    /// Which edition is gone on with.
    pub(super) fn tell_resumed(&self, store: &Store, edition: &Edition) -> Result<(), Failure> {
        let waiting = store.tally(edition.id)?.open();
        self.context.ui.say(&format!(
            "going on with `{}`: {} waiting",
            edition.key.article,
            count(waiting, "letter")
        ));
        self.tell_outlook(store, edition)?;
        if prepare::differs(edition, self.plan) {
            self.context
                .ui
                .say("the files differ from what was released; the released text goes out, as it did to the others");
        }
        Ok(())
    }

    /// Nothing left: what the letters wait for.
    pub(super) fn tell_what_waits(&self, store: &Store) -> Result<(), Failure> {
        let desk = waits::Desk::at(self.workspace, self.settings, self.context.clock.now());
        let editions = store.unfinished_editions()?.into_iter();
        for edition in editions.filter(|edition| edition.key.campaign == self.plan.campaign.id) {
            if let Some(words) = desk.waits(store, &edition)?.words {
                self.context.ui.say(&format!("`{}`: {words}", edition.key.article));
            }
        }
        self.context
            .ui
            .say("nothing is due just now: what waits will be tried again later, by `tidings run`");
        Ok(())
    }

    /// When the first letter may leave, in words, where that is not now; an edition that nobody would get any more then is refused.
    pub(super) fn first_moment(&self, edition: &Edition) -> Result<Option<String>, Failure> {
        let now = self.context.clock.now();
        let hours = self.plan.hours().due(now);
        let Some(shut) = hours.shut(now) else { return Ok(None) };
        let Some(opens) = hours.opens(now) else {
            let text = format!(
                "no letter of `{}` may leave: its hours do not open within a year",
                self.plan.campaign.name
            );
            return Err(
                Failure::new(Kind::Files, text).hint("its `window`, the clinic's quiet hours and holidays leave nothing together")
            );
        };
        if let Some(end) = edition.expires_at.filter(|end| *end <= opens) {
            let local = |at: Timestamp| moment(&at.to_zoned(self.settings.zone().clone()));
            let text = format!(
                "nobody would get it: its first letter may leave {} ({}), and its time is over {}",
                local(opens),
                hours.told(&shut),
                local(end)
            );
            let refused = Failure::new(Kind::Files, text);
            return Err(refused.hint("send it when its hours are open, or write a longer `expires`; nothing was used up"));
        }
        let first = told_ahead(opens, now, self.settings.zone());
        self.context
            .ui
            .say(&format!("  the first letter may leave {first} ({})", hours.told(&shut)));
        Ok(Some(first))
    }

    /// How long it takes by the relay's pace and limits.
    pub(super) fn tell_outlook(&self, store: &Store, edition: &Edition) -> Result<(), Failure> {
        let now = self.context.clock.now();
        let Some(limited) = Limited::by(store, self.settings, now)? else {
            return Ok(());
        };
        let hours = Some(self.plan.hours().due(edition.due_at));
        let coming = limited.coming(store, edition.id, now, edition.expires_at, hours)?;
        let letters = coming.letters.len() as u64;
        for (outlook, words) in limited.outlooks(&[coming]).into_iter().flatten() {
            if let Some(words) = words {
                self.context.ui.say(&format!("  {words}"));
            }
            if outlook.late > 0 {
                let (late, letters) = (grouped(outlook.late), count(letters, "letter"));
                self.context
                    .ui
                    .say(&format!("  {late} of {letters} would still wait when it expires"));
            }
        }
        Ok(())
    }

    /// What a careful person does before the first letter through a real relay, where it was not done.
    pub(super) fn remind(&self, store: &Store) -> Result<(), Failure> {
        let Some(relay) = self.settings.relay.as_ref().filter(|relay| !relay.test) else {
            return Ok(());
        };
        let campaign = &self.plan.campaign;
        if !store.was_tested(&campaign.id)? {
            self.context.ui.hint(&format!(
                "no test letter of `{0}` was sent yet: `tidings test {0} --to YOUR@ADDRESS` shows it as a mail program does",
                campaign.name
            ));
        }
        if !store.was_looked_at(&relay.described())? {
            let host = &relay.host;
            self.context.ui.hint(&format!(
                "neither `tidings doctor` nor a test letter has tried the relay `{host}` since its settings changed"
            ));
        }
        Ok(())
    }
}

/// Who gets the letter and who does not, before it leaves.
pub(in crate::cli) fn tell_draft(context: &Context, store: &Store, draft: &Draft) -> Result<(), Failure> {
    let edition = &draft.edition;
    context.ui.say(&format!(
        "{} · {}: {}",
        Ui::bold(&edition.campaign_name),
        edition.title,
        count(edition.planned, "letter")
    ));
    tell_left_out(context, store, edition)?;
    context.ui.findings(&draft.warnings);
    for fault in &draft.proof.faults {
        context
            .ui
            .say(&format!("  held: {} {}", fault.address.masked(), fault.error.finding.text));
    }
    Ok(())
}

/// Who is left out, by reason.
pub(in crate::cli) fn tell_left_out(context: &Context, store: &Store, edition: &Edition) -> Result<(), Failure> {
    for (reason, people) in store.left_out(edition.id)? {
        context.ui.say(&format!(
            "  left out: {} ({})",
            count(people, "person"),
            reason.replace('_', " ")
        ));
    }
    Ok(())
}
