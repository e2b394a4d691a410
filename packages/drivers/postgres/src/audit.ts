import type { Audit } from '@telos/core';
import { auditPageOf, auditPlaceOf, checkPageLimit } from '@telos/core/store';
import { plain } from './commit/group-details.ts';
import type { Database } from './database.ts';

export function postgresAudit(database: Database, schema: string): Audit {
  return {
    async append({ at, by, action, subject, address, request }) {
      await database.query({
        text: `
          INSERT INTO ${schema}.audit (at, person, action, subject, address, request)
          VALUES ($1, $2, $3, $4, $5, $6)`,
        values: [at, by ?? null, action, subject === undefined ? null : plain(subject), address, request],
      });
    },
    async list({ by, action, subject, since, until }, limit, cursor) {
      checkPageLimit(limit, 'entries');
      const conditions: readonly (readonly [string, string | number | undefined])[] = [
        ['person =', by],
        ['action =', action],
        ['subject =', subject === undefined ? undefined : plain(subject)],
        ['at >=', since],
        ['at <', until],
        ['number <', cursor === undefined ? undefined : auditPlaceOf(cursor)],
      ];
      const said = conditions.flatMap(([text, value]) => (value === undefined ? [] : [{ text, value }]));
      const where = said.map(({ text }, index) => `${text} $${index + 2}`).join(' AND ');
      const rows = await database.query({
        text: `SELECT * FROM ${schema}.audit ${where === '' ? '' : `WHERE ${where}`} ORDER BY number DESC LIMIT $1`,
        values: [limit + 1, ...said.map(({ value }) => value)],
      });
      return auditPageOf(rows, limit);
    },
  };
}
