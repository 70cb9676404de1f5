-- The calendar: which day an edition was for, occurrences on which nothing began, the steps of series, texts that came later.

-- The day of the clinic's calendar that the edition is for: the one its schedule meant, or the one on which a person sent it. A period
-- with a recorded edition is used up, however the schedule is edited afterwards. NULL in rows from before: the day it was due.
ALTER TABLE edition ADD COLUMN due_on TEXT;
-- Why the program ended it, if it did: superseded by the next.
ALTER TABLE edition ADD COLUMN ended TEXT;
-- A step of a series: it stays open, and people come to it one by one.
ALTER TABLE edition ADD COLUMN is_step INTEGER NOT NULL DEFAULT 0 CHECK (is_step IN (0, 1));
-- The hours in which its letters may leave, as JSON, for when the campaign's file cannot be read any more.
ALTER TABLE edition ADD COLUMN hours TEXT;

-- An occurrence on which nothing began, and why. Its article keeps its turn. Append-only.
CREATE TABLE skipped_occurrence (
    id        INTEGER PRIMARY KEY,
    campaign  TEXT    NOT NULL,
    -- The campaign's folder by then, for people to read.
    campaign_name TEXT NOT NULL,
    -- The article pinned to it, or ''.
    article   TEXT    NOT NULL,
    due_on    TEXT    NOT NULL,
    due_at    INTEGER NOT NULL,
    -- late: found too late; overtaken: the next one was due already; expired: its time was over; empty: no article was left.
    reason    TEXT    NOT NULL CHECK (reason IN ('late', 'overtaken', 'expired', 'empty')),
    detail    TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    UNIQUE (campaign, due_on, article)
) STRICT;

CREATE TRIGGER skipped_occurrence_stays BEFORE DELETE ON skipped_occurrence
BEGIN
    SELECT RAISE(ABORT, 'a skipped occurrence is never forgotten');
END;

-- Since when the sender knows a step of a series: who was due for it before is not written to for its sake.
CREATE TABLE step_seen (
    campaign  TEXT    NOT NULL,
    article   TEXT    NOT NULL,
    since     INTEGER NOT NULL,
    -- Since when no letter of it could be written, if so: nobody grows late for it meanwhile.
    stopped_since INTEGER,
    PRIMARY KEY (campaign, article)
) STRICT, WITHOUT ROWID;

-- What a step says to those who come to it after its text was changed: each letter is frozen with the text of its own day.
CREATE TABLE edition_text (
    id            INTEGER PRIMARY KEY,
    edition       INTEGER NOT NULL REFERENCES edition ON DELETE CASCADE,
    domain        TEXT    NOT NULL,
    sources       TEXT    NOT NULL,
    sources_hash  BLOB    NOT NULL,
    article_hash  BLOB    NOT NULL,
    at            INTEGER NOT NULL,
    UNIQUE (edition, sources_hash)
) STRICT;

-- NULL: the edition's own text.
ALTER TABLE delivery ADD COLUMN text INTEGER REFERENCES edition_text;
-- When this person's step was due.
ALTER TABLE delivery ADD COLUMN due_at INTEGER;
ALTER TABLE left_out ADD COLUMN due_at INTEGER;
-- Whether the person's data spoilt it before it was ever composed: once released it takes the newest they have.
ALTER TABLE delivery ADD COLUMN spoilt INTEGER NOT NULL DEFAULT 0 CHECK (spoilt IN (0, 1));
CREATE INDEX delivery_spoilt ON delivery (id) WHERE spoilt = 1 AND state = 'pending';

-- Series ask for those who joined a list on some days, and for nobody else.
CREATE INDEX membership_joined ON membership (list, coalesce(joined, date(since / 1000000, 'unixepoch')));
