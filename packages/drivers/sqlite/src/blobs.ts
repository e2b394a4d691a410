import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Blobs } from '@telos/core';
import { storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { GroupCommit } from './group-commit.ts';
import type { Reading } from './reading.ts';

const Row = z.object({ mediaType: z.string(), bytes: z.instanceof(Uint8Array) });

export function sqliteBlobs(database: DatabaseSync, commits: GroupCommit, now: () => number, reading: Reading): Blobs {
  // Put again, it is young again: whoever puts it is about to name it in an event.
  const insert = database.prepare(`
    INSERT INTO blobs (hash, media_type, bytes, put_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (hash) DO UPDATE SET put_at = excluded.put_at`);
  const select = database.prepare('SELECT media_type AS mediaType, bytes FROM blobs WHERE hash = ?');
  return {
    async put(bytes, mediaType) {
      // Copied, so that what is stored is what was hashed even when the caller reuses its buffer.
      const kept = Uint8Array.from(bytes);
      const sha256 = hash('sha256', kept);
      return commits.submit(() => {
        insert.run(sha256, mediaType, kept, now());
        return sha256;
      });
    },
    async get(sha256) {
      const row = reading(() => select.get(sha256));
      return row === undefined ? undefined : storedRow(Row, row, `blob ${sha256}`);
    },
  };
}
