import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Audit } from '@telos/core';
import { auditPageOf, auditPlaceOf, checkPageLimit } from '@telos/core/store';
import type { GroupCommit } from './group-commit.ts';
import type { Reading } from './reading.ts';

export function sqliteAudit(database: DatabaseSync, commits: GroupCommit, reading: Reading): Audit {
  const insert = database.prepare(
    'INSERT INTO audit (at, person, action, subject, address, request) VALUES (?, ?, ?, ?, ?, ?)',
  );
  return {
    append: ({ at, by, action, subject, address, request }) =>
      commits.submit(() => void insert.run(at, by ?? null, action, subject ?? null, address, request)),
    async list({ by, action, subject, since, until }, limit, cursor) {
      checkPageLimit(limit, 'entries');
      const conditions: readonly (readonly [string, SQLInputValue | undefined])[] = [
        ['person = ?', by],
        ['action = ?', action],
        ['subject = ?', subject],
        ['at >= ?', since],
        ['at < ?', until],
        ['number < ?', cursor === undefined ? undefined : auditPlaceOf(cursor)],
      ];
      const said = conditions.flatMap(([text, value]) => (value === undefined ? [] : [{ text, value }]));
      const where = said.length === 0 ? '' : `WHERE ${said.map(({ text }) => text).join(' AND ')}`;
      const rows = reading(() =>
        database
          .prepare(`SELECT * FROM audit ${where} ORDER BY number DESC LIMIT ?`)
          .all(...said.map(({ value }) => value), limit + 1),
      );
      return auditPageOf(rows, limit);
    },
  };
}
