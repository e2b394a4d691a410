import type { DatabaseSync } from 'node:sqlite';
import { blobsNamedIn } from '@telos/core/store';

export interface BlobUses {
  /** Notes the blobs that this JSON text, of events or of a message, names. */
  note(run: number, text: string): void;
}

export function blobUses(database: DatabaseSync): BlobUses {
  const insert = database.prepare('INSERT OR IGNORE INTO blob_uses (hash, run) VALUES (?, ?)');
  return {
    note(run, text) {
      for (const hash of blobsNamedIn(text)) insert.run(hash, run);
    },
  };
}
