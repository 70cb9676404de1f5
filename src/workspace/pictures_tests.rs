//! What is said of pictures and of languages in a folder, at the line of the article or of the settings.

use super::tests::{ARTICLE, CAMPAIGN, SETTINGS, told, workspace, write};
use crate::workspace::Workspace;

/// A picture of so many bytes.
fn gif(bytes: usize) -> Vec<u8> {
    let mut gif = b"GIF89a\x20\0\x10\0\0\0\0\x2c\0\0\0\0\x20\0\x10\0\0\x02".to_vec();
    gif.resize(bytes, 7);
    gif
}

#[track_caller]
fn check(files: &[(&str, &[u8])], expected: &[&str]) {
    let root = workspace();
    for (file, bytes) in files {
        write(root.path(), file, bytes);
    }
    let found = told(&root);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}\n is not {expected}");
    }
}

fn article(body: &str) -> Vec<u8> {
    ARTICLE.replace("Text.", body).into_bytes()
}

#[test]
fn a_picture_beside_the_article_is_read() {
    let root = workspace();
    write(
        root.path(),
        "campaigns/tips/sleep.md",
        &article("![A bed](./my%20bed.gif) ![again](<my bed.gif>)"),
    );
    write(root.path(), "campaigns/tips/my bed.gif", &gif(30));
    assert_eq!(told(&root), [""; 0]);
    let images = &Workspace::read(root.path()).campaigns[0].articles[0].images;
    assert_eq!(images.len(), 1);
    assert_eq!(
        (images[0].file.as_str(), images[0].carried().map(|bytes| bytes.len())),
        ("my bed.gif", Some(30))
    );
}

#[test]
fn what_is_wrong_with_a_picture_stands_at_its_line() {
    const FILE: &str = "campaigns/tips/sleep.md";
    check(
        &[(FILE, &article("A\n\n![bed](bed.gif)"))],
        &[
            "campaigns/tips/sleep.md:10:1: there is no picture `bed.gif` beside the article\n  hint: put `bed.gif` into `campaigns/tips/`",
        ],
    );
    check(
        &[(FILE, &article("![bed](bed.gif)")), ("campaigns/tips/Bed.GIF", &gif(30))],
        &[
            "campaigns/tips/sleep.md:8:1: there is no picture `bed.gif` beside the article\n  hint: capitals count: the file is called `Bed.GIF`",
        ],
    );
    check(
        &[
            (FILE, &article("![bed](bed.gif)")),
            ("campaigns/tips/bed.gif", b"RIFF\0\0\0\0WEBPVP8 "),
        ],
        &["campaigns/tips/sleep.md:8:1: `bed.gif` is a WebP picture"],
    );
    check(
        &[(FILE, &article("![](bed.gif)")), ("campaigns/tips/bed.gif", &gif(30))],
        &["campaigns/tips/sleep.md:8:1: the picture `bed.gif` has no words"],
    );
    check(
        &[(FILE, &article("![bed](bed.gif)")), ("campaigns/tips/bed.gif", &gif(21_000))],
        &[
            "campaigns/tips/sleep.md:8:1: `bed.gif` has 32 × 16 pixels and 21 KB, too large to travel inside each letter\n  hint: saved at most 1200 pixels wide and under 20 KB it travels",
        ],
    );
    let hosted = format!("{SETTINGS}look: {{images: \"https://www.mill-lane.example/letters\"}}\n");
    check(
        &[
            (FILE, &article("![bed](bed.gif)")),
            ("campaigns/tips/bed.gif", &gif(21_000)),
            ("tidings.yaml", hosted.as_bytes()),
        ],
        &[
            "campaigns/tips/sleep.md:8:1: warning: `bed.gif` is shown from `https://www.mill-lane.example/letters/bed.gif` [picture-hosted]\n  hint: upload `campaigns/tips/bed.gif`",
        ],
    );
    let many: String = (0..6).map(|at| format!("![{at}]({at}.gif)")).collect();
    let pictures: Vec<(String, Vec<u8>)> = (0..6).map(|at| (format!("campaigns/tips/{at}.gif"), gif(20_000))).collect();
    let body = article(&many);
    let mut files: Vec<(&str, &[u8])> = vec![(FILE, &body)];
    files.extend(pictures.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())));
    check(
        &files,
        &["campaigns/tips/sleep.md:8:1: the pictures weigh 118 KB together, and a letter carries at most 100"],
    );
}

