//! Everything that moved since a plan was made is told at once, by its name, and nothing is sent.

use super::super::{CAMPAIGN, TEMPLATE, assert_nobody_was_written_to};
use super::{NOW, article, clinic_with, join, leave, planned, refused, type_in};
use crate::support::judge::Judge;

/// Tries the plan with one thing changed; gives the lines of what moved.
#[track_caller]
fn moved_by(name: &str, change: impl Fn(String) -> String) -> String {
    let judge = Judge::start();
    let clinic = planned(&judge, 3);
    clinic.write(name, change(clinic.read(name)));
    let output = refused(&clinic, &judge, &format!("send tips --plan tips.plan {NOW}"));
    assert_nobody_was_written_to(&clinic, &judge);
    output.stdout
}

#[test]
fn somebody_who_was_added_is_named() {
    let judge = Judge::start();
    let clinic = planned(&judge, 3);
    join(&clinic, "zoe@patients.example");
    join(&clinic, "adam@patients.example");
    leave(&clinic, 1);
    let told = refused(&clinic, &judge, &format!("send tips --plan tips.plan {NOW}"))
        .tells("error: things are not as `tips.plan` says; nothing was sent\n")
        .tells("`tidings plan tips --out tips.plan` makes the plan anew")
        .stdout;
    let wanted = "  added     adam@patients.example was not in the plan\n  added     zoe@patients.example was not in the plan\n";
    let gone = told.strip_prefix(wanted).unwrap_or_else(|| panic!("{told}"));
    let dropped = format!("  dropped   {} ", crate::support::people::address(1));
    assert!(gone.starts_with(&dropped) && gone.lines().count() == 1, "{told}");
    assert_nobody_was_written_to(&clinic, &judge);
    type_in(&clinic, &format!("plan tips --out tips.plan {NOW}")).exits(0);
    type_in(&clinic, &format!("send tips --plan tips.plan {NOW}")).exits(0);
    assert_eq!(judge.accepted().len(), 4);
}

#[test]
fn many_who_were_added_are_counted() {
    let judge = Judge::start();
    let clinic = planned(&judge, 200);
    (0..25).for_each(|number| join(&clinic, &format!("more{number}@patients.example")));
    let told = refused(&clinic, &judge, &format!("send tips --plan tips.plan {NOW}")).stdout;
    assert_eq!(told.matches(" was not in the plan\n").count(), 20, "{told}");
    assert!(told.ends_with("  added     and 5 more\n"), "{told}");
    let json = type_in(&clinic, &format!("send tips --plan tips.plan --json {NOW}"))
        .exits(65)
        .json();
    assert_eq!(
        (&json[0]["added"], json[0]["moved"].as_array().unwrap().len()),
        (&25.into(), 20)
    );
}

#[test]
fn what_was_changed_is_named_by_its_part() {
    let told = moved_by("campaigns/tips/sleep.md", |text| text.replace("short and kind", "long"));
    assert_eq!(told, "  article   `sleep` was changed: text\n");
    let told = moved_by("campaigns/tips/sleep.md", |text| {
        text.replace("subject: All", "subject: Nearly all")
    });
    assert_eq!(told, "  article   `sleep` was changed: subject\n");
    let told = moved_by("templates/letter.html", |text| {
        text.replace("<p>{{ greeting", "<p>Dear {{ greeting")
    });
    assert_eq!(told, "  template  `letter` was changed: letter.html\n");
    let told = moved_by("tidings.yaml", |text| {
        text.replace("12 Mill Lane, Bath", "14 Mill Lane, Bath")
    });
    assert_eq!(told, "  sender    in `tidings.yaml` was changed: postal address\n");
    let told = moved_by("tidings.yaml", |text| text.replace("tips@mill-lane", "news@mill-lane"));
    assert_eq!(told, "  sender    in `tidings.yaml` was changed: from address\n");
    let told = moved_by("campaigns/tips/campaign.yaml", |text| {
        text.replace("title: Tips", "title: Hints")
    });
    assert_eq!(told, "  campaign  in `campaign.yaml` was changed: title\n");
}

#[test]
fn a_template_that_came_or_went_is_a_change() {
    let judge = Judge::start();
    let clinic = planned(&judge, 3).file(
        "templates/letter.txt",
        "{{ greeting }}\n\n{{ article.text }}\n\n{{ clinic.name }}, {{ clinic.postal_address }}\n{{ unsubscribe.link }}\n",
    );
    refused(&clinic, &judge, &format!("send tips --plan tips.plan {NOW}")).prints("  template  `letter` was changed: letter.txt\n");
}

