import type { Programs } from '@telos/core';
import { hookTaken, nothingToPublish, storedProgramOf, storedRow } from '@telos/core/store';
import { z } from 'zod';
import { plain } from './commit/group-details.ts';
import type { Database } from './database.ts';
import { createLookups } from './lookups.ts';

const CurrentRow = z.object({ id: z.string(), hash: z.string() });
const PublishedRow = z.object({ published: z.number(), holder: z.string().nullable() });

export function postgresPrograms(database: Database, schema: string): Programs {
  const columns = `programs.hash, programs.id, programs.program, programs.source, programs.stored_at AS "storedAt"`;
  const versions = `${schema}.versions JOIN ${schema}.programs USING (hash)`;
  /** Of a hundred starts that come at once none has a statement of its own. */
  const current = createLookups(async (ids) => {
    const rows = await database.query({
      name: 'telos_current_1',
      text: `
        SELECT asked.id, current.hash FROM unnest($1::text[]) AS asked (id)
        CROSS JOIN LATERAL (
          SELECT hash FROM ${schema}.versions WHERE versions.id = asked.id ORDER BY number DESC LIMIT 1) AS current`,
      values: [ids.map(plain)],
    });
    return new Map(rows.map((row) => storedRow(CurrentRow, row, 'the versions')).map(({ id, hash }) => [id, hash]));
  });
  return {
    async put({ hash, id, program, source, storedAt }) {
      await database.query({
        text: `
          INSERT INTO ${schema}.programs (hash, id, program, source, stored_at) VALUES ($1, $2, $3, $4, $5)
          ON CONFLICT (hash) DO NOTHING`,
        values: [hash, id, JSON.stringify(program), source ?? null, storedAt],
      });
    },
    async get(hash) {
      const [row] = await database.query({
        text: `SELECT ${columns} FROM ${schema}.programs WHERE hash = $1`,
        values: [hash],
      });
      return row === undefined ? undefined : storedProgramOf(row);
    },
    async publish(id, hash, at, hook) {
      // A later number makes it current; the row that it replaces, if any, is its own. Of two who want a path at once
      // one waits for the other, and reads its name.
      const [row] = await database.query({
        text: `
          WITH program AS MATERIALIZED (SELECT hash FROM ${schema}.programs WHERE hash = $2),
          holder AS (
            INSERT INTO ${schema}.hooks AS h (path, workflow)
            SELECT $4::text, $1 FROM program WHERE $4::text IS NOT NULL
            ON CONFLICT (path) DO UPDATE SET workflow = h.workflow
            RETURNING workflow
          ),
          allowed AS MATERIALIZED (
            SELECT hash FROM program WHERE NOT EXISTS (SELECT 1 FROM holder WHERE workflow <> $1)
          ),
          gone AS (
            DELETE FROM ${schema}.hooks h USING allowed
            WHERE h.workflow = $1 AND h.path IS DISTINCT FROM $4::text
          ),
          published AS (
            INSERT INTO ${schema}.versions (id, hash, at)
            SELECT $1, hash, $3 FROM allowed
            ON CONFLICT (id, hash) DO UPDATE SET number = DEFAULT, at = excluded.at
            RETURNING number
          )
          SELECT (SELECT count(*)::integer FROM published) AS published,
            (SELECT workflow FROM holder WHERE workflow <> $1) AS holder`,
        values: [id, hash, at, hook ?? null],
      });
      const { published, holder } = storedRow(PublishedRow, row, `the versions of ${id}`);
      if (holder !== null && hook !== undefined) throw hookTaken(hook, id, holder);
      if (published === 0) throw nothingToPublish(id, hash);
    },
    current,
    async versions(id) {
      const rows = await database.query({
        text: `SELECT ${columns} FROM ${versions} WHERE versions.id = $1 ORDER BY versions.number DESC`,
        values: [id],
      });
      return rows.map(storedProgramOf);
    },
    async published() {
      const rows = await database.query({
        text: `
          SELECT ${columns} FROM ${versions}
          WHERE versions.number IN (SELECT max(number) FROM ${schema}.versions GROUP BY id) ORDER BY versions.id`,
        values: [],
      });
      return rows.map(storedProgramOf);
    },
    async withdraw(id) {
      const gone = await database.query({
        text: `
          WITH hook AS (DELETE FROM ${schema}.hooks WHERE workflow = $1)
          DELETE FROM ${schema}.versions WHERE id = $1 RETURNING 1`,
        values: [id],
      });
      return gone.length > 0;
    },
  };
}
