-- The store's first schema. Readable with plain sqlite3; times are UTC microseconds since 1970, digests are blobs.

-- A study.
CREATE TABLE campaign (
    id INTEGER PRIMARY KEY,
    ulid TEXT NOT NULL UNIQUE,
    slug TEXT NOT NULL UNIQUE,              -- the id of the spec
    title TEXT NOT NULL,
    workload TEXT NOT NULL,
    tags TEXT NOT NULL,                     -- JSON list
    state TEXT NOT NULL,                    -- created queued running paused stopped finished
    priority INTEGER,                       -- set while queued
    depends_on INTEGER REFERENCES campaign(id),
    created_us INTEGER NOT NULL,
    opened_us INTEGER NOT NULL,
    trashed_us INTEGER
) STRICT;

-- A version of a campaign's spec. The newest is the one in force.
CREATE TABLE revision (
    id INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL REFERENCES campaign(id),
    number INTEGER NOT NULL,
    spec_text TEXT NOT NULL,                -- as written
    spec_json TEXT NOT NULL,                -- with overrides applied
    base_folder TEXT NOT NULL,              -- where relative paths of the spec begin
    spec_hash BLOB NOT NULL,
    plan_hash BLOB NOT NULL,
    analysis_hash BLOB NOT NULL,
    runs INTEGER NOT NULL,
    manifest TEXT NOT NULL,                 -- JSON: what the workload declared
    environment TEXT NOT NULL,              -- JSON: program, machine, git state
    reason TEXT,                            -- why the plan changed after runs had finished
    created_us INTEGER NOT NULL,
    UNIQUE (campaign_id, number)
) STRICT;

