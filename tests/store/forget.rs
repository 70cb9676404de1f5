//! Forgetting, against the file itself: whatever column a text stands in, the address is taken out of it, and what was sent stays.

use super::*;
use rusqlite::Connection;
use tidings::store::order::Found;

const ANN: &str = "ann@example.org";

fn address() -> Address {
    Address::parse(ANN).unwrap()
}

/// A row for every table that a full life of a store fills, whoever's it is.
const ROWS: &str = "\
INSERT INTO import (list, file, file_hash, source_hash, at, before_columns) SELECT id, 'patients.csv', x'00', x'00', 0, '[]' FROM list LIMIT 1;
INSERT INTO membership_was (import, list, person, version, line, answer, assumed, since) SELECT (SELECT max(id) FROM import), list, person, version, line, answer, 0, 0 FROM membership LIMIT 1 OFFSET 1;
INSERT INTO suppression (hash, list, reason, evidence, at, lifted_at, lift_evidence) VALUES (x'11', 'patients', 'by_hand', '', 0, 1, '');
INSERT INTO left_out (edition, person, reason, detail) SELECT 1, id, 'suppressed', '' FROM person LIMIT 1 OFFSET 2;
INSERT INTO spoken_order (at, verb, campaign, detail) VALUES (0, 'hold', 'k7', '');
INSERT INTO campaign_hold VALUES ('k7', '', 0);
INSERT INTO campaign_seen VALUES ('k7', 0);
INSERT INTO campaign_cleared VALUES ('k7', 0);
INSERT INTO change (delivery, attempts, event, by, reason, at) SELECT id, 0, 'hold', 'person', '', 0 FROM delivery WHERE id = 2;
INSERT INTO attempt (delivery, number, run, begun_at, settled_at, outcome, reply, relay) SELECT 2, 1, id, 0, 0, 'deferred', '', '' FROM run LIMIT 1;
INSERT INTO mail (hash, at, kind, outcome, delivery, person, detail) VALUES (x'22', 0, 'bounce', 'acted', 2, x'11', '');
INSERT INTO mailbox VALUES ('-', 0, 1, '');
INSERT INTO strike (person, edition, delivery, weight, source, code, reply, at) VALUES (x'11', 1, 2, 'hard', 'mail', '', '', 0);
";

/// All text columns of the file, with their tables.
fn columns(connection: &Connection) -> Vec<(String, String)> {
    let sql = "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.type = 'TEXT'";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

fn mentioned(connection: &Connection, (table, column): &(String, String)) -> bool {
    let sql = format!("SELECT EXISTS (SELECT 1 FROM \"{table}\" WHERE lower(\"{column}\") LIKE '%ann@example.org%')");
    connection.query_row(&sql, [], |row| row.get(0)).unwrap()
}

/// Writes the address into every text column that takes it, the triggers laid down meanwhile; gives where it stands then.
fn plant(connection: &Connection) -> Vec<(String, String)> {
    connection.execute_batch(ROWS).unwrap();
    let sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'";
    let triggers: Vec<(String, String)> = {
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    triggers
        .iter()
        .for_each(|(name, _)| connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap());
    for (table, column) in columns(connection) {
        let is_anns_own = (table.as_str(), column.as_str()) == ("person_version", "address");
        let sql = format!("UPDATE OR IGNORE \"{table}\" SET \"{column}\" = 'mail of <ANN@Example.org>, ann@example.org'");
        if !is_anns_own {
            connection.execute(&sql, []).ok();
        }
    }
    triggers.iter().for_each(|(_, sql)| connection.execute_batch(sql).unwrap());
    columns(connection)
        .into_iter()
        .filter(|place| mentioned(connection, place))
        .collect()
}

#[test]
fn the_address_is_taken_out_of_every_text_of_every_table() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _) = released(dir.path(), &["ann", "bob", "cid"]);
    store.begin_run("run", at(1)).unwrap();
    let file = Connection::open(dir.path().join("store.db")).unwrap();
    let planted = plant(&file);
    let tables: std::collections::BTreeSet<&str> = planted.iter().map(|(table, _)| table.as_str()).collect();
    println!("proof| forget | text columns that held the address | {}", planted.len());
    println!("proof| forget | tables of these | {}", tables.len());
    assert!(planted.len() > 45 && tables.len() > 17, "{planted:?}");
    store.forget(&address(), at(5)).unwrap();
    let left: Vec<_> = columns(&file).into_iter().filter(|place| mentioned(&file, place)).collect();
    assert!(left.is_empty(), "it still stands in {left:?}");
    let refused = file.execute("DELETE FROM suppression", []).unwrap_err().to_string();
    assert!(refused.contains("never deleted"), "the triggers are back: {refused}");
    let others: i64 = file
        .query_row(
            "SELECT count(*) FROM person_version WHERE address IN ('bob@example.org', 'cid@example.org')",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(others, 2, "the others keep their addresses");
}

#[test]
fn the_longer_address_of_somebody_else_stays() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _) = released(dir.path(), &["ann", "joann", "o'ann"]);
    store.forget(&address(), at(5)).unwrap();
    let people: Vec<_> = ["joann", "o'ann"]
        .map(|name| store.person(&subscriber(name).address).unwrap().unwrap())
        .to_vec();
    for person in people {
        assert_eq!(store.memberships(person).unwrap().len(), 1);
    }
    let person = store.person(&address()).unwrap().unwrap();
    assert!(store.memberships(person).unwrap().is_empty() && store.is_erased(&address()).unwrap());
    assert_eq!(store.erased_at(person).unwrap(), Some(at(5)));
}

