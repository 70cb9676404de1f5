//! The rules: one file's name and text in, what breaks them out.

use super::source::{self, CodePath};
use super::{
    DRY_ALL_THE_SAME, EMPTY_NAMES, FLOORS, LEFTOVERS, MACHINE_FOLDERS, MOST_LINES, MOST_LINES_OF_MAIN, ONLY_BELOW_THE_WATERLINE,
    Violation, WATERLINE,
};

/// Every rule about one file of `src`.
pub(super) fn source(file: &str, text: &str) -> Vec<Violation> {
    let mut violations = shape(file, text);
    if file.ends_with(".rs") {
        violations.extend(imports(file, text));
    }
    violations
}

/// What every file is held to, tests included: how it opens, how long it is, what it is called.
pub(super) fn shape(file: &str, text: &str) -> Vec<Violation> {
    let ours = file.ends_with(".rs");
    let rules = [
        opening(file, text).filter(|_| ours),
        length(file, text).filter(|_| ours),
        name(file),
    ];
    rules.into_iter().flatten().collect()
}

/// Imports point down, and what is above the waterline stays dry.
fn imports(file: &str, text: &str) -> Vec<Violation> {
    let place = Place::of(file);
    let broken = |path: &CodePath| {
        let target = place.target(&path.segments);
        place
            .climbs(target)
            .or_else(|| place.wet(path))
            .map(|why| at_line(file, text, path.line, why))
    };
    let mut violations: Vec<Violation> = source::paths(text).iter().filter_map(broken).collect();
    violations.dedup();
    violations
}

/// Where a file stands in the house.
struct Place<'a> {
    /// The names of its module, from the crate's root: none for `lib.rs` and `main.rs`.
    module: Vec<&'a str>,
}

impl<'a> Place<'a> {
    fn of(file: &'a str) -> Self {
        let inside = file.strip_prefix("src/").unwrap_or(file).trim_end_matches(".rs");
        let module = inside.split('/').filter(|name| !matches!(*name, "mod" | "lib" | "main"));
        Self {
            module: module.collect(),
        }
    }

    fn floor(&self) -> Option<usize> {
        self.module.first().and_then(|name| floor_of(name))
    }

    /// The top-level module that a path leads to, if it leads into this crate.
    fn target<'p>(&self, segments: &'p [String]) -> Option<&'p str> {
        let ups = segments.iter().take_while(|segment| *segment == "super").count();
        let next = match segments.first()?.as_str() {
            "crate" => 1,
            "super" if ups >= self.module.len() => ups,
            _ => return None,
        };
        segments.get(next).map(String::as_str)
    }

    fn climbs(&self, target: Option<&str>) -> Option<String> {
        let (home, target) = (self.module.first()?, target?);
        let (from, to) = (self.floor()?, floor_of(target)?);
        match to.cmp(&from) {
            std::cmp::Ordering::Greater => Some(format!(
                "`{home}` is on floor {from} and imports from `{target}` on floor {to}, which is above it"
            )),
            std::cmp::Ordering::Equal if *home != target => {
                Some(format!("`{home}` imports sideways from `{target}`: both are on floor {from}"))
            }
            std::cmp::Ordering::Equal | std::cmp::Ordering::Less => None,
        }
    }

    fn wet(&self, path: &CodePath) -> Option<String> {
        let dry = self.floor()? < WATERLINE;
        let banned = ONLY_BELOW_THE_WATERLINE.iter().find(|(banned, _)| names(path, banned))?;
        if (self.module.join("::").as_str(), banned.0) == DRY_ALL_THE_SAME {
            return None;
        }
        dry.then(|| {
            format!(
                "`{}` is above the waterline: {} (`{}`) are for the floors from {WATERLINE} on",
                self.module.join("::"),
                banned.1,
                banned.0
            )
        })
    }
}

/// Whether `path` goes through `banned`: from its beginning, or, for a type's function such as `Timestamp::now`, anywhere.
fn names(path: &CodePath, banned: &str) -> bool {
    let banned: Vec<&str> = banned.split("::").collect();
    let rooted = banned[0] == "std" || banned.len() == 1;
    let mut windows = path.segments.windows(banned.len());
    match rooted {
        true => windows.next().is_some_and(|window| window == banned) || path.segments.last().is_some_and(|last| banned == [last]),
        false => windows.any(|window| window == banned),
    }
}

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// Every file says first what it is; a folder says in two lines at least what it promises and what it does not know.
fn opening(file: &str, text: &str) -> Option<Violation> {
    let lines = text.lines().take_while(|line| line.starts_with("//!")).count();
    let wanted = if file.ends_with("/mod.rs") { 2 } else { 1 };
    let why =
        format!("opens with {lines} lines of `//!`, wanted at least {wanted}: what it is, what it promises, what it does not know");
    (lines < wanted).then(|| at_line(file, text, 1, why))
}

