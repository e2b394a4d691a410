import type { DatabaseSync } from 'node:sqlite';
import type { Marks } from '@telos/core';
import { storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { GroupCommit } from './group-commit.ts';
import type { Reading } from './reading.ts';

const Row = z.object({ at: z.number() });

export function sqliteMarks(database: DatabaseSync, commits: GroupCommit, reading: Reading): Marks {
  const select = database.prepare('SELECT at FROM marks WHERE name = ?');
  const insert = database.prepare('INSERT OR IGNORE INTO marks (name, at) VALUES (?, ?)');
  const update = database.prepare('UPDATE marks SET at = ? WHERE name = ? AND at = ?');
  return {
    async get(name) {
      const row = reading(() => select.get(name));
      return row === undefined ? undefined : storedRow(Row, row, `the mark ${name}`).at;
    },
    advance: (name, from, to) =>
      commits.submit(() => {
        const done = from === undefined ? insert.run(name, to) : update.run(to, name, from);
        return Number(done.changes) === 1;
      }),
  };
}
