-- Notes on runs, and campaigns put aside.

CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run(id),
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    created_us INTEGER NOT NULL
) STRICT;
CREATE INDEX note_of_run ON note(run_id);

-- Set while a campaign is put aside: listed apart, otherwise as ever.
ALTER TABLE campaign ADD COLUMN archived_us INTEGER;