#[test]
fn a_photo_for_the_web_site_that_says_its_place_is_named() {
    const FILE: &str = "campaigns/tips/sleep.md";
    let hosted = format!("{SETTINGS}look: {{images: \"https://www.mill-lane.example/letters\"}}\n");
    let mut photo = b"\xff\xd8\xff\xe1\0\x2ahttp://ns.adobe.com/xap/1.0/\0GPSLatitude".to_vec();
    photo.extend(b"\xff\xc0\0\x0b\x08\x01\x90\x02\x58\x01\x01\x11\0\xff\xda\0\x02");
    photo.resize(30_000, 7);
    check(
        &[
            (FILE, &article("![bed](bed.jpg)")),
            ("campaigns/tips/bed.jpg", &photo),
            ("tidings.yaml", hosted.as_bytes()),
        ],
        &[
            "campaigns/tips/sleep.md:8:1: warning: `bed.jpg` is shown from",
            "campaigns/tips/sleep.md:8:1: warning: `bed.jpg` says where it was taken [picture-place]\n  hint: anybody who opens it can read that",
        ],
    );
}

#[test]
fn a_picture_does_not_come_from_outside() {
    const FILE: &str = "campaigns/tips/sleep.md";
    let body = "![a](https://cdn.example/a.png)\n![b](https://www.mill-lane.example/b.png) ![c](http://mill-lane.example/c.png) ![d](https://notmill-lane.example/d.png)";
    check(
        &[(FILE, &article(body))],
        &[
            "campaigns/tips/sleep.md:8:1: the picture comes from `cdn.example`, which would learn who opens the letter",
            "campaigns/tips/sleep.md:9:43: the picture's address `http://mill-lane.example/c.png` is not safe",
            "campaigns/tips/sleep.md:9:80: the picture comes from `notmill-lane.example`",
        ],
    );
    let root = workspace();
    write(root.path(), FILE, &article("![bed](bed.gif)"));
    std::os::unix::fs::symlink(
        root.path().join("subscribers/patients.csv"),
        root.path().join("campaigns/tips/bed.gif"),
    )
    .unwrap();
    let found = told(&root);
    assert!(
        found.len() == 1 && found[0].contains("leads out of the campaign's folder"),
        "{found:?}"
    );
}

#[test]
fn a_logo_is_read_or_stops_everything_where_it_is_named() {
    let named = |file: &str| format!("{SETTINGS}look: {{logo: {file}}}\n");
    check(
        &[("tidings.yaml", named("mark.gif").as_bytes())],
        &["tidings.yaml:5:14: `mark.gif`: the file does not exist"],
    );
    for (there, hint) in [
        ("Mark.GIF", "capitals count: the file is called `Mark.GIF`"),
        ("marks.gif", "did you mean `marks.gif`?"),
        ("portrait.png", "did you mean `portrait.png`?"),
        ("notes.txt", "put `mark.gif` into the workspace's folder"),
    ] {
        let expected = format!("tidings.yaml:5:14: `mark.gif`: the file does not exist\n  hint: {hint}");
        check(
            &[("tidings.yaml", named("mark.gif").as_bytes()), (there, &gif(30))],
            &[expected.as_str()],
        );
    }
    check(
        &[("tidings.yaml", named("../mark.gif").as_bytes())],
        &["tidings.yaml:5:14: `../mark.gif` is no file of this workspace"],
    );
    check(
        &[("tidings.yaml", named("mark.gif").as_bytes()), ("mark.gif", &gif(40_000))],
        &["tidings.yaml:5:14: `mark.gif` has 32 × 16 pixels and 40 KB: a logo travels inside each letter up to 20 KB"],
    );
    let root = workspace();
    write(root.path(), "tidings.yaml", named("art/mark.gif").as_bytes());
    write(root.path(), "art/mark.gif", &gif(40));
    let logo = Workspace::read(root.path()).settings.unwrap().letter_look.logo.unwrap();
    assert_eq!((logo.file.as_str(), logo.width, logo.height), ("mark.gif", 32, 16));
    for images in [
        "http://mill-lane.example/",
        "mill-lane.example",
        "https://x/",
        "https://a.example/?q",
    ] {
        let settings = format!("{SETTINGS}look: {{images: \"{images}\"}}\n");
        check(&[("tidings.yaml", settings.as_bytes())], &["tidings.yaml:5:16: `"]);
    }
}