fn length(file: &str, text: &str) -> Option<Violation> {
    let most = if file == "src/main.rs" {
        MOST_LINES_OF_MAIN - 1
    } else {
        MOST_LINES
    };
    let lines = text.lines().count();
    (lines > most).then(|| {
        at_line(
            file,
            text,
            lines,
            format!("{lines} lines, at most {most} are wanted: split it by concept"),
        )
    })
}

fn name(file: &str) -> Option<Violation> {
    let empty = file.split(['/', '.', '_']).find(|part| EMPTY_NAMES.contains(part))?;
    Some(at_line(
        file,
        "",
        1,
        format!("`{empty}` names nothing: call it after what it holds"),
    ))
}

/// The table of the floors, the one that `lib.rs` shows, its `pub mod` lines and the folder list are the same.
pub(super) fn table(lib: &str, modules: &[String]) -> Vec<Violation> {
    let shown = floors_shown(lib);
    let declared = source::paths(lib)
        .windows(2)
        .filter(|pair| pair[0].segments == ["mod"])
        .map(|pair| pair[1].segments.join("::"))
        .collect();
    let expected: Vec<String> = FLOORS
        .iter()
        .flat_map(|floor| floor.iter().map(|name| (*name).to_owned()))
        .collect();
    let floors: Vec<Vec<String>> = FLOORS
        .iter()
        .map(|floor| floor.iter().map(|name| (*name).to_owned()).collect())
        .collect();
    let mut violations = Vec::new();
    if shown != floors {
        violations.push(at_line(
            "src/lib.rs",
            "",
            1,
            format!("its table of floors shows {shown:?}, the test holds {floors:?}"),
        ));
    }
    for (what, names) in [("the folder list", modules.to_vec()), ("the `mod` lines", declared)] {
        let (mut names, mut wanted) = (names, expected.clone());
        names.sort();
        // A module may be a file with a folder of its own beside it.
        names.dedup();
        wanted.sort();
        if names != wanted {
            violations.push(at_line(
                "src/lib.rs",
                "",
                1,
                format!("{what} has {names:?}, the table of floors {wanted:?}"),
            ));
        }
    }
    violations
}

/// The rows of `//! | 1 | `article`, `subscriber` |`.
fn floors_shown(lib: &str) -> Vec<Vec<String>> {
    let row = |line: &str| {
        let (floor, names) = line.strip_prefix("//! | ")?.strip_suffix(" |")?.split_once(" | ")?;
        floor.parse::<usize>().ok()?;
        Some(names.split(", ").map(|name| name.trim_matches('`').to_owned()).collect())
    };
    lib.lines().filter_map(row).collect()
}

/// Words that were only meant for the person who wrote them.
pub(super) fn leftovers(file: &str, text: &str) -> Vec<Violation> {
    let ours = file.ends_with(".rs");
    let mut violations = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let marker = LEFTOVERS.iter().find(|marker| ours && line.contains(*marker));
        let folder = MACHINE_FOLDERS.iter().find(|folder| begins_a_path(line, folder));
        violations.extend(marker.map(|marker| at_line(file, text, index + 1, format!("leftover `{marker}`"))));
        violations
            .extend(folder.map(|folder| at_line(file, text, index + 1, format!("`{folder}` is a folder of one machine only"))));
    }
    violations
}

/// Whether a path on `line` begins with `folder`: `/a/b` does with `/a/`, `x/a/b` does not.
fn begins_a_path(line: &str, folder: &str) -> bool {
    let free = |before: &str| !before.ends_with(|c: char| c.is_alphanumeric() || "./-_}~$:*".contains(c));
    line.match_indices(folder).any(|(at, _)| free(&line[..at]))
}

fn at_line(file: &str, text: &str, line: usize, why: String) -> Violation {
    let shown = text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim().to_owned();
    Violation {
        file: file.to_owned(),
        line,
        shown,
        why,
    }
}
