-- The first shape of the store. Numbered files are never edited once released; a change is a new number.
-- Instants are microseconds since 1970 in UTC; days are ISO texts. Addresses and personal data stand in person_version alone.

CREATE TABLE store (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    id          TEXT    NOT NULL,
    generation  INTEGER NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('real', 'test', 'rehearsal')),
    created_at  INTEGER NOT NULL
) STRICT;

-- A person is the keyed hash of the normalised address: enough to recognise, not enough to read.
CREATE TABLE person (
    id    INTEGER PRIMARY KEY,
    hash  BLOB NOT NULL UNIQUE
) STRICT;

-- What one list said about a person at one time. Letters in flight keep the version they were frozen with.
CREATE TABLE person_version (
    id          INTEGER PRIMARY KEY,
    person      INTEGER NOT NULL REFERENCES person,
    address     TEXT,
    attributes  TEXT,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX person_version_person ON person_version (person);

CREATE TABLE list (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,
    source_hash  BLOB,
    columns      TEXT NOT NULL DEFAULT '[]',
    imported_at  INTEGER
) STRICT;

CREATE TABLE membership (
    list            INTEGER NOT NULL REFERENCES list,
    person          INTEGER NOT NULL REFERENCES person,
    version         INTEGER NOT NULL REFERENCES person_version,
    line            INTEGER NOT NULL,
    joined          TEXT,
    answer          TEXT NOT NULL,
    basis           TEXT,
    consent_date    TEXT,
    consent_source  TEXT,
    since           INTEGER NOT NULL,
    left_at         INTEGER,
    seen            INTEGER NOT NULL,
    PRIMARY KEY (list, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_person ON membership (person);

-- Append-only: whoever is here with lifted_at NULL is not written to; list NULL means every list.
CREATE TABLE suppression (
    id         INTEGER PRIMARY KEY,
    hash       BLOB NOT NULL,
    list       TEXT,
    reason     TEXT NOT NULL,
    evidence   TEXT,
    at         INTEGER NOT NULL,
    lifted_at  INTEGER
) STRICT;
CREATE INDEX suppression_hash ON suppression (hash);

CREATE TABLE edition (
    id             INTEGER PRIMARY KEY,
    campaign       TEXT    NOT NULL,
    article        TEXT    NOT NULL,
    round          INTEGER NOT NULL,
    campaign_name  TEXT    NOT NULL,
    title          TEXT    NOT NULL,
    domain         TEXT    NOT NULL,
    status         TEXT    NOT NULL CHECK (status IN ('draft', 'released', 'cancelled')),
    lists          TEXT    NOT NULL,
    sources        TEXT    NOT NULL,
    sources_hash   BLOB    NOT NULL,
    article_hash   BLOB    NOT NULL,
    due_at         INTEGER NOT NULL,
    expires_at     INTEGER,
    created_at     INTEGER NOT NULL,
    released_at    INTEGER,
    planned        INTEGER NOT NULL,
    held           TEXT,
    held_by        TEXT CHECK (held_by IN ('person', 'rule')),
    UNIQUE (campaign, article, round)
) STRICT;

-- Who was not in the edition's audience when it was frozen, and why.
CREATE TABLE left_out (
    edition  INTEGER NOT NULL REFERENCES edition ON DELETE CASCADE,
    person   INTEGER NOT NULL REFERENCES person,
    reason   TEXT    NOT NULL,
    detail   TEXT    NOT NULL,
    PRIMARY KEY (edition, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    id          INTEGER PRIMARY KEY,
    command     TEXT    NOT NULL,
    pid         INTEGER NOT NULL,
    version     TEXT    NOT NULL,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER
) STRICT;

CREATE TABLE delivery (
    id          INTEGER PRIMARY KEY,
    edition     INTEGER NOT NULL REFERENCES edition ON DELETE CASCADE,
    person      INTEGER NOT NULL REFERENCES person,
    version     INTEGER NOT NULL REFERENCES person_version,
    state       TEXT    NOT NULL CHECK (state IN ('pending', 'sending', 'accepted', 'deferred', 'failed', 'held', 'in_doubt',
                                                  'suppressed', 'cancelled', 'expired')),
    attempt     INTEGER NOT NULL DEFAULT 0,
    refusals    INTEGER NOT NULL DEFAULT 0,
    orders      INTEGER NOT NULL DEFAULT 0,
    retry_at    INTEGER,
    dated       INTEGER,
    run         INTEGER REFERENCES run,
    reason      TEXT,
    held_by     TEXT CHECK (held_by IN ('person', 'rule')),
    changed_at  INTEGER NOT NULL,
    UNIQUE (edition, person)
) STRICT;
CREATE INDEX delivery_state ON delivery (edition, state, id);
CREATE INDEX delivery_person ON delivery (person);

-- One try to hand a letter over. The row is written before the letter leaves and settled once, never changed after.
CREATE TABLE attempt (
    delivery    INTEGER NOT NULL REFERENCES delivery ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    run         INTEGER NOT NULL REFERENCES run,
    begun_at    INTEGER NOT NULL,
    settled_at  INTEGER,
    outcome     TEXT,
    stage       TEXT,
    code        INTEGER,
    enhanced    TEXT,
    reply       TEXT,
    relay       TEXT,
    PRIMARY KEY (delivery, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER attempt_is_settled_once BEFORE UPDATE ON attempt WHEN OLD.settled_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a settled attempt never changes');
END;

CREATE TRIGGER attempt_stays BEFORE DELETE ON attempt
BEGIN
    SELECT RAISE(ABORT, 'an attempt is never deleted');
END;

-- What people said: hold, release, cancel, resend, resolve, test, restore. Append-only.
CREATE TABLE spoken_order (
    id        INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    verb      TEXT    NOT NULL,
    campaign  TEXT,
    edition   INTEGER,
    delivery  INTEGER,
    detail    TEXT    NOT NULL
) STRICT;

CREATE TABLE campaign_hold (
    campaign  TEXT PRIMARY KEY,
    reason    TEXT    NOT NULL,
    at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Since when the sender knows a campaign: what its calendar wanted before that is not made up for.
CREATE TABLE campaign_seen (
    campaign  TEXT PRIMARY KEY,
    since     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
