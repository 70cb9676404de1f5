//! The column `language` against the languages that letters are written in.
//!
//! Promises: a value that is nobody's language is named with its first row; who has none, or one that is merely not written in, gets the
//! article's own language and is no mistake.

use crate::finding::{Finding, Place};
use crate::subscriber::csv::{ListReader, Table};
use crate::template::words;
use crate::workspace::{CampaignFolder, ListFile, Workspace};
use std::collections::BTreeMap;

/// More values than these are no slips: the column holds something else.
const MOST: usize = 10;

/// What people of these campaigns' lists have written where a language was wanted, if any campaign has others than its own.
pub(super) fn unknown(workspace: &Workspace, folders: &[&CampaignFolder]) -> Vec<Finding> {
    let many = folders
        .iter()
        .filter(|folder| folder.articles.iter().any(|article| !article.variants.is_empty()));
    let campaigns: Vec<_> = many.filter_map(|folder| folder.campaign.as_ref()).collect();
    let uses = |list: &&ListFile| campaigns.iter().any(|campaign| campaign.audience.lists.contains(&list.name));
    let mut findings = Vec::new();
    for list in workspace.lists.iter().filter(uses) {
        // What keeps a list from being read is said where it is brought in.
        let Ok(bytes) = list.read() else { continue };
        let Ok(table) = Table::of(&list.file, &bytes, &list.mapping, None) else {
            continue;
        };
        let Ok(reader) = ListReader::open(&list.file, &table, &list.mapping) else {
            continue;
        };
        findings.extend(of_rows(&list.file, reader));
    }
    findings
}

fn of_rows(file: &str, mut reader: ListReader<'_>) -> Vec<Finding> {
    let mut unknown: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    while let Some(row) = reader.next() {
        let Some(written) = row.subscriber.attributes.get("language") else {
            continue;
        };
        if !words::is_language(written) && (unknown.len() < MOST || unknown.contains_key(written)) {
            unknown.entry(written.clone()).or_insert((row.line, 0)).1 += 1;
        }
    }
    let told = unknown.into_iter().map(|(written, (line, people))| {
        let more = match people {
            1 => String::new(),
            people => format!(", and in {} more", people - 1),
        };
        let shown: String = written.chars().take(40).collect();
        let text = format!("`{shown}` in the column `language` is no language that is known here{more}");
        Finding::warning(file, text).at(Place::new(line, 1)).hint(
            "write its name or its short form, like `German` or `de`; as it is, the letter comes in the article's own language",
        )
    });
    told.collect()
}
