//! Making workspaces and campaigns, in folders of every kind.

use super::{CreateError, NameFault, NewCampaign, init, new_campaign};
use serde_yaml::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Everything under `root`: files with their text, folders with `None`.
fn tree(root: &Path) -> BTreeMap<PathBuf, Option<String>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = (!path.is_dir()).then(|| fs::read_to_string(&path).unwrap());
            found.insert(path.strip_prefix(root).unwrap().to_owned(), text);
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    found
}

fn yaml(path: &Path) -> Value {
    serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

const STARTER: [&str; 16] = [
    ".gitignore",
    "templates/ask.html",
    "templates/ask.txt",
    "templates/footer.html",
    "templates/footer.txt",
    "templates/head.html",
    "templates/letter.html",
    "templates/letter.txt",
    "templates/magazine.html",
    "templates/magazine.txt",
    "templates/mark.html",
    "templates/preheader.html",
    "subscribers/patients.csv",
    "campaigns/welcome/welcome.md",
    "campaigns/welcome/campaign.yaml",
    "tidings.yaml",
];

#[test]
fn a_new_folder_becomes_a_workspace() {
    let desk = TempDir::new().unwrap();
    let dir = desk.path().join("mail/clinic");
    let files = init(&dir).unwrap();
    assert_eq!(files, STARTER.map(|name| dir.join(name)));
    assert!(files.iter().all(|file| file.is_file()));
    // The files and their folders, and nothing left over.
    assert_eq!(tree(&dir).len(), STARTER.len() + 4);
}

#[test]
fn an_empty_folder_and_one_with_other_files_become_workspaces() {
    let dir = TempDir::new().unwrap();
    fs::create_dir_all(dir.path().join("campaigns/spring")).unwrap();
    fs::write(dir.path().join("README.md"), "mine").unwrap();
    init(dir.path()).unwrap();
    assert_eq!(fs::read_to_string(dir.path().join("README.md")).unwrap(), "mine");
    assert!(STARTER.iter().all(|name| dir.path().join(name).is_file()));
    init(TempDir::new().unwrap().path()).unwrap();
}

#[test]
fn nothing_in_the_way_is_overwritten_and_all_of_it_is_named() {
    fn check(standing: &[&str], expected: &[&str], hint: &str) {
        let dir = TempDir::new().unwrap();
        for name in standing {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "mine").unwrap();
        }
        let before = tree(dir.path());
        let error = init(dir.path()).unwrap_err();
        assert!(error.hint().contains(hint), "{}", error.hint());
        let CreateError::InTheWay { folder, files } = error else {
            panic!("{error:?}")
        };
        assert_eq!(
            (folder.as_path(), files),
            (dir.path(), expected.iter().map(|name| (*name).to_owned()).collect())
        );
        assert_eq!(tree(dir.path()), before);
    }
    check(&["templates/letter.txt"], &["templates/letter.txt"], "choose a new folder");
    check(
        &[".gitignore", "campaigns/welcome/welcome.md"],
        &[".gitignore", "campaigns/welcome/welcome.md"],
        "move",
    );
    // A file where a folder has to be counts once, whatever would go into it.
    check(
        &["templates", "campaigns/welcome"],
        &["campaigns/welcome", "templates"],
        "move",
    );
    check(&["tidings.yaml"], &["tidings.yaml"], "a workspace already");
}

#[test]
fn a_second_init_changes_nothing() {
    let dir = TempDir::new().unwrap();
    init(dir.path()).unwrap();
    let before = tree(dir.path());
    let CreateError::InTheWay { files, .. } = init(dir.path()).unwrap_err() else {
        panic!("wanted everything to be in the way")
    };
    assert_eq!(files.len(), STARTER.len());
    assert_eq!(tree(dir.path()), before);
}

#[test]
fn a_file_or_a_place_below_a_file_cannot_become_a_workspace() {
    let desk = TempDir::new().unwrap();
    let file = desk.path().join("notes.txt");
    fs::write(&file, "mine").unwrap();
    assert!(matches!(init(&file), Err(CreateError::NotAFolder { path }) if path == file));
    assert!(matches!(init(&file.join("clinic")), Err(CreateError::Unwritable { .. })));
    assert_eq!(
        tree(desk.path()),
        BTreeMap::from([("notes.txt".into(), Some("mine".to_owned()))])
    );
}

