/** The key by which processes on this store seal what they send one another; one row. */
export const sealing = (schema: string): string => `
CREATE TABLE ${schema}.sealing (
  number integer PRIMARY KEY CHECK (number = 1),
  key    text NOT NULL                                    -- hexadecimal
);
`;
