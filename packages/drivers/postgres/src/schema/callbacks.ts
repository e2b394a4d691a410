/** Where the ends of runs are posted. Few runs have one, and none that goes on is in an index but that of its run. */
export const callbacks = (schema: string): string => `
CREATE TABLE ${schema}.callbacks (
  run        bigint PRIMARY KEY,
  url        text NOT NULL,
  events     text NOT NULL,                               -- JSON array
  secret     text,                                        -- its name
  attempts   integer NOT NULL DEFAULT 0,
  due_at     double precision,                            -- by this server's clock; 0: now; NULL: the run goes on, or it is settled
  outcome    text COLLATE "C",                            -- NULL: none yet
  settled_at double precision,
  problem    text                                         -- JSON of an ErrorRecord
);
CREATE INDEX callbacks_due     ON ${schema}.callbacks (due_at, run) WHERE due_at IS NOT NULL;
CREATE INDEX callbacks_trouble ON ${schema}.callbacks (run) WHERE problem IS NOT NULL;
`;
