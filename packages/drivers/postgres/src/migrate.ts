/**
 * The schema of a store: recognised, and brought up to date.
 *
 * One that is not ours, or newer than this code, is refused before anything is
 * written to it. Of several processes that start at once, one does the work and
 * the others wait for it.
 */
import { TelosError } from '@telos/core';
import { storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { ConnectionUrl } from './connection-url.ts';
import type { Database, Session } from './database.ts';
import { migrations } from './schema/migrations.ts';

const mark = 'telos store';
/** For a step of a migration, and for the wait until another process has made it: tables may be large. */
const stepMs = 3_600_000;

const FoundRow = z.object({ exists: z.boolean(), relations: z.number(), marked: z.boolean(), server: z.int() });
/** The oldest server that has all that is used, as it numbers itself. */
const oldestServer = 140_000;
const MarkRow = z.object({ row: z.object({ mark: z.literal(mark), version: z.int().min(1) }) });

/** @throws TelosError STORE_NEWER, STORE_FOREIGN, STORE_UNAVAILABLE. */
export async function migrate(database: Database, url: ConnectionUrl): Promise<void> {
  const { schema } = url;
  await database.session(async (session) => {
    if ((await readVersion(session, url)).version === migrations.length) return;
    await session('BEGIN');
    try {
      await session('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${mark} ${schema}`], stepMs);
      const { version, exists } = await readVersion(session, url);
      // Where the schema was made for us, we may not be allowed to make one.
      if (!exists) await session(`CREATE SCHEMA ${schema}`);
      for (const step of migrations.slice(version)) await session(step(schema), undefined, stepMs);
      await session(`DELETE FROM ${schema}.store`);
      await session(`INSERT INTO ${schema}.store (mark, version) VALUES ($1, $2)`, [mark, migrations.length]);
      await session('COMMIT');
    } catch (error) {
      await session('ROLLBACK').catch(() => undefined);
      throw error;
    }
  });
}

/** The version of the schema; 0 when it holds nothing yet. @throws TelosError STORE_NEWER, STORE_FOREIGN. */
export async function readVersion(
  session: Session,
  { schema, shown }: ConnectionUrl,
): Promise<{ readonly version: number; readonly exists: boolean }> {
  const [found] = await session(
    `SELECT count(n.oid) > 0 AS exists, count(c.oid)::float8 AS relations, coalesce(bool_or(c.relname = 'store'), false) AS marked,
       current_setting('server_version_num')::int AS server
     FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid WHERE n.nspname = $1`,
    [schema],
  );
  const { exists, relations, marked, server } = storedRow(FoundRow, found, `the schema ${schema}`);
  if (server < oldestServer) {
    throw new TelosError(
      'STORE_UNAVAILABLE',
      `The store ${shown} is in PostgreSQL ${Math.floor(server / 10_000)}; ${oldestServer / 10_000} is the oldest that will do.`,
      { details: { store: shown } },
    );
  }
  if (relations === 0) return { version: 0, exists };
  const [row] = marked ? await session(`SELECT to_json(s) AS row FROM ${schema}.store s LIMIT 1`) : [];
  const read = MarkRow.safeParse(row);
  if (!read.success) {
    throw new TelosError('STORE_FOREIGN', `The schema ${schema} of ${shown} belongs to another program.`, {
      details: { store: shown, schema },
      next: 'Name another schema with `?schema=` in TELOS_DATABASE_URL; this one was left as it is.',
    });
  }
  const { version } = read.data.row;
  if (version > migrations.length) {
    throw new TelosError(
      'STORE_NEWER',
      `The store ${shown} has version ${version}; this Telos knows versions up to ${migrations.length}.`,
      { details: { store: shown, version, known: migrations.length } },
    );
  }
  return { version, exists };
}