#[test]
fn nothing_of_a_forgotten_person_leaves_whatever_is_ordered() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann", "bob", "cid", "dov"]);
    let (desk, _) = Desk::open(&mut store);
    let waiting = claims(&store, edition, 2);
    let ann = waiting.iter().position(|claim| claim.recipient.address == address()).unwrap();
    // Held in hand when the person is forgotten: the claim was read before, and is asked about after.
    store.forget(&address(), at(3)).unwrap();
    assert_ne!(desk.begin(&waiting[ann], 4), Some(Grant::Given));
    assert!(
        claims(&store, edition, 5)
            .iter()
            .all(|claim| claim.recipient.address != address())
    );
    // Under way, and failed for good: an order anew finds nobody to send it to.
    let other = waiting.iter().position(|claim| claim.recipient.address != address()).unwrap();
    let other_address = waiting[other].recipient.address.clone();
    desk.begin(&waiting[other], 4);
    desk.record(Some(settlement(&waiting[other], Event::RefuseForGood, 5)), None);
    store.forget(&other_address, at(6)).unwrap();
    let line = store.delivery(waiting[other].delivery).unwrap().unwrap();
    assert_eq!((line.state, line.address.is_none()), (State::Failed, true));
    assert_eq!(store.resend(edition, &[line], at(7)).unwrap(), 0);
    assert_eq!(
        store
            .example(edition)
            .unwrap()
            .map(|(_, one)| store.is_erased(&one.address).unwrap()),
        Some(false)
    );
    let audit = store.audit().unwrap();
    assert!(audit.agrees(), "{audit:?}");
}

#[test]
fn a_letter_in_doubt_is_called_off_when_it_is_found_unsent() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann"]);
    let (desk, _) = Desk::open(&mut store);
    desk.begin(&claims(&store, edition, 2)[0], 2);
    store.recover(at(3)).unwrap();
    let forgotten = store.forget(&address(), at(4)).unwrap();
    assert_eq!((forgotten.letters.letters, forgotten.letters.in_doubt), (0, 1));
    let person = store.person(&address()).unwrap().unwrap();
    let line = store.deliveries_of(person).unwrap().remove(0);
    let settled = store.resolve(&[(line, "the log".to_owned())], Found::NotSent, at(5)).unwrap();
    assert_eq!((settled.letters, settled.stopped), (1, 1));
    assert_eq!(store.tally(edition).unwrap().of("cancelled"), 1);
    assert!(store.audit().unwrap().agrees());
}

#[test]
fn whoever_lapses_may_come_back_and_whoever_was_forgotten_twice_is_forgotten_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(dir.path(), Kind::Test, at(0)).unwrap();
    import(&mut store, &["ann", "bob"], Guard::Trusted, 0);
    assert_eq!(store.lapsed(at(9), 10).unwrap(), []);
    import(&mut store, &["bob"], Guard::Trusted, 1);
    assert_eq!(store.lapsed(at(1), 10).unwrap(), [], "not before their time");
    let due = store.lapsed(at(2), 10).unwrap();
    assert_eq!(due.iter().map(|one| one.address.as_str()).collect::<Vec<_>>(), [ANN]);
    store.let_lapse(&[due[0].person], at(3)).unwrap();
    assert!(!store.is_erased(&address()).unwrap() && store.suppressions(&address()).unwrap().is_empty());
    assert_eq!(store.lapsed(at(9), 10).unwrap(), []);
    import(&mut store, &["ann", "bob"], Guard::Trusted, 4);
    assert_eq!(store.memberships(due[0].person).unwrap().len(), 1);
    store.forget(&address(), at(5)).unwrap();
    store.forget(&address(), at(6)).unwrap();
    assert_eq!(store.suppressions(&address()).unwrap().len(), 1);
    assert_eq!(store.erased_at(due[0].person).unwrap(), Some(at(5)));
    assert!(store.is_wipe_due().unwrap() && store.wipe().unwrap() && !store.is_wipe_due().unwrap());
}
