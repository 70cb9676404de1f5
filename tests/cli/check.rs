//! `tidings check`: every mistake at once, with its place and how to mend it.

use super::{CAMPAIGN, SETTINGS, TEMPLATE, answers, article, clinic, type_in};
use crate::support::workspace::Workspace;

#[test]
fn a_sound_clinic_has_no_finding() {
    let clinic = clinic(3);
    let checked = "checked 1 campaign, 6 letters composed: 0 errors, 0 warnings\n";
    answers(&clinic, "check", 0, "", checked);
    answers(&clinic, "check tips", 0, "", checked);
    answers(&clinic, "check tips --json", 0, "", "");
    assert!(!clinic.path(".tidings").exists(), "`check` writes nothing");
}

#[test]
fn mistakes_in_several_files_are_told_together() {
    let clinic = clinic(3)
        .setting("timezone: London")
        .file("campaigns/tips/walks.md", "---\nid: walks\n---\n\nA text.\n")
        .file("campaigns/more/campaign.yaml", "id: m0re\ntitel: More\n");
    type_in(&clinic, "check")
        .exits(65)
        .tells("tidings.yaml:8:11: error: `London` is no time zone\n  hint: did you mean `Europe/London`?\n")
        .tells("campaigns/tips/walks.md:1:1: error: ")
        .tells("campaigns/more/campaign.yaml:2:1: error: ")
        .tells("did you mean `title`?");
}

#[test]
fn a_finding_is_a_line_of_json() {
    let clinic = clinic(3).setting("timezone: London");
    let findings = type_in(&clinic, "check --json").exits(65).json();
    let wanted = serde_json::json!({
        "severity": "error", "file": "tidings.yaml", "line": 8, "column": 11,
        "text": "`London` is no time zone", "hint": "did you mean `Europe/London`?", "name": null,
    });
    assert_eq!(findings, [wanted]);
}

#[test]
fn only_the_named_campaign_is_checked() {
    let clinic = clinic(3).file("campaigns/more/campaign.yaml", "id: m0re\n");
    type_in(&clinic, "check").exits(65).tells("campaigns/more/campaign.yaml");
    type_in(&clinic, "check tips").exits(0).never_says("campaigns/more");
    let unknown = "error: there is no campaign `tipps` in `campaigns/`\nhint: did you mean `tips`?\n";
    answers(&clinic, "check tipps", 2, "", unknown);
}

#[test]
fn a_warning_is_told_and_stops_nothing() {
    let long = "a".repeat(120);
    let text = article("walks").replace("preheader: A line", &format!("preheader: {long}"));
    let clinic = clinic(3).file("campaigns/tips/walks.md", &text);
    type_in(&clinic, "check")
        .exits(0)
        .tells("warning: ")
        .tells("`preheader` has 171 characters; 40 to 110 look best")
        .tells(": 0 errors, ");
}

/// The walk's article with this text.
fn walks(body: &str) -> String {
    article("walks").replace("A text on walks, short and kind.", body)
}

#[test]
fn a_warning_bears_a_name_and_can_be_accepted_by_it() {
    let body = "Our massage cures pain. Read [here](https://mill-lane.example/a).";
    let clinic = clinic(3).file("campaigns/tips/walks.md", &walks(body));
    type_in(&clinic, "check tips")
        .exits(0)
        .tells("campaigns/tips/walks.md:8:13: warning: `cures` promises a cure")
        .tells("[claim-cure]\n  hint: ")
        .tells("a link says only `here`")
        .tells("0 errors, 2 warnings");
    let names: Vec<_> = type_in(&clinic, "check tips --json")
        .exits(0)
        .json()
        .iter()
        .map(|line| line["name"].clone())
        .collect();
    assert_eq!(names, ["claim-cure", "link-words"]);
    let settings = std::fs::read_to_string(clinic.path("campaigns/tips/campaign.yaml")).unwrap();
    let clinic = clinic.file(
        "campaigns/tips/campaign.yaml",
        &format!("{settings}accept: [claim, link-words]\n"),
    );
    answers(
        &clinic,
        "check tips",
        0,
        "",
        "checked 1 campaign, 6 letters composed: 0 errors, 0 warnings\n",
    );
    let clinic = clinic.file("campaigns/tips/campaign.yaml", &format!("{settings}accept: [claim-cur]\n"));
    type_in(&clinic, "check tips")
        .exits(65)
        .tells("error: no warning of `check` is called `claim-cur`\n  hint: did you mean `claim-cure`?");
}

