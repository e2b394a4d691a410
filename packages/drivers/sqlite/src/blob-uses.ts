/** Which blobs the events of a run name: what nobody names may be collected. */
import type { DatabaseSync } from 'node:sqlite';

export interface BlobUses {
  /** Notes the blobs that this JSON text of events names. */
  note(run: number, text: string): void;
}

const mark = '"blob":"';
const named = /"blob":"([0-9a-f]{64})"/g;

export function blobUses(database: DatabaseSync): BlobUses {
  const insert = database.prepare('INSERT OR IGNORE INTO blob_uses (hash, run) VALUES (?, ?)');
  return {
    note(run, text) {
      if (!text.includes(mark)) return;
      for (const [, hash] of text.matchAll(named)) if (hash !== undefined) insert.run(hash, run);
    },
  };
}
