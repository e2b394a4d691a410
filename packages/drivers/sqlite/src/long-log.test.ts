import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Store } from '@telos/core';
import { aNewRun } from '@telos/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkpointBytes, openConnection } from './connection.ts';
import { lengthenLog } from './long-log.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'telos-'));
  file = path.join(folder, 'telos.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const logBytes = () => statSync(`${file}-wal`).size;
const create = async (store: Store, runs: number) =>
  Promise.all(Array.from({ length: runs }, async () => store.journal.create(aNewRun())));

describe('the write-ahead log', () => {
  it('grows as it is written to while commits are small, and to its whole length with the first big one', async () => {
    const store = await openSqliteStore({ path: file });
    await create(store, 15);
    expect(logBytes()).toBeLessThan(1024 * 1024);
    await create(store, 16);
    const whole = logBytes();
    expect(whole).toBeGreaterThan(checkpointBytes);
    await create(store, 400);
    expect(logBytes()).toBe(whole);
    await store.close();
  });

  it('holds nothing that a process finds which recovers it, be it before or after the next commits', async () => {
    const store = await openSqliteStore({ path: file });
    for (const runs of [16, 0, 3]) {
      await create(store, runs);
      const copy = path.join(folder, `copy${runs}.db`);
      cpSync(file, copy);
      cpSync(`${file}-wal`, `${copy}-wal`);
      const recovered = new DatabaseSync(copy);
      expect(recovered.prepare('SELECT count(*) AS runs FROM runs').get()).toEqual({ runs: runs === 3 ? 19 : 16 });
      expect(recovered.prepare('SELECT count(*) AS blobs FROM blobs').get()).toEqual({ blobs: 0 });
      expect(recovered.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
      recovered.close();
    }
    await store.close();
  });

  it('is left as it is when another process writes, and serves all the same', () => {
    const [one, other] = [openConnection(file, 'full', 5), openConnection(file, 'full', 5)];
    const before = logBytes();
    other.exec('BEGIN IMMEDIATE');
    lengthenLog(one, file, checkpointBytes);
    expect(logBytes()).toBe(before);
    other.exec('ROLLBACK');
    lengthenLog(one, file, checkpointBytes);
    expect(logBytes()).toBeGreaterThanOrEqual(checkpointBytes);
    expect(one.prepare('PRAGMA cache_size').get()).toEqual({ cache_size: -8192 });
    one.close();
    other.close();
  });

  it('keeps what is being read readable while it grows', () => {
    const database = openConnection(file, 'full', 5);
    const rows = database
      .prepare(
        'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n, (SELECT count(*) FROM runs)',
      )
      .iterate();
    expect(rows.next().value).toEqual({ i: 1 });
    lengthenLog(database, file, checkpointBytes);
    expect([...rows].map((row) => row['i'])).toEqual([2, 3, 4, 5]);
    database.close();
  });
});
