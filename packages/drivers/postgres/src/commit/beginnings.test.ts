/** Starts of runs while a commit of others is under way. */
import { aNewRun, anOwnedRun, runStarted } from '@telos/testkit';
import type { Store } from '@telos/core';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPostgresStore } from '../open-postgres-store.ts';
import { testDatabase } from '../testing/test-database.ts';

const database = testDatabase();

describe.each([
  ['its own connection', ''],
  ['a single connection for commits', '&connections=2'],
])('a run that is started while a commit is under way, with %s', (_what, parameters) => {
  const schema = database.newSchema(parameters);
  let store: Store;
  beforeEach(async () => void (store = await openPostgresStore({ url: schema.url })));
  afterEach(() => store.close());
  afterAll(() => schema.drop());

  /** Holds the row of a run, as a commit of another process does, while `act` goes on. */
  async function whileHeld(run: string, act: () => Promise<void>): Promise<void> {
    const session = await schema.connect();
    try {
      await session.query('BEGIN');
      await session.query(`SELECT 1 FROM ${schema.schema}.heads WHERE id = $1 FOR UPDATE`, [run]);
      await act();
    } finally {
      await session.end();
    }
  }

  it(`${parameters === '' ? 'does not wait for it' : 'waits for it'}, and its owner goes on behind it`, async () => {
    const lease = await anOwnedRun(store);
    const order: string[] = [];
    let append = Promise.resolve(0);
    const { id, created } = aNewRun();
    const owner = { id: 'here', ttlMs: 60_000 };
    let create: Promise<unknown> = Promise.resolve();
    let first = Promise.resolve(0);
    await whileHeld(lease.run, async () => {
      append = store.journal.append(lease, 1, [runStarted()]);
      void append.then(() => order.push('append'));
      // It is on its way, and stands before the row.
      for (;;) {
        const waiting = await schema.run(
          `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${schema.schema}.commit_group%'`,
        );
        if (waiting.length > 0) break;
      }
      create = store.journal.create({ id, created, owner });
      void create.then(() => order.push('create'));
      first = store.journal.append({ run: id, owner: owner.id, epoch: 1 }, 1, [runStarted()]);
      if (parameters === '') await Promise.all([create, first]);
    });
    expect(await Promise.all([append, first])).toEqual([2, 2]);
    await create;
    expect(order).toEqual(parameters === '' ? ['create', 'append'] : ['append', 'create']);
  });

  it('is there for whoever asks for its lease or writes to its inbox at the same moment', async () => {
    const lease = await anOwnedRun(store);
    const runs = Array.from({ length: 20 }, () => aNewRun());
    await Promise.all([
      store.journal.append(lease, 1, [runStarted()]),
      ...runs.map(async ({ id, created }) => {
        const stored = store.journal.create({ id, created, owner: { id: 'here', ttlMs: 60_000 } });
        const own = { run: id, owner: 'here', epoch: 1 };
        const lost = store.leases.renew([own], 60_000);
        await stored;
        expect(await lost).toEqual([]);
        await store.inbox.post(id, { id: 'one', kind: 'pause' });
        expect(await store.inbox.pending(id)).toHaveLength(1);
      }),
    ]);
  });
});
