//! `tidings plan`: every edition of the next days, in order of time; nothing is written.

mod foretold;
mod limits;

use super::{CAMPAIGN, answers, article, clinic, clinic_with, type_in};
use crate::support::judge::Judge;
use crate::support::people;
use crate::support::workspace::Workspace;
use serde_json::Value;

/// The clinic's campaign with these lines added.
fn with_lines(clinic: Workspace, lines: &str) -> Workspace {
    clinic.file("campaigns/tips/campaign.yaml", &format!("{CAMPAIGN}{lines}\n"))
}

/// One more campaign, of these articles, whose texts are its own.
fn more(clinic: Workspace, name: &str, lines: &str, articles: &[&str]) -> Workspace {
    let head = format!("id: {name}\ntitle: {name}\naudience: {{lists: [patients]}}\ntemplate: letter\n{lines}\narticles:\n");
    let entries: String = articles.iter().map(|id| format!("  - {{file: {id}.md}}\n")).collect();
    let clinic = clinic.file(&format!("campaigns/{name}/campaign.yaml"), &(head + &entries));
    articles.iter().fold(clinic, |clinic, id| {
        let text = article(id).replace("short and kind", &format!("for {name}"));
        clinic.file(&format!("campaigns/{name}/{id}.md"), &text)
    })
}

/// The editions of a plan.
#[track_caller]
fn editions(clinic: &Workspace, line: &str) -> Vec<Value> {
    let json = type_in(clinic, &format!("plan --json {line}")).exits(0).json();
    json[0]["editions"].as_array().unwrap().clone()
}

/// When, what and with which fate, in short.
fn told(edition: &Value) -> String {
    let field = |name: &str| edition[name].as_str().unwrap_or("-").to_owned();
    format!("{} {} {}", field("begins_local"), field("edition"), field("fate"))
}

#[test]
fn a_campaign_by_hand_is_told_in_a_closing_line_and_nothing_is_written() {
    let clinic = clinic(3);
    let plan = "\
nothing is due within 35 days

by hand
  tips: `tidings send tips` sends `All about sleep`, 3 letters
";
    answers(&clinic, "plan", 0, plan, "");
    answers(&clinic, "plan tips", 0, plan, "");
    assert!(!clinic.path(".tidings").exists());
}

#[test]
fn every_edition_of_the_days_asked_for_is_shown_in_order_of_time() {
    let clinic = with_lines(clinic(3), "schedule: {every: week, day: tuesday, at: \"09:00\"}");
    let clinic = more(
        clinic,
        "walking-club",
        "schedule: {every: month, day: 10, at: \"18:15\"}",
        &["hills", "coast", "woods"],
    );
    let refused = "no@patients.example,No,Noakes,Bath,2025-03-01,no,2025-03-01,front desk\n";
    clinic.write("subscribers/patients.csv", people::csv(3) + refused);
    let plan = "\
now, Tue 5 Jan 2027 09:05 GMT
                 3 letters  tips          All about sleep
             due Tue 5 Jan 2027 09:00 GMT: the next `tidings run` sends it
             left out: 1 person (no consent)

Sun 10 Jan 2027
  18:15 GMT      3 letters  walking-club  All about hills
             left out: 1 person (no consent)

Tue 12 Jan 2027
  09:00 GMT      3 letters  tips          All about walks
             left out: 1 person (no consent)

Tue 19 Jan 2027
  09:00 GMT              -  tips          -
             no article is left

Wed 10 Feb 2027
  18:15 GMT      3 letters  walking-club  All about coast
             left out: 1 person (no consent)

walking-club: the last article goes out on Wed 10 Mar 2027 18:15 GMT
";
    let ahead = "\
campaigns/tips/campaign.yaml:5:1: warning: the last article goes out on Tue 12 Jan 2027 09:00 GMT
  hint: add an article to `articles:`, or let it end there
";
    answers(&clinic, "plan --days 40 --now 2027-01-05T09:05Z", 0, plan, ahead);
    let shorter = type_in(&clinic, "plan --days 5 --now 2027-01-05T09:05Z").exits(0);
    shorter.clone().prints("All about sleep").never_says("All about walks");
    for line in shorter.stdout.lines() {
        assert!(line.chars().count() <= 78, "{line}");
    }
    assert!(!clinic.path(".tidings").exists());
}

