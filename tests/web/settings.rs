//! The command and the clinic's face: where it listens, what it refuses, how it follows the files.

use super::clinic::{Clinic, Page, workspace};
use crate::support::judge::Judge;
use crate::support::people;

#[test]
fn only_this_machine_is_answered_unless_somebody_says_so() {
    let judge = Judge::start();
    let clinic = workspace(&judge).with_people(1);
    for public in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8025"] {
        clinic
            .run(&["serve", "--listen", public])
            .exits(2)
            .tells("other machines could reach")
            .tells("--open-to-network");
    }
    clinic
        .run(&["serve", "--listen", "here"])
        .exits(2)
        .tells("`here` is no address to answer at");
    let page = Page::show(&clinic, &[]);
    let taken = page.address.to_string();
    clinic
        .run(&["serve", "--listen", &taken])
        .exits(75)
        .tells("another program answers at");
    clinic
        .run(&["serve", "--listen", "127.0.0.1:0", "--now", "2020-01-01"])
        .exits(2);
}

#[test]
fn broken_settings_are_refused_at_the_start_and_outlived_later() {
    let clinic = Clinic::after_letters_to(1);
    let page = clinic.page();
    let token = clinic.token(1);
    page.look(token).says("<bdi>Riverside Massage Clinic</bdi>");
    let good = clinic.workspace.read("tidings.yaml");
    clinic
        .workspace
        .write("tidings.yaml", good.replace("Riverside Massage Clinic", "Mill Lane Clinic"));
    page.look(token)
        .says("<bdi>Mill Lane Clinic</bdi>")
        .never_says("Riverside Massage");
    clinic.workspace.write("tidings.yaml", "clinic: {name: ''}\n");
    for _ in 0..3 {
        page.look(token).is(200).says("<bdi>Mill Lane Clinic</bdi>");
    }
    assert_eq!(page.hears("the last good ones"), 1);
    clinic.workspace.run(&["serve", "--listen", "127.0.0.1:0"]).exits(65);
    clinic.workspace.write("tidings.yaml", good);
    page.look(token).says("<bdi>Riverside Massage Clinic</bdi>");
    let (code, said) = page.end();
    let told = said.iter().filter(|line| line.contains("the last good ones")).count();
    assert_eq!((code, told), (Some(0), 1), "said once, and not again: {said:?}");
}

#[test]
fn the_page_speaks_the_persons_language_then_the_articles_then_the_browsers() {
    let csv = people::csv(3);
    let mut lines = csv.lines();
    let head = format!("{},language\n", lines.next().unwrap());
    let rows = lines
        .zip(["de-CH", "", "ar"])
        .map(|(row, language)| format!("{row},{language}\n"));
    let list = head + &rows.collect::<String>();
    let clinic = Clinic::after_letters(|workspace| {
        let file = "campaigns/seasonal-immunity/massage-and-immunity.md";
        let article = workspace.read(file).replacen("language: en-GB", "language: fr", 1);
        workspace
            .with_people(3)
            .file("subscribers/patients.csv", &list)
            .file(file, &article)
    });
    let page = clinic.page();
    let accept = "Accept-Language: ja, pl;q=0.9, en;q=0.5\r\n";
    page.look_with(clinic.token(1), accept)
        .is(200)
        .says("lang=\"de\" dir=\"ltr\"")
        .says("Diese Briefe abbestellen");
    page.look_with(clinic.token(2), accept)
        .is(200)
        .says("lang=\"fr\"")
        .says("Ne plus recevoir ces lettres");
    page.look_with(clinic.token(3), accept)
        .is(200)
        .says("lang=\"ar\" dir=\"rtl\"")
        .says("إيقاف هذه الرسائل");
    page.look_with("wrong", accept)
        .is(404)
        .says("lang=\"pl\"")
        .says("Ten link nie działa");
    page.look("wrong").is(404).says("lang=\"en\"");
}

#[test]
fn hostile_names_stay_names() {
    let clinic = Clinic::after_letters_to(1);
    let page = clinic.page();
    let good = clinic.workspace.read("tidings.yaml");
    let skeleton = |body: &str| {
        body.split('<')
            .skip(1)
            .map(|tag| tag.split('>').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let plain = skeleton(&page.look(clinic.token(1)).body);
    for name in [
        "<script>alert(1)</script>",
        "\\\" onload=x y=\\\"",
        "</title><img src=x>",
        "&lt;b&gt; {clinic} {{ clinic }}",
        "'); --",
    ] {
        clinic.workspace.write(
            "tidings.yaml",
            good.replace("Riverside Massage Clinic", &format!("\"{name}\"")),
        );
        let shown = page.look(clinic.token(1)).is(200);
        assert_eq!(skeleton(&shown.body), plain, "{name}");
    }
}
