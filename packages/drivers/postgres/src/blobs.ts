import { hash } from 'node:crypto';
import type { Blobs } from '@telos/core';
import { storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { Database } from './database.ts';

const Row = z.object({ mediaType: z.string(), bytes: z.instanceof(Uint8Array) });

/** @param now The store's time; the server's own when absent. */
export function postgresBlobs(database: Database, schema: string, now?: () => number): Blobs {
  return {
    async put(bytes, mediaType) {
      // Copied, so that what is stored is what was hashed even when the caller reuses its buffer.
      const kept = Buffer.from(bytes);
      const sha256 = hash('sha256', kept);
      // Put again, it is young again: whoever puts it is about to name it in an event.
      await database.query({
        name: 'telos_put_blob_1',
        text: `
          INSERT INTO ${schema}.blobs (hash, media_type, bytes, put_at)
          VALUES ($1, $2, $3, coalesce($4, extract(epoch FROM clock_timestamp()) * 1000))
          ON CONFLICT (hash) DO UPDATE SET put_at = excluded.put_at`,
        values: [sha256, mediaType, kept, now?.() ?? null],
      });
      return sha256;
    },
    async get(sha256) {
      const [row] = await database.query({
        name: 'telos_get_blob_1',
        text: `SELECT media_type AS "mediaType", bytes FROM ${schema}.blobs WHERE hash = $1`,
        values: [sha256],
      });
      return row === undefined ? undefined : storedRow(Row, row, `blob ${sha256}`);
    },
  };
}
