-- Imports that can be told apart and taken back, consent with its evidence, families that share an address, and people who can be
-- forgotten.

-- Every import that was kept: which file, by its hash, and what it did. Append-only but for the day it was taken back.
CREATE TABLE import (
    id              INTEGER PRIMARY KEY,
    list            INTEGER NOT NULL REFERENCES list,
    file            TEXT    NOT NULL,
    file_hash       BLOB    NOT NULL,
    source_hash     BLOB    NOT NULL,
    at              INTEGER NOT NULL,
    report          TEXT    NOT NULL DEFAULT '{}',
    -- What a person said for the rows without an answer, as JSON: basis, date, evidence.
    assumed         TEXT,
    -- What the list stood on before: an undo puts it back.
    before_hash     BLOB,
    before_columns  TEXT    NOT NULL,
    before_at       INTEGER,
    undone_at       INTEGER
) STRICT;
CREATE INDEX import_list ON import (list, id);

-- What a membership said before an import or an order changed it: the history of a consent, and what an undo brings back.
CREATE TABLE membership_was (
    import           INTEGER NOT NULL REFERENCES import,
    list             INTEGER NOT NULL REFERENCES list,
    person           INTEGER NOT NULL REFERENCES person,
    version          INTEGER NOT NULL REFERENCES person_version,
    line             INTEGER NOT NULL,
    joined           TEXT,
    answer           TEXT NOT NULL,
    basis            TEXT,
    consent_date     TEXT,
    consent_source   TEXT,
    consent_wording  TEXT,
    assumed          INTEGER NOT NULL,
    since            INTEGER NOT NULL,
    left_at          INTEGER,
    -- The import whose file the line stood in.
    told_by          INTEGER,
    PRIMARY KEY (import, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_was_person ON membership_was (person);

ALTER TABLE membership ADD COLUMN consent_wording TEXT;
-- The consent was not in the file: a person vouched for it with `--assume-consent`.
ALTER TABLE membership ADD COLUMN assumed INTEGER NOT NULL DEFAULT 0;
-- Who left is told by the rows that an import met, and no longer by a mark on every row it left alone.
ALTER TABLE membership DROP COLUMN seen;
-- The import that put them on the list, and the one whose file last said something new of them: its hash and the line are the evidence.
ALTER TABLE membership ADD COLUMN added_by INTEGER;
ALTER TABLE membership ADD COLUMN told_by INTEGER;

-- The rows of a family that shares an address, as JSON; a segment matches if any of them does. NULL for one person.
ALTER TABLE person_version ADD COLUMN rows TEXT;

-- The day a person was forgotten: their versions are blank from then on.
ALTER TABLE person ADD COLUMN erased_at INTEGER;

-- The import that found a suppression in its file, and what a person gave as proof when it was lifted.
ALTER TABLE suppression ADD COLUMN import INTEGER;
ALTER TABLE suppression ADD COLUMN lift_evidence TEXT;
-- Lifted because the import that told of it was taken back: that is nobody's word that they came back.
ALTER TABLE suppression ADD COLUMN undone INTEGER NOT NULL DEFAULT 0;

CREATE TRIGGER suppression_stays BEFORE DELETE ON suppression
BEGIN
    SELECT RAISE(ABORT, 'a suppression is never deleted');
END;

CREATE TRIGGER suppression_never_changes BEFORE UPDATE OF id, hash, list, reason, at, import ON suppression
BEGIN
    SELECT RAISE(ABORT, 'a suppression never changes');
END;

CREATE TRIGGER suppression_is_lifted_once BEFORE UPDATE OF lifted_at ON suppression WHEN OLD.lifted_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a suppression is lifted once');
END;

-- Columns have kinds now.
UPDATE list SET columns = (SELECT json_group_array(json_object('name', value, 'kind', 'text')) FROM json_each(list.columns));

-- Words that people wrote may hold an address, and whoever is forgotten is taken out of them: the rest stays as it was.
DROP TRIGGER change_never_changes;
CREATE TRIGGER change_never_changes BEFORE UPDATE OF id, delivery, attempts, event, by, at ON change
BEGIN
    SELECT RAISE(ABORT, 'what was decided about a letter never changes');
END;

DROP TRIGGER attempt_is_settled_once;
CREATE TRIGGER attempt_is_settled_once
BEFORE UPDATE OF delivery, number, run, begun_at, settled_at, outcome, stage, code, enhanced, relay ON attempt WHEN OLD.settled_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a settled attempt never changes');
END;

-- Pages that held a forgotten person are still to be wiped: set with the forgetting, cleared when no page holds them any more.
ALTER TABLE store ADD COLUMN wipe_at INTEGER;
