/**
 * Memory: values that outlive their run. Each is kept with what it carried when
 * it was written and with who wrote it, so that whoever reads it later knows
 * what it was made of: a page that told one run to remember an order is still a
 * page when another run recalls it.
 *
 * One SQLite file, made at first use and shared by the processes of a machine.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TelosError } from '@telos/core';
import type { Clock, Instant, Json, Labelling } from '@telos/core';
import { z } from 'zod';

export type Written = {
  readonly collection: string;
  readonly key: string;
  readonly value: Json;
  /** Of the value. */
  readonly labelling: Labelling;
  /** Run and step. */
  readonly by: string;
};

export type Memory = Written & { readonly at: Instant };

export interface MemoryStore {
  /** What was kept under the key is replaced. @throws TelosError MEMORY_UNAVAILABLE. */
  keep(written: Written): void;
  /** By key, or newest first. @throws TelosError MEMORY_UNAVAILABLE. */
  find(collection: string, key: string | undefined, limit: number): readonly Memory[];
  close(): void;
}

const Row = z.object({
  collection: z.string(),
  key: z.string(),
  value: z.string(),
  labelling: z.string(),
  written_by: z.string(),
  at: z.number(),
});

const schema = `
  create table if not exists memories (
    collection text not null,
    key text not null,
    value text not null,
    labelling text not null,
    written_by text not null,
    at integer not null,
    primary key (collection, key)
  ) strict, without rowid;
  create index if not exists memories_by_age on memories (collection, at desc);
`;

/** Nothing is opened until the first call. @param path The file, or `:memory:`. */
export function createMemoryStore(path: string, clock: Pick<Clock, 'now'>): MemoryStore {
  let opened: DatabaseSync | undefined;

  function during<T>(work: (database: DatabaseSync) => T): T {
    try {
      opened ??= open(path);
      return work(opened);
    } catch (error) {
      throw new TelosError('MEMORY_UNAVAILABLE', `The memory in ${path} cannot be used.`, { cause: error });
    }
  }

  return {
    keep({ collection, key, value, labelling, by }) {
      during((database) =>
        database
          .prepare('insert or replace into memories values (?, ?, ?, ?, ?, ?)')
          .run(collection, key, JSON.stringify(value), JSON.stringify(labelling), by, clock.now()),
      );
    },
    find(collection, key, limit) {
      return during((database) => {
        const rows =
          key === undefined
            ? database
                .prepare('select * from memories where collection = ? order by at desc, key limit ?')
                .all(collection, limit)
            : database.prepare('select * from memories where collection = ? and key = ?').all(collection, key);
        return z.array(Row).parse(rows).map(memoryOf);
      });
    },
    close() {
      opened?.close();
      opened = undefined;
    },
  };
}

function open(path: string): DatabaseSync {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  database.exec('pragma busy_timeout = 5000; pragma journal_mode = wal;');
  database.exec(schema);
  return database;
}

function memoryOf({ collection, key, value, labelling, written_by: by, at }: z.infer<typeof Row>): Memory {
  // Both were written by `keep`, as JSON of these very types.
  return { collection, key, value: JSON.parse(value) as Json, labelling: JSON.parse(labelling) as Labelling, by, at };
}
