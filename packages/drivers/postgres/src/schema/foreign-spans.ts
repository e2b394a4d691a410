/** Spans of other services. Text as it was given: `jsonb` would refuse some strings that are JSON. */
export const foreignSpans = (schema: string): string => `
CREATE TABLE ${schema}.foreign_spans (
  trace      text COLLATE "C" NOT NULL,
  id         text COLLATE "C" NOT NULL,
  started_at double precision NOT NULL,
  put_at     double precision NOT NULL,
  span       text NOT NULL,                               -- JSON of a ForeignSpan
  PRIMARY KEY (trace, id)
);
CREATE INDEX foreign_spans_by_age ON ${schema}.foreign_spans (put_at);
`;
