//! The rules tested with planted offenders: each is caught, on its line, and its innocent twin is not.

use super::{FLOORS, LEFTOVERS, MACHINE_FOLDERS, rules};

fn check(file: &str, text: &str, expected: &[(usize, &str)]) {
    let text = format!("//! A\n//! file.\n{text}");
    let found = rules::source(file, &text);
    let lines: Vec<usize> = found.iter().map(|violation| violation.line).collect();
    let wanted: Vec<usize> = expected.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, wanted, "{file}: {text}\n{found:#?}");
    for (violation, (_, words)) in found.iter().zip(expected) {
        assert!(violation.to_string().contains(words), "{violation} should say {words}");
    }
}

#[test]
fn an_import_may_only_point_down() {
    check("src/campaign/mod.rs", "use crate::article::Article;", &[]);
    check(
        "src/article/mod.rs",
        "use crate::campaign::Campaign;",
        &[(3, "src/article/mod.rs:3: use crate::campaign::Campaign;")],
    );
    check(
        "src/article/mod.rs",
        "use crate::{address::Address,\n campaign::Campaign};",
        &[(4, "floor 1")],
    );
    check("src/article/html.rs", "fn f() -> crate::letter::Letter;", &[(3, "above it")]);
    check("src/article/html.rs", "use super::super::letter::Letter;", &[(3, "above it")]);
    check(
        "src/article/html.rs",
        "use super::markdown::Body;\nuse crate::article::Body;",
        &[],
    );
    check("src/cli/mod.rs", "use crate::dispatch;", &[]);
    check("src/main.rs", "use tidings::cli;", &[]);
}

#[test]
fn an_import_may_not_go_sideways() {
    check("src/relay/socket.rs", "use crate::store::Store;", &[(3, "sideways")]);
    check("src/address.rs", "use crate::finding::Finding;", &[(3, "sideways")]);
    check("src/address.rs", "use super::finding::Finding;", &[(3, "sideways")]);
}

#[test]
fn words_and_tests_import_nothing() {
    check(
        "src/article/mod.rs",
        "// use crate::letter::Letter;\nfn f() { g(\"crate::letter::Letter\") }",
        &[],
    );
    check(
        "src/article/mod.rs",
        "#[cfg(test)]\nmod tests {\n use crate::letter::Letter; use std::fs;\n}",
        &[],
    );
}

#[test]
fn above_the_waterline_it_is_dry() {
    for wet in [
        "use std::fs;",
        "use std::{fmt, fs::File};",
        "fn f() { std::env::var(x) }",
        "use std::net::TcpStream;",
        "use std::process;",
        "use std::time::{Duration, Instant};",
        "fn f() { Timestamp::now() }",
        "fn f() { jiff::Timestamp::now() }",
        "use std::io; fn f() { io::stdout() }",
        "fn f() { println!(x) }",
        "fn f() { std::eprintln!(x) }",
        "use tokio::net::TcpStream;",
        "use rusqlite::Connection;",
        "use aws_lc_rs::rand::SystemRandom;",
    ] {
        check("src/letter/compose.rs", wet, &[(3, "above the waterline")]);
        check("src/store/mod.rs", wet, &[]);
    }
    check(
        "src/letter/compose.rs",
        "use std::time::Duration; use std::io::Write; use aws_lc_rs::hmac; fn f() { self.fs.now() }",
        &[],
    );
}

#[test]
fn every_floor_of_the_table_is_guarded() {
    for (floor, modules) in FLOORS.iter().enumerate() {
        for above in FLOORS.iter().skip(floor + 1).flat_map(|floor| floor.iter()) {
            for module in *modules {
                check(
                    &format!("src/{module}/mod.rs"),
                    &format!("use crate::{above}::X;"),
                    &[(3, "which is above it")],
                );
                check(&format!("src/{above}/mod.rs"), &format!("use crate::{module}::X;"), &[]);
            }
        }
    }
}

#[test]
fn a_file_opens_with_what_it_is() {
    let lines = |file, text| rules::source(file, text).len();
    assert_eq!(lines("src/store/mod.rs", "//! A store.\nuse std::fs;\n"), 1);
    assert_eq!(lines("src/store/keys.rs", "//! Keys.\nuse std::fs;\n"), 0);
    assert_eq!(lines("src/store/keys.rs", "use std::fs;\n"), 1);
}

#[test]
fn a_file_is_short_and_named_after_what_it_holds() {
    check("src/store/keys.rs", &"\n".repeat(448), &[]);
    check("src/store/keys.rs", &"\n".repeat(449), &[(451, "split it")]);
    check("src/main.rs", &"\n".repeat(17), &[]);
    check("src/main.rs", &"\n".repeat(18), &[(20, "at most 19")]);
    check("src/store/utils.rs", "", &[(1, "`utils` names nothing")]);
    check("src/store_manager.rs", "", &[(1, "`manager` names nothing")]);
    check("src/store/serviceable.rs", "", &[]);
}

#[test]
fn the_table_is_the_one_that_readers_see() {
    let modules: Vec<String> = FLOORS
        .iter()
        .flat_map(|floor| floor.iter().map(|name| (*name).to_owned()))
        .collect();
    let rows = FLOORS
        .iter()
        .enumerate()
        .map(|(floor, names)| format!("//! | {floor} | `{}` |\n", names.join("`, `")));
    let declared: String = modules.iter().map(|name| format!("pub mod {name};\n")).collect();
    let lib = format!("{}{declared}", rows.collect::<String>());
    let count = |lib: &str, modules: &[String]| rules::table(lib, modules).len();
    assert_eq!(count(&lib, &modules), 0);
    assert_eq!(count(&lib, &modules[1..]), 1);
    assert_eq!(
        count(&lib.replace("| 2 | `campaign`", "| 3 | `campaign`"), &modules),
        0,
        "the rows' order counts, the number is for people"
    );
    assert_eq!(count(&lib.replace("`clock`, `workspace`", "`clock`"), &modules), 1);
    assert_eq!(count(&lib.replace("pub mod clock;", "pub mod clocks;"), &modules), 1);
}

#[test]
fn leftovers_are_found_and_the_innocent_is_not() {
    let lines = |file: &str, text: &str| {
        rules::leftovers(file, text)
            .iter()
            .map(|violation| violation.line)
            .collect::<Vec<_>>()
    };
    for marker in LEFTOVERS {
        assert_eq!(lines("src/a.rs", &format!("\n  {marker}")), [2], "{marker}");
    }
    for folder in MACHINE_FOLDERS {
        assert_eq!(lines("README.md", &format!("a\nin `{folder}x`")), [2], "{folder}");
        assert_eq!(lines("README.md", &format!("example.org{folder}x")), [0_usize; 0], "{folder}");
    }
    assert_eq!(lines("src/a.rs", "a method"), [0_usize; 0]);
}