#[test]
fn languages_are_files_of_the_folder_with_one_id_and_each_its_own_language() {
    let campaign = CAMPAIGN.replace("{file: sleep.md}", "{file: sleep.md, languages: [sleep.de.md, sleep.ar.md]}");
    let in_language = |language: &str| ARTICLE.replace("title: Sleep", &format!("title: Sleep\nlanguage: {language}"));
    let (german, arabic) = (in_language("de"), in_language("ar"));
    let root = workspace();
    for (file, text) in [
        ("campaign.yaml", &campaign),
        ("sleep.de.md", &german),
        ("sleep.ar.md", &arabic),
    ] {
        write(root.path(), &format!("campaigns/tips/{file}"), text.as_bytes());
    }
    assert_eq!(told(&root), [""; 0]);
    let article = Workspace::read(root.path()).campaigns.remove(0).articles.remove(0);
    let languages: Vec<&str> = article.variants.iter().map(|variant| variant.language.as_str()).collect();
    assert_eq!(languages, ["de", "ar"]);
    let twin = german.replace("id: sleep", "id: schlaf");
    check(
        &[
            ("campaigns/tips/campaign.yaml", campaign.as_bytes()),
            ("campaigns/tips/sleep.de.md", twin.as_bytes()),
            ("campaigns/tips/sleep.ar.md", german.as_bytes()),
        ],
        &[
            "campaigns/tips/sleep.ar.md:4:11: `sleep.de.md` and `sleep.ar.md` are both in the language `de`",
            "campaigns/tips/sleep.de.md:2:5: `sleep.de.md` is `sleep.md` in another language, and yet its `id` is `schlaf`",
        ],
    );
    let wrong = campaign.replace("[sleep.de.md, sleep.ar.md]", "[sleep.md, ../x.md, slep.de.md]");
    check(
        &[
            ("campaigns/tips/campaign.yaml", wrong.as_bytes()),
            ("campaigns/tips/sleep.de.md", german.as_bytes()),
        ],
        &[
            "campaigns/tips/campaign.yaml:5:41: `sleep.md` stands twice",
            "campaigns/tips/campaign.yaml:5:51: `../x.md` is no file of this folder",
            "campaigns/tips/campaign.yaml:5:60: article `slep.de.md` does not exist",
        ],
    );
}

#[test]
fn the_clinics_own_hosts_are_known_however_its_domain_is_written() {
    const FILE: &str = "campaigns/tips/sleep.md";
    let with = |domain: &str| {
        SETTINGS.replace(
            "sender: {from: tips@mill-lane.example}",
            &format!("sender: {{from: tips@{domain}}}"),
        )
    };
    let (idn, large) = (with("praxis-müller.example"), with("gmail.com"));
    assert!(idn.contains("müller") && large.contains("gmail"));
    for address in [
        "https://www.praxis-müller.example/a.png",
        "https://www.xn--praxis-mller-klb.example/a.png",
    ] {
        let text = article(&format!("![bed]({address})"));
        check(&[("tidings.yaml", idn.as_bytes()), (FILE, &text)], &[]);
    }
    // A mailbox at a large provider makes none of its hosts the clinic's.
    let text = article("![bed](https://track.gmail.com/a.png)");
    check(
        &[("tidings.yaml", large.as_bytes()), (FILE, &text)],
        &[
            "tidings.yaml:2:16: warning: letters from `gmail.com`",
            "campaigns/tips/sleep.md:8:1: the picture comes from `track.gmail.com`",
        ],
    );
}
