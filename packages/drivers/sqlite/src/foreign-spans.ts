import type { DatabaseSync } from 'node:sqlite';
import { mostForeignSpans } from '@telos/core';
import type { ForeignSpans } from '@telos/core';
import { foreignSpanOf, storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { GroupCommit } from './group-commit.ts';
import type { Reading } from './reading.ts';

const CountRow = z.object({ count: z.int() });

export function sqliteForeignSpans(database: DatabaseSync, commits: GroupCommit, reading: Reading): ForeignSpans {
  const count = database.prepare('SELECT count(*) AS count FROM foreign_spans WHERE trace = ?');
  const update = database.prepare('UPDATE foreign_spans SET put_at = ?, span = ? WHERE trace = ? AND id = ?');
  const insert = database.prepare(
    'INSERT INTO foreign_spans (put_at, span, trace, id, started_at) VALUES (?, ?, ?, ?, ?)',
  );
  const ofTrace = database.prepare('SELECT span FROM foreign_spans WHERE trace = ? ORDER BY started_at, id');
  const remove = database.prepare(`
    DELETE FROM foreign_spans WHERE rowid IN (SELECT rowid FROM foreign_spans WHERE put_at < ? LIMIT ?)`);
  return {
    put: (spans, at) =>
      commits.submit(() => {
        const counts = new Map<string, number>();
        let refused = 0;
        for (const span of spans) {
          const { trace, id, startedAt } = span;
          const text = JSON.stringify(span);
          if (Number(update.run(at, text, trace, id).changes) > 0) continue;
          const there = counts.get(trace) ?? storedRow(CountRow, count.get(trace), 'the spans of other services').count;
          if (there >= mostForeignSpans) refused += 1;
          else insert.run(at, text, trace, id, startedAt);
          counts.set(trace, Math.min(there + 1, mostForeignSpans));
        }
        return refused;
      }),
    async of(trace) {
      return reading(() => ofTrace.all(trace)).map(foreignSpanOf);
    },
    removeBefore: (at, limit) => commits.submit(() => Number(remove.run(at, limit).changes)),
  };
}
