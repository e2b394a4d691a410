import type { Inbox, Message } from '@telos/core';
import { messageOf, storedRow } from '@telos/core/store';
import type { ChangeBell } from '@telos/core/store';
import { z } from 'zod';
import type { GroupCommit } from './commit/group-commit.ts';
import { plain } from './commit/group-details.ts';
import type { Database } from './database.ts';
import { createLookups } from './lookups.ts';

const Row = z.object({ run: z.string(), message: z.string() });

export function postgresInbox(database: Database, schema: string, commits: GroupCommit, bell: ChangeBell): Inbox {
  const pending = createLookups(async (runs) => {
    const rows = await database.query({
      name: `telos_pending_2`,
      text: `
        SELECT heads.id AS run, inbox.message FROM ${schema}.heads JOIN ${schema}.inbox ON inbox.run = heads.run
        WHERE heads.id = ANY ($1::text[]) ORDER BY inbox.number`,
      values: [runs.map(plain)],
    });
    const found = new Map<string, Message[]>();
    for (const row of rows) {
      const { run, message } = storedRow(Row, row, 'the inbox of a run');
      const messages = found.get(run);
      if (messages === undefined) found.set(run, [messageOf(run, message)]);
      else messages.push(messageOf(run, message));
    }
    return found;
  });
  return {
    async post(run, message) {
      await commits.submit({ kind: 'post', run, message: { ...message } });
      bell.ringMessage(run);
    },
    async pending(run) {
      return (await pending(run)) ?? [];
    },
    onMessage: (listener) => bell.onMessage(listener),
  };
}
