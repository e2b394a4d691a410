import type { Inbox } from '@telos/core';
import { messageOf, storedRow } from '@telos/core/store';
import type { ChangeBell } from '@telos/core/store';
import { z } from 'zod';
import type { GroupCommit } from './commit/group-commit.ts';
import type { Database } from './database.ts';

const Row = z.object({ message: z.string() });

export function postgresInbox(database: Database, schema: string, commits: GroupCommit, bell: ChangeBell): Inbox {
  return {
    async post(run, message) {
      await commits.submit({ kind: 'post', run, message: { ...message } });
      bell.ringMessage(run);
    },
    async pending(run) {
      const rows = await database.query({
        name: `telos_pending_1`,
        text: `
          SELECT message FROM ${schema}.inbox
          WHERE run = (SELECT run FROM ${schema}.heads WHERE id = $1) ORDER BY number`,
        values: [run],
      });
      return rows.map((row) => messageOf(run, storedRow(Row, row, `the inbox of run ${run}`).message));
    },
    onMessage: (listener) => bell.onMessage(listener),
  };
}
