/** The audit log: appended to, and read from its end. */
export const audit = (schema: string): string => `
CREATE TABLE ${schema}.audit (
  number  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      double precision NOT NULL,
  person  text COLLATE "C",
  action  text COLLATE "C" NOT NULL,
  subject text COLLATE "C",
  address text NOT NULL,
  request text NOT NULL
);
CREATE INDEX audit_by_subject ON ${schema}.audit (subject, number) WHERE subject IS NOT NULL;
CREATE INDEX audit_by_person  ON ${schema}.audit (person, number) WHERE person IS NOT NULL;
`;
