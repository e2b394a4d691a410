/** 'BULL': with the hash of the schema's name, the lock under which BullMQ makes its tables. */
const lock = 0x42_55_4c_4c;

/**
 * Statements that make what is not there, one process after the other: PostgreSQL tells one of
 * two that make the same at once that it exists, whatever IF NOT EXISTS says. One transaction.
 *
 * @param schema Holds small letters, digits and underscores.
 */
export function making(schema: string, ...statements: readonly string[]): string {
  return [
    `SELECT pg_advisory_xact_lock(${lock}, hashtext('${schema}'))`,
    `CREATE SCHEMA IF NOT EXISTS ${schema}`,
    ...statements,
  ].join(';\n');
}
