/** API keys that are kept, by their digests, and how often those who ask have asked. */
export const apiKeys = (schema: string): string => `
CREATE TABLE ${schema}.api_keys (
  id         text COLLATE "C" PRIMARY KEY,
  digest     text NOT NULL,
  name       text NOT NULL,
  roles      text NOT NULL,                               -- JSON array
  namespace  text,
  created_at double precision NOT NULL,
  expires_at double precision,
  revoked_at double precision
);

-- Lost with a crash, which costs nothing: a window is a minute.
CREATE UNLOGGED TABLE ${schema}.rates (
  name  text COLLATE "C" PRIMARY KEY,
  since double precision NOT NULL,
  used  double precision NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX rates_by_age ON ${schema}.rates (since);
`;
