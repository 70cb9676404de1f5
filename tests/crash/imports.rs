//! Bringing people in, killed at every system call that writes: a file that is taken in, an import that is taken back, a row that is
//! changed, and the first import of a list.
//!
//! Promises: after each kill every list file is whole and no content is lost that the command keeps; the store holds the people of
//! before or of after, and whoever is written to then are these; nobody's suppression is lifted; the same command given again ends as
//! if it had never been killed. `TIDINGS_SWEEP=all` falls on every point, `TIDINGS_SWEEP=K` on every K-th; where nobody asks, a few
//! are drawn. What a disk forgets at a power cut is not shown here.

mod aftermath;

use self::aftermath::{Fallen, State, is_unfinished, list_files, names, suppressed};
use super::cases::copy;
use super::chance::Chance;
use super::clinic;
use super::figures::say;
use super::sweep::pass_over;
use super::tracer::{self, Point, Thread};
use crate::support::judge::Judge;
use crate::support::people::address;
use crate::support::stopwatch::Stopwatch;
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Output;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Points of each case where nobody asks for more.
const SAMPLE: usize = 2;
/// Points at a time.
const AT_A_TIME: usize = 2;
/// People of the list before.
const PEOPLE: usize = 10;
/// Who is on the list, says yes in every file, and was suppressed by hand.
const SUPPRESSED: usize = 2;
/// Calls that leave nothing on the disk: to die at one of them is to die behind the call before it.
const HARMLESS: [&str; 5] = ["close", "connect", "recvfrom", "sendto", "shutdown"];
const MAPPING: &str = "subscribers/patients.yaml";

/// What a file of the list may hold.
struct Contents {
    old: String,
    new: String,
    mapping: String,
}

/// One command to kill.
struct Case {
    name: &'static str,
    template: Workspace,
    verb: Vec<String>,
    contents: Contents,
    before: State,
    after: State,
    suppressed: Vec<String>,
    /// What must stand in some file of the list at any moment: the command replaces it, and promises that it is kept.
    keeps: Vec<String>,
    /// Which file of the list holds what at the end.
    ending: BTreeMap<String, String>,
}

impl Case {
    /// The case of this command in this workspace; what it does is seen from a run that nobody disturbs.
    fn new(name: &'static str, template: Workspace, verb: &str, (old, new): (&str, &str), keeps: &[&str]) -> Self {
        let verb: Vec<String> = verb.split_whitespace().map(str::to_owned).collect();
        let ended = copied(&template);
        run(&ended, &verb).exits(0);
        let contents = Contents {
            old: old.to_owned(),
            new: new.to_owned(),
            mapping: ended.read(MAPPING),
        };
        let case = Self {
            name,
            verb,
            contents,
            before: State::of(&template),
            after: State::of(&ended),
            suppressed: suppressed(&template),
            keeps: keeps.iter().map(|content| (*content).to_owned()).collect(),
            ending: list_files(&ended),
            template,
        };
        assert_ne!(case.before.people, case.after.people, "{name} changes nobody");
        case
    }

    /// Where an undisturbed run makes calls that write.
    fn points(&self) -> Vec<Point> {
        let verb: Vec<&str> = self.verb.iter().map(String::as_str).collect();
        let counts = tracer::count(&copied(&self.template), &Judge::start_apart(), &verb, 1, Thread::Main);
        let points = counts.into_iter().filter(|(call, _)| !HARMLESS.contains(&call.as_str()));
        let point = |call: &String, nth| Point {
            thread: Thread::Main,
            call: call.clone(),
            nth,
        };
        points
            .flat_map(|(call, nths)| nths.into_iter().map(move |nth| point(&call, nth)))
            .collect()
    }
}

/// Where to fall.
type Points<'a> = Vec<(&'a Case, Point)>;

/// An export that changes three people of the list: so few that nobody has to be asked.
fn export() -> String {
    let lines: Vec<String> = clinic::list(PEOPLE + 1, |_| false).lines().map(str::to_owned).collect();
    let kept = lines.into_iter().filter(|line| !line.starts_with(&address(4)));
    let changed = kept.map(|line| match line.starts_with(&address(5)) {
        true => line.replace(",Bath,", ",Wells,"),
        false => line,
    });
    changed.map(|line| line + "\n").collect()
}

