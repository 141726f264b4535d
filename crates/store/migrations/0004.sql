-- Calls of language models: what was asked, what came of it, what it cost.

-- Texts of calls, each once: zstd, by the digest of what they hold uncompressed.
CREATE TABLE transcript (
    digest BLOB PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- A call. Runs are named by key: a call may be on disk before the start of its attempt is.
CREATE TABLE model_call (
    id INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL REFERENCES campaign(id),
    run_key BLOB NOT NULL,
    attempt INTEGER NOT NULL,
    request_digest BLOB NOT NULL,
    occurrence INTEGER NOT NULL,            -- the how-manieth of its kind in the attempt, from 0
    model TEXT NOT NULL,                    -- its name in the spec
    model_id TEXT,                          -- its own name, as the provider gave it
    fallback TEXT,                          -- the declared model that answered instead
    began_us INTEGER NOT NULL,
    failure_class TEXT,
    message TEXT,
    finish TEXT,                            -- stop length filtered other
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    tokens_estimated INTEGER NOT NULL,      -- 1: counted by Ergon, the provider did not say
    latency_s REAL,
    cost_usd REAL,                          -- NULL: the price is unknown
    charged_usd REAL NOT NULL,              -- counts against the budget: the worst case where usage is not known
    charged_tokens INTEGER NOT NULL,
    simulated INTEGER NOT NULL,             -- 1: a simulated model answered, as a fallback
    request BLOB NOT NULL,                  -- in transcript: the request as JSON
    reply BLOB,                             -- in transcript: the reply as JSON
    UNIQUE (campaign_id, run_key, request_digest, occurrence, attempt)
) STRICT;

-- A request sent for a call: retries have one each.
CREATE TABLE model_exchange (
    call_id INTEGER NOT NULL REFERENCES model_call(id),
    ordinal INTEGER NOT NULL,
    url TEXT NOT NULL,
    status INTEGER,
    first_token_s REAL,
    duration_s REAL NOT NULL,
    failure TEXT,
    usage TEXT,                             -- JSON: everything the provider said about usage
    logprobs TEXT,                          -- JSON, as the provider gave them
    sent BLOB NOT NULL,                     -- in transcript: the body as sent
    received BLOB NOT NULL,                 -- in transcript: the body as received
    PRIMARY KEY (call_id, ordinal)
) STRICT, WITHOUT ROWID;

-- What calls in progress may cost at most. Left behind by an engine that died, it counts as spent.
CREATE TABLE model_hold (
    campaign_id INTEGER PRIMARY KEY REFERENCES campaign(id),
    usd REAL NOT NULL,
    tokens INTEGER NOT NULL
) STRICT;

-- What engines that died may have spent beyond what they recorded.
CREATE TABLE model_loss (
    id INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL REFERENCES campaign(id),
    usd REAL NOT NULL,
    tokens INTEGER NOT NULL,
    found_us INTEGER NOT NULL
) STRICT;