#[test]
fn the_numbers_are_there_for_a_program() {
    let clinic = with_lines(
        clinic(3),
        "schedule: {every: month, day: 6, at: \"20:00\", expires: 3d}\nwindow: {days: weekdays, from: \"08:30\", until: \"18:00\"}",
    );
    let refused = "no@patients.example,No,Noakes,Bath,2025-03-01,no,2025-03-01,front desk\n";
    clinic.write("subscribers/patients.csv", people::csv(3) + refused);
    let plan = type_in(&clinic, "plan --json --days 10 --now 2027-07-01T12:00Z")
        .exits(0)
        .json();
    let wanted = serde_json::json!({
        "editions": [{
            "campaign": "tips", "edition": "t1ps/sleep", "title": "All about sleep", "fate": "scheduled",
            "due_at": "2027-07-06T19:00:00Z", "local": "Tue 6 Jul 2027 20:00 BST",
            "begins_at": "2027-07-07T07:30:00Z", "begins_local": "Wed 7 Jul 2027 08:30 BST",
            "delayed_by": plan[0]["editions"][0]["delayed_by"], "is_pinned": false,
            "planned": 3, "to_go": 3, "held": 0, "capped": 0, "left_out": {"no_consent": 1}, "note": null,
            "expires_at": "2027-07-09T19:00:00Z", "superseded_at": null, "superseded_local": null, "starts_at": null, "ends_at": null, "days": null, "late": 0,
        }],
        "steps": [],
        "campaigns": [{
            "campaign": "tips", "note": null, "next_at": "2027-07-07T07:30:00Z", "next_local": "Wed 7 Jul 2027 08:30 BST",
            "last_article_at": "2027-08-09T07:30:00Z", "last_article_local": "Mon 9 Aug 2027 08:30 BST", "is_out_of_articles": false, "left_out": {}, "joined_before": null,
        }],
        "left_today": null, "quota": null,
    });
    assert_eq!(plan, [wanted]);
    assert!(
        plan[0]["editions"][0]["delayed_by"].as_str().unwrap().contains("window"),
        "{plan:?}"
    );
}

#[test]
fn hours_that_keep_an_edition_are_told_where_it_begins() {
    let clinic = with_lines(
        clinic(3),
        "schedule: {every: month, day: 9, at: \"09:00\"}\nwindow: {days: weekdays, from: \"08:30\", until: \"18:00\"}",
    );
    // 9 January 2027 is a Saturday.
    type_in(&clinic, "plan --now 2027-01-05T09:00Z")
        .exits(0)
        .prints("Mon 11 Jan 2027\n  08:30 GMT      3 letters  tips  All about sleep\n")
        .prints("             due Sat 9 Jan 2027 09:00 GMT, waits for its hours (its window,\n");
    type_in(&clinic, "plan --now 2027-01-09T12:00Z")
        .exits(0)
        .prints("now, Sat 9 Jan 2027 12:00 GMT\n                 3 letters  tips  All about sleep\n")
        .prints("             due Sat 9 Jan 2027 09:00 GMT, begins Mon 11 Jan 2027 08:30 GMT\n             (its window, ");
    let first = &editions(&clinic, "--now 2027-01-09T12:00Z")[0];
    assert_eq!(told(first), "Mon 11 Jan 2027 08:30 GMT t1ps/sleep waiting");
}

#[test]
fn a_week_in_which_the_clocks_change_keeps_the_hour_on_the_wall() {
    let clinic = with_lines(clinic(2), "schedule: {every: week, day: sunday, at: \"01:30\"}");
    let found: Vec<String> = editions(&clinic, "--days 20 --now 2027-03-20T09:00Z")
        .iter()
        .map(told)
        .collect();
    // On 28 March 2027 there is no half past one in London: what is due is sent at the first minute after the gap.
    assert_eq!(found[0], "Sun 21 Mar 2027 01:30 GMT t1ps/sleep scheduled");
    assert_eq!(found[1], "Sun 28 Mar 2027 02:00 BST t1ps/walks scheduled");
    let autumn: Vec<String> = editions(&clinic, "--days 20 --now 2027-10-23T09:00Z")
        .iter()
        .map(told)
        .collect();
    assert_eq!(autumn[0], "Sun 24 Oct 2027 01:30 BST t1ps/sleep scheduled");
    assert_eq!(autumn[1], "Sun 31 Oct 2027 01:30 BST t1ps/walks scheduled");
}

