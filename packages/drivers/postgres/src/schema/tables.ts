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
CREATE INDEX runs_unfinished  ON ${schema}.runs (created_at, number) WHERE ended_at IS NULL;

CREATE TABLE ${schema}.heads (
  run         bigint PRIMARY KEY,
  id          text COLLATE "C" NOT NULL UNIQUE,
  seq         integer NOT NULL,                           -- of the last event
  finished    boolean NOT NULL DEFAULT false,
  epoch       integer NOT NULL DEFAULT 0,                 -- of the lease last given
  owner       text,
  lease_until double precision NOT NULL DEFAULT 0 CHECK (lease_until < 1e16)  -- by this server's clock
) WITH (fillfactor = 50);
CREATE INDEX heads_owned ON ${schema}.heads (owner) WHERE owner IS NOT NULL AND NOT finished;

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
  run  text NOT NULL                                      -- its id
);

CREATE TABLE ${schema}.inbox (
  number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run         bigint NOT NULL,
  id          text COLLATE "C" NOT NULL,
  message     text NOT NULL,                              -- JSON
  transaction xid8 NOT NULL DEFAULT pg_current_xact_id(), -- tells listeners what is new
  UNIQUE (run, id)
);
CREATE INDEX inbox_by_transaction ON ${schema}.inbox (transaction);

CREATE TABLE ${schema}.blobs (
  hash       text COLLATE "C" PRIMARY KEY,
  media_type text NOT NULL,
  bytes      bytea NOT NULL
);

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