#[test]
fn an_error_cannot_be_accepted() {
    let clinic = clinic(3).file("campaigns/tips/walks.md", &walks("Dear *|FNAME|*, it is time."));
    let settings = std::fs::read_to_string(clinic.path("campaigns/tips/campaign.yaml")).unwrap();
    let clinic = clinic.file("campaigns/tips/campaign.yaml", &format!("{settings}accept: [placeholder]\n"));
    type_in(&clinic, "check")
        .exits(65)
        .tells("campaigns/tips/walks.md:8:6: error: `*|FNAME|*` is a placeholder");
}

#[test]
fn findings_stand_by_line_and_the_twentieth_of_a_kind_counts_the_rest() {
    let body: String = (1..=60)
        .map(|number| format!("See [page {number}](http://mill-lane.example/{number}).\n\n"))
        .collect();
    let clinic = clinic(3).file("campaigns/tips/walks.md", &walks(&body));
    type_in(&clinic, "check")
        .exits(0)
        .tells("walks.md:8:5: warning: the link `http://mill-lane.example/1`")
        .tells("walks.md:44:5: warning: ")
        .never_says("walks.md:46:5: ")
        .tells("walks.md: warning: and 41 more like this")
        .tells("0 errors, 60 warnings");
    let lines: Vec<u64> = type_in(&clinic, "check --json")
        .exits(0)
        .json()
        .iter()
        .filter_map(|line| line["line"].as_u64())
        .collect();
    assert!(lines.len() == 60 && lines.is_sorted(), "{lines:?}");
}

#[test]
fn two_articles_with_one_subject_are_told() {
    let clinic = clinic(3).file(
        "campaigns/tips/walks.md",
        &article("walks").replace("subject: All about walks", "subject: All about sleep"),
    );
    type_in(&clinic, "check")
        .exits(0)
        .tells("the subject `All about sleep` is that of `sleep.md` too")
        .tells("[subject-again]");
}

/// A file of `tips` that begins like a picture and has so many bytes.
fn picture(clinic: &Workspace, file: &str, bytes: usize) {
    let mut gif = b"GIF89a\x20\0\x10\0\0\0\0\x2c\0\0\0\0\x20\0\x10\0\0\x02".to_vec();
    gif.resize(bytes, 7);
    clinic.write(&format!("campaigns/tips/{file}"), gif);
}

#[test]
fn one_error_does_not_hide_what_else_is_to_be_said() {
    const WARNED: &str = "Read [here](https://mill-lane.example/a).\n\nIt cures pain.";
    let torn = TEMPLATE.replace("</h1>", "");
    for (body, error) in [
        (
            format!("![A bed](bed.gif)\n\n{WARNED}"),
            "`bed.gif` has 32 × 16 pixels and 40 KB, too large to travel",
        ),
        (
            format!("Dear {{{{ first_name }}}},\n\n{WARNED}"),
            "`{{` would stand in every letter as it is",
        ),
        (format!("![A bed](none.gif)\n\n{WARNED}"), "there is no picture `none.gif`"),
    ] {
        let clinic = clinic(3)
            .file("campaigns/tips/walks.md", &walks(&body))
            .file("templates/letter.html", &torn);
        picture(&clinic, "bed.gif", 40_000);
        let said = type_in(&clinic, "check")
            .exits(65)
            .tells(error)
            .tells("[link-words]")
            .tells("[claim-cure]");
        let said = said
            .tells("templates/letter.html:1:")
            .tells("`<h1>` is opened here and never closed")
            .tells("[tag-unclosed]");
        assert_eq!(said.stderr.matches("error: ").count(), 1, "{said}");
        let first = said
            .stderr
            .lines()
            .find(|line| line.contains("error: ") || line.contains("warning: "));
        assert!(first.is_some_and(|line| line.contains("error: ")), "{said}");
    }
}

