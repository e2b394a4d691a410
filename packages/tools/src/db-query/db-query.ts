import { anyJson, anyJsonObject, TelosError } from '@telos/core';
import type { Clock, Tool } from '@telos/core';
import { z } from 'zod';
import { destinationOf } from '../http/destination.ts';
import { recordedCall } from '../recorded-call.ts';
import type { Workspace } from '../workspace.ts';
import { accessOf, databaseOf } from './connect.ts';
import type { Target } from './connect.ts';
import type { Answer, Database, Query, QueryLimits } from './database.ts';
import type { SqliteRunner } from './sqlite.ts';
import { bindStatement } from './statement.ts';

const defaultLimits: QueryLimits = { maxRows: 10_000, maxBytes: 8 * 1024 * 1024, timeoutMs: 30_000 };

const input = z
  .strictObject({
    url: z.string().min(1).exactOptional().describe('`sqlite:<path in the workspace>` or `postgres://...`; read-only.'),
    connection: z.string().min(1).exactOptional().describe('A `db` connection under `tools:`.'),
    sql: z.string().min(1).max(200_000).describe('One statement. Values belong in `params`, never in the text.'),
    params: z
      .union([z.array(anyJson), anyJsonObject])
      .exactOptional()
      .describe('A list for `?` or `$1`, or names and values for `:name`.'),
  })
  .refine((given) => (given.url === undefined) !== (given.connection === undefined), {
    message: 'exactly one of `url` and `connection` is needed',
  });

const output = z.object({
  rows: z.array(anyJsonObject),
  columns: z.array(z.string()),
  truncated: z.literal(true).exactOptional(),
  changes: z.int().exactOptional(),
});

type DbQueryInput = z.infer<typeof input>;

/** Words that a statement on a read-only connection may begin with. The database enforces the rest. */
const readingVerbs = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE', 'SHOW', 'EXPLAIN', 'PRAGMA']);

/**
 * Runs one SQL statement, read-only unless a connection says `access: write`.
 * Gives at most 10,000 rows and 8 MiB; what was cut is marked `truncated: true`.
 */
export function dbQueryTool(
  workspace: Workspace,
  clock: Clock,
  limits: QueryLimits = defaultLimits,
): Tool<DbQueryInput, z.infer<typeof output>> {
  const answerOf = createAnswering(clock);
  return {
    name: 'db.query',
    description:
      'Runs one SQL statement on SQLite or PostgreSQL and gives rows and column names. Parameters are bound, never pasted. Read-only unless the connection says `access: write`.',
    input,
    output,
    effect: 'write',
    effectOf: (given, connections) => (accessOf(targetOf(given), connections) === 'write' ? 'write' : 'read'),
    returns: ['private'],
    idempotent: false,
    spendsNothing: true,
    // A connection is a place that the workflow's author has named as its own; a URL may come from anywhere.
    sendsTo: ({ url }) => (url === undefined || !/^postgres(?:ql)?:/i.test(url) ? [] : destinationOf(url)),
    async run(given, context) {
      const database = await databaseOf(targetOf(given), context, workspace);
      const { statement, values } = bindStatement(given.sql, database.kind, given.params ?? []);
      if (database.access === 'read' && !mayBeRead(statement.verb)) throw refused(statement.verb, database);
      const call = {
        kind: 'tool',
        name: 'db.query',
        input: { database: database.shown, sql: given.sql, params: given.params ?? [] },
      } as const;
      const query = { statement, values, limits, signal: context.signal };
      return recordedCall(context, clock, call, async () => {
        const answer = await answerOf(database, query);
        const { rows, columns, truncated, changes } = answer;
        return {
          result: {
            rows: [...rows],
            columns: [...columns],
            ...(truncated ? { truncated } : {}),
            ...(changes === undefined ? {} : { changes }),
          },
          output: { rows: rows.length, columns, truncated },
        };
      });
    },
  };
}

/** Sends a query to its driver; a driver is loaded when the first query needs it. */
function createAnswering(clock: Clock): (database: Database, query: Query) => Promise<Answer> {
  let runSqlite: SqliteRunner | undefined;
  return async (database, query) => {
    if (database.kind === 'postgres') {
      const { queryPostgres } = await import('./postgres.ts');
      return queryPostgres(database, query, clock);
    }
    const { createSqliteRunner } = await import('./sqlite.ts');
    runSqlite ??= createSqliteRunner(clock);
    return runSqlite(database, query);
  };
}

function targetOf({ url, connection }: DbQueryInput): Target {
  // The input's own check leaves exactly one of the two.
  return url === undefined ? { connection: connection ?? '' } : { url };
}

/** A word that is misspelt is no statement of any kind: the database says so best, and where. */
function mayBeRead(verb: string): boolean {
  return readingVerbs.has(verb) || [...readingVerbs].some((meant) => isSlipOf(verb, meant));
}

/** Whether one letter is missing, too much or another, or two stand the wrong way round. No command of SQL is a slip of one of those words. */
function isSlipOf(word: string, meant: string): boolean {
  const least = Math.min(word.length, meant.length);
  let begin = 0;
  while (begin < least && word[begin] === meant[begin]) begin += 1;
  let end = 0;
  while (end < least - begin && word.at(-1 - end) === meant.at(-1 - end)) end += 1;
  const [written, right] = [word, meant].map((text) => text.slice(begin, text.length - end));
  if (written === undefined || right === undefined) return false;
  if (written.length <= 1 && right.length <= 1) return true;
  return written.length === 2 && right === `${written[1]}${written[0]}`;
}

function refused(verb: string, database: Database): TelosError {
  return new TelosError(
    'DB_ACCESS_REFUSED',
    `${verb} is not allowed on ${database.shown}: the connection is read-only, and a statement on it begins with ${[...readingVerbs].join(', ')}`,
  );
}