#[cfg(target_os = "linux")]
#[test]
fn what_fails_half_way_is_taken_back_whole() {
    // Linux takes paths of 4095 bytes: there is room for `.gitignore` here, and none for every template.
    let desk = TempDir::new().unwrap();
    let mut dir = desk.path().to_owned();
    while dir.as_os_str().len() + 1 + 100 < 4075 {
        dir = dir.join("d".repeat(100));
    }
    dir = dir.join("e".repeat(4075 - 1 - dir.as_os_str().len()));
    fs::create_dir_all(dir.parent().unwrap()).unwrap();
    let before = tree(desk.path());
    let CreateError::Unwritable { path, .. } = init(&dir).unwrap_err() else {
        panic!("wanted a path that is too long")
    };
    assert_ne!(
        path,
        dir.join(STARTER[0]),
        "the first file was to be written, so that there is something to take back"
    );
    assert_eq!(tree(desk.path()), before);
}

#[cfg(unix)]
#[test]
fn lists_of_people_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = TempDir::new().unwrap();
    init(dir.path()).unwrap();
    let mode = |name: &str| fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("subscribers"), 0o700);
    assert_eq!(mode("subscribers/patients.csv"), 0o600);
    assert_ne!(mode("tidings.yaml") & 0o077, 0, "the settings hold no secret");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_in_the_way_too() {
    let dir = TempDir::new().unwrap();
    std::os::unix::fs::symlink("nowhere", dir.path().join("tidings.yaml")).unwrap();
    assert!(matches!(init(dir.path()), Err(CreateError::InTheWay { .. })));
    assert!(!dir.path().join("nowhere").exists());
}

#[test]
fn the_starter_names_only_what_is_there() {
    let dir = TempDir::new().unwrap();
    init(dir.path()).unwrap();
    let path = |name: &str| dir.path().join(name);
    let settings = yaml(&path("tidings.yaml"));
    assert_eq!(settings["clinic"]["jurisdiction"], "GB");
    assert!(settings["clinic"]["postal_address"].is_string());
    assert!(settings["unsubscribe"]["mailto"].as_str().unwrap().ends_with(".example"));
    assert!(settings.get("relay").is_none(), "nothing real is reachable from a starter");
    let campaign = yaml(&path("campaigns/welcome/campaign.yaml"));
    assert_eq!(campaign["audience"]["lists"][0], "patients");
    assert_eq!(campaign["articles"][0]["file"], "welcome.md");
    assert_eq!(campaign["template"], "letter");
    let people = fs::read_to_string(path("subscribers/patients.csv")).unwrap();
    assert!(
        people
            .lines()
            .skip(1)
            .all(|line| line.contains("@example.org,") && line.contains(",yes,")),
        "{people}"
    );
}

#[test]
fn the_starter_has_every_template_that_this_project_has() {
    let templates = |root: &Path| tree(&root.join("templates"));
    let dir = TempDir::new().unwrap();
    init(dir.path()).unwrap();
    assert_eq!(templates(dir.path()), templates(Path::new(env!("CARGO_MANIFEST_DIR"))));
}

#[test]
fn the_commented_relay_is_good_yaml_once_the_marks_are_gone() {
    let dir = TempDir::new().unwrap();
    init(dir.path()).unwrap();
    let text = fs::read_to_string(dir.path().join("tidings.yaml")).unwrap();
    let (before, after) = text.split_once("# relay:").unwrap();
    let relay = format!("{before}relay:{}", after.replace("\n# ", "\n"));
    let relay = &serde_yaml::from_str::<Value>(&relay).unwrap()["relay"];
    assert_eq!((relay["port"].as_u64(), relay["tls"].as_str()), (Some(465), Some("implicit")));
    assert!(
        relay["password_file"].as_str().unwrap().ends_with(".password"),
        "so that git leaves it out"
    );
}