#[test]
fn a_template_without_the_article_sends_nothing() {
    let clinic = clinic(3).file("templates/letter.html", &TEMPLATE.replace("{{ article.html }}", ""));
    let found = "templates/letter.html: error: the article's text is not in the letter";
    type_in(&clinic, "check")
        .exits(65)
        .tells(found)
        .tells("write `{{ article.html }}` where the text is to stand");
    type_in(&clinic, "rehearse").exits(65).tells(found);
    let clinic = clinic
        .file(
            "templates/letter.html",
            &TEMPLATE.replace("</html>", "{% include \"foot.html\" %}</html>"),
        )
        .file("templates/foot.html", "<p>{{ clinic.name }}</p>")
        .file(
            "campaigns/tips/campaign.yaml",
            &CAMPAIGN.replace("template: letter", "template: foot"),
        );
    type_in(&clinic, "check")
        .exits(65)
        .tells("campaign.yaml:4:11: error: `templates/foot.html` is a part of other templates")
        .tells("hint: known here: `letter`\n")
        .never_says("warning: ");
}

#[test]
fn a_picture_for_the_web_site_is_named_with_its_address() {
    let clinic = clinic(3)
        .file(
            "campaigns/tips/walks.md",
            &walks("![A path](my path.gif)".replace("my path.gif", "<my path.gif>").as_str()),
        )
        .file(
            "tidings.yaml",
            &format!("{SETTINGS}look: {{images: \"https://www.mill-lane.example/letters\"}}\n"),
        );
    picture(&clinic, "my path.gif", 1_500_000);
    type_in(&clinic, "check")
        .exits(0)
        .tells("walks.md:8:1: warning: `my path.gif` is shown from `https://www.mill-lane.example/letters/my%20path.gif` [picture-hosted]")
        .tells("upload `campaigns/tips/my path.gif`")
        .tells("`my path.gif` has 32 × 16 pixels and 1.5 MB [picture-heavy]");
}

#[test]
fn a_language_that_is_none_is_named_with_its_row() {
    let people = "email,consent,language\nann@example.org,yes,Klingon\nbo@example.org,yes,Deutsch\ncy@example.org,yes,\ndee@example.org,yes,Klingon\n";
    let clinic = clinic(0).file("subscribers/patients.csv", people);
    type_in(&clinic, "check").exits(0).never_says("Klingon");
    let german = article("walks").replace("id: walks", "id: walks\nlanguage: de");
    let clinic = clinic.file("campaigns/tips/walks.de.md", &german).file(
        "campaigns/tips/campaign.yaml",
        &CAMPAIGN.replace("{file: walks.md}", "{file: walks.md, languages: [walks.de.md]}"),
    );
    type_in(&clinic, "check")
        .exits(0)
        .tells("subscribers/patients.csv:2:1: warning: `Klingon` in the column `language` is no language that is known here, and in 1 more")
        .never_says("Deutsch");
}

#[test]
fn a_rehearsal_points_to_what_check_says() {
    let clinic = clinic(3).file(
        "campaigns/tips/sleep.md",
        &article("sleep").replace("short and kind", "which cures pain"),
    );
    type_in(&clinic, "check").exits(0).tells("[claim-cure]");
    type_in(&clinic, "rehearse")
        .exits(0)
        .never_says("[claim-cure]")
        .tells("1 warning about its texts: `tidings check tips` tells");
}
