//! Bytes on the disk: every file of a folder is searched for a text in every encoding that SQLite or anybody could have written it in.

use std::path::{Path, PathBuf};

/// All files under a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => vec![path],
        })
        .collect()
}

/// The files that hold `text`, in capitals or small letters, in UTF-8 or either UTF-16.
fn holders(folder: &Path, text: &str) -> Vec<PathBuf> {
    let small = text.to_lowercase();
    let wide = |bytes: fn(u16) -> [u8; 2]| small.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let needles = [small.as_bytes().to_vec(), wide(u16::to_le_bytes), wide(u16::to_be_bytes)];
    let holds = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap().to_ascii_lowercase();
        needles
            .iter()
            .any(|needle| bytes.windows(needle.len()).any(|window| window == needle.as_slice()))
    };
    files(folder).into_iter().filter(holds).collect()
}

/// No file under the folder holds any of these texts, not in a page that is free and not in the write-ahead log.
#[track_caller]
pub(crate) fn assert_no_trace(folder: &Path, texts: &[&str]) {
    for text in texts {
        let found = holders(folder, text);
        assert!(found.is_empty(), "`{text}` stands in {found:?}");
    }
}

/// The store, the rehearsal and the store that was laid aside all hold it: otherwise a search that finds nothing proves nothing.
#[track_caller]
pub(crate) fn assert_traces(root: &Path, text: &str) {
    let found = holders(&root.join(".tidings"), text);
    for part in ["store.db", "rehearsal", "replaced-1"] {
        assert!(
            found.iter().any(|path| path.to_str().unwrap().contains(part)),
            "`{text}` does not stand in {part}: {found:?}"
        );
    }
}

/// Somebody who looks at the store and goes on looking.
pub(crate) fn reader(store: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(store).unwrap();
    connection.execute_batch("BEGIN").unwrap();
    let seen: i64 = connection
        .query_row("SELECT count(*) FROM person", [], |row| row.get(0))
        .unwrap();
    assert!(seen > 0);
    connection
}
