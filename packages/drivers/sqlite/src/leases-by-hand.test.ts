/** Leases in a table that somebody has edited by hand, with a program of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Lease, Store } from '@telos/core';
import { anOwnedRun, runStarted, stepStarted } from '@telos/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from './open-sqlite-store.ts';

let folder: string;
let store: Store;
let editor: DatabaseSync;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'telos-'));
  const file = path.join(folder, 'telos.db');
  store = await openSqliteStore({ path: file });
  editor = new DatabaseSync(file);
});
afterEach(async () => {
  editor.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

const edit = (sql: string, { run }: Lease) => editor.prepare(`UPDATE runs SET ${sql} WHERE id = ?`).run(run);

describe('a lease edited by hand', () => {
  it('is free at once when its owner is emptied, and the former owner is fenced off when another takes it', async () => {
    const lease = await anOwnedRun(store);
    edit('owner = NULL, lease_until = 0', lease);
    expect(await store.leases.lapsed(100)).toContain(lease.run);
    expect(await store.leases.renew([lease], 60_000)).toEqual([lease]);
    // Nobody has taken it yet: what its owner still writes is sound.
    expect(await store.journal.append(lease, 1, [runStarted()])).toBe(2);
    expect(await store.leases.acquire(lease.run, 'other', 60_000)).toMatchObject({ epoch: 2 });
    await expect(store.journal.append(lease, 2, [stepStarted('a')])).rejects.toMatchObject({ code: 'STALE_OWNER' });
  });

  it('is lost to its owner when another is named, who must still acquire it before it can write', async () => {
    const lease = await anOwnedRun(store);
    edit("owner = 'other'", lease);
    expect(await store.leases.renew([lease], 60_000)).toEqual([lease]);
    expect(await store.leases.acquire(lease.run, 'third', 60_000)).toMatchObject({ heldBy: 'other' });
    expect(await store.leases.acquire(lease.run, 'other', 60_000)).toMatchObject({ epoch: 2 });
  });

  it('fences its owner off at once when its epoch is raised', async () => {
    const lease = await anOwnedRun(store);
    edit('epoch = epoch + 5', lease);
    await expect(store.journal.append(lease, 1, [runStarted()])).rejects.toMatchObject({ code: 'STALE_OWNER' });
    expect(await store.leases.renew([lease], 60_000)).toEqual([lease]);
  });

  it('that would never end can be ended by the name of its owner, and loses no run', async () => {
    const lease = await anOwnedRun(store);
    edit('lease_until = 8e15', lease);
    expect(await store.leases.lapsed(100)).not.toContain(lease.run);
    await store.leases.expire(lease.owner);
    expect(await store.leases.lapsed(100)).toContain(lease.run);
  });

  it('is no run any more when its row is deleted', async () => {
    const lease = await anOwnedRun(store);
    editor.exec('PRAGMA foreign_keys = OFF');
    editor.prepare('DELETE FROM runs WHERE id = ?').run(lease.run);
    await expect(store.journal.append(lease, 1, [runStarted()])).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await expect(store.leases.acquire(lease.run, 'other', 60_000)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    expect(await store.leases.lapsed(100)).not.toContain(lease.run);
  });
});