CREATE TABLE input (
    revision_id INTEGER NOT NULL REFERENCES revision(id),
    digest BLOB NOT NULL,
    path TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    PRIMARY KEY (revision_id, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE condition (
    id INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL REFERENCES campaign(id),
    digest BLOB NOT NULL,
    parameters TEXT NOT NULL,               -- JSON: every parameter and its value
    UNIQUE (campaign_id, digest)
) STRICT;

-- A run has a row from its first attempt on; planned runs are made from the spec.
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL REFERENCES campaign(id),
    key BLOB NOT NULL,
    condition_id INTEGER NOT NULL REFERENCES condition(id),
    replicate INTEGER NOT NULL,
    state TEXT NOT NULL,                    -- queued running succeeded failed cancelled
    in_plan INTEGER NOT NULL DEFAULT 1,     -- 0: left the plan with a later revision
    revision INTEGER NOT NULL,              -- the revision it first ran under
    workload_version INTEGER NOT NULL,
    UNIQUE (campaign_id, key)
) STRICT;

-- Phases (by name) that select a run, under the revision in force when it ran last.
CREATE TABLE run_phase (
    run_id INTEGER NOT NULL REFERENCES run(id),
    phase TEXT NOT NULL,
    PRIMARY KEY (run_id, phase)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run(id),
    number INTEGER NOT NULL,
    state TEXT NOT NULL,                    -- running succeeded failed cancelled
    failure_class TEXT,
    message TEXT,
    started_us INTEGER NOT NULL,
    ended_us INTEGER,
    duration_s REAL,                        -- monotonic clock
    cpu_s REAL,
    log TEXT,
    UNIQUE (run_id, number)
) STRICT;
CREATE INDEX attempt_open ON attempt(state) WHERE state = 'running';

CREATE TABLE metric (
    id INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL REFERENCES campaign(id),
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    unit TEXT NOT NULL,
    direction TEXT NOT NULL,
    family TEXT NOT NULL,
    lo REAL,                                -- range of values that can be right
    hi REAL,
    doc TEXT NOT NULL,
    UNIQUE (campaign_id, name)
) STRICT;

-- Texts that repeat: estimators, reasons, flags.
CREATE TABLE phrase (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE metric_value (
    metric_id INTEGER NOT NULL REFERENCES metric(id),
    run_id INTEGER NOT NULL REFERENCES run(id),
    kind INTEGER NOT NULL,                  -- 0 value, 1 censored at value, 2 undefined, 3 unavailable
    value REAL,
    provenance INTEGER NOT NULL,            -- 0 measured, 1 derived, 2 estimated, 3 simulated
    lo REAL,
    hi REAL,
    source_id INTEGER REFERENCES phrase(id),
    reason_id INTEGER REFERENCES phrase(id),
    flags_id INTEGER REFERENCES phrase(id),
    PRIMARY KEY (metric_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE span (
    attempt_id INTEGER NOT NULL REFERENCES attempt(id),
    ordinal INTEGER NOT NULL,
    name TEXT NOT NULL,
    start_s REAL NOT NULL,                  -- since the attempt began
    end_s REAL NOT NULL,
    PRIMARY KEY (attempt_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE content (
    digest BLOB PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE artefact (
    attempt_id INTEGER NOT NULL REFERENCES attempt(id),
    name TEXT NOT NULL,
    digest BLOB NOT NULL,
    size_bytes INTEGER NOT NULL,
    kept INTEGER NOT NULL,                  -- 0: too large, content not kept
    PRIMARY KEY (attempt_id, name)
) STRICT, WITHOUT ROWID;

-- Which engine holds a campaign.
CREATE TABLE lease (
    campaign_id INTEGER PRIMARY KEY REFERENCES campaign(id),
    token TEXT NOT NULL,
    pid INTEGER NOT NULL,
    start_ticks INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    host TEXT NOT NULL,
    heartbeat_us INTEGER NOT NULL
) STRICT;

-- What other processes ask of it.
CREATE TABLE control (
    id INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL REFERENCES campaign(id),
    command TEXT NOT NULL,
    asked_us INTEGER NOT NULL,
    taken_us INTEGER
) STRICT;

CREATE TABLE analysis (
    id INTEGER PRIMARY KEY,
    ulid TEXT NOT NULL UNIQUE,
    campaign_id INTEGER NOT NULL REFERENCES campaign(id),
    name TEXT NOT NULL,
    request TEXT NOT NULL,                  -- JSON: question and method
    frame TEXT NOT NULL,                    -- JSON: the selection of runs and metrics it saw
    result TEXT NOT NULL,                   -- JSON
    created_us INTEGER NOT NULL
) STRICT;

-- Rules that leave runs out of analyses. Never deleted: a rule that is lifted says when.
CREATE TABLE exclusion (
    id INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL REFERENCES campaign(id),
    rule TEXT NOT NULL,                     -- JSON
    reason TEXT NOT NULL,
    author TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    lifted_us INTEGER
) STRICT;

-- One row a measurement, for people with sqlite3.
CREATE VIEW metric_long AS
SELECT c.slug AS campaign, lower(hex(r.key)) AS run, r.replicate, k.parameters, m.name AS metric, m.unit,
       CASE v.kind WHEN 0 THEN 'value' WHEN 1 THEN 'censored' WHEN 2 THEN 'undefined' ELSE 'unavailable' END AS observation,
       v.value, v.lo, v.hi,
       CASE v.provenance WHEN 0 THEN 'measured' WHEN 1 THEN 'derived' WHEN 2 THEN 'estimated' ELSE 'simulated' END AS provenance,
       s.text AS source, w.text AS reason, f.text AS flags, r.in_plan
FROM metric_value v
JOIN metric m ON m.id = v.metric_id
JOIN run r ON r.id = v.run_id
JOIN condition k ON k.id = r.condition_id
JOIN campaign c ON c.id = r.campaign_id
LEFT JOIN phrase s ON s.id = v.source_id
LEFT JOIN phrase w ON w.id = v.reason_id
LEFT JOIN phrase f ON f.id = v.flags_id;

-- One row a run: its parameters and its metrics as JSON objects.
CREATE VIEW run_wide AS
SELECT c.slug AS campaign, lower(hex(r.key)) AS run, r.replicate, r.state, r.in_plan, k.parameters,
       (SELECT json_group_object(m.name, v.value) FROM metric_value v JOIN metric m ON m.id = v.metric_id
        WHERE v.run_id = r.id AND v.kind = 0 AND m.campaign_id = r.campaign_id) AS metrics
FROM run r JOIN campaign c ON c.id = r.campaign_id JOIN condition k ON k.id = r.condition_id;

-- Runs of the plan whose last attempt failed, and why.
CREATE VIEW failed_run AS
SELECT c.slug AS campaign, lower(hex(r.key)) AS run, r.replicate, k.parameters, a.number AS attempts, a.failure_class,
       a.message, a.duration_s, a.log
FROM run r JOIN campaign c ON c.id = r.campaign_id JOIN condition k ON k.id = r.condition_id
JOIN attempt a ON a.run_id = r.id AND a.number = (SELECT max(number) FROM attempt WHERE run_id = r.id)
WHERE r.state = 'failed' AND r.in_plan = 1;
