-- Lists: what their files look like from outside.

-- The stamp (size, times, place) under which the list's file was last found to say what `source_hash` stands for, hashed together with it:
-- while both are the same, the file need not be read to know it. Worth nothing by itself: without it the file is read.
ALTER TABLE list ADD COLUMN seen BLOB;
