/**
 * The tables of a store.
 *
 * A run has a number beside its id, and two rows: `heads` holds what every append
 * checks and changes, and nothing else, so that an append rewrites a few bytes in
 * place and touches no index; `runs` holds what lists show, and changes seldom.
 *
 * Instants are milliseconds since 1970, as in events. Texts that hold JSON are
 * kept as they were given: `jsonb` would refuse some strings that are JSON.
 */
export const tables = (schema: string): string => `
CREATE TABLE ${schema}.store (
  mark    text NOT NULL,
  version integer NOT NULL
);

CREATE SEQUENCE ${schema}.run_numbers;

CREATE TABLE ${schema}.runs (
  number        bigint PRIMARY KEY,
  id            text COLLATE "C" NOT NULL UNIQUE,
  workflow      text COLLATE "C" NOT NULL,
  program       text NOT NULL,
  status        text COLLATE "C" NOT NULL,
  created_at    double precision NOT NULL,
  started_at    double precision,
  ended_at      double precision,
  tags          text NOT NULL,                            -- JSON array
  namespace     text COLLATE "C" NOT NULL,
  priority      text COLLATE "C" NOT NULL,
  fork_of       text COLLATE "C",                         -- id of the run that it was forked from
  input_tokens  double precision NOT NULL DEFAULT 0,
  output_tokens double precision NOT NULL DEFAULT 0,
  usd           double precision NOT NULL DEFAULT 0,
  ms            double precision NOT NULL DEFAULT 0,
  calls         double precision NOT NULL DEFAULT 0,
  gates         integer NOT NULL DEFAULT 0,               -- steps that ended with a gate
  gate_score    double precision NOT NULL DEFAULT 0,      -- the sum of their scores
  error         text                                      -- JSON of an ErrorRecord
) WITH (fillfactor = 80);
-- Every index ends in the row's number, which settles ties between runs of one millisecond.
CREATE INDEX runs_by_age      ON ${schema}.runs (created_at, number) INCLUDE (id);
CREATE INDEX runs_by_status   ON ${schema}.runs (status, created_at, number);
CREATE INDEX runs_by_workflow ON ${schema}.runs (workflow, status, created_at, number);
CREATE INDEX runs_by_cost     ON ${schema}.runs (created_at, number, usd, status) WHERE usd > 0;
CREATE INDEX runs_forked      ON ${schema}.runs (fork_of, created_at, number) WHERE fork_of IS NOT NULL;

CREATE TABLE ${schema}.heads (
  run         bigint PRIMARY KEY,
  id          text COLLATE "C" NOT NULL UNIQUE,
  created_at  double precision NOT NULL,
  seq         integer NOT NULL,                           -- of the last event
  finished    boolean NOT NULL DEFAULT false,
  epoch       integer NOT NULL DEFAULT 0,                 -- of the lease last given
  owner       text COLLATE "C",
  lease_until double precision NOT NULL DEFAULT 0 CHECK (lease_until < 1e16),  -- by this server's clock
  due_at      double precision NOT NULL DEFAULT 0 CHECK (due_at < 1e16),       -- without an owner it has something to do from then on; 0: now
  shares      text COLLATE "C",                           -- the key of the places that it shares with other runs
  places      integer,                                    -- how many there are
  let_in      boolean                                     -- false: it waits for one
) WITH (fillfactor = 50);
-- None holds \`seq\` or \`lease_until\`, which change the most often: appending and renewing touch no index.
CREATE INDEX heads_due     ON ${schema}.heads (due_at, created_at, run) WHERE owner IS NULL AND NOT finished;
CREATE INDEX heads_owned   ON ${schema}.heads (owner) WHERE owner IS NOT NULL AND NOT finished;
CREATE INDEX heads_sharing ON ${schema}.heads (shares, let_in, run) WHERE shares IS NOT NULL AND NOT finished;

CREATE FUNCTION ${schema}.refuse_lower_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The epoch of a run never falls: a former owner could write to it again.';
END $$;
CREATE TRIGGER epochs_only_rise BEFORE UPDATE OF epoch ON ${schema}.heads
  FOR EACH ROW WHEN (NEW.epoch < OLD.epoch) EXECUTE FUNCTION ${schema}.refuse_lower_epoch();

CREATE TABLE ${schema}.run_tags (
  tag        text COLLATE "C" NOT NULL,
  created_at double precision NOT NULL,
  run        bigint NOT NULL,
  PRIMARY KEY (tag, created_at, run)
);
CREATE INDEX run_tags_by_run ON ${schema}.run_tags (run);

-- One row per append. No foreign key: the append has found the run already.
CREATE TABLE ${schema}.journal (
  run    bigint NOT NULL,
  last   integer NOT NULL,                                -- sequence of the last of these events
  epoch  integer NOT NULL,                                -- of the lease that wrote them; 0: created
  events text NOT NULL,                                   -- JSON array
  PRIMARY KEY (run, last)
);

CREATE TABLE ${schema}.idempotency (
  key  text COLLATE "C" PRIMARY KEY,
  body text NOT NULL,
  run  text COLLATE "C" NOT NULL                          -- its id
);
CREATE INDEX idempotency_by_run ON ${schema}.idempotency (run);

CREATE TABLE ${schema}.inbox (
  number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run         bigint NOT NULL,
  id          text COLLATE "C" NOT NULL,
  message     text NOT NULL,                              -- JSON
  transaction xid8 NOT NULL DEFAULT pg_current_xact_id(), -- tells listeners what is new
  UNIQUE (run, id)
);
CREATE INDEX inbox_by_transaction ON ${schema}.inbox (transaction);

CREATE TABLE ${schema}.waits (
  run       bigint NOT NULL,
  id        integer NOT NULL,                             -- sequence of the event that opened it
  path      text COLLATE "C" NOT NULL,
  kind      text COLLATE "C" NOT NULL,
  since     double precision NOT NULL,
  workflow  text COLLATE "C" NOT NULL,
  namespace text COLLATE "C" NOT NULL,
  name      text COLLATE "C",                             -- of a signal
  code      text COLLATE "C",                             -- of an error
  step      text NOT NULL,                                -- JSON of a WaitingStep
  PRIMARY KEY (run, id)
);
CREATE INDEX waits_by_age  ON ${schema}.waits (since, run, id);
CREATE INDEX waits_by_kind ON ${schema}.waits (kind, since, run, id);
CREATE INDEX waits_by_name ON ${schema}.waits (name, since, run, id) WHERE name IS NOT NULL;

CREATE TABLE ${schema}.claims (
  run        bigint NOT NULL,
  path       text COLLATE "C" NOT NULL,
  attempt    integer NOT NULL,
  worker     text COLLATE "C" NOT NULL,                   -- '': nobody's, and nobody can have it any more
  called_off boolean NOT NULL DEFAULT false,
  told       boolean NOT NULL DEFAULT false,              -- the worker knows that it was called off
  PRIMARY KEY (run, path, attempt)
);
CREATE INDEX claims_to_tell ON ${schema}.claims (worker) WHERE called_off AND NOT told;

CREATE TABLE ${schema}.workers (
  id         text COLLATE "C" PRIMARY KEY,
  live_until double precision NOT NULL                    -- by this server's clock
);

CREATE TABLE ${schema}.marks (
  name text COLLATE "C" PRIMARY KEY,
  at   double precision NOT NULL
);

CREATE TABLE ${schema}.blobs (
  hash       text COLLATE "C" PRIMARY KEY,
  media_type text NOT NULL,
  bytes      bytea NOT NULL,
  put_at     double precision NOT NULL                    -- last, by this server's clock
);

-- Which blobs the events of a run name.
CREATE TABLE ${schema}.blob_uses (
  hash text COLLATE "C" NOT NULL,
  run  bigint NOT NULL,
  PRIMARY KEY (hash, run)
);
CREATE INDEX blob_uses_by_run ON ${schema}.blob_uses (run);

CREATE TABLE ${schema}.programs (
  hash      text COLLATE "C" PRIMARY KEY,
  id        text COLLATE "C" NOT NULL,
  program   text NOT NULL,                                -- canonical JSON
  source    text,
  stored_at double precision NOT NULL
);

CREATE TABLE ${schema}.versions (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the greatest of an id is current
  id     text COLLATE "C" NOT NULL,
  hash   text COLLATE "C" NOT NULL REFERENCES ${schema}.programs,
  at     double precision NOT NULL,
  UNIQUE (id, hash)
);
`;
