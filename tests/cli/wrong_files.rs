//! Settings, campaigns, articles and templates with mistakes: each is told with its place and a next step, and nobody is written to.

use super::{TEMPLATE, answers, article, assert_nobody_was_written_to, clinic, clinic_with, type_in};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;

/// `check` tells the mistake and so does `send`, which sends nothing.
#[track_caller]
fn check(mistake: impl FnOnce(Workspace) -> Workspace, expected: &str) {
    let judge = Judge::start();
    let clinic = mistake(clinic_with(&judge, 3));
    type_in(&clinic, "check").exits(65).tells(expected);
    type_in(&clinic, "send tips")
        .exits(65)
        .tells(expected)
        .tells("nothing was sent\n");
    assert_nobody_was_written_to(&clinic, &judge);
}

/// A file of the clinic with `old` exchanged for `new`.
fn with(clinic: Workspace, file: &str, old: &str, new: &str) -> Workspace {
    let text = clinic.read(file);
    assert!(text.contains(old), "`{old}` is not in {file}");
    clinic.file(file, &text.replace(old, new))
}

#[test]
fn a_folder_that_is_no_workspace_says_how_to_get_one() {
    let told = "\
error: `HERE` is in no workspace: neither it nor a folder above it has a `tidings.yaml`
hint: go into the workspace's folder, or name it with `-C DIR`
hint: `tidings init DIR` makes a new workspace
";
    for line in ["check", "rehearse", "plan", "send tips", "run", "status", "log", "hold tips"] {
        answers(&Workspace::empty(), line, 78, "", told);
    }
    type_in(&Workspace::empty(), "-C nowhere status")
        .exits(78)
        .tells("there is no folder `nowhere`");
}

#[test]
fn settings_that_cannot_be_read() {
    let settings = |text: &'static str| move |clinic: Workspace| clinic.file("tidings.yaml", text);
    check(
        settings(""),
        "tidings.yaml: error: there is nothing in it\n  hint: `tidings init DIR` makes a workspace with settings to copy\n",
    );
    check(
        settings("clinic:\n  name: \"unclosed\n"),
        "tidings.yaml:2:9: error: the quotation mark that opens here is never closed\n  hint: close it at the end of the value\n",
    );
    check(
        settings("clinic:\n\tname: x\n"),
        "tidings.yaml:2:1: error: this line is indented with a tab\n  hint: use blanks: YAML refuses tabs\n",
    );
    check(
        |clinic| {
            clinic.write("tidings.yaml", b"clinic:\n  name: Caf\xe9\n");
            clinic
        },
        "tidings.yaml:2:1: error: the file is not in UTF-8\n  hint: save it again with the encoding UTF-8\n",
    );
}

#[test]
fn settings_with_a_mistake() {
    check(
        |clinic| with(clinic, "tidings.yaml", "timezone:", "timezon:"),
        "tidings.yaml:7:1: error: unknown key `timezon`\n  hint: did you mean `timezone`?\n",
    );
    check(
        |clinic| with(clinic, "tidings.yaml", "  postal_address: 12 Mill Lane, Bath\n", ""),
        "tidings.yaml:1:1: error: `clinic.postal_address` is missing\n  hint: a street or post box address has to stand in every letter",
    );
}

#[test]
fn a_campaign_that_is_empty_or_missing() {
    check(
        |clinic| clinic.file("campaigns/tips/campaign.yaml", ""),
        "campaigns/tips/campaign.yaml: error: there is nothing in it",
    );
    check(
        |clinic| {
            std::fs::remove_file(clinic.path("campaigns/tips/campaign.yaml")).unwrap();
            clinic
        },
        "campaigns/tips/campaign.yaml: error: the file does not exist\n  hint: a folder in `campaigns/` is a campaign and needs one; `tidings new` writes it\n",
    );
}

#[test]
fn a_campaign_that_names_what_is_not_there() {
    const FILE: &str = "campaigns/tips/campaign.yaml";
    check(
        |clinic| with(clinic, FILE, "sleep.md", "slep.md"),
        "campaigns/tips/campaign.yaml:6:12: error: article `slep.md` does not exist in `campaigns/tips/`\n  hint: did you mean `sleep.md`?\n",
    );
    check(
        |clinic| with(clinic, FILE, "letter", "leter"),
        "campaigns/tips/campaign.yaml:4:11: error: template `leter` does not exist: there is no `templates/leter.html`\n  hint: did you mean `letter`?\n",
    );
    check(
        |clinic| with(clinic, FILE, "patients", "patient"),
        "campaigns/tips/campaign.yaml:3:20: error: list `patient` does not exist: there is no `subscribers/patient.csv`\n  hint: did you mean `patients`?\n",
    );
}