#[test]
fn what_is_not_within_the_days_is_told_all_the_same() {
    let clinic = with_lines(clinic(2), "schedule: {dates: [2027-06-01, 2027-07-01], at: \"09:00\"}");
    let plan = "\
nothing is due within 35 days

tips: next on Tue 1 Jun 2027 09:00 BST, not within 35 days
";
    answers(&clinic, "plan --now 2027-01-05T09:00Z", 0, plan, "");
    type_in(&clinic, "plan --now 2027-01-05T09:00Z --days 200")
        .exits(0)
        .prints("Tue 1 Jun 2027\n  09:00 BST      2 letters  tips  All about sleep\n");
    type_in(&clinic, "plan --days 401").exits(2);
}

#[test]
fn a_plan_goes_on_where_the_letters_are() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips --limit 1").exits(0);
    let held = ": on hold: `--limit 1` is used up;\n             `tidings release` lets the rest go, 2 letters to go\n";
    type_in(&clinic, "plan")
        .exits(0)
        .prints("  3 letters  tips  All about sleep\n")
        .prints(held);
    type_in(&clinic, "release tips").exits(0);
    type_in(&clinic, "plan").exits(0).prints(": going out now, 2");
    type_in(&clinic, "run").exits(0);
    type_in(&clinic, "plan")
        .exits(0)
        .prints("sends `All about walks`, 3 letters\n");
    type_in(&clinic, "send tips").exits(0);
    type_in(&clinic, "plan").exits(0).prints("tips: no article is left\n");
}

#[test]
fn a_hold_shows_in_the_plan() {
    let judge = Judge::start();
    let clinic = with_lines(clinic_with(&judge, 3), "schedule: {every: week, day: tuesday, at: \"09:00\"}");
    type_in(&clinic, "run --now 2027-01-05T09:05Z").exits(0);
    assert_eq!(judge.accepted().len(), 3);
    clinic.run(&["hold", "tips", "--because", "typo in the text"]).exits(0);
    type_in(&clinic, "plan --now 2027-01-06T09:00Z")
        .exits(0)
        .prints("  09:00 GMT      3 letters  tips  All about walks\n             on hold: typo in the text\n")
        .prints("tips: on hold: typo in the text\n");
    let found = editions(&clinic, "--now 2027-01-06T09:00Z");
    assert_eq!(told(&found[0]), "Tue 12 Jan 2027 09:00 GMT t1ps/walks on_hold");
}

#[test]
fn an_edition_on_hold_is_called_off_by_the_next_and_the_plan_says_when() {
    let judge = Judge::start();
    let clinic = with_lines(clinic_with(&judge, 3), "schedule: {every: week, day: tuesday, at: \"09:00\"}");
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    // The campaign is known from here on; the next run comes a day late.
    type_in(&clinic, "run --now 2027-01-04T09:00Z").exits(0);
    type_in(&clinic, "plan --now 2027-01-06T09:00Z")
        .exits(0)
        .prints("             due Tue 5 Jan 2027 09:00 GMT: late, and the next `tidings run`\n             puts it on hold\n");
    type_in(&clinic, "run --now 2027-01-06T09:00Z").exits(1);
    let found = editions(&clinic, "--now 2027-01-06T10:00Z");
    assert_eq!(found[0]["fate"], "on_hold");
    assert_eq!(found[0]["superseded_at"], "2027-01-12T09:00:00Z");
    assert_eq!(told(&found[1]), "Tue 12 Jan 2027 09:00 GMT t1ps/walks scheduled");
    type_in(&clinic, "plan --now 2027-01-06T10:00Z").exits(0).prints(
        "             called off on Tue 12 Jan 2027 09:00 GMT, when the next edition\n             begins, unless you release it\n",
    );
}

