-- How long engines have held a campaign, all sessions, by their heartbeats: what a budget in hours is about.
ALTER TABLE campaign ADD COLUMN held_us INTEGER NOT NULL DEFAULT 0;
-- Why it stopped before its plan's end; NULL: it didn't, or nobody said why.
ALTER TABLE campaign ADD COLUMN stopped_by TEXT;
