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
    let next = "hint: `tidings check calmer` and `tidings preview calmer`, then `tidings rehearse calmer`\n";
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
    let missing = "error: cannot read `calmer.txt`: No such file or directory\nhint: check the path; `--article` takes a text, a web page or a Word document\n";
    answers(&clinic, "new calmer --article calmer.txt", 65, "", missing);
    let empty = "empty.txt: error: there is no text in this file\n  hint: paste the article into it and save it\n";
    answers(&clinic, "new calmer --article empty.txt", 65, "", empty);
    std::fs::File::create(clinic.path("scan.txt"))
        .unwrap()
        .set_len(50_000_000)
        .unwrap();
    let large = "error: `scan.txt` is too large: it has 50 MB, an article at most 1 MB\nhint: an article is text alone; take pictures and scans out\n";
    answers(&clinic, "new calmer --article scan.txt", 65, "", large);
    type_in(&clinic, "new calmer --article campaigns").exits(65).tells("hint: ");
    assert!(!clinic.path("campaigns/calmer").exists());
}

const LONG: &str = "\
---
title: Five calm habits
author: Ana Prior
---

Calm is no gift. It is five small habits, and none of them takes longer than a cup of tea.

## Walk

Walk once around the house before breakfast, whatever the weather says. ![A path](path.png)

## Drink

Drink a glass of water at every full hour, and [write it down][list].

### How much

A small glass is enough, because there will be another.

## Rest

Close your eyes for three minutes after lunch, and let the phone ring.

[list]: https://mill-lane.example/list
";

/// A picture of 3 by 3 dots, as far as anybody looks.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x03\0\0\0\x03\x08\x02\0\0\0CRC!\0\0\0\x01IDATxCRC!";

#[test]
fn a_long_article_becomes_a_series_of_its_sections() {
    let clinic = clinic(2).file("desk/calm.md", LONG);
    std::fs::write(clinic.path("desk/path.png"), PICTURE).unwrap();
    let made = "\
made campaign calm in `campaigns/calm`
  title      Five calm habits
  series     3 letters, one every 3 days
   1. day 0    Five calm habits
   2. day 3    Drink
   3. day 6    Rest
  author     Ana Prior
  pictures   path.png
";
    let next = "\
a series is for those who join from now on; nobody who is on the list already gets it
hint: to write to those too: `articles:` instead of `series:` in its campaign.yaml, with a `schedule:` (docs/calendar.md)
hint: `tidings check calm` and `tidings preview calm`, then `tidings rehearse calm`
";
    answers(&clinic, "new calm --article desk/calm.md --split --every 3d", 0, made, next);
    let settings = clinic.read("campaigns/calm/campaign.yaml");
    assert!(
        settings.contains("series:\n  - {file: ") && settings.contains("after: 6d}"),
        "{settings}"
    );
    let first = clinic.read("campaigns/calm/five-calm-habits.md");
    assert!(
        first.contains("Calm is no gift.") && first.contains("\n## Walk\n") && !first.contains("Drink"),
        "{first}"
    );
    let second = clinic.read("campaigns/calm/drink.md");
    assert!(
        second.contains("\n### How much\n") && second.contains("[list]: https://mill-lane.example/list"),
        "{second}"
    );
    assert_eq!(std::fs::read(clinic.path("campaigns/calm/path.png")).unwrap(), PICTURE);
    type_in(&clinic, "check calm").exits(0);
}

#[test]
fn what_has_no_sections_is_not_split() {
    let clinic = clinic(1).file(
        "short.txt",
        "One thought\n\nIt has no sections, and it wants none, because it is over soon.\n",
    );
    let refused = "error: `short.txt` has fewer than two sections, so there is nothing to split\n\
        hint: write a heading above each section: in a text or in Markdown a line such as `## 1 December`, in Word one of the styles `Heading`; \
         without `--split` the article becomes a campaign of one letter\n";
    answers(&clinic, "new short --article short.txt --split", 65, "", refused);
    type_in(&clinic, "new short --article short.txt --split --every 5h")
        .exits(2)
        .tells("whole days or weeks");
    type_in(&clinic, "new short --article short.txt --every 5d").exits(2);
    assert!(!clinic.path("campaigns/short").exists());
}

#[test]
fn pictures_come_from_beside_the_article_and_from_nowhere_else() {
    let text = "# Hands\n\nWords that stand around the pictures, so that there is something to read here.\n\n\
        ![in](pictures/in%20here.png) ![up](../up.png) ![link](link.png) ![gone](gone.png) ![etc](/etc/passwd) ![web](https://x.example/a.png)\n";
    let clinic = clinic(1).file("desk/hands.md", text);
    std::fs::create_dir(clinic.path("desk/pictures")).unwrap();
    for file in ["desk/pictures/in here.png", "up.png"] {
        std::fs::write(clinic.path(file), PICTURE).unwrap();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(clinic.path("up.png"), clinic.path("desk/link.png")).unwrap();
    let made = type_in(&clinic, "new hands --article desk/hands.md");
    for (name, why) in [
        ("../up.png", "outside"),
        ("gone.png", "no such file"),
        ("/etc/passwd", "outside"),
        ("https://x.example/a.png", "another web site"),
    ] {
        let line = made.stdout.lines().find(|line| line.contains(name)).unwrap_or_default();
        assert!(line.contains(why), "{name}: {line}");
    }
    let mut names: Vec<String> = std::fs::read_dir(clinic.path("campaigns/hands"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["campaign.yaml", "hands.md", "in-here.png"]);
    let article = clinic.read("campaigns/hands/hands.md");
    assert!(
        article.contains("![in](in-here.png)") && article.matches("](").count() == 1,
        "{article}"
    );
}

#[test]
fn an_address_of_the_web_is_not_fetched_and_the_way_is_said() {
    let clinic = clinic(1);
    clinic
        .run(&["new", "tips-2", "--article", "https://riverside.example/tips"])
        .exits(65)
        .tells("nothing is fetched from there")
        .tells("save it as a web page");
}