#[test]
fn another_relay_or_another_way_to_speak_with_it_is_told() {
    let (judge, other) = (Judge::start(), Judge::start());
    let clinic = planned(&judge, 3).relay(other.port(), 1);
    let (was, is) = (judge.port(), other.port());
    let told = format!("  relay     it is 127.0.0.1, port {is} now; it was 127.0.0.1, port {was}\n");
    assert_eq!(
        refused(&clinic, &other, &format!("send tips --plan tips.plan {NOW}")).stdout,
        told
    );
    let relay = format!("relay: {{host: 127.0.0.1, port: {was}, tls: none, test: true, hello: mill-lane.example}}");
    let clinic = clinic.setting(&relay);
    let told = format!("  relay     127.0.0.1, port {was} is spoken to in another way now: TLS, user or login\n");
    assert_eq!(
        refused(&clinic, &judge, &format!("send tips --plan tips.plan {NOW}")).stdout,
        told
    );
    // How fast is no matter of what anybody agreed to.
    let clinic = clinic.setting(&format!(
        "relay: {{host: 127.0.0.1, port: {was}, tls: none, test: true, per_second: 90}}"
    ));
    type_in(&clinic, &format!("send tips --plan tips.plan {NOW}")).exits(0);
}

#[test]
fn everything_is_told_at_once() {
    let (judge, other) = (Judge::start(), Judge::start());
    let clinic = planned(&judge, 3).relay(other.port(), 1);
    join(&clinic, "zoe@patients.example");
    clinic.write("campaigns/tips/sleep.md", article("sleep").replace("kind", "kinder"));
    clinic.write(
        "templates/letter.html",
        TEMPLATE.replace("<p>{{ greeting", "<p>Dear {{ greeting"),
    );
    clinic.write("tidings.yaml", clinic.read("tidings.yaml").replace("12 Mill", "14 Mill"));
    let first = CAMPAIGN.replace(
        "  - {file: sleep.md}\n  - {file: walks.md}\n",
        "  - {file: walks.md}\n  - {file: sleep.md}\n",
    );
    clinic.write("campaigns/tips/campaign.yaml", first);
    let (was, is) = (judge.port(), other.port());
    let told = format!(
        "  time      it was good until Tue 12 Jan 2027 09:00 GMT: a plan is good for seven days\n  \
         edition   `walks` is next now, before `sleep`\n  \
         relay     it is 127.0.0.1, port {is} now; it was 127.0.0.1, port {was}\n  \
         article   `sleep` was changed: text\n  \
         template  `letter` was changed: letter.html\n  \
         sender    in `tidings.yaml` was changed: postal address\n  \
         added     zoe@patients.example was not in the plan\n"
    );
    let output = refused(&clinic, &other, "send tips --plan tips.plan --now 2027-01-12T09:00Z");
    assert_eq!(output.stdout, told, "{output}");
    assert_nobody_was_written_to(&clinic, &other);
    let json = type_in(&clinic, "send tips --plan tips.plan --json --now 2027-01-12T09:00Z")
        .exits(65)
        .json();
    let what: Vec<&str> = json[0]["moved"]
        .as_array()
        .unwrap()
        .iter()
        .map(|moved| moved["what"].as_str().unwrap())
        .collect();
    assert_eq!(what, ["time", "edition", "relay", "article", "template", "sender", "added"]);
}

#[test]
fn what_moved_is_told_beside_what_has_to_be_mended() {
    let judge = Judge::start();
    let clinic = planned(&judge, 3);
    clinic.write("campaigns/tips/sleep.md", article("sleep").replace("kind", "kinder"));
    clinic.write("templates/letter.html", TEMPLATE.replace("{{ greeting }}", "{{ shoe_size }}"));
    refused(&clinic, &judge, &format!("send tips --plan tips.plan {NOW}"))
        .prints("  article   `sleep` was changed: text\n")
        .prints("  template  `letter` was changed: letter.html\n")
        .tells("shoe_size")
        .tells("things are not as `tips.plan` says");
}

