import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TelosError } from '@telos/core';
import type { Store } from '@telos/core';
import { aNewRun, anOwnedRun, runStarted, stepSucceeded } from '@telos/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openConnection } from './connection.ts';
import { openSqliteStore } from './open-sqlite-store.ts';
import { sqliteStore } from './sqlite-store.ts';

let folder: string;
let file: string;
const opened: Store[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'telos-'));
  file = path.join(folder, 'telos.db');
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true });
});

async function open(at = file): Promise<Store> {
  const store = await openSqliteStore({ path: at, busyMs: 20 });
  opened.push(store);
  return store;
}

async function failureOf(promise: Promise<unknown>): Promise<TelosError> {
  const error: unknown = await promise.then(
    () => new Error('it was fulfilled'),
    (reason: unknown) => reason,
  );
  if (error instanceof TelosError) return error;
  throw error;
}

/** A store with one run of some size, closed again. */
async function aFilledFile(): Promise<string> {
  const store = await openSqliteStore({ path: file });
  const lease = await anOwnedRun(store);
  const events = Array.from({ length: 300 }, (_, index) => stepSucceeded(`s${index}`, 'x'.repeat(500)));
  for (const [index, event] of events.entries()) await store.journal.append(lease, index + 1, [event]);
  await store.close();
  return lease.run;
}

function overwrite(at: number, bytes: Uint8Array): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
}