/// The clinic before anything was imported.
fn fresh() -> Workspace {
    clinic::clinic(&Judge::start_apart(), PEOPLE, 1)
}

/// The clinic with its list in the store, one of them suppressed, and an export by this name beside it.
fn imported(export_name: &str, export: &str) -> Workspace {
    let clinic = fresh().file(export_name, export);
    clinic.run(&["import", "subscribers/patients.csv", "--yes"]).exits(0);
    let who = address(SUPPRESSED);
    clinic.run(&["suppress", "add", &who, "--evidence", "phoned"]).exits(0);
    clinic
}

/// The same after the export was imported.
fn taken_in(export_name: &str, export: &str) -> Workspace {
    let clinic = imported(export_name, export);
    clinic.run(&["import", export_name, "--list", "patients", "--yes"]).exits(0);
    clinic
}

fn all() -> Vec<Case> {
    let (list, csv) = (clinic::list(PEOPLE, |_| false), export());
    let tsv = csv.replace(',', "\t");
    let edited: String = list.lines().map(|line| format!("{}\n", rowed(line))).collect();
    vec![
        Case::new(
            "taking a file in",
            imported("export.csv", &csv),
            "import export.csv --list patients --yes",
            (&list, &csv),
            &[&list],
        ),
        Case::new(
            "taking a file of another ending in",
            imported("export.tsv", &tsv),
            "import export.tsv --list patients --yes",
            (&list, &tsv),
            &[&list],
        ),
        Case::new(
            "undo",
            taken_in("export.csv", &csv),
            "import --undo 2",
            (&csv, &list),
            &[&csv, &list],
        ),
        Case::new(
            "undo, another ending",
            taken_in("export.tsv", &tsv),
            "import --undo 2",
            (&tsv, &list),
            &[&tsv, &list],
        ),
        Case::new(
            "people edit",
            imported("export.csv", &csv),
            "people edit person6@patients.example city=Bath",
            (&list, &edited),
            &[],
        ),
        Case::new(
            "first import",
            fresh(),
            "import subscribers/patients.csv --yes",
            (&list, &list),
            &[&list],
        ),
    ]
}

/// The row as `people edit` leaves it.
fn rowed(line: &str) -> String {
    match line.starts_with(&address(6)) {
        true => line.replace(",Bristol,", ",Bath,"),
        false => line.to_owned(),
    }
}

fn copied(clinic: &Workspace) -> Workspace {
    let other = Workspace::empty();
    copy(clinic.root(), other.root());
    other
}

fn run(clinic: &Workspace, verb: &[String]) -> Output {
    let verb: Vec<&str> = verb.iter().map(String::as_str).collect();
    clinic.run(&verb)
}

/// Kills the command at `point` and looks at everything it left.
fn fall(case: &Case, point: &Point) -> Fallen {
    let clinic = copied(&case.template);
    let verb: Vec<&str> = case.verb.iter().map(String::as_str).collect();
    let output = tracer::kill_at(&clinic, &Judge::start_apart(), &verb, 1, point);
    let mut fallen = Fallen {
        killed: output.status.is_none(),
        unfinished: names(&clinic).iter().filter(|name| is_unfinished(name)).count(),
        ..Fallen::default()
    };
    fallen.hold_files(case, &clinic, "killed");
    fallen.hold_people(case, &clinic);
    fallen.hold_letters(case, &clinic);
    fallen.hold_again(case, &clinic);
    for fault in &mut fallen.faults {
        *fault = format!("{}, {} {}: {fault}", case.name, point.call, point.nth);
    }
    fallen
}