#[test]
fn a_plan_ends_with_the_first_of_three_things() {
    let judge = Judge::start();
    let schedule = |line: &str| {
        let clinic = clinic_with(&judge, 2);
        clinic.write("campaigns/tips/campaign.yaml", CAMPAIGN.to_owned() + line + "\n");
        clinic
    };
    let check = |line: &str, last: &str, first: &str, told: &str| {
        let clinic = schedule(line);
        type_in(&clinic, &format!("plan tips --out tips.plan {NOW}"))
            .exits(0)
            .prints(told);
        refused(&clinic, &judge, &format!("send tips --plan tips.plan --now {first}"))
            .prints(&format!("  time      it was {}", told.trim_start()));
        type_in(&clinic, &format!("send tips --plan tips.plan --now {last}")).exits(0);
    };
    let expiry = "  good until Thu 7 Jan 2027 09:00 GMT: it expires then\n";
    check(
        "schedule: {date: 2027-02-01, at: \"09:00\", expires: 2d}",
        "2027-01-07T08:59Z",
        "2027-01-07T09:00Z",
        expiry,
    );
    let next = "  good until Fri 8 Jan 2027 10:00 GMT: the campaign's next edition is due then\n";
    check(
        "schedule: {every: week, day: friday, at: \"10:00\"}",
        "2027-01-08T09:59Z",
        "2027-01-08T10:00Z",
        next,
    );
    let week = "  good until Tue 12 Jan 2027 09:00 GMT: a plan is good for seven days\n";
    check(
        "schedule: {date: 2027-02-01, at: \"09:00\"}",
        "2027-01-12T08:59Z",
        "2027-01-12T09:00Z",
        week,
    );
}

#[test]
fn a_plan_from_the_future_was_made_by_a_wrong_clock() {
    let judge = Judge::start();
    let clinic = planned(&judge, 3);
    refused(&clinic, &judge, "send tips --plan tips.plan --now 2027-01-05T08:00Z")
        .prints("  time      it was made on Tue 5 Jan 2027 09:00 GMT, which is still to come by this machine's clock\n");
}

#[test]
fn another_store_and_another_campaign_are_told() {
    let judge = Judge::start();
    let clinic = planned(&judge, 3);
    let other = clinic_with(&judge, 3).file("tips.plan", &clinic.read("tips.plan"));
    type_in(&other, "import subscribers/patients.csv").exits(0);
    other.write("campaigns/more/campaign.yaml", CAMPAIGN.replace("t1ps", "m0re"));
    other.write("campaigns/more/sleep.md", article("sleep"));
    other.write("campaigns/more/walks.md", article("walks"));
    let told = refused(&other, &judge, &format!("send more --plan tips.plan {NOW}")).stdout;
    let (first, second) = told.split_once('\n').unwrap();
    assert!(
        first.starts_with("  store     it was made with store `") && first.contains("`, and this one is `"),
        "{told}"
    );
    assert_eq!(second, "  campaign  it is a plan of `tips`, not of `more`\n");
    assert_nobody_was_written_to(&other, &judge);
}

#[test]
fn a_restored_store_is_another() {
    let judge = Judge::start();
    let clinic = planned(&judge, 3);
    type_in(&clinic, "backup clinic.tidings").exits(0);
    type_in(&clinic, "restore clinic.tidings --replace").exits(0);
    type_in(&clinic, "release tips").exits(0);
    refused(&clinic, &judge, &format!("send tips --plan tips.plan {NOW}"))
        .prints("  store     the store was restored from a backup since it was made\n");
}

#[test]
fn an_edition_that_is_not_what_comes_next_any_more_is_told() {
    let judge = Judge::start();
    let clinic = planned(&judge, 3);
    type_in(&clinic, "cancel tips/sleep").exits(0);
    refused(&clinic, &judge, &format!("send tips --plan tips.plan {NOW}"))
        .prints("  edition   `sleep` was skipped meanwhile: it goes to nobody\n");
    let clinic = planned(&judge, 3);
    type_in(&clinic, &format!("send tips --limit 1 {NOW}")).exits(0);
    type_in(&clinic, "cancel tips").exits(0);
    refused(&clinic, &judge, &format!("send tips --plan tips.plan {NOW}")).prints("  edition   `sleep` was called off meanwhile\n");
    let clinic = planned(&judge, 3);
    clinic.write("campaigns/tips/campaign.yaml", CAMPAIGN.replace("  - {file: sleep.md}\n", ""));
    refused(&clinic, &judge, &format!("send tips --plan tips.plan {NOW}"))
        .prints("  edition   `walks` is next now, before `sleep`\n");
}
