-- Mail that came back, and what it cost an address: strikes. No address, no text of a mail: hashes, ids and words of ours.

-- Every mail that was ever looked at, by the hash of its bytes: the same mail from another box is the same mail. Append-only.
CREATE TABLE mail (
    id        INTEGER PRIMARY KEY,
    -- SHA-256 of the mail as it lay there, line ends as LF.
    hash      BLOB    NOT NULL UNIQUE,
    at        INTEGER NOT NULL,
    kind      TEXT    NOT NULL CHECK (kind IN ('unsubscribe', 'bounce', 'delay', 'complaint', 'auto_reply', 'other')),
    -- acted: something was written down; stood: it was so already; ignored: it asks for nothing; unproved: no letter of ours proves
    -- it; for_a_person: somebody has to read it.
    outcome   TEXT    NOT NULL CHECK (outcome IN ('acted', 'stood', 'ignored', 'unproved', 'for_a_person')),
    delivery  INTEGER,
    person    BLOB,
    -- In words: the code, the rule; never an address.
    detail    TEXT    NOT NULL
) STRICT;
CREATE INDEX mail_person ON mail (person);
CREATE INDEX mail_delivery ON mail (delivery);

CREATE TRIGGER mail_stays BEFORE DELETE ON mail
BEGIN
    SELECT RAISE(ABORT, 'a mail that was looked at is never forgotten');
END;

CREATE TRIGGER mail_never_changes BEFORE UPDATE OF id, hash, at, kind, outcome, delivery, person ON mail
BEGIN
    SELECT RAISE(ABORT, 'what came of a mail never changes');
END;

-- The boxes that were read, and when last to their end: whether anybody reads what people answer.
CREATE TABLE mailbox (
    -- maildir:PATH, mbox:PATH, file:PATH, imap://USER@HOST/FOLDER, or - for single mails handed in.
    name     TEXT PRIMARY KEY,
    read_at  INTEGER NOT NULL,
    mails    INTEGER NOT NULL,
    -- How far a server's folder was read: UIDVALIDITY:UID.
    cursor   TEXT
) STRICT, WITHOUT ROWID;

-- A letter that an address refused, by the relay's reply or by a mail that came back. One letter counts once for each weight.
CREATE TABLE strike (
    id        INTEGER PRIMARY KEY,
    -- The person's keyed hash.
    person    BLOB    NOT NULL,
    edition   INTEGER NOT NULL,
    delivery  INTEGER NOT NULL,
    -- sure: the address does not exist; hard: refused for good; soft: it takes no mail for now.
    weight    TEXT    NOT NULL CHECK (weight IN ('sure', 'hard', 'soft')),
    source    TEXT    NOT NULL CHECK (source IN ('relay', 'mail')),
    -- The run whose relay refused it.
    run       INTEGER,
    code      TEXT,
    -- What was said, without the address.
    reply     TEXT    NOT NULL DEFAULT '',
    -- When the letter was refused, or handed over, whenever its bounce was read.
    at        INTEGER NOT NULL,
    -- The relay was at fault: it counts for nobody.
    void      INTEGER NOT NULL DEFAULT 0,
    -- So many were refused with it that it may have been the relay, or its word of one bad hour: it counts as hard at most.
    doubt     INTEGER NOT NULL DEFAULT 0,
    -- Not judged yet: the run that met it goes on, or has died.
    waits     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX strike_person ON strike (person, at);
CREATE INDEX strike_waits ON strike (id) WHERE waits = 1;
-- What was void may be said again, and counts then.
CREATE UNIQUE INDEX strike_once ON strike (delivery, weight) WHERE void = 0;

CREATE TRIGGER strike_stays BEFORE DELETE ON strike
BEGIN
    SELECT RAISE(ABORT, 'a strike is never deleted');
END;

CREATE TRIGGER strike_never_changes BEFORE UPDATE OF id, person, edition, delivery, weight, source, run, code, at ON strike
BEGIN
    SELECT RAISE(ABORT, 'a strike never changes');
END;
