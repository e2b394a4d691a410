/** Which workflow has the path of a webhook: one each, whoever publishes at the same moment. */
export const hooks = (schema: string): string => `
CREATE TABLE ${schema}.hooks (
  path     text COLLATE "C" PRIMARY KEY,
  workflow text COLLATE "C" NOT NULL                      -- the id of the one that has it
);
CREATE INDEX hooks_by_workflow ON ${schema}.hooks (workflow);
`;
