/** Leases by the server's own clock, and in a table that somebody has edited by hand. */
import type { Lease, Store } from '@telos/core';
import { anOwnedRun, runStarted, stepStarted } from '@telos/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPostgresStore } from './open-postgres-store.ts';
import { testDatabase } from './testing/test-database.ts';

const database = testDatabase();
const schema = database.newSchema();
let store: Store;
beforeAll(async () => {
  store = await openPostgresStore({ url: schema.url });
});
afterAll(async () => {
  await store.close();
  await schema.drop();
});

const edit = (sql: string, { run }: Lease) =>
  schema.run(`UPDATE ${schema.schema}.heads SET ${sql} WHERE id = '${run}'`);

describe('workers whose clocks are five minutes apart', () => {
  const minutes = 60_000;
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  it('see the same leases: what counts is the time of the server', async () => {
    const real = Date.now();
    vi.setSystemTime(real + 5 * minutes);
    const lease = await anOwnedRun(store, {}, 'early', 2 * minutes);
    vi.setSystemTime(real - 5 * minutes);
    const late = await openPostgresStore({ url: schema.url });
    const held = await late.leases.acquire(lease.run, 'late', 2 * minutes);
    expect(held).toMatchObject({ heldBy: 'early' });
    if (!('until' in held)) throw new Error('A live lease is held.');
    expect(held.until - real).toBeGreaterThan(minutes);
    expect(held.until - real).toBeLessThan(3 * minutes);
    expect(await late.leases.lapsed(100)).not.toContain(lease.run);
    expect(await late.leases.owners()).toContain('early');
    await edit('lease_until = extract(epoch FROM clock_timestamp()) * 1000 - 1', lease);
    vi.setSystemTime(real - 60 * minutes);
    expect(await late.leases.lapsed(100)).toContain(lease.run);
    expect(await late.leases.acquire(lease.run, 'late', minutes)).toMatchObject({ epoch: 2 });
    await late.close();
  });
});

describe('a lease edited by hand', () => {
  it('is free at once when its owner is emptied, and the former owner is fenced off when another takes it', async () => {
    const lease = await anOwnedRun(store);
    await edit('owner = NULL', lease);
    expect(await store.leases.lapsed(100)).toContain(lease.run);
    expect(await store.leases.renew([lease], 60_000)).toEqual([lease]);
    // Nobody has taken it yet: what its owner still writes is sound.
    expect(await store.journal.append(lease, 1, [runStarted()])).toBe(2);
    expect(await store.leases.acquire(lease.run, 'other', 60_000)).toMatchObject({ epoch: 2 });
    await expect(store.journal.append(lease, 2, [stepStarted('a')])).rejects.toMatchObject({ code: 'STALE_OWNER' });
  });

  it('is lost to its owner when another is named, who must still acquire it before it can write', async () => {
    const lease = await anOwnedRun(store);
    await edit("owner = 'other'", lease);
    expect(await store.leases.renew([lease], 60_000)).toEqual([lease]);
    expect(await store.leases.acquire(lease.run, 'third', 60_000)).toMatchObject({ heldBy: 'other' });
    expect(await store.leases.acquire(lease.run, 'other', 60_000)).toMatchObject({ epoch: 2 });
  });

  it('fences its owner off at once when its epoch is raised', async () => {
    const lease = await anOwnedRun(store);
    await edit('epoch = epoch + 5', lease);
    await expect(store.journal.append(lease, 1, [runStarted()])).rejects.toMatchObject({ code: 'STALE_OWNER' });
    expect(await store.leases.renew([lease], 60_000)).toEqual([lease]);
  });

  it('takes neither a lower epoch, with which a former owner could write again, nor an end that never comes', async () => {
    const lease = await anOwnedRun(store);
    await expect(edit('epoch = 0', lease)).rejects.toThrow('never falls');
    for (const end of ["'infinity'", "'NaN'", '1e300']) {
      await expect(edit(`lease_until = ${end}`, lease)).rejects.toThrow('check constraint');
    }
    await expect(edit('lease_until = NULL', lease)).rejects.toThrow('not-null constraint');
  });

  it('is no run any more when its row is deleted', async () => {
    const lease = await anOwnedRun(store);
    await schema.run(`DELETE FROM ${schema.schema}.heads WHERE id = '${lease.run}'`);
    await expect(store.journal.append(lease, 1, [runStarted()])).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await expect(store.leases.acquire(lease.run, 'other', 60_000)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    expect(await store.leases.lapsed(100)).not.toContain(lease.run);
  });
});

describe('a run whose row somebody has locked', () => {
  it('waits alone: the others of its group are stored', async () => {
    const [locked, free] = [await anOwnedRun(store), await anOwnedRun(store)];
    const holder = await schema.connect();
    await holder.query('BEGIN');
    await holder.query(`SELECT * FROM ${schema.schema}.heads WHERE id = '${locked.run}' FOR UPDATE`);
    const outcomes = await Promise.allSettled([
      store.journal.append(locked, 1, [runStarted()]),
      store.journal.append(free, 1, [runStarted()]),
    ]);
    expect(outcomes).toMatchObject([{ status: 'rejected', reason: { code: 'STORE_UNAVAILABLE' } }, { value: 2 }]);
    await holder.query('ROLLBACK');
    await holder.end();
    expect(await store.journal.append(locked, 1, [runStarted()])).toBe(2);
  });
});