#[test]
fn the_welcome_article_keeps_the_rules_for_articles() {
    let dir = TempDir::new().unwrap();
    init(dir.path()).unwrap();
    let text = fs::read_to_string(dir.path().join("campaigns/welcome/welcome.md")).unwrap();
    let mut parts = text.splitn(3, "---\n");
    assert_eq!(parts.next(), Some(""));
    let front_matter: BTreeMap<String, String> = serde_yaml::from_str(parts.next().unwrap()).unwrap();
    let keys: Vec<&str> = front_matter.keys().map(String::as_str).collect();
    assert_eq!(keys, ["author", "id", "language", "preheader", "subject", "title"]);
    assert!((40..=110).contains(&front_matter["preheader"].chars().count()));
    assert!((150..=300).contains(&parts.next().unwrap().split_whitespace().count()));
}

const ARTICLE: &str = "calmer days.md";
const TEXT: &str = "---\nid: calmer\n---\nText\n";

fn calmer<'a>(name: &'a str, lists: &'a [String]) -> NewCampaign<'a> {
    static ARTICLES: std::sync::LazyLock<Vec<(String, String)>> = std::sync::LazyLock::new(|| named(ARTICLE));
    NewCampaign {
        name,
        id: "k7f2m9",
        title: "Sale: 50% off \"calm\" #1",
        articles: &ARTICLES,
        pictures: &[],
        every: None,
        lists,
    }
}

fn named(file: &str) -> Vec<(String, String)> {
    vec![(file.to_owned(), TEXT.to_owned())]
}

#[test]
fn a_campaign_is_a_whole_folder_that_reads_back() {
    let root = TempDir::new().unwrap();
    let lists = ["patients".to_owned()];
    let new = calmer("calmer", &lists);
    let path = new_campaign(root.path(), &new).unwrap();
    assert_eq!(path, root.path().join("campaigns/calmer"));
    let settings = yaml(&path.join("campaign.yaml"));
    assert_eq!(settings["id"], new.id);
    assert_eq!(settings["title"], new.title);
    assert_eq!(settings["template"], "letter");
    assert_eq!(settings["articles"][0]["file"], ARTICLE);
    assert_eq!(fs::read_to_string(path.join(ARTICLE)).unwrap(), TEXT);
    let names: Vec<PathBuf> = tree(&root.path().join("campaigns")).into_keys().collect();
    assert_eq!(
        names,
        ["calmer", "calmer/calmer days.md", "calmer/campaign.yaml"].map(PathBuf::from)
    );
}

#[test]
fn only_the_one_list_there_is_gets_chosen() {
    fn check(lists: &[&str], expected: &[&str], said: &str) {
        let root = TempDir::new().unwrap();
        let lists: Vec<String> = lists.iter().map(|list| (*list).to_owned()).collect();
        let path = new_campaign(root.path(), &calmer("calmer", &lists))
            .unwrap()
            .join("campaign.yaml");
        let chosen: Vec<String> = serde_yaml::from_value(yaml(&path)["audience"]["lists"].clone()).unwrap();
        assert_eq!(chosen, expected);
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains(said), "{text}");
    }
    check(&["patients"], &["patients"], "one so far: patients.");
    check(&["friends: old"], &["friends: old"], "one so far: \"friends: old\".");
    check(
        &["patients", "staff", "a\nb"],
        &[],
        "with commas: patients, staff, \"a\\nb\".",
    );
    check(&[], &[], "no list yet");
}

#[test]
fn the_commented_examples_are_good_yaml_once_the_marks_are_gone() {
    let root = TempDir::new().unwrap();
    let path = new_campaign(root.path(), &calmer("calmer", &[])).unwrap();
    let text = fs::read_to_string(path.join("campaign.yaml")).unwrap();
    let mut shown: Value = serde_yaml::from_str(&text).unwrap();
    for key in ["only", "schedule", "window", "season", "late"] {
        assert!(shown.get(key).is_none(), "{key} is only an example");
        shown = serde_yaml::from_str(&text.replace(&format!("# {key}: "), &format!("{key}: "))).unwrap();
        assert!(shown[key].is_mapping(), "{key}");
    }
}

#[test]
fn a_bad_name_is_refused_with_a_better_one() {
    let root = TempDir::new().unwrap();
    let error = new_campaign(root.path(), &calmer("Spring Tips", &[])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"Spring Tips\" cannot be a campaign's name: there is a capital letter in it, wanted small letters a to z, digits and hyphens"
    );
    assert_eq!(error.hint(), "call it `spring-tips`");
    let sent = new_campaign(root.path(), &calmer(".sent", &[])).unwrap_err();
    assert!(matches!(
        sent,
        CreateError::Name {
            fault: NameFault::Dot,
            ..
        }
    ));
    assert!(tree(root.path()).is_empty());
}

