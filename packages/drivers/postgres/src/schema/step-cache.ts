/** What calls that only read have given, for equal calls of later runs. */
export const stepCache = (schema: string): string => `
CREATE TABLE ${schema}.step_cache (
  key    text PRIMARY KEY,
  run    bigint NOT NULL,
  until  double precision NOT NULL,
  cached text NOT NULL                               -- JSON of a CachedOutput
);
CREATE INDEX step_cache_by_age ON ${schema}.step_cache (until);
CREATE INDEX step_cache_by_run ON ${schema}.step_cache (run);
`;
