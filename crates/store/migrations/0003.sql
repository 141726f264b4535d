-- Energy, and what else runs took of the machine. Not part of a run's result: it differs from execution to execution.

-- An engine's session in which energy was read.
CREATE TABLE energy_session (
    id INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL REFERENCES campaign(id),
    marker TEXT NOT NULL UNIQUE,
    mode TEXT NOT NULL,                     -- campaign concurrent exclusive
    started_us INTEGER NOT NULL,
    sensors TEXT NOT NULL                   -- JSON: what was read and where, and why the rest was not
) STRICT;
CREATE INDEX energy_session_of_campaign ON energy_session(campaign_id);

-- A stretch of a session: baseline_before block baseline_after session.
CREATE TABLE energy_window (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES energy_session(id),
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    started_us INTEGER NOT NULL,
    duration_s REAL NOT NULL,               -- monotonic clock
    attempts INTEGER NOT NULL,              -- that ended in it
    UNIQUE (session_id, number)
) STRICT;

-- Power samples, compressed: a stretch each.
CREATE TABLE energy_samples (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES energy_session(id),
    number INTEGER NOT NULL,
    first_us INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (session_id, number)
) STRICT;

-- The window an attempt ended in, where energy is taken per block of runs.
ALTER TABLE attempt ADD COLUMN energy_session INTEGER REFERENCES energy_session(id);
ALTER TABLE attempt ADD COLUMN energy_block INTEGER;

-- Columns as in metric_value; name_id: the resource's name, which ends in its unit (energy_j, temperature_max_c).
CREATE TABLE attempt_resource (
    attempt_id INTEGER NOT NULL REFERENCES attempt(id),
    name_id INTEGER NOT NULL REFERENCES phrase(id),
    kind INTEGER NOT NULL,
    value REAL,
    provenance INTEGER NOT NULL,
    lo REAL,
    hi REAL,
    source_id INTEGER REFERENCES phrase(id),
    reason_id INTEGER REFERENCES phrase(id),
    flags_id INTEGER REFERENCES phrase(id),
    PRIMARY KEY (attempt_id, name_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE window_resource (
    window_id INTEGER NOT NULL REFERENCES energy_window(id),
    name_id INTEGER NOT NULL REFERENCES phrase(id),
    kind INTEGER NOT NULL,
    value REAL,
    provenance INTEGER NOT NULL,
    lo REAL,
    hi REAL,
    source_id INTEGER REFERENCES phrase(id),
    reason_id INTEGER REFERENCES phrase(id),
    flags_id INTEGER REFERENCES phrase(id),
    PRIMARY KEY (window_id, name_id)
) STRICT, WITHOUT ROWID;

-- One row a resource of an attempt, for people with sqlite3.
CREATE VIEW resource_long AS
SELECT c.slug AS campaign, lower(hex(r.key)) AS run, a.number AS attempt, k.parameters, n.text AS resource,
       CASE v.kind WHEN 0 THEN 'value' WHEN 1 THEN 'censored' WHEN 2 THEN 'undefined' ELSE 'unavailable' END AS observation,
       v.value, v.lo, v.hi,
       CASE v.provenance WHEN 0 THEN 'measured' WHEN 1 THEN 'derived' WHEN 2 THEN 'estimated' ELSE 'simulated' END AS provenance,
       s.text AS source, w.text AS reason, f.text AS flags
FROM attempt_resource v
JOIN phrase n ON n.id = v.name_id
JOIN attempt a ON a.id = v.attempt_id
JOIN run r ON r.id = a.run_id
JOIN condition k ON k.id = r.condition_id
JOIN campaign c ON c.id = r.campaign_id
LEFT JOIN phrase s ON s.id = v.source_id
LEFT JOIN phrase w ON w.id = v.reason_id
LEFT JOIN phrase f ON f.id = v.flags_id;
