import { DatabaseSync } from 'node:sqlite';
import { TelosError } from '@telos/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { groupCommit } from './group-commit.ts';
import type { GroupCommit } from './group-commit.ts';

let database: DatabaseSync;
let log: string[];
let commits: GroupCommit;
let add: (n: number) => number;

beforeEach(() => {
  database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE numbers (n INTEGER NOT NULL UNIQUE) STRICT');
  const insert = database.prepare('INSERT INTO numbers VALUES (?)');
  add = (n) => {
    insert.run(n);
    return n;
  };
  log = [];
  commits = groupCommit(database, 'the file', {
    begun: () => log.push('begun'),
    committed: () => log.push('committed'),
    undone: () => log.push('undone'),
  });
});

const stored = () =>
  database
    .prepare('SELECT n FROM numbers ORDER BY rowid')
    .all()
    .map(({ n }) => n);

describe('a group commit', () => {
  it('puts all writes of one turn into one transaction, in order of arrival', async () => {
    const results = await Promise.all([3, 1, 2].map((n) => commits.submit(() => add(n))));
    expect(results).toEqual([3, 1, 2]);
    expect(stored()).toEqual([3, 1, 2]);
    expect(log).toEqual(['begun', 'committed']);
  });

  it('flushes a commit when one of its writes has to survive a power cut, and not for leases alone', async () => {
    const level = () => database.prepare('PRAGMA synchronous').get()?.['synchronous'];
    await commits.submitUnflushed(() => add(1));
    expect(level()).toBe(1);
    await Promise.all([commits.submitUnflushed(() => add(2)), commits.submit(() => add(3))]);
    expect(level()).toBe(2);
    await commits.submitUnflushed(() => add(4));
    expect(level()).toBe(1);
    expect(stored()).toEqual([1, 2, 3, 4]);
  });

  it('never flushes more than its connection was opened to', async () => {
    database.exec('PRAGMA synchronous = NORMAL');
    const hooks = { begun: () => {}, committed: () => {}, undone: () => {} };
    await groupCommit(database, 'the file', hooks).submit(() => add(1));
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 1 });
  });

  it('settles nobody before the commit', async () => {
    await Promise.all([
      commits.submit(() => add(1)).then(() => log.push('settled')),
      commits.submit(() => add(2)).then(() => log.push('settled')),
    ]);
    expect(log).toEqual(['begun', 'committed', 'settled', 'settled']);
  });

  it('refuses one write that throws a TelosError, and keeps the others', async () => {
    const refusal = new TelosError('STALE_OWNER', 'no');
    const outcomes = await Promise.allSettled([
      commits.submit(() => add(1)),
      commits.submit(() => {
        throw refusal;
      }),
      commits.submit(() => add(3)),
    ]);
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason))).toEqual([
      1,
      refusal,
      3,
    ]);
    expect(stored()).toEqual([1, 3]);
    expect(log).toEqual(['begun', 'committed']);
  });

  it('takes out a write that breaks half way, undoes its first half, and keeps the others', async () => {
    const outcomes = await Promise.allSettled([
      commits.submit(() => add(1)),
      commits.submit(() => [add(2), add(1)]),
      commits.submit(() => add(3)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'BUG', message: expect.stringContaining('UNIQUE') } });
    expect(stored()).toEqual([1, 3]);
    expect(log).toEqual(['begun', 'undone', 'begun', 'committed']);
  });

  it('commits what is waiting when it closes, and refuses what comes after', async () => {
    const first = commits.submit(() => add(1));
    commits.close();
    expect(stored()).toEqual([1]);
    expect(await first).toBe(1);
    await expect(commits.submit(() => add(2))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(stored()).toEqual([1]);
  });
});
