/** More statements at once than there are connections. */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { readConnectionUrl } from './connection-url.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { testDatabase } from './testing/test-database.ts';

const place = testDatabase().newSchema('&connections=2');
const open: Database[] = [];
afterEach(async () => {
  for (const database of open.splice(0)) await database.close();
});
afterAll(() => place.drop());

function opened(url = place.url): Database {
  const database = openDatabase(readConnectionUrl(url), { connectMs: 100 });
  open.push(database);
  return database;
}

const nap = { text: 'SELECT pg_sleep(0.02)', values: [] };

describe('statements that come at once', () => {
  it('are all carried out, though the last waits longer for a connection than one may take to be made', async () => {
    const database = opened();
    await database.query(nap);
    const answers = await Promise.all(Array.from({ length: 20 }, () => database.query(nap)));
    expect(answers).toHaveLength(20);
  });

  it('do not keep a commit waiting', async () => {
    const database = opened();
    await database.query(nap);
    const ended: string[] = [];
    const naps = Array.from({ length: 10 }, () => database.query(nap).then(() => ended.push('query')));
    const commits = Array.from({ length: 2 }, () =>
      database.commit({ text: 'SELECT 1', values: [] }).then(() => ended.push('commit')),
    );
    await Promise.all([...naps, ...commits]);
    expect(ended.indexOf('commit')).toBeLessThan(9);
  });

  it('all fail when the server cannot be reached, the last as soon as the first', async () => {
    const url = new URL(place.url);
    url.host = '127.0.0.1:1';
    const database = opened(url.href);
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => database.query(nap)));
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'));
    await expect(database.query(nap)).rejects.toThrow(/cannot be reached/);
  });
});
