/**
 * The tables of a store, and how an older file becomes a current one.
 *
 * A run has a number beside its id: rows of the journal name it in 2 or 3 bytes
 * instead of 36, and since the journal is keyed by arrival, the appends of a
 * hundred runs fill the same few pages. Keyed by run they would touch a page
 * each, and a commit would write ten times as much.
 *
 * Instants and sums of usage are REAL: SQLite keeps whole ones as integers.
 */

/** "TELO": marks the file as a store of Telos (see `file`(1) and PRAGMA application_id). */
export const applicationId = 0x54454c4f;

/** Entry `n` brings a file from version `n` to `n + 1`. Entries never change once released; new ones follow. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE runs (
    number        INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    workflow      TEXT NOT NULL,
    program       TEXT NOT NULL,
    status        TEXT NOT NULL,
    created_at    REAL NOT NULL,
    started_at    REAL,
    ended_at      REAL,
    tags          TEXT NOT NULL,                    -- JSON array
    input_tokens  REAL NOT NULL DEFAULT 0,
    output_tokens REAL NOT NULL DEFAULT 0,
    usd           REAL NOT NULL DEFAULT 0,
    ms            REAL NOT NULL DEFAULT 0,
    calls         REAL NOT NULL DEFAULT 0,
    error         TEXT,                             -- JSON of an ErrorRecord
    owner         TEXT,
    epoch         INTEGER NOT NULL DEFAULT 0,
    lease_until   REAL NOT NULL DEFAULT 0
  ) STRICT;
  -- Every index ends in the row's number, which settles ties between runs of one millisecond.
  CREATE INDEX runs_by_age      ON runs (created_at, number, id);
  CREATE INDEX runs_by_status   ON runs (status, created_at);
  CREATE INDEX runs_by_workflow ON runs (workflow, status, created_at);
  CREATE INDEX runs_by_cost     ON runs (created_at, usd, status) WHERE usd > 0;
  CREATE INDEX runs_unfinished  ON runs (created_at) WHERE ended_at IS NULL;

  CREATE TABLE run_tags (
    tag        TEXT NOT NULL,
    created_at REAL NOT NULL,
    run        INTEGER NOT NULL REFERENCES runs,
    PRIMARY KEY (tag, created_at, run)
  ) STRICT, WITHOUT ROWID;

  -- One row per append, in order of arrival. No foreign key: the store has looked the run up already.
  CREATE TABLE journal (
    number INTEGER PRIMARY KEY,
    run    INTEGER NOT NULL,
    last   INTEGER NOT NULL,                        -- sequence of the last of these events
    events TEXT NOT NULL                            -- JSON array
  ) STRICT;
  CREATE UNIQUE INDEX journal_by_run ON journal (run, last);

  CREATE TABLE idempotency (
    key  TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    run  INTEGER NOT NULL REFERENCES runs
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE inbox (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,      -- never used twice, so that listeners can ask for what is new
    run     INTEGER NOT NULL REFERENCES runs,
    id      TEXT NOT NULL,
    message TEXT NOT NULL,                          -- JSON
    UNIQUE (run, id)
  ) STRICT;

  CREATE TABLE blobs (
    hash       TEXT PRIMARY KEY,
    media_type TEXT NOT NULL,
    bytes      BLOB NOT NULL
  ) STRICT;

  CREATE TABLE programs (
    hash      TEXT PRIMARY KEY,
    id        TEXT NOT NULL,
    program   TEXT NOT NULL,                        -- canonical JSON
    source    TEXT,
    stored_at REAL NOT NULL
  ) STRICT;

  CREATE TABLE versions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,       -- the greatest of an id is current
    id     TEXT NOT NULL,
    hash   TEXT NOT NULL REFERENCES programs,
    at     REAL NOT NULL,
    UNIQUE (id, hash)
  ) STRICT;
  `,
  `
  ALTER TABLE runs ADD COLUMN gates INTEGER NOT NULL DEFAULT 0;  -- steps that ended with a gate
  ALTER TABLE runs ADD COLUMN gate_score REAL NOT NULL DEFAULT 0;  -- the sum of their scores
  `,
  `
  ALTER TABLE journal ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;  -- of the lease that wrote it; 0: none, or not noted yet
  `,
  `
  -- A run without an owner has something to do from lease_until on: 0 is now. So one column, and one index, say what is due.
  ALTER TABLE runs ADD COLUMN namespace TEXT NOT NULL DEFAULT 'default';
  ALTER TABLE runs ADD COLUMN priority TEXT NOT NULL DEFAULT 'normal';
  ALTER TABLE runs ADD COLUMN fork_of TEXT;
  ALTER TABLE runs ADD COLUMN concurrency TEXT;     -- the key of the places that it shares
  ALTER TABLE runs ADD COLUMN places INTEGER;       -- how many there are
  ALTER TABLE runs ADD COLUMN let_in INTEGER;       -- 0: it waits for one
  DROP INDEX runs_unfinished;
  CREATE INDEX runs_due     ON runs (lease_until, created_at) WHERE ended_at IS NULL;
  CREATE INDEX runs_owned   ON runs (owner, lease_until) WHERE ended_at IS NULL AND owner IS NOT NULL;
  CREATE INDEX runs_sharing ON runs (concurrency, let_in) WHERE ended_at IS NULL AND concurrency IS NOT NULL;
  CREATE INDEX runs_forked  ON runs (fork_of, created_at) WHERE fork_of IS NOT NULL;

  CREATE TABLE waits (
    run       INTEGER NOT NULL REFERENCES runs,
    id        INTEGER NOT NULL,                     -- sequence of the event that opened it
    path      TEXT NOT NULL,
    kind      TEXT NOT NULL,
    since     REAL NOT NULL,
    workflow  TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name      TEXT,                                 -- of a signal
    code      TEXT,                                 -- of an error
    step      TEXT NOT NULL,                        -- JSON of a WaitingStep
    PRIMARY KEY (run, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX waits_by_kind ON waits (kind, since, run, id);

  CREATE TABLE claims (
    run     INTEGER NOT NULL REFERENCES runs,
    path    TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    worker  TEXT NOT NULL,                          -- '': nobody's, and nobody can have it any more
    off     INTEGER NOT NULL DEFAULT 0,             -- 1: called off, and the worker not told yet
    PRIMARY KEY (run, path, attempt)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX claims_off ON claims (worker) WHERE off = 1;

  CREATE TABLE workers (
    id    TEXT PRIMARY KEY,
    until REAL NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE marks (
    name TEXT PRIMARY KEY,
    at   REAL NOT NULL
  ) STRICT, WITHOUT ROWID;

  ALTER TABLE blobs ADD COLUMN put_at REAL NOT NULL DEFAULT 0;
  CREATE TABLE blob_uses (
    hash TEXT NOT NULL,
    run  INTEGER NOT NULL REFERENCES runs,
    PRIMARY KEY (hash, run)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX blob_uses_by_run ON blob_uses (run);
  `,
  `
  -- Not "usd > 0": a query has to say so too, and SQLite would go through all from there on.
  CREATE INDEX runs_by_price ON runs (usd, created_at) WHERE usd <> 0;
  `,
  `
  CREATE TABLE callbacks (
    run        INTEGER PRIMARY KEY REFERENCES runs,
    url        TEXT NOT NULL,
    events     TEXT NOT NULL,                       -- JSON array
    secret     TEXT,                                -- its name
    attempts   INTEGER NOT NULL DEFAULT 0,
    due_at     REAL,                                -- 0: now; NULL: the run goes on, or it is settled
    outcome    TEXT,                                -- NULL: none yet
    settled_at REAL,
    problem    TEXT                                 -- JSON of an ErrorRecord
  ) STRICT;
  CREATE INDEX callbacks_due     ON callbacks (due_at, run) WHERE due_at IS NOT NULL;
  CREATE INDEX callbacks_trouble ON callbacks (run) WHERE problem IS NOT NULL;
  `,
  `
  CREATE TABLE audit (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    at      REAL NOT NULL,
    person  TEXT,
    action  TEXT NOT NULL,
    subject TEXT,
    address TEXT NOT NULL,
    request TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_subject ON audit (subject, number) WHERE subject IS NOT NULL;
  CREATE INDEX audit_by_person  ON audit (person, number) WHERE person IS NOT NULL;
  `,
  `
  CREATE TABLE foreign_spans (
    trace      TEXT NOT NULL,
    id         TEXT NOT NULL,
    started_at REAL NOT NULL,
    put_at     REAL NOT NULL,
    span       TEXT NOT NULL,                       -- JSON of a ForeignSpan
    UNIQUE (trace, id)
  ) STRICT;
  CREATE INDEX foreign_spans_by_age ON foreign_spans (put_at);
  `,
  `
  CREATE TABLE api_keys (
    id         TEXT PRIMARY KEY,
    digest     TEXT NOT NULL,
    name       TEXT NOT NULL,
    roles      TEXT NOT NULL,                       -- JSON array
    namespace  TEXT,
    created_at REAL NOT NULL,
    expires_at REAL,
    revoked_at REAL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE rates (
    name  TEXT PRIMARY KEY,
    since REAL NOT NULL,
    used  REAL NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX rates_by_age ON rates (since);
  `,
  `
  CREATE TABLE hooks (
    path     TEXT PRIMARY KEY,
    workflow TEXT NOT NULL                          -- the id of the one that has it
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE sealing (
    number INTEGER PRIMARY KEY CHECK (number = 1),
    key    BLOB NOT NULL
  ) STRICT;
  `,
  // Most runs are of the default one where there are no others.
  `
  CREATE INDEX runs_by_namespace ON runs (namespace, status, created_at) WHERE namespace <> 'default';
  `,
];
