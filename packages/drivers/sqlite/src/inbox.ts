import type { DatabaseSync } from 'node:sqlite';
import { TelosError } from '@telos/core';
import type { Inbox, Message } from '@telos/core';
import { z } from 'zod';
import type { ChangeBell } from './change-bell.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Reading } from './reading.ts';
import type { RunHeads } from './run-heads.ts';
import { storedJson, storedRow } from './stored-row.ts';

const Row = z.object({ message: z.string() });
const StoredMessage: z.ZodType<Message> = z.object({ id: z.string(), kind: z.literal('cancel'), reason: z.string() });

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
        if (head.finished) {
          throw new TelosError('RUN_FINISHED', `Run ${run} has ended; it takes no messages.`, { details: { run } });
        }
        insert.run(head.number, message.id, JSON.stringify(message));
      });
      bell.ringMessage(run);
    },
    async pending(run) {
      return reading(() => select.all(run)).map((stored) => {
        const row = storedRow(Row, stored, `the inbox of run ${run}`);
        return storedRow(StoredMessage, storedJson(row.message, `the inbox of run ${run}`), `the inbox of run ${run}`);
      });
    },
    onMessage: (listener) => bell.onMessage(listener),
  };
}
