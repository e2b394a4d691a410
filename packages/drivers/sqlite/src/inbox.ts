import type { DatabaseSync } from 'node:sqlite';
import type { Inbox } from '@telos/core';
import { inboxClosed, messageOf, storedRow } from '@telos/core/store';
import type { ChangeBell } from '@telos/core/store';
import { z } from 'zod';
import type { GroupCommit } from './group-commit.ts';
import type { Reading } from './reading.ts';
import type { RunHeads } from './run-heads.ts';

const Row = z.object({ message: z.string() });

export function sqliteInbox(
  database: DatabaseSync,
  commits: GroupCommit,
  heads: RunHeads,
  bell: ChangeBell,
  reading: Reading,
): Inbox {
  const insert = database.prepare('INSERT OR IGNORE INTO inbox (run, id, message) VALUES (?, ?, ?)');
  const select = database.prepare(`
    SELECT message FROM inbox WHERE run = (SELECT number FROM runs WHERE id = ?) ORDER BY number`);
  return {
    async post(run, message) {
      await commits.submit(() => {
        const head = heads.get(run);
        if (head.finished) throw inboxClosed(run);
        insert.run(head.number, message.id, JSON.stringify(message));
      });
      bell.ringMessage(run);
    },
    async pending(run) {
      const rows = reading(() => select.all(run));
      return rows.map((row) => messageOf(run, storedRow(Row, row, `the inbox of run ${run}`).message));
    },
    onMessage: (listener) => bell.onMessage(listener),
  };
}