/// Falls on these points, a few at a time.
fn fall_on(drawn: &[(&Case, Point)]) -> Vec<(&'static str, Fallen)> {
    let (waiting, fallen) = (Mutex::new(drawn.iter()), Mutex::new(Vec::new()));
    let take_turns = || {
        loop {
            let Some((case, point)) = waiting.lock().unwrap().next() else {
                return;
            };
            let one = fall(case, point);
            fallen.lock().unwrap().push((case.name, one));
        }
    };
    std::thread::scope(|scope| {
        let fallers: Vec<_> = (0..AT_A_TIME).map(|_| scope.spawn(take_turns)).collect();
        for faller in fallers {
            faller.join().unwrap_or_else(|broken| std::panic::resume_unwind(broken));
        }
    });
    fallen.into_inner().unwrap()
}

/// The points that are asked for; where nobody asks, a few of each case, of whichever kind of call.
fn drawn<'a>(points: &[(&'a Case, Point)]) -> Points<'a> {
    let asked = std::env::var("TIDINGS_SWEEP").ok();
    let step = match asked.as_deref() {
        None => return sample(points),
        Some("all") => 1,
        Some(step) => step.parse().expect("`TIDINGS_SWEEP` is `all` or a number"),
    };
    points.iter().step_by(step).cloned().collect()
}

fn sample<'a>(points: &[(&'a Case, Point)]) -> Points<'a> {
    let mut by_case: BTreeMap<&str, BTreeMap<&str, Points<'_>>> = BTreeMap::new();
    for (case, point) in points {
        let calls = by_case.entry(case.name).or_default();
        calls.entry(&point.call).or_default().push((case, point.clone()));
    }
    let mut chance = Chance::new(51);
    let mut drawn = Vec::new();
    for calls in by_case.into_values() {
        let calls: Vec<_> = calls.into_values().collect();
        for _ in 0..SAMPLE {
            let call = chance.below(calls.len());
            drawn.push(chance.of(&calls[call]));
        }
    }
    drawn
}

fn tell(fallen: &[(&'static str, Fallen)]) {
    let mut by_case: BTreeMap<&str, Vec<&Fallen>> = BTreeMap::new();
    for (name, one) in fallen {
        by_case.entry(name).or_default().push(one);
    }
    for (name, all) in &by_case {
        let count = |wanted: fn(&Fallen) -> bool| all.iter().filter(|one| wanted(one)).count();
        let say = |what: &str, number: usize| say("imports", &format!("{name}: {what}"), number);
        say("kills", count(|one| one.killed));
        say(
            "kills before anything had happened to people",
            count(|one| one.killed && !one.is_done),
        );
        say("kills behind it", count(|one| one.killed && one.is_done));
        say(
            "sends that were refused until the command was given again",
            count(|one| one.sent_nobody),
        );
        say(
            "unfinished files left behind, which nobody reads",
            all.iter().map(|one| one.unfinished).sum(),
        );
        say("faults", all.iter().map(|one| one.faults.len()).sum());
        let mut otherwise: BTreeMap<&str, usize> = BTreeMap::new();
        for file in all.iter().flat_map(|one| &one.otherwise) {
            *otherwise.entry(file).or_default() += 1;
        }
        for (file, many) in otherwise {
            say(&format!("given again, `{file}` stands otherwise than undisturbed"), many);
        }
    }
}

#[test]
fn wherever_an_import_is_killed_the_list_is_of_before_or_of_after() {
    if tracer::strace().is_none() {
        return pass_over("the sweep over imports needs `strace`, which is not installed");
    }
    let (began, cases) = (Stopwatch::start(), all());
    let points: Points<'_> = cases
        .iter()
        .flat_map(|case| case.points().into_iter().map(move |point| (case, point)))
        .collect();
    let fallen = fall_on(&drawn(&points));
    let killed = fallen.iter().filter(|(_, one)| one.killed).count();
    say("imports", "points of undisturbed runs, counted", points.len());
    say("imports", "kills", killed);
    tell(&fallen);
    say("imports", "seconds", began.shows().as_secs());
    let faults: Vec<&str> = fallen.iter().flat_map(|(_, one)| &one.faults).map(String::as_str).collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(killed * 2 > fallen.len(), "the axe misses: {fallen:?}");
}
