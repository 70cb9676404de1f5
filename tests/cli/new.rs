//! `tidings new`: a text as it lies on the desk becomes a campaign.

use super::{answers, clinic, type_in};

const PASTED: &str = "\
A calmer week

Stress makes us tired. A short walk helps more than one would think.
The second line of the paste is a paragraph of its own, as pasted texts are.
Small habits
Drink a glass of water in the morning and breathe out slowly.
Sleep well
Go to bed at the same hour. Your body will thank you for it.
Talk to your doctor before you change anything about your treatment.

Talk to your doctor before you change anything about your treatment.


";

#[test]
fn a_pasted_text_becomes_a_campaign_that_can_be_rehearsed_without_an_edit() {
    let clinic = clinic(3).file("desk/calmer.txt", PASTED);
    let made = "\
made campaign calmer in `campaigns/calmer`
  title      A calmer week
  subject    A calmer week
  preheader  Stress makes us tired. A short walk helps more than one would think.
  author     Mill Lane Clinic
  line 11: left out `Talk to your doctor before you change anything…`, which stands on line 9 already
";
    let next = "hint: `tidings check calmer`, then `tidings rehearse calmer`\n";
    answers(&clinic, "new calmer --article desk/calmer.txt", 0, made, next);
    let article = clinic.read("campaigns/calmer/a-calmer-week.md");
    assert!(
        article.contains("\n## Small habits\n") && article.contains("\n## Sleep well\n"),
        "{article}"
    );
    assert_eq!(article.matches("Talk to your doctor").count(), 1, "{article}");
    let checked = "checked 1 campaign, 3 letters composed: 0 errors, 0 warnings\n";
    answers(&clinic, "check calmer", 0, "", checked);
    type_in(&clinic, "rehearse calmer")
        .exits(0)
        .prints("the sandbox accepted 3 letters;");
}

#[test]
fn a_name_that_is_taken_or_none_changes_nothing() {
    let clinic = clinic(1).file("calmer.txt", PASTED);
    let taken = "error: campaign `tips` exists already: `HERE/campaigns/tips`\nhint: nothing was changed; choose another name\n";
    answers(&clinic, "new tips --article calmer.txt", 65, "", taken);
    type_in(&clinic, "new a/b --article calmer.txt")
        .exits(65)
        .tells("hint: call it `b`\n");
    assert!(!clinic.path("campaigns/a").exists());
}

#[test]
fn a_text_that_is_no_article_makes_no_campaign() {
    let clinic = clinic(1).file("empty.txt", "");
    let missing =
        "error: cannot read `calmer.txt`: No such file or directory\nhint: check the path; `--article` takes a text file\n";
    answers(&clinic, "new calmer --article calmer.txt", 65, "", missing);
    let empty = "empty.txt: error: there is no text in this file\n  hint: paste the article into it and save it\n";
    answers(&clinic, "new calmer --article empty.txt", 65, "", empty);
    std::fs::File::create(clinic.path("scan.txt"))
        .unwrap()
        .set_len(50_000_000)
        .unwrap();
    let large =
        "error: `scan.txt` has 50 MB, an article at most 1 MB\nhint: an article is text alone; take pictures and scans out\n";
    answers(&clinic, "new calmer --article scan.txt", 65, "", large);
    type_in(&clinic, "new calmer --article campaigns").exits(65).tells("hint: ");
    assert!(!clinic.path("campaigns/calmer").exists());
}
