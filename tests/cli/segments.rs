//! Segments: whom `only:` takes, why somebody is not among them, and what is said before anybody is left out by a slip.

use super::{CAMPAIGN, answers, clinic, clinic_with, type_in};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;

const PEOPLE: &str = "\
email,first_name,city,visits,last_visit,interests,consent,consent_date
ann@patients.example,Ann,Bath,12,2026-12-20,massage; yoga,yes,2025-03-01
bela@patients.example,Bela,Wells,3,2026-01-15,yoga,yes,2025-03-01
chloe@patients.example,Chloé,Bath,\"3,5\",2026-11-30,\"Deep-Tissue, sauna\",yes,2025-03-01
dov@patients.example,Dov,Bristol,40,,,yes,2025-03-01
ella@patients.example,Ella,Bath,20,2026-12-01,massage,no,2025-03-01
";

/// The clinic, its list being `PEOPLE` and its campaign for some of them.
fn chosen(only: &str) -> Workspace {
    clinic(0)
        .file("subscribers/patients.csv", PEOPLE)
        .file("campaigns/tips/campaign.yaml", &format!("{CAMPAIGN}only: {only}\n"))
}

/// Whom the next edition would go to on 5 January 2027, by their first letter.
fn takes(only: &str) -> String {
    let judge = Judge::start();
    let clinic = chosen(only).relay(judge.port(), 1);
    type_in(&clinic, "send tips --now 2027-01-05T09:00Z");
    let mut letters: Vec<String> = judge
        .deliveries()
        .iter()
        .map(|letter| letter.recipient[..1].to_owned())
        .collect();
    letters.sort();
    letters.concat()
}

#[test]
fn conditions_take_those_whom_their_words_mean() {
    for (only, people) in [
        ("{city: Bath}", "ac"),
        ("{visits: {at_least: 3.2, at_most: 12}}", "ac"),
        ("{last_visit: {within_last: 60 days}}", "ac"),
        ("{last_visit: {older_than: 6 months}}", "b"),
        ("{interests: {has: [massage, deep tissue]}}", "ac"),
        ("{interests: {lacks: yoga}}", "cd"),
        ("{last_visit: {missing: true}}", "d"),
    ] {
        assert_eq!(takes(only), people, "{only}");
    }
}

#[test]
fn a_slip_is_told_with_its_line_before_anybody_is_left_out() {
    let unknown =
        "campaigns/tips/campaign.yaml:8:23: error: `only` asks for the column `visit`, and no list of this campaign has it\n";
    let both = chosen("{city: [Bahtt], visit: {at_least: 3}}");
    type_in(&both, "check")
        .exits(65)
        .tells(unknown)
        .tells("did you mean `visits`?");
    type_in(&both, "plan").exits(65).tells(unknown);
    let slip = "campaigns/tips/campaign.yaml:8:22: warning: nobody on the lists of this campaign has `Bahtt` in `city`\n  hint: did you mean `Bath`?\n";
    let clinic = chosen("{city: [Wells, Bahtt]}");
    type_in(&clinic, "check").exits(0).tells(slip);
    type_in(&clinic, "plan").exits(0).tells(slip);
    let misfit = chosen("{city: {since: 2026-01-01}}");
    type_in(&misfit, "check")
        .exits(65)
        .tells("campaign.yaml:8:15: error: `since` asks for days, and `city` holds text\n")
        .tells("`types: {city: day}`");
}

#[test]
fn why_explains_each_condition_of_a_campaign_that_never_sent() {
    let clinic = chosen("{city: Bath, visits: {at_least: 10}}");
    let told = "\
chloe@patients.example
  list patients: on it, consent: yes on 2025-03-01, patients.csv line 4
  no edition has been planned for them yet
  the next edition of tips, on 2027-01-05:
    row 1 of list patients (Chloé): does not match
      yes  `city` is `Bath`: found `Bath`
      no   `visits` is at least 10: found `3,5`
    consent on list patients: is enough (GB: a yes, or a treatment or purchase behind it; blank is not yes)
  would not get the next edition, because: does not match: `visits` is at least 10
";
    let now = "--rehearsal --now 2027-01-05T09:00Z";
    let talk = "as `subscribers/patients.csv` would be imported now\n";
    answers(&clinic, &format!("why chloe@patients.example tips {now}"), 0, told, talk);
    assert!(!clinic.path(".tidings").exists(), "asking stores nothing");
    let answer = &type_in(&clinic, "why ann@patients.example tips --json").exits(0).json()[0];
    assert_eq!((&answer["would_get"], &answer["next"]), (&true.into(), &"sleep".into()));
    assert_eq!(
        answer["clauses"][1],
        serde_json::json!({"list": "patients", "row": 1, "text": "`visits` is at least 10", "found": "12", "holds": true})
    );
    // A list that was imported just now is what the store says: there is nothing else to tell.
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    let asked = type_in(&clinic, "why ann@patients.example tips").exits(0);
    assert_eq!(asked.stderr, "");
    // Everything against her is told, not only the first thing.
    let ella = &type_in(&clinic, "why ella@patients.example tips --json").exits(0).json()[0];
    assert_eq!(ella["reasons"][0]["reason"], "no_consent");
    assert_eq!(ella["permissions"][0]["refusal"], "said no to mail");
    type_in(&clinic, "why bela@patients.example tips")
        .exits(0)
        .prints("would not get the next edition, because: does not match: `city` is `Bath`");
}

#[test]
fn why_tells_when_an_implied_consent_ends_in_canada() {
    let people = "email,consent,consent_date,consent_basis\nann@patients.example,,2025-06-30,implied\nbob@patients.example,,2024-06-30,implied\n";
    let settings = super::SETTINGS.replace("GB", "CA");
    let clinic = clinic(0)
        .file("tidings.yaml", &settings)
        .file("subscribers/patients.csv", people);
    let why = |who: &str| type_in(&clinic, &format!("why {who} tips --rehearsal --now 2026-07-02T12:00Z")).exits(0);
    why("ann@patients.example")
        .prints("consent on list patients: is enough, until it ends on 2027-07-01 (CA: ")
        .prints("would get the next edition, with the data of list patients");
    why("bob@patients.example").prints("because: consent implied by a purchase or treatment ended on 2026-07-01");
}

#[test]
fn names_that_tell_an_illness_are_warned_of_wherever_a_letter_could_leave() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 2);
    std::fs::rename(clinic.path("campaigns/tips"), clinic.path("campaigns/diabetes-group")).unwrap();
    clinic.write(
        "campaigns/diabetes-group/campaign.yaml",
        CAMPAIGN.replace("title: Tips", "title: Living with diabetes"),
    );
    let folder = "campaigns/diabetes-group/campaign.yaml:1:1: warning: the campaign's folder `diabetes-group` tells that it is about `diabetes`";
    let title = "campaigns/diabetes-group/campaign.yaml:2:8: warning: the title `Living with diabetes` tells that the letters are about `diabetes`";
    for line in ["check", "plan", "send diabetes-group"] {
        type_in(&clinic, line).exits(0).tells(folder).tells(title);
    }
    assert_eq!(judge.deliveries().len(), 2, "a warning stops nothing");
}

#[test]
fn harmless_names_are_not_warned_of() {
    let clinic = chosen("{city: Bath}");
    std::fs::rename(clinic.path("campaigns/tips"), clinic.path("campaigns/heart-warming")).unwrap();
    type_in(&clinic, "check").exits(0).never_says("warning:");
}