#[test]
fn two_campaigns_with_one_id() {
    check(
        |clinic| {
            let copy = clinic.read("campaigns/tips/campaign.yaml");
            clinic
                .file("campaigns/more/campaign.yaml", &copy)
                .file("campaigns/more/sleep.md", &article("sleep"))
                .file("campaigns/more/walks.md", &article("walks"))
        },
        "campaigns/tips/campaign.yaml: error: campaign `more` has the same id `t1ps`\n  hint: a copied campaign needs an id of its own: any other short word\n",
    );
}

#[test]
fn a_template_with_a_mistake() {
    const FILE: &str = "templates/letter.html";
    check(
        |clinic| with(clinic, FILE, "<p>{{ greeting }}", "{% if greeting %}<p>{{ greeting }}"),
        "templates/letter.html:",
    );
    check(
        |clinic| with(clinic, FILE, "{{ greeting }}", "{{ frist_name }}"),
        "templates/letter.html:1:124: error: no list has a column `frist_name`, and no letter has a variable of that name\n  hint: did you mean `first_name`?\n",
    );
}

#[test]
fn an_article_that_is_no_letter() {
    const FILE: &str = "campaigns/tips/sleep.md";
    check(
        |clinic| with(clinic, FILE, "\nA text on sleep, short and kind.\n", ""),
        "error: the article has no text below its front matter\n  hint: write it below the second `---`\n",
    );
    check(
        |clinic| clinic.file(FILE, ""),
        "campaigns/tips/sleep.md:1:1: error: the article has no front matter\n  hint: `tidings new NAME --article FILE` writes it",
    );
    check(
        |clinic| {
            let file = std::fs::File::create(clinic.path(FILE)).unwrap();
            file.set_len(50_000_000).unwrap();
            clinic
        },
        "campaigns/tips/sleep.md: error: the file has 50.0 MB, and at most 1.0 MB are read\n  hint: keep the text alone",
    );
}

#[test]
fn ten_mistakes_are_ten_findings() {
    let campaign = "\
id: two words
titel: Tips
title: \"\"
audience: {lists: patients, not_list: [staff]}
only: {joined: {sinse: 2026-01-01}}
template: [letter]
articles:
  - {file: ../sleep.md}
  - {fil: walks.md}
  - {file: walks.md, date: tomorrow}
";
    let clinic = clinic(3).file("campaigns/tips/campaign.yaml", campaign);
    let findings = type_in(&clinic, "check --json").exits(65).json();
    let places: Vec<(u64, u64)> = findings
        .iter()
        .map(|finding| (finding["line"].as_u64().unwrap(), finding["column"].as_u64().unwrap()))
        .collect();
    let wanted = [
        (1, 5),
        (2, 1),
        (3, 8),
        (4, 19),
        (4, 29),
        (5, 24),
        (6, 11),
        (8, 12),
        (9, 6),
        (10, 28),
    ];
    assert_eq!(places, wanted, "{findings:#?}");
    assert!(findings.iter().all(|finding| finding["severity"] == "error"));
}

#[test]
fn a_condition_on_a_column_that_no_list_has() {
    let judge = Judge::start();
    let only = "audience: {lists: [patients]}\nonly: {town: [Bath]}";
    let clinic = clinic_with(&judge, 3);
    let campaign = clinic
        .read("campaigns/tips/campaign.yaml")
        .replace("audience: {lists: [patients]}", only);
    let clinic = clinic.file("campaigns/tips/campaign.yaml", &campaign);
    for line in ["check", "plan", "rehearse", "send tips"] {
        type_in(&clinic, line)
            .exits(65)
            .tells("`only` asks for the column `town`, and no list of this campaign has it");
    }
    assert_eq!(judge.connections(), 0);
}

