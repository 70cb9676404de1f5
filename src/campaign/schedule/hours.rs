//! The hours in which letters may leave: the campaign's window, the clinic's quiet hours and its holidays, all at once.
//!
//! Promises: pure; what is open depends on the zone and the instant asked about alone. [`Hours::opens`] gives the first moment at which
//! everything is open, or says that there is none within [`FARTHEST`]. A day behind a holiday opens when the window does, and without
//! one at the letters' own hour: nobody is written to at midnight because a holiday ends then. Knows nothing of editions, or of what waits.

use crate::campaign::schedule::holidays::Holidays;
use crate::campaign::schedule::quiet::Quiet;
use crate::campaign::schedule::resolve;
use crate::campaign::schedule::{Shut, Window};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// How far ahead an opening is looked for: whoever closes for longer has no window that opens.
pub const FARTHEST: SignedDuration = SignedDuration::from_hours(24 * 400);

/// What the clinic says about the time of all its letters.
#[derive(Debug, Clone, PartialEq)]
pub struct ClinicHours {
    /// The zone in which days and hours are meant.
    pub zone: TimeZone,
    /// The hours in which nothing leaves.
    pub quiet: Option<Quiet>,
    /// The days on which nothing leaves.
    pub holidays: Arc<Holidays>,
}

impl ClinicHours {
    /// Every hour of every day.
    pub fn always(zone: TimeZone) -> Self {
        Self {
            zone,
            quiet: None,
            holidays: Arc::default(),
        }
    }

    /// The hours of a campaign with this window.
    pub fn with(&self, window: Option<Window>) -> Hours {
        Hours {
            clinic: self.clone(),
            window,
            own: None,
        }
    }
}

/// The hours of one campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Hours {
    /// What holds for all campaigns.
    pub clinic: ClinicHours,
    /// The campaign's own.
    pub window: Option<Window>,
    /// The hour at which these letters would have left by themselves: the schedule's, or the one of sending; none is midnight.
    pub own: Option<Time>,
}

impl Hours {
    /// The same for letters that would leave at this hour by themselves.
    #[must_use]
    pub fn with_own(self, hour: Time) -> Self {
        Self { own: Some(hour), ..self }
    }

    /// The same for letters that are due at `due`, to the minute: cron comes at its beginning.
    #[must_use]
    pub fn due(self, due: Timestamp) -> Self {
        let hour = self.clinic.zone.to_datetime(due).time();
        self.with_own(Time::constant(hour.hour(), hour.minute(), 0, 0))
    }

    /// The hour from which letters leave on a day for which they had to wait: a window has hours of its own, and one that would have left
    /// in the quiet hours leaves when they end.
    pub fn morning(&self) -> Time {
        match (self.window, self.own, self.clinic.quiet) {
            (Some(_), _, _) | (None, None, _) => Time::midnight(),
            (None, Some(own), Some(quiet)) if quiet.contains(own) => quiet.until,
            (None, Some(own), _) => own,
        }
    }

    /// Why no letter may leave at `at`; none where it may.
    pub fn shut(&self, at: Timestamp) -> Option<Shut> {
        let zone = &self.clinic.zone;
        let local = zone.to_datetime(at);
        if let Some(name) = self.clinic.holidays.on(local.date()) {
            return Some(Shut::Holiday(name.to_owned()));
        }
        if let Some((name, _)) = self.holiday_before(at).filter(|(_, morning)| at < *morning) {
            return Some(Shut::Morning(name.to_owned()));
        }
        if self.clinic.quiet.is_some_and(|quiet| quiet.contains(local.time())) {
            return Some(Shut::Quiet);
        }
        let is_outside = |window: &Window| !window.contains(zone, at);
        self.window.as_ref().is_some_and(is_outside).then_some(Shut::Window)
    }

    /// Whether a letter may leave at `at`.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.shut(at).is_none()
    }

    /// `at` itself if letters may leave then, else the next moment they may; none where that is too far ahead to be meant.
    pub fn opens(&self, at: Timestamp) -> Option<Timestamp> {
        let farthest = at.saturating_add(FARTHEST).unwrap_or(Timestamp::MAX);
        let mut moment = at;
        while moment <= farthest {
            let shut = self.shut(moment);
            let next = match shut {
                None => return Some(moment),
                Some(Shut::Holiday(_)) => self.midnight_after(moment)?,
                Some(Shut::Morning(_)) => self.holiday_before(moment)?.1,
                Some(Shut::Quiet) => self.quiet_ends(moment)?,
                Some(Shut::Window) => self.window?.opens(&self.clinic.zone, moment),
            };
            if next <= moment {
                return None;
            }
            moment = next;
        }
        None
    }

    /// The holiday that was the day before, and when letters leave on the day behind it.
    fn holiday_before(&self, at: Timestamp) -> Option<(&str, Timestamp)> {
        let day: Date = self.clinic.zone.to_datetime(at).date();
        let name = self.clinic.holidays.on(day.yesterday().ok()?)?;
        let morning = resolve(&self.clinic.zone, day.to_datetime(self.morning()))?;
        Some((name, morning.timestamp()))
    }

    fn midnight_after(&self, at: Timestamp) -> Option<Timestamp> {
        let tomorrow = at.to_zoned(self.clinic.zone.clone()).tomorrow().ok()?;
        Some(tomorrow.start_of_day().ok()?.timestamp())
    }

    fn quiet_ends(&self, at: Timestamp) -> Option<Timestamp> {
        Some(self.clinic.quiet?.ends(&self.clinic.zone, at))
    }
}