describe('opening a store', () => {
  it('refuses a file of a newer version and leaves it as it is', async () => {
    await aFilledFile();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 999; PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    const before = readFileSync(file);
    const failure = await failureOf(open());
    expect(failure.code).toBe('STORE_NEWER');
    expect(failure.message).toContain('999');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('refuses a newer version that is still in the log only, and leaves file and log as they are', async () => {
    await aFilledFile();
    const other = new DatabaseSync(file);
    other.exec('PRAGMA user_version = 999');
    const before = [readFileSync(file), readFileSync(`${file}-wal`)];
    expect((await failureOf(open())).code).toBe('STORE_NEWER');
    expect([readFileSync(file), readFileSync(`${file}-wal`)]).toEqual(before);
    other.close();
  });

  it('refuses a database of another program and leaves it as it is', async () => {
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE notes (text TEXT)');
    database.close();
    const before = readFileSync(file);
    const failure = await failureOf(open());
    expect(failure.code).toBe('STORE_FOREIGN');
    expect(failure.message).toContain(file);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('refuses a file that is no database and leaves it as it is', async () => {
    writeFileSync(file, 'a shopping list, much longer than the header of a database: '.repeat(50));
    const before = readFileSync(file);
    expect((await failureOf(open())).code).toBe('STORE_CORRUPT');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('takes an empty file for a new store', async () => {
    writeFileSync(file, '');
    const store = await open();
    expect(await store.runs.count({})).toBe(0);
  });

  it('refuses a file whose schema is overwritten', async () => {
    await aFilledFile();
    overwrite(100, new Uint8Array(4000).fill(0xa5));
    expect((await failureOf(open())).code).toBe('STORE_CORRUPT');
  });

  it.each([
    ['a folder that is not there', () => path.join(folder, 'missing', 'telos.db')],
    ['a folder in place of a file', () => (mkdirSync(path.join(folder, 'sub')), path.join(folder, 'sub'))],
  ])('says in one line that it cannot open %s', async (_, at) => {
    const place = at();
    const failure = await failureOf(open(place));
    expect(failure.code).toBe('STORE_UNAVAILABLE');
    expect(failure.message).toContain(place);
    expect(failure.message).not.toContain('\n');
  });
});

describe('a store in use', () => {
  it('answers STORE_CORRUPT where pages are overwritten, and still gives what stands on others', async () => {
    const run = await aFilledFile();
    const size = statSync(file).size;
    // The last third holds the journal: the run's own row stands near the front.
    const from = Math.floor((size * 2) / 3 / 4096) * 4096;
    overwrite(from, new Uint8Array(size - from).fill(0xa5));
    const store = await open();
    expect((await failureOf(Array.fromAsync(store.journal.read(run)))).code).toBe('STORE_CORRUPT');
    expect(await store.runs.count({ status: ['pending'] })).toBe(1);
  });

  it('answers STORE_CORRUPT when the file was cut short', async () => {
    const run = await aFilledFile();
    truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096);
    const failure = await failureOf(
      (async () => {
        const store = await open();
        await Array.fromAsync(store.journal.read(run));
      })(),
    );
    expect(failure.code).toBe('STORE_CORRUPT');
  });

  it.each([
    ['is not JSON', 'UPDATE journal SET events = \'[{"type":\' WHERE last = 3'],
    ['is no event', 'UPDATE journal SET events = \'[{"type":"step.invented","at":1}]\' WHERE last = 3'],
    ['lacks a field', 'UPDATE journal SET events = \'[{"type":"step.started","at":1}]\' WHERE last = 3'],
    ['lacks an append', 'DELETE FROM journal WHERE last = 3'],
  ])('answers STORE_CORRUPT when a journal %s', async (_, damage) => {
    const run = await aFilledFile();
    const database = new DatabaseSync(file);
    expect(database.prepare(damage).run().changes).toBe(1);
    database.close();
    const store = await open();
    const failure = await failureOf(Array.fromAsync(store.journal.read(run)));
    expect(failure.code).toBe('STORE_CORRUPT');
    expect(failure.message).toContain(run);
  });

  it('fails all writes of a commit when the disk is full, stores none of them, and goes on when there is room', async () => {
    const database = openConnection(file, 'full', 20);
    const store = sqliteStore(database, file);
    opened.push(store);
    const leases = [await anOwnedRun(store), await anOwnedRun(store)];
    await store.journal.append(leases[0]!, 1, [runStarted()]);
    database.exec(
      `PRAGMA max_page_count = ${Number(Object.values(database.prepare('PRAGMA page_count').get() ?? {})[0]) + 2}`,
    );

    const big = stepSucceeded('a', 'x'.repeat(50_000));
    const outcomes = await Promise.all([
      failureOf(store.journal.append(leases[1]!, 1, [runStarted()])),
      failureOf(store.journal.append(leases[0]!, 2, [big])),
      failureOf(store.journal.create(aNewRun())),
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual(['STORE_FULL', 'STORE_FULL', 'STORE_FULL']);
    expect(await Array.fromAsync(store.journal.read(leases[0]!.run))).toHaveLength(2);
    expect(await Array.fromAsync(store.journal.read(leases[1]!.run))).toHaveLength(1);
    expect(await store.runs.count({})).toBe(2);

    database.exec('PRAGMA max_page_count = 100000');
    expect(await store.journal.append(leases[0]!, 2, [big])).toBe(3);
    expect(await store.journal.append(leases[1]!, 1, [runStarted()])).toBe(2);
  });

  it('fails writes while another process holds the file, loses nothing, and goes on when it is free', async () => {
    const store = await open();
    const lease = await anOwnedRun(store);
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const failure = await failureOf(store.journal.append(lease, 1, [runStarted()]));
    expect(failure.code).toBe('STORE_UNAVAILABLE');
    expect(failure.kind).toBe('retryable');
    expect(failure.message).toContain('locked');
    expect(await Array.fromAsync(store.journal.read(lease.run))).toHaveLength(1);
    other.exec('ROLLBACK');
    other.close();
    expect(await store.journal.append(lease, 1, [runStarted()])).toBe(2);
  });

  it('says that a connection that may only read is read-only', async () => {
    await aFilledFile();
    const store = sqliteStore(new DatabaseSync(file, { readOnly: true }), file);
    opened.push(store);
    const failure = await failureOf(store.journal.create(aNewRun()));
    expect(failure.code).toBe('STORE_UNAVAILABLE');
    expect(failure.message).toContain('read-only');
    expect(await store.runs.count({})).toBe(1);
  });
});
