//! One clinic's year: its four campaigns, what people do to them, and when its cron comes by.
//!
//! Promises: everything is drawn from a seed; the clock is told to the program with `--now` and goes forward only. Knows what it wrote
//! into the files and when; what came of it is `account`'s to say.

use super::almanac::{Rhythm, first_minute};
use crate::crash::chance::Chance;
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::workspace::Workspace;
use crate::support::workspace::run::{Output, Running};
use jiff::civil::{Date, Time, Weekday, date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

pub(super) const PEOPLE: usize = 4;

/// The days on which nobody works, by the file of the clinic.
pub(super) const HOLIDAYS: [(i8, i8); 4] = [(1, 1), (5, 3), (12, 25), (12, 31)];

/// In these hours nothing leaves.
pub(super) const QUIET: (Time, Time) = (time(21, 0, 0, 0), time(7, 30, 0, 0));

const SETTINGS: &str = "\
clinic:
  name: Mill Lane Clinic
  postal_address: 12 Mill Lane, Bath
  contact: hello@mill-lane.example
  jurisdiction: GB
sender: {from: Mill Lane Clinic <tips@mill-lane.example>}
unsubscribe: {mailto: unsubscribe@mill-lane.example, read_by_hand: true}
";

const TEMPLATE: &str = "\
<html><body><p>{{ greeting }}</p>
{{ article.html }}
<p>{{ clinic.name }}, {{ clinic.postal_address }}</p>
<p><a href=\"{{ unsubscribe.link }}\">Unsubscribe</a></p></body></html>
";

/// What becomes of a campaign's late occurrences: how late is too late, in hours, and what then.
pub(super) type Late = (i64, &'static str);

/// A campaign as its file says at this moment, and what it said before.
pub(super) struct Campaign {
    pub(super) id: &'static str,
    folder: String,
    /// Its schedules, each with the moment from which it stood in the file.
    pub(super) schedules: Vec<(Timestamp, Rhythm, Time)>,
    pub(super) late: Late,
    /// Days and hours, as the file says them: weekdays only, from, until.
    pub(super) window: Option<(bool, Time, Time)>,
    /// The months in which its days count.
    pub(super) season: &'static [i8],
    season_written: &'static str,
    expires_days: Option<i64>,
    articles: usize,
    renamed: BTreeMap<usize, String>,
}

impl Campaign {
    /// The schedule that stood in the file at this moment.
    pub(super) fn schedule_at(&self, at: Timestamp) -> &(Timestamp, Rhythm, Time) {
        self.schedules.iter().rev().find(|(since, ..)| *since <= at).unwrap()
    }

    /// How long after its moment nothing of an occurrence leaves any more.
    pub(super) fn expires(&self) -> Option<SignedDuration> {
        self.expires_days.map(|days| SignedDuration::from_hours(24 * days))
    }

    fn article(&self, number: usize) -> String {
        self.renamed
            .get(&number)
            .cloned()
            .unwrap_or_else(|| format!("text-{number:02}.md"))
    }

    fn yaml(&self) -> String {
        let (_, rhythm, at) = self.schedules.last().unwrap();
        let expires = self
            .expires_days
            .map_or_else(String::new, |days| format!(", expires: {days}d"));
        let (by, then) = self.late;
        let mut text = format!(
            "id: {}\ntitle: {}\naudience: {{lists: [patients]}}\ntemplate: letter\nschedule: {{{}{expires}}}\nlate: {{by: {by}h, then: {then}}}\n{}",
            self.id,
            self.id,
            rhythm.written(*at),
            self.season_written
        );
        if let Some((weekdays, from, until)) = self.window {
            let days = if weekdays { "weekdays" } else { "every day" };
            let clock = |time: Time| format!("\"{:02}:{:02}\"", time.hour(), time.minute());
            writeln!(
                text,
                "window: {{days: {days}, from: {}, until: {}}}",
                clock(from),
                clock(until)
            )
            .unwrap();
        }
        text.push_str("articles:\n");
        for number in 1..=self.articles {
            writeln!(text, "  - {{file: {}}}", self.article(number)).unwrap();
        }
        text
    }
}

/// The clinic, its relay and the moment it is.
pub(super) struct World {
    pub(super) zone: TimeZone,
    pub(super) clinic: Workspace,
    pub(super) judge: Judge,
    pub(super) campaigns: Vec<Campaign>,
    pub(super) chance: Chance,
    /// When cron came by.
    pub(super) runs: Vec<Timestamp>,
}

impl World {
    /// A clinic in this zone whose weekly letter is meant for this day and hour: a night on which its clocks change.
    pub(super) fn new(zone: &str, night: (Weekday, Time), seed: u64) -> Self {
        let judge = Judge::start();
        let holidays: String = HOLIDAYS
            .iter()
            .map(|(month, day)| {
                format!(
                    "{day} {}\n",
                    ["", "January", "", "", "", "May", "", "", "", "", "", "", "December"][*month as usize]
                )
            })
            .collect();
        let (from, until) = QUIET;
        let calendar = format!(
            "timezone: {zone}\ncalendar: {{holidays: holidays.txt, quiet: {{from: \"{:02}:{:02}\", until: \"{:02}:{:02}\"}}}}\n",
            from.hour(),
            from.minute(),
            until.hour(),
            until.minute()
        );
        let clinic = Workspace::empty()
            .file("tidings.yaml", &format!("{SETTINGS}{calendar}"))
            .file("holidays.txt", &holidays)
            .file("templates/letter.html", TEMPLATE)
            .with_people(PEOPLE)
            .relay(judge.port(), 2);
        let mut world = Self {
            zone: TimeZone::get(zone).unwrap(),
            clinic,
            judge,
            campaigns: campaigns(night),
            chance: Chance::new(seed),
            runs: Vec::new(),
        };
        for campaign in &world.campaigns {
            for number in 1..=campaign.articles {
                let file = format!("campaigns/{}/{}", campaign.folder, campaign.article(number));
                world.clinic.write(&file, article(campaign.id, number));
            }
            let file = format!("campaigns/{}/campaign.yaml", campaign.folder);
            world.clinic.write(&file, campaign.yaml());
        }
        world.chance.below(2);
        world
    }

    /// The moment at which the clinic's clock shows this.
    pub(super) fn moment(&self, day: Date, hour: Time) -> Timestamp {
        first_minute(&self.zone, day, hour)
    }

    /// The program at this moment.
    pub(super) fn at(&self, now: Timestamp, line: &str) -> Output {
        let now = now.to_string();
        let words: Vec<&str> = line.split(' ').chain(["--now", &now]).collect();
        self.clinic.run(&words)
    }

    /// Cron comes by; in one case of a few the power fails while a letter is under way.
    pub(super) fn run(&mut self, now: Timestamp) {
        self.runs.push(now);
        if self.chance.one_in(12) {
            self.run_and_die(now);
            return;
        }
        let said = self.at(now, "run");
        let code = said.status.unwrap();
        assert!([0, 1, 75].contains(&code), "{now}\n{said}");
        let is_word = |line: &str| {
            ["nothing was sent for", "superseded", "orders them anew"]
                .iter()
                .any(|word| line.contains(word))
        };
        let has_news = said.stderr.lines().all(is_word);
        assert!(
            code != 0 || (said.stdout.is_empty() && has_news),
            "cron mails what is said, at {now}\n{said}"
        );
    }

    /// A run that is killed: at any moment, or with a letter under way if it comes to that.
    fn run_and_die(&mut self, now: Timestamp) {
        let phase = self.chance.of(&[Phase::Mail, Phase::Rcpt, Phase::Dot]);
        let rule = Rule::at(phase).after(self.chance.below(PEOPLE)).hang();
        self.judge
            .add(if self.chance.one_in(2) { rule.kept() } else { rule.dropped() });
        let mut running = self.clinic.spawn(&["run", "--now", &now.to_string()]);
        match self.chance.one_in(2) {
            true => std::thread::sleep(self.chance.up_to(Duration::from_millis(40))),
            false => self.watch_it_hang(&mut running),
        }
        running.kill();
        self.judge.heal();
        self.judge.hang_up();
        self.judge.settle();
        self.settle_doubts(now);
    }

    /// Comes back when the run has ended, or has said nothing to the relay for a while: it hangs, and if it does not, it may be killed here too.
    fn watch_it_hang(&self, running: &mut Running) {
        const GLANCE: Duration = Duration::from_millis(2);
        let (mut heard, mut silent) = (self.judge.commands().len(), 0);
        while running.is_alive() && silent < 100 {
            std::thread::sleep(GLANCE);
            let now = self.judge.commands().len();
            silent = if now == heard { silent + 1 } else { 0 };
            heard = now;
        }
    }

    /// The next run names what is in doubt; a person looks into the relay's record and says how it was.
    fn settle_doubts(&mut self, now: Timestamp) {
        self.at(now, "run");
        for letter in self.clinic.ledger().letters {
            if letter.state != "in_doubt" {
                continue;
            }
            let taken = self.judge.accepted().iter().any(|copy| copy.message_id == letter.message_id);
            let word = if taken { "--sent" } else { "--not-sent" };
            self.at(now, &format!("resolve {} {word} {}", letter.campaign, letter.address))
                .exits(0);
        }
    }

    /// Somebody does something to a campaign's files, or says something of it.
    pub(super) fn meddle(&mut self, now: Timestamp) {
        let which = self.chance.below(self.campaigns.len());
        match self.chance.below(4) {
            0 => self.edit_schedule(which, now),
            1 => self.rename_folder(which),
            2 => self.rename_article(which),
            _ => {
                let folder = self.campaigns[which].folder.clone();
                self.at(now, &format!("release {folder}"));
            }
        }
    }

    fn edit_schedule(&mut self, which: usize, now: Timestamp) {
        let (_, rhythm, at) = self.campaigns[which].schedules.last().unwrap().clone();
        let rhythm = match rhythm {
            Rhythm::Nth(nth, Weekday::Tuesday) => Rhythm::Nth(nth % 4 + 1, Weekday::Thursday),
            Rhythm::Nth(nth, _) => Rhythm::Nth(nth, Weekday::Tuesday),
            other => other,
        };
        let minute = i8::try_from(self.chance.below(60)).unwrap();
        let at = time(at.hour(), minute, 0, 0);
        self.campaigns[which].schedules.push((now, rhythm, at));
        self.write(which);
    }

    fn rename_folder(&mut self, which: usize) {
        let old = self.clinic.path(&format!("campaigns/{}", self.campaigns[which].folder));
        self.campaigns[which].folder.push('x');
        let new = self.clinic.path(&format!("campaigns/{}", self.campaigns[which].folder));
        std::fs::rename(old, new).unwrap();
    }

    fn rename_article(&mut self, which: usize) {
        let campaign = &mut self.campaigns[which];
        let number = self.chance.below(campaign.articles) + 1;
        let old = campaign.article(number);
        let new = format!("again-{old}");
        campaign.renamed.insert(number, new.clone());
        let place = |name: &str| self.clinic.path(&format!("campaigns/{}/{name}", campaign.folder));
        std::fs::rename(place(&old), place(&new)).unwrap();
        self.write(which);
    }

    fn write(&self, which: usize) {
        let campaign = &self.campaigns[which];
        let file = format!("campaigns/{}/campaign.yaml", campaign.folder);
        self.clinic.write(&file, campaign.yaml());
    }
}

fn article(campaign: &str, number: usize) -> String {
    format!(
        "---\nid: {campaign}-{number:02}\ntitle: Text {number} of {campaign}\nsubject: Text {number} of {campaign}\n\
         preheader: A line of at least forty characters that says what it is.\n---\n\nText {number} of {campaign}, short and kind.\n"
    )
}

fn campaigns(night: (Weekday, Time)) -> Vec<Campaign> {
    let base = |id, rhythm, at, late, articles| Campaign {
        id,
        folder: format!("{id}-letters"),
        schedules: vec![(Timestamp::MIN, rhythm, at)],
        late,
        window: None,
        season: &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        season_written: "",
        expires_days: None,
        articles,
        renamed: BTreeMap::new(),
    };
    let winter = Campaign {
        window: Some((true, time(8, 30, 0, 0), time(18, 0, 0, 0))),
        season: &[9, 10, 11, 12, 1, 2, 3],
        season_written: "season: {from: 1 September, until: 31 March}\n",
        expires_days: Some(5),
        ..base("winter", Rhythm::Nth(1, Weekday::Tuesday), time(9, 0, 0, 0), (6, "hold"), 14)
    };
    let weekly = base("weekly", Rhythm::Weekly(night.0), night.1, (30, "skip"), 60);
    let quarter = Campaign {
        window: Some((false, time(12, 0, 0, 0), time(20, 0, 0, 0))),
        ..base("quarter", Rhythm::QuarterEnd, time(17, 30, 0, 0), (48, "hold"), 6)
    };
    let days = vec![date(2027, 1, 20), date(2027, 5, 3), date(2027, 7, 7), date(2027, 12, 25)];
    let named = base("named", Rhythm::Dates(days), time(10, 0, 0, 0), (24, "send"), 5);
    vec![winter, weekly, quarter, named]
}