#[test]
fn a_name_that_is_taken_is_refused_whatever_stands_there() {
    let root = TempDir::new().unwrap();
    new_campaign(root.path(), &calmer("calmer", &[])).unwrap();
    fs::write(root.path().join("campaigns/file"), "mine").unwrap();
    fs::create_dir(root.path().join("campaigns/empty")).unwrap();
    let before = tree(root.path());
    for name in ["calmer", "file", "empty"] {
        let error = new_campaign(root.path(), &calmer(name, &[])).unwrap_err();
        assert!(
            error.to_string().starts_with(&format!("campaign `{name}` exists already: ")),
            "{error}"
        );
        assert!(matches!(error, CreateError::CampaignExists { .. }));
    }
    assert_eq!(tree(root.path()), before);
}

#[test]
fn an_article_stays_inside_its_folder_and_beside_the_settings() {
    let root = TempDir::new().unwrap();
    for article_file in [
        "",
        ".",
        "..",
        "../calm.md",
        "a/b.md",
        "a\\b.md",
        ".hidden.md",
        "campaign.yaml",
        "Campaign.YAML",
        "a\nb.md",
    ] {
        let new = NewCampaign {
            articles: &named(article_file),
            ..calmer("calmer", &[])
        };
        let error = new_campaign(root.path(), &new).unwrap_err();
        assert!(matches!(error, CreateError::ArticleFile { found } if found == article_file));
    }
    assert!(tree(root.path()).is_empty());
}

#[test]
fn a_campaign_that_cannot_be_written_leaves_nothing_behind() {
    let root = TempDir::new().unwrap();
    // The system takes names of 255 bytes: the settings can be written, the article cannot.
    let long = format!("{}.md", "a".repeat(300));
    let new = NewCampaign {
        articles: &named(&long),
        ..calmer("calmer", &[])
    };
    assert!(matches!(new_campaign(root.path(), &new), Err(CreateError::Unwritable { .. })));
    assert!(tree(root.path()).is_empty());
    fs::write(root.path().join("campaigns"), "mine").unwrap();
    assert!(matches!(
        new_campaign(root.path(), &calmer("calmer", &[])),
        Err(CreateError::Unwritable { .. })
    ));
    assert_eq!(tree(root.path()).len(), 1);
}

#[test]
fn what_a_crash_left_behind_does_not_stand_in_the_way() {
    let root = TempDir::new().unwrap();
    let left = root.path().join("campaigns/.new-calmer");
    fs::create_dir_all(&left).unwrap();
    fs::write(left.join("campaign.yaml"), "half").unwrap();
    let path = new_campaign(root.path(), &calmer("calmer", &[])).unwrap();
    assert_eq!(yaml(&path.join("campaign.yaml"))["id"], "k7f2m9");
    assert_eq!(fs::read_to_string(left.join("campaign.yaml")).unwrap(), "half");
}

#[test]
fn pictures_lie_beside_the_articles_of_a_series() {
    let root = TempDir::new().unwrap();
    let articles = [named("one.md"), named("two: more.md")].concat();
    let pictures = [("hands.png".to_owned(), vec![0, 159, 146])];
    let new = NewCampaign {
        articles: &articles,
        pictures: &pictures,
        every: Some(14),
        ..calmer("calmer", &[])
    };
    let path = new_campaign(root.path(), &new).unwrap();
    assert_eq!(fs::read(path.join("hands.png")).unwrap(), [0, 159, 146]);
    let settings = yaml(&path.join("campaign.yaml"));
    assert!(settings.get("articles").is_none() && settings.get("schedule").is_none());
    let step = |index: usize| {
        (
            settings["series"][index]["file"].as_str(),
            settings["series"][index]["after"].as_str(),
        )
    };
    assert_eq!(
        (step(0), step(1)),
        ((Some("one.md"), Some("0d")), (Some("two: more.md"), Some("14d")))
    );
    let outside = [("../x.png".to_owned(), Vec::new())];
    let error = new_campaign(
        root.path(),
        &NewCampaign {
            pictures: &outside,
            ..new
        },
    )
    .unwrap_err();
    assert!(matches!(error, CreateError::ArticleFile { .. }));
}
