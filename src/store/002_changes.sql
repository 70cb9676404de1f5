-- Every change of a letter's state that no attempt tells: what people and rules decided about it. Append-only.
-- With its attempts, in order, it is the whole story of a letter: `doctor` tells the state again from the two alone.

CREATE TABLE change (
    id        INTEGER PRIMARY KEY,
    delivery  INTEGER NOT NULL REFERENCES delivery ON DELETE CASCADE,
    -- How many attempts were on record when it was decided.
    attempts  INTEGER NOT NULL,
    event     TEXT    NOT NULL CHECK (event IN ('hold', 'release', 'cancel', 'suppress', 'expire', 'sent', 'not_sent', 'resend', 'doubt')),
    by        TEXT    NOT NULL CHECK (by IN ('person', 'rule')),
    reason    TEXT,
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX change_delivery ON change (delivery, id);

CREATE TRIGGER change_never_changes BEFORE UPDATE ON change
BEGIN
    SELECT RAISE(ABORT, 'what was decided about a letter never changes');
END;

-- A draft that is thrown away takes its own along: then the letter is gone before its changes are.
CREATE TRIGGER change_stays BEFORE DELETE ON change WHEN EXISTS (SELECT 1 FROM delivery WHERE id = OLD.delivery)
BEGIN
    SELECT RAISE(ABORT, 'what was decided about a letter is never deleted');
END;

-- What the letters of a store without this table must have gone through: whoever stands on after a refusal that held them was
-- released; whoever waits at once after one that put them off was held and released; and the last state tells the rest.
INSERT INTO change (delivery, attempts, event, by, at)
SELECT d.id, a.number, 'release', 'person', d.changed_at FROM attempt a JOIN delivery d ON d.id = a.delivery
WHERE a.outcome = 'held' AND (a.number < d.attempt OR d.state <> 'held');

INSERT INTO change (delivery, attempts, event, by, at)
SELECT d.id, d.attempt, e.event, 'person', d.changed_at FROM delivery d JOIN attempt a ON a.delivery = d.id AND a.number = d.attempt,
     (SELECT 1 AS n, 'hold' AS event UNION ALL SELECT 2, 'release') e
WHERE d.state = 'pending' AND a.outcome = 'deferred' ORDER BY d.id, e.n;

INSERT INTO change (delivery, attempts, event, by, reason, at)
SELECT id, attempt, CASE state WHEN 'held' THEN 'hold' WHEN 'suppressed' THEN 'suppress' WHEN 'cancelled' THEN 'cancel' ELSE 'expire' END,
       coalesce(held_by, 'rule'), reason, changed_at
FROM delivery d
WHERE state IN ('held', 'suppressed', 'cancelled', 'expired')
  AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.delivery = d.id AND a.number = d.attempt AND a.outcome = d.state);

-- Law 13: a store that may not know everything holds every campaign, known or not, until a person has cleared it.
ALTER TABLE store ADD COLUMN distrusted_at INTEGER;
ALTER TABLE store ADD COLUMN distrust TEXT;

-- The generation a letter was drafted in, or last ordered anew: another generation's letter of the same number is another letter.
ALTER TABLE delivery ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;
-- What a person said while nobody could act on it, because the letter was under way or in doubt: done when it waits again.
ALTER TABLE delivery ADD COLUMN afterwards TEXT CHECK (afterwards IN ('hold', 'cancel'));

-- A letter came to be in doubt, and nobody has been told its name yet.
ALTER TABLE delivery ADD COLUMN untold INTEGER NOT NULL DEFAULT 0;

-- An article that nobody gets, by a person's word; 'turn' uses up the date it was due as well.
ALTER TABLE edition ADD COLUMN skipped TEXT CHECK (skipped IN ('article', 'turn'));

CREATE TABLE campaign_cleared (
    campaign  TEXT PRIMARY KEY,
    at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Filled in a backup alone: a file that has it is not sent from before it is restored.
CREATE TABLE backup (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    keys  TEXT    NOT NULL,
    at    INTEGER NOT NULL
) STRICT;
