import type { Rates } from '@telos/core';
import { openSqliteStore } from '@telos/driver-sqlite';
import { createFakeClock } from '@telos/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { requestLimit } from './request-limit.ts';

const store = await openSqliteStore({ path: ':memory:' });
const clock = createFakeClock();
afterEach(() => clock.advance(600_000));

/** What the store was asked, and a server that asks it. */
function aServer(perMinute: number) {
  const asked: string[] = [];
  const rates: Pick<Rates, 'add'> = {
    add(name, ...given) {
      asked.push(name);
      return store.rates.add(name, ...given);
    },
  };
  const limit = requestLimit(perMinute, rates);
  const ask = async (times: number, key = 'k') => {
    const answers = await Promise.all(Array.from({ length: times }, () => limit.take(key, clock.now())));
    return answers.filter((wait) => wait === undefined).length;
  };
  return { asked, ask, take: () => limit.take('k', clock.now()) };
}

describe('the limit on requests', () => {
  it('lets through what a minute allows, exactly, of each key', async () => {
    const { ask, take } = aServer(600);
    expect(await ask(700)).toBe(600);
    expect(await ask(700, 'other')).toBe(600);
    await clock.advance(20_500);
    expect(await take()).toBe(40);
    await clock.advance(39_500);
    expect(await ask(601)).toBe(600);
  });

  it.each([1, 7, 59, 61, 100])('is exact however small it is: %i', async (perMinute) => {
    expect(await aServer(perMinute).ask(150)).toBe(perMinute);
  });

  it('is shared by all servers: together they let through no more, and hardly less', async () => {
    const servers = [aServer(600), aServer(600), aServer(600)];
    const counts = await Promise.all(servers.map(({ ask }) => ask(150)));
    expect(counts).toEqual([150, 150, 150]);
    const more = await Promise.all(servers.map(({ ask }) => ask(150)));
    expect(more.reduce((sum, count) => sum + count)).toBe(150);
    expect(await servers[0]?.take()).toBe(60);
  });

  it('asks the store sixty times a minute at most, and never for those who are refused', async () => {
    const { ask, asked } = aServer(6000);
    await ask(6000);
    expect(asked).toHaveLength(60);
    await ask(1);
    expect(asked).toHaveLength(61);
    await ask(5000);
    expect(asked).toHaveLength(61);
  });

  it('lets those through who come while the store is away', async () => {
    const reported: unknown[] = [];
    const rates = { add: () => Promise.reject(new Error('away')) };
    const limit = requestLimit(60, rates, (error) => reported.push(error));
    for (let asked = 0; asked < 3; asked += 1) expect(await limit.take('k', clock.now())).toBeUndefined();
    expect(reported).toHaveLength(3);
  });
});
