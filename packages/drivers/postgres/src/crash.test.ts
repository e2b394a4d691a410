import { createFakeClock } from '@telos/testkit';
import { expectAcknowledged, killWriter } from '@telos/testkit/crash/kill-writer';
import { afterAll, expect, it } from 'vitest';
import { openPostgresStore } from './open-postgres-store.ts';
import { testDatabase } from './testing/test-database.ts';

const database = testDatabase();
const schema = database.newSchema();
afterAll(() => schema.drop());

it('a process killed while it appends leaves every acknowledged event and no gap', async () => {
  const acknowledged = await killWriter(
    import.meta.dirname,
    `import { openPostgresStore } from './open-postgres-store.ts';
     const store = await openPostgresStore({ url: ${JSON.stringify(schema.url)} });`,
  );
  const clock = createFakeClock(Date.now() + 3_600_000);
  const store = await openPostgresStore({ url: schema.url, clock });
  await expectAcknowledged(store, acknowledged);
  await store.close();
});

it('several processes may make the tables of a new store at once', async () => {
  const other = database.newSchema();
  const stores = await Promise.all(Array.from({ length: 8 }, () => openPostgresStore({ url: other.url })));
  for (const store of stores) {
    expect(await store.runs.count({})).toBe(0);
    await store.close();
  }
  await other.drop();
});
