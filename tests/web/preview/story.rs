//! What is seen: the letters of the files as they are, for whoever is asked for; a change within a second; the last good letter where there
//! is no newer one.

use super::{Preview, frame, link};
use crate::support::ledger::until;
use crate::support::stopwatch::Stopwatch;
use crate::support::workspace::Workspace;

const ARTICLE: &str = "campaigns/seasonal-immunity/massage-and-immunity.md";

/// A clinic of three, one of whom does not want mail.
fn clinic() -> Workspace {
    let list = "email,first_name,last_name,consent,city\nann@example.org,Ann,Smith,yes,Bath\nben@example.org,Ben,Jones,yes,Bath\n\
                cal@example.org,Cal,Brown,no,Bath\n";
    let workspace = Workspace::sample();
    std::fs::remove_dir_all(workspace.path("subscribers")).unwrap();
    workspace.file("subscribers/patients.csv", list)
}

#[test]
fn the_letter_that_would_leave_is_shown_for_each_person() {
    let workspace = clinic();
    let page = Preview::show(&workspace, &[]);
    let whole = page
        .get("")
        .is(200)
        .says("Ann Smith, ann@example.org")
        .says("1 of 2 who would get it");
    page.get(&frame(&whole)).is(200).says("Dear Ann,").never_says("Dear Ben");
    let next = page.get(&link(&whole, "Next person")).says("Ben Jones, ben@example.org");
    page.get(&frame(&next)).says("Dear Ben,");
    page.get(&link(&next, "← Person before")).says("Ann Smith, ann@example.org");
    let nameless = page.get(&link(&whole, "Without a name"));
    page.get(&frame(&nameless)).says("Hello,").never_says("Dear");
    let arabic = page.get(&link(&whole, "Right-to-left name"));
    page.get(&frame(&arabic)).says("عبد الرحمن");
    for (view, words) in [
        ("Plain text", "Dear Ann,"),
        ("Headers", "List-Unsubscribe"),
        ("Source", "multipart/alternative"),
        ("Size", "The whole message"),
        ("Findings", "<h2>Findings</h2>"),
    ] {
        page.get(&link(&whole, view)).is(200).says(words);
    }
    let found = page.get("?find=JONES").says("One person for “JONES”");
    page.get(&link(&found, "Ben Jones")).says("2 of 2 who would get it");
    page.get("?find=nobody-at-all")
        .says("Nobody who would get this letter is called");
    // The address stands on the page, and in no link.
    let links = whole
        .body
        .split("href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap());
    assert!(links.filter(|link| link.contains("example.org")).count() == 0, "{whole:?}");
}

#[test]
fn a_change_is_shown_within_a_second_and_a_broken_file_keeps_the_last_good_letter() {
    let workspace = clinic();
    let page = Preview::show(&workspace, &[]);
    let good = workspace.read(ARTICLE);
    let letter = || page.get(&frame(&page.get("")));
    let mut slowest = std::time::Duration::ZERO;
    for turn in 1..=3 {
        let began = Stopwatch::start();
        workspace.write(ARTICLE, format!("{good}\nWords of turn {turn}.\n"));
        until("the new words", || letter().body.contains(&format!("Words of turn {turn}.")));
        slowest = slowest.max(began.shows());
    }
    super::super::proof(
        "seconds until a saved article is shown, at most",
        format!("{:.1}", slowest.as_secs_f32()),
    );
    // A machine under load may take longer than the second that a desk takes.
    assert!(slowest < std::time::Duration::from_secs(10), "{slowest:?}");
    workspace.write(ARTICLE, "---\ntitle: [\n---\n\nBroken.\n");
    until("the page says that it is old", || {
        page.get("").body.contains("This letter is old")
    });
    page.get("").says("massage-and-immunity.md:");
    letter().says("Words of turn 3.").never_says("Broken.");
    let template = workspace.read("templates/letter.html");
    workspace.write(ARTICLE, &good);
    until("the good one is back", || !page.get("").body.contains("This letter is old"));
    workspace.write("templates/letter.html", template.replace("{{ greeting }}", "{{ greting }}"));
    until("the template's fault", || page.get("").body.contains("greting"));
    page.get("").says("This letter is old").says("templates/letter.html:");
    workspace.write("templates/letter.html", template);
    let settings = workspace.read("tidings.yaml");
    workspace.write(
        "tidings.yaml",
        settings.replace("name: Riverside Massage Clinic", "name: Hillside Clinic"),
    );
    until("the new name", || letter().body.contains("Hillside Clinic"));
    workspace.write("tidings.yaml", "clinic: {\n");
    until("settings that cannot be read", || {
        page.get("").body.contains("This letter is old")
    });
    letter().says("Hillside Clinic");
    workspace.write("tidings.yaml", settings);
    workspace.write(
        "subscribers/patients.csv",
        "email,first_name,consent\nzoe@example.org,Zoe,yes\n",
    );
    until("the new list", || page.get("").body.contains("Zoe, zoe@example.org"));
    letter().says("Dear Zoe,");
}

#[test]
fn who_asks_to_wait_is_told_of_a_change() {
    let workspace = clinic();
    let page = Preview::show(&workspace, &[]);
    // The files, and what composing every letter has shown.
    until("both words", || page.get("wait?seen=0").body == "2");
    let waits = std::thread::scope(|scope| {
        let waits = scope.spawn(|| page.get("wait?seen=2").body);
        workspace.write(ARTICLE, workspace.read(ARTICLE) + "\nMore.\n");
        waits.join().unwrap()
    });
    assert_eq!(waits, "3");
}

#[test]
fn a_person_who_would_get_nothing_is_shown_with_the_reason() {
    let workspace = clinic();
    let page = Preview::show(&workspace, &["--as", "Cal@Example.org"]);
    let whole = page.get("").says("Cal Brown, cal@example.org").says("would not get it:");
    page.get(&frame(&whole)).says("Dear Cal,");
    drop(page);
    workspace
        .run(&["preview", "--as", "anm@example.org"])
        .exits(2)
        .tells("nobody with the address a***@example.org")
        .tells("did you mean a***@example.org?");
    workspace.run(&["preview", "--as", "nobody"]).exits(2);
}

#[test]
fn an_empty_list_is_shown_with_somebody_invented() {
    let workspace = clinic().file(
        "subscribers/patients.csv",
        "email,first_name,consent\ncal@example.org,Cal,no\n",
    );
    let page = Preview::show(&workspace, &["seasonal-immunity", "--article", "calmer-days"]);
    let whole = page
        .get("")
        .says("Ann Miller, ordinary-name@example.org")
        .says("nobody would get this campaign");
    assert!(frame(&whole).contains("calmer-days.md"));
    page.get(&frame(&whole)).says("Dear Ann,");
}

#[test]
fn wrong_names_are_told_with_the_right_ones() {
    let workspace = clinic();
    let run = |arguments: &[&str]| workspace.run(arguments);
    run(&["preview", "seasonal-imunity"])
        .exits(2)
        .tells("did you mean `seasonal-immunity`?");
    run(&["preview", "--article", "calmer-day.md"])
        .exits(2)
        .tells("did you mean `calmer-days.md`?");
    run(&["preview", "--port", "0"]).exits(2);
    run(&["preview", "--rehearsal"]).exits(2);
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    run(&["preview", "--port", &port])
        .exits(75)
        .tells("another program answers at port")
        .tells("leave `--port` out");
    run(&["preview", "--port", &port, "--out", "letters"]).exits(2);
    Workspace::empty().run(&["preview"]).exits(78).tells("tidings init DIR");
}

#[test]
fn what_is_broken_from_the_start_is_shown_with_the_way_out() {
    let workspace = clinic();
    std::fs::remove_dir_all(workspace.path("templates")).unwrap();
    let page = Preview::show(&workspace, &[]);
    page.get("")
        .is(200)
        .says("This letter cannot be made yet")
        .says("template <code>letter</code> does not exist");
    page.get("letter").is(404);
    page.get("message.eml").is(404);
    drop(page);
    std::fs::remove_dir_all(workspace.path("campaigns")).unwrap();
    let page = Preview::show(&workspace, &[]);
    page.get("")
        .is(200)
        .says("There is no letter to show")
        .says("tidings new NAME --article FILE");
}

#[test]
fn nothing_is_written_and_a_run_under_way_is_no_hindrance() {
    let workspace = clinic();
    let page = Preview::show(&workspace, &[]);
    page.get("").is(200);
    assert_eq!(page.interrupt(), Some(0));
    assert!(!workspace.path(".tidings").exists(), "a preview makes no store");
    workspace.run(&["import", "subscribers/patients.csv"]).exits(0);
    let store = || std::fs::read(workspace.path(".tidings/store.db")).unwrap();
    let before = store();
    let now = "2026-12-01T09:00:00Z".parse().unwrap();
    let lock = tidings::store::lock::SenderLock::take(&workspace.path(".tidings"), "run", now).unwrap();
    assert!(lock.is_ok(), "nobody else sends here");
    let page = Preview::show(&workspace, &[]);
    let whole = page.get("").is(200);
    page.get(&frame(&whole)).says("Dear Ann,");
    page.get(&link(&whole, "Findings")).is(200);
    drop(page);
    assert!(store() == before, "the store is as it was");
}

/// One pixel.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

#[test]
fn pictures_and_languages_are_shown_as_they_are_sent() {
    let campaign = "id: t1ps\ntitle: Tips\naudience: {lists: [patients]}\ntemplate: letter\n\
                    articles: [{file: calm.md, languages: [calm.de.md, calm.ar.md]}]\n";
    let article = |language: &str, title: &str, words: &str| {
        format!(
            "---\nid: calm\ntitle: {title}\nsubject: {title}\npreheader: {words}\nlanguage: {language}\n---\n\n{words}\n\n![Two hands](hands.png)\n"
        )
    };
    let list = "email,first_name,consent,language\nann@example.org,Ann,yes,\nben@example.org,Ben,yes,German\n";
    let workspace = clinic()
        .file("campaigns/seasonal-immunity/campaign.yaml", campaign)
        .file("campaigns/seasonal-immunity/calm.md", &article("en", "Calm", "A quiet week."))
        .file(
            "campaigns/seasonal-immunity/calm.de.md",
            &article("de", "Ruhe", "Eine ruhige Woche."),
        )
        .file("campaigns/seasonal-immunity/calm.ar.md", &article("ar", "هدوء", "أسبوع هادئ"))
        .file("subscribers/patients.csv", list);
    let pixel = data_encoding::BASE64.decode(PIXEL.as_bytes()).unwrap();
    workspace.write("campaigns/seasonal-immunity/hands.png", pixel);
    let page = Preview::show(&workspace, &[]);
    let whole = page.get("").says("calm.de.md").says("as the person reads");
    page.get(&frame(&whole))
        .says("A quiet week.")
        .says(&format!("src=\"data:image/png;base64,{PIXEL}\""))
        .never_says("cid:");
    let off = page.get(&link(&whole, "Pictures off"));
    page.get(&frame(&off)).says("Two hands</span>").never_says("<img");
    page.get(&link(&whole, "Size")).says("Picture hands.png");
    let ben = page.get(&link(&whole, "Next person"));
    page.get(&frame(&ben)).says("Eine ruhige Woche.");
    let arabic = format!("{}&language=ar", link(&ben, "Phone 320"));
    let arabic = page.get(&arabic).says("هدوء");
    page.get(&frame(&arabic)).says("أسبوع هادئ").says("dir=\"rtl\"");
    workspace.write("campaigns/seasonal-immunity/calm.de.md", "---\ntitle: [\n---\n");
    until("the broken language is told", || {
        page.get("").body.contains("This letter is old")
    });
    page.get(&frame(&page.get(&link(&whole, "Next person"))))
        .says("Eine ruhige Woche.");
    drop(page);
    workspace.write(
        "campaigns/seasonal-immunity/calm.de.md",
        article("de", "Ruhe", "Eine ruhige Woche."),
    );
    workspace.run(&["preview", "--out", "letters"]).exits(0);
    for (file, words) in [
        ("calm.txt", "A quiet week."),
        ("calm.de.txt", "Eine ruhige Woche."),
        ("calm.ar.txt", "أسبوع هادئ"),
    ] {
        assert!(
            workspace.read(&format!("letters/seasonal-immunity/{file}")).contains(words),
            "{file}"
        );
    }
}

#[test]
fn who_left_is_no_reader_and_the_record_stays_as_it_is() {
    let workspace = clinic();
    workspace.run(&["import", "subscribers/patients.csv"]).exits(0);
    workspace.run(&["suppress", "add", "ben@example.org"]).exits(0);
    let record = || std::fs::read(workspace.path(".tidings/store.db")).unwrap();
    let before = record();
    let page = Preview::show(&workspace, &["--as", "ben@example.org"]);
    let whole = page.get("").says("Ben Jones").says("would not get it: suppressed");
    page.get(&frame(&whole)).says("Dear Ben,");
    page.get("?find=ben").says("Nobody who would get this letter is called");
    page.get(&link(&whole, "Next person")).says("1 of 1 who would get it");
    // The list comes anew, and who left stays out of it.
    let list = workspace.read("subscribers/patients.csv") + "zoe@example.org,Zoe,Zett,yes,Bath\n";
    workspace.write("subscribers/patients.csv", list);
    until("the new list", || {
        page.get("").body.contains("of 2 who would get it") || page.get("?find=zoe").body.contains("Zoe Zett")
    });
    page.get("").says("would not get it: suppressed");
    drop(page);
    workspace
        .run(&["preview", "--as", "ben@example.org", "--out", "letters"])
        .exits(0)
        .tells("they would not get the letters of `seasonal-immunity`: suppressed by the clinic");
    assert!(
        workspace
            .read("letters/index.html")
            .contains("who would not get it: suppressed")
    );
    assert!(record() == before, "the store is as it was");
}

#[test]
fn a_record_that_cannot_be_read_is_told_of() {
    let workspace = clinic();
    workspace.run(&["import", "subscribers/patients.csv"]).exits(0);
    workspace.write(".tidings/store.db", "no store");
    let page = Preview::show(&workspace, &[]);
    let whole = page.get("").says("Who left is not known");
    page.get(&frame(&whole)).says("Dear Ann,");
    workspace
        .run(&["preview", "--out", "letters"])
        .exits(0)
        .tells("who left is not known");
}

#[test]
fn moments_are_told_by_the_clinics_clock() {
    let workspace = clinic();
    let settings = workspace
        .read("tidings.yaml")
        .replace("timezone: Europe/London", "timezone: Asia/Kolkata");
    workspace.write("tidings.yaml", settings);
    let page = Preview::show(&workspace, &[]);
    page.get("").says("(Asia/Kolkata)").never_says(" UTC");
    workspace.run(&["preview", "--out", "letters"]).exits(0);
    assert!(workspace.read("letters/index.html").contains("(Asia/Kolkata)"));
}

#[test]
fn a_person_is_found_among_many_and_an_article_does_not_wait_for_a_list() {
    let workspace = Workspace::sample().with_people(3_000);
    let page = Preview::show(&workspace, &[]);
    let mut slowest = std::time::Duration::ZERO;
    for words in ["person2999", "nobody-at-all", "example.org"] {
        let began = Stopwatch::start();
        page.get(&format!("?find={words}")).is(200);
        slowest = slowest.max(began.shows());
    }
    super::super::proof(
        "seconds until somebody is found among 3,000, at most",
        format!("{:.1}", slowest.as_secs_f32()),
    );
    assert!(slowest < std::time::Duration::from_secs(8), "{slowest:?}");
    let list = workspace.read("subscribers/patients.csv");
    let first = list.lines().nth(1).unwrap().replace("person1@", "person-new@");
    workspace.write("subscribers/patients.csv", format!("{list}{first}\n"));
    workspace.write(ARTICLE, workspace.read(ARTICLE) + "\nWords behind a list.\n");
    until("the new words", || {
        page.get(&frame(&page.get(""))).body.contains("Words behind a list.")
    });
    let is_read = page.get("").body.contains("of 3001 who would get it");
    super::super::proof(
        "an article that was saved right behind a list of 3,000 is shown before the list is",
        !is_read,
    );
    until("the new list", || page.get("").body.contains("of 3001 who would get it"));
}
