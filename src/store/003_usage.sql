-- What has left lately is counted from the attempts themselves, run by run: the runs tell in which order things happened, whatever
-- the clock said then. With a million attempts on record, those of the last day are found without reading the others.

CREATE INDEX attempt_run ON attempt (run, begun_at);
