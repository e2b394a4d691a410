import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { aNewRun } from '@telos/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openConnection } from './connection.ts';
import { openSqliteStore } from './open-sqlite-store.ts';
import { applicationId, migrations } from './schema.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'telos-'));
  file = path.join(folder, 'telos.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const pragma = (database: DatabaseSync, name: string) =>
  Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];

describe('a connection', () => {
  // https://sqlite.org/pragma.html#pragma_synchronous: 2 flushes the log at each commit, 1 only at checkpoints.
  it.each([
    ['full', 2],
    ['normal', 1],
  ] as const)('with durability %s writes ahead with synchronous %d', (durability, synchronous) => {
    const database = openConnection(file, durability, 20);
    expect(pragma(database, 'journal_mode')).toBe('wal');
    expect(pragma(database, 'synchronous')).toBe(synchronous);
    database.close();
  });

  it('marks a new file as a store, and finds nothing to do in one that is current', () => {
    openConnection(file, 'full', 20).close();
    const database = openConnection(file, 'full', 20);
    expect(pragma(database, 'application_id')).toBe(0x54454c4f);
    expect(pragma(database, 'user_version')).toBe(migrations.length);
    database.close();
  });

  it.each([...migrations.keys()])(
    'brings a file of version %d up to date, and keeps what is in it',
    async (version) => {
      const older = new DatabaseSync(file);
      for (const step of migrations.slice(0, version)) older.exec(step);
      if (version > 0) {
        older.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version};
        INSERT INTO runs (id, workflow, program, status, created_at, tags)
        VALUES ('r', 'w', '${'ab'.repeat(32)}', 'pending', 1, '[]');
        INSERT INTO journal (run, last, events) VALUES (1, 1, '[]')`);
      }
      older.close();
      const store = await openSqliteStore({ path: file });
      const { items } = await store.runs.list({}, 10);
      expect(items.map(({ id }) => id)).toEqual(version === 0 ? [] : ['r']);
      await store.close();
    },
  );

  it('leaves one file and no log when the last store closes', async () => {
    const stores = [await openSqliteStore({ path: file }), await openSqliteStore({ path: file })];
    await Promise.all(stores.map((store) => store.journal.create(aNewRun())));
    for (const store of stores) await store.close();
    expect(readdirSync(folder)).toEqual(['telos.db']);
  });
});

describe('the time of a store without a clock of its own', () => {
  it('is the time of the machine', async () => {
    const store = await openSqliteStore({ path: ':memory:' });
    const { run } = await store.journal.create(aNewRun());
    const before = Date.now();
    await store.leases.acquire(run, 'first', 60_000);
    const after = Date.now();
    const held = await store.leases.acquire(run, 'second', 60_000);
    const until = 'until' in held ? held.until : 0;
    // SQLite tells whole milliseconds.
    expect(until).toBeGreaterThanOrEqual(before + 59_999);
    expect(until).toBeLessThanOrEqual(after + 60_001);
    await store.close();
  });
});