#[test]
fn an_unknown_key_hides_no_missing_file() {
    let clinic = super::clinic(3);
    let campaign = clinic.read("campaigns/tips/campaign.yaml");
    let campaign = campaign
        .replace("title:", "titel: x\ntitle:")
        .replace("walks.md", "wolks.md")
        .replace("letter", "lettre");
    let clinic = clinic.file("campaigns/tips/campaign.yaml", &campaign);
    let told = type_in(&clinic, "check").exits(65);
    told.tells("unknown key `titel`")
        .tells("article `wolks.md` does not exist")
        .tells("template `lettre` does not exist");
}

#[test]
fn front_matter_in_toml_is_not_mailed() {
    let clinic = super::clinic(3).file("hugo.md", "+++\ntitle = \"Slow days\"\n+++\n\nA text on slow days.\n");
    let article = clinic.path("hugo.md").display().to_string();
    type_in(&clinic, &format!("new slow --article {article}"))
        .exits(0)
        .prints("title      Slow days");
    let file = clinic.read("campaigns/slow/slow-days.md");
    assert!(!file.contains("+++"), "{file}");
}

#[test]
fn a_value_that_somebody_lacks_names_the_line_and_the_person() {
    let judge = Judge::start();
    let list =
        "email,first_name,town,consent\nann@mill.example,Ann,,yes\nbob@mill.example,Bob,,yes\ncid@mill.example,Cid,Bath,yes\n";
    let clinic = clinic_with(&judge, 0).file("subscribers/patients.csv", list);
    let template = clinic
        .read("templates/letter.html")
        .replace("{{ greeting }}", "{{ greeting }} of {{ town }}");
    let clinic = clinic.file("templates/letter.html", &template);
    for line in ["check", "rehearse", "send tips"] {
        type_in(&clinic, line)
            .exits(65)
            .tells("templates/letter.html:1:142: error: `town` has no value, for a***@mill.example")
            .tells("`town` has no value, for b***@mill.example")
            .tells("2 of 3 letters cannot be written");
    }
    assert_eq!(judge.connections(), 0);
}

/// A text or a template that goes down and down is one campaign's mistake, and keeps nobody else's letters waiting.
#[test]
fn what_nests_without_end_stops_its_own_campaign_alone() {
    let stars = "*".repeat(20_001);
    let text = article("deep").replace("A text on deep", &format!("{stars}a{stars}\n\nA text on deep"));
    let elements = TEMPLATE.replace(
        "{{ article.html }}",
        &format!("{}{{{{ article.html }}}}", "<div>".repeat(20_000)),
    );
    let campaign = |id: &str, template: &str, file: &str| {
        format!(
            "id: {id}\ntitle: Tips\naudience: {{lists: [patients]}}\ntemplate: {template}\nschedule: {{date: 2026-12-01, at: \"09:00\"}}\n\
             late: {{by: 12h, then: send}}\narticles: [{{file: {file}}}]\n"
        )
    };
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3)
        .file("campaigns/a-text/campaign.yaml", &campaign("de3p", "letter", "deep.md"))
        .file("campaigns/a-text/deep.md", &text)
        .file("templates/deep.html", &elements)
        .file("campaigns/a-template/campaign.yaml", &campaign("te3p", "deep", "calm.md"))
        .file("campaigns/a-template/calm.md", &article("calm"))
        .file("campaigns/well/campaign.yaml", &campaign("we1l", "letter", "well.md"))
        .file("campaigns/well/well.md", &article("well"));
    let run = clinic.run(&["run", "--now", "2026-12-01T09:00Z"]);
    assert!(
        run.stderr.contains("more than 50 deep") && run.stderr.contains("more than 200 deep"),
        "{run}"
    );
    assert_eq!(judge.accepted().len(), 3, "{run}");
    type_in(&clinic, "check").exits(65).tells("campaigns/a-text/deep.md:8:");
}

/// Everything behind it would be missing from the letter, and nobody would see why.
#[test]
fn a_comment_that_is_never_closed_is_an_error_where_it_begins() {
    let text = format!("{}\n<!-- ask Tom\n\n## More\n\nWords.\n", super::article("sleep"));
    let clinic = clinic(1).file("campaigns/tips/sleep.md", &text);
    clinic
        .run(&["check"])
        .exits(65)
        .tells("campaigns/tips/sleep.md:10:1: error: the comment that begins here with `<!--` is never closed");
    let closed = text.replace("ask Tom", "ask Tom -->");
    clinic.file("campaigns/tips/sleep.md", &closed).run(&["check"]).exits(0);
}
