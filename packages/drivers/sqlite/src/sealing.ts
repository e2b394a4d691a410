import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Sealing } from '@telos/core';
import { storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { GroupCommit } from './group-commit.ts';

const Row = z.object({ key: z.instanceof(Uint8Array) });

export function sqliteSealing(database: DatabaseSync, commits: GroupCommit): Sealing {
  const insert = database.prepare('INSERT OR IGNORE INTO sealing (number, key) VALUES (1, ?)');
  const select = database.prepare('SELECT key FROM sealing');
  return {
    key: () =>
      commits.submit(() => {
        insert.run(randomBytes(32));
        return storedRow(Row, select.get(), 'the key that seals').key;
      }),
  };
}
