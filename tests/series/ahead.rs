//! Ahead: what is foretold of a series is what comes, day by day.

use super::{at, import, people, taken, welcoming};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;
use tidings::dispatch::prepare::Plan;
use tidings::dispatch::series::{Ahead, ahead};
use tidings::store::Store;

fn foretold(clinic: &Workspace, moment: &str, days: u32) -> (Vec<String>, Ahead) {
    let workspace = tidings::workspace::Workspace::read(clinic.root());
    let settings = workspace.settings.as_ref().unwrap();
    let folder = &workspace.campaigns[0];
    let plan = Plan {
        signer: None,
        campaign: folder.campaign.as_ref().unwrap(),
        articles: &folder.articles,
        template: folder.template.as_ref().unwrap(),
        sender: &settings.sender,
        clinic: &settings.hours,
        look: &settings.letter_look,
    };
    let store = Store::open(&clinic.path(".tidings")).unwrap();
    let ahead = ahead(&store, plan, moment.parse().unwrap(), days).unwrap().unwrap();
    let told = ahead
        .days
        .iter()
        .map(|day| format!("{} {}: {}", day.at.strftime("%F"), day.article, day.people));
    (told.collect(), ahead)
}

#[test]
fn what_is_foretold_comes_on_its_day_and_who_comes_to_nothing_is_counted() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    let newcomers = [
        ("ann", "2026-03-10"),
        ("bea", "2026-03-10"),
        ("cleo", "2026-03-15"),
        ("dora", "2026-03-12"),
    ];
    people(&clinic, &newcomers);
    let dora = clinic
        .read("subscribers/patients.csv")
        .replace("dora,2026-03-12,yes,2020-01-01", "dora,2026-03-12,no,");
    clinic.write("subscribers/patients.csv", dora);
    import(&clinic, "2026-03-10T07:00Z");
    let (told, ahead) = foretold(&clinic, "2026-03-10T07:00:00Z", 14);
    let wanted = [
        "2026-03-10 welcome: 2",
        "2026-03-15 welcome: 1",
        "2026-03-17 tips: 2",
        "2026-03-22 tips: 1",
    ];
    assert_eq!(told, wanted);
    assert_eq!(ahead.left_out.into_iter().collect::<Vec<_>>(), [("no_consent".to_owned(), 1)]);
    for day in 10..=23 {
        at(&clinic, "run", &format!("2026-03-{day}T09:00Z")).exits(0).says_nothing();
    }
    assert_eq!(
        taken(&judge),
        ["ann: welcome tips", "bea: welcome tips", "cleo: welcome tips"]
    );
    // Nobody has run it for a while: two questions are late, and would be held.
    let (told, ahead) = foretold(&clinic, "2026-03-26T09:00:00Z", 14);
    assert_eq!((told, ahead.late), (vec!["2026-03-29 question: 1".to_owned()], 2));
}
