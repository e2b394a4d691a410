import { createFakeClock, anOwnedRun, runStarted, stepStarted } from '@telos/testkit';
import { afterAll, expect, it } from 'vitest';
import { postgresBell } from './change-bell.ts';
import { readConnectionUrl } from './connection-url.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { openPostgresStore } from './open-postgres-store.ts';
import { testDatabase } from './testing/test-database.ts';

const database = testDatabase();
const schema = database.newSchema();
afterAll(() => schema.drop());

/** The database, and the answers that were waited for. */
function counted(from: Database): Database & { readonly answers: Promise<unknown>[] } {
  const answers: Promise<unknown>[] = [];
  return {
    ...from,
    answers,
    query(statement) {
      const answer = from.query(statement);
      answers.push(answer);
      return answer;
    },
  };
}

it('the bell asks the server once in 100 ms for all that is followed, and not at all when nobody listens', async () => {
  const store = await openPostgresStore({ url: schema.url });
  const url = readConnectionUrl(schema.url);
  const other = counted(openDatabase(url));
  const clock = createFakeClock();
  const bell = postgresBell(other, url.schema, clock);
  const leases = await Promise.all(Array.from({ length: 30 }, () => anOwnedRun(store)));
  const rung: string[] = [];
  const stops = leases.map(({ run }) => bell.onRun(run, () => rung.push(run)));
  stops.push(bell.onMessage((run) => rung.push(`message to ${run}`)));

  async function look(): Promise<readonly string[]> {
    rung.length = 0;
    const asked = other.answers.length;
    await clock.advance(100);
    await Promise.all(other.answers);
    await clock.advance(0);
    expect(other.answers).toHaveLength(asked + 1);
    return [...rung];
  }

  const [first, second] = leases;
  if (first === undefined || second === undefined) throw new Error('There are thirty.');
  expect(await look()).toHaveLength(30);
  expect(await look()).toEqual([]);
  await store.journal.append(first, 1, [runStarted()]);
  expect(await look()).toEqual([first.run]);
  await store.inbox.post(second.run, { id: 'm', kind: 'cancel', reason: 'stop' });
  await store.journal.append(first, 2, [stepStarted('a')]);
  expect(await look()).toEqual([first.run, `message to ${second.run}`]);
  await store.journal.append(second, 1, [], ['m']);
  expect(await look()).toEqual([]);

  for (const stop of stops) stop();
  const asked = other.answers.length;
  await clock.advance(1000);
  expect(other.answers).toHaveLength(asked);
  expect(clock.pending()).toBe(0);
  bell.close();
  await other.close();
  await store.close();
});
