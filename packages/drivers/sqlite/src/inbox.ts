import type { DatabaseSync } from 'node:sqlite';
import type { Inbox } from '@telos/core';
import { inboxClosed, messageOf, storedRow } from '@telos/core/store';
import type { ChangeBell } from '@telos/core/store';
import { z } from 'zod';
import { blobUses } from './blob-uses.ts';
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
  const uses = blobUses(database);
  const insert = database.prepare('INSERT OR IGNORE INTO inbox (run, id, message) VALUES (?, ?, ?)');
  // A parked run has something to do now. One that waits for its turn is let in out of turn only to be cancelled.
  const wake = database.prepare(
    'UPDATE runs SET lease_until = 0 WHERE number = ? AND owner IS NULL AND let_in IS NOT 0',
  );
  const letIn = database.prepare('UPDATE runs SET let_in = 1, lease_until = 0 WHERE number = ? AND let_in = 0');
  const select = database.prepare(`
    SELECT message FROM inbox WHERE run = (SELECT number FROM runs WHERE id = ?) ORDER BY number`);
  return {
    async post(run, message) {
      await commits.submit(() => {
        const head = heads.get(run);
        if (head.finished) throw inboxClosed(run);
        head.hasMore = true;
        const text = JSON.stringify(message);
        insert.run(head.number, message.id, text);
        uses.note(head.number, text);
        if (message.kind === 'cancel') letIn.run(head.number);
        wake.run(head.number);
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