#[test]
fn what_comes_to_nothing_is_told_with_its_reason() {
    let dates = "schedule: {dates: [2027-01-09, 2027-01-12], at: \"09:00\", expires: 1d}";
    let lines = format!("{dates}\nwindow: {{days: weekdays, from: \"08:30\", until: \"18:00\"}}");
    let clinic = with_lines(clinic(3), &lines);
    let found = editions(&clinic, "--days 7 --now 2027-01-05T09:00Z");
    assert_eq!(found[0]["fate"], "skipped");
    assert_eq!(told(&found[1]), "Tue 12 Jan 2027 09:00 GMT t1ps/sleep scheduled");
    type_in(&clinic, "plan --days 7 --now 2027-01-05T09:00Z").exits(0).prints(
        "  09:00 GMT              -  tips  All about sleep\n             skipped: its time is over on Sun 10 Jan 2027 09:00 GMT before it\n             may begin; its article keeps its turn\n",
    );
}

#[test]
fn an_edition_that_would_go_to_nobody_is_told() {
    let clinic = with_lines(clinic(0), "schedule: {date: 2027-01-12, at: \"09:00\"}");
    let clinic = clinic.file("subscribers/patients.csv", "email,consent\nno@patients.example,no\n");
    type_in(&clinic, "plan --now 2027-01-05T09:00Z")
        .exits(0)
        .prints("  09:00 GMT      0 letters  tips  All about sleep\n             nobody would get it: `tidings run` stops there,")
        .prints("             left out: 1 person (no consent)\n");
}

#[test]
fn a_broken_campaign_is_named_and_the_others_are_planned() {
    let clinic = clinic(3).file("campaigns/more/campaign.yaml", "id: m0re\n");
    type_in(&clinic, "plan")
        .exits(65)
        .prints("All about sleep")
        .tells("campaigns/more/campaign.yaml:1:1: error: `title` is missing")
        .tells("error: these campaigns are left out until they are mended\n");
}

#[test]
fn an_edition_whose_campaign_is_gone_is_told() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips --limit 1").exits(0);
    type_in(&clinic, "release tips").exits(0);
    std::fs::remove_dir_all(clinic.path("campaigns/tips")).unwrap();
    type_in(&clinic, "plan")
        .exits(0)
        .prints("  3 letters  tips  All about sleep\n");
    assert_eq!(editions(&clinic, "")[0]["fate"], "on_hold");
}

#[test]
fn the_steps_of_a_series_are_counted_by_day() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 0);
    let head = "email,joined,consent,consent_date,consent_source\n";
    let row = |name: &str, day: &str| format!("{name}@patients.example,{day},yes,{day},web form\n");
    let list = head.to_owned() + &row("ann", "2027-01-06") + &row("bea", "2027-01-06") + &row("cem", "2027-01-08");
    clinic.write("subscribers/patients.csv", list);
    let campaign = CAMPAIGN.split("articles:").next().unwrap().to_owned()
        + "series: [{file: sleep.md, after: 0d}, {file: walks.md, after: 7d}]\n";
    clinic.write("campaigns/tips/campaign.yaml", campaign);
    type_in(&clinic, "run --now 2027-01-05T09:00Z").exits(0);
    let json = type_in(&clinic, "plan --json --days 10 --now 2027-01-05T10:00Z")
        .exits(0)
        .json();
    let steps: Vec<String> = json[0]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            format!(
                "{} {} {}",
                step["on"].as_str().unwrap(),
                step["article"].as_str().unwrap(),
                step["letters"]
            )
        })
        .collect();
    assert_eq!(
        steps,
        [
            "2027-01-06 sleep 2",
            "2027-01-08 sleep 1",
            "2027-01-13 walks 2",
            "2027-01-15 walks 1"
        ]
    );
    type_in(&clinic, "plan --days 10 --now 2027-01-05T10:00Z")
        .exits(0)
        .prints("Wed 6 Jan 2027\n  09:00 GMT      2 letters  ")
        .prints("tips  All about sleep\n")
        .prints("tips: a series: people get its steps by their day of joining");
}
