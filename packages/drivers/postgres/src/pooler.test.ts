/** Behind a pooler in transaction mode, where the next statement of a connection may meet another server process. */
import { describeStore, describeWhere } from '@telos/testkit';
import { findPgbouncer, startPgbouncer } from '@telos/testkit/servers/pgbouncer';
import { findPostgres, startPostgres } from '@telos/testkit/servers/postgres';
import type { PrivateServer } from '@telos/testkit/servers/private-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { examinePostgresStore } from './examine-postgres-store.ts';
import { openPostgresStore } from './open-postgres-store.ts';
import { handlesOn } from './testing/handles-on.ts';

const describeBehindPooler = describeWhere(
  findPostgres() !== undefined && findPgbouncer() !== undefined,
  'PostgreSQL or pgbouncer is not installed',
);

describeBehindPooler('behind PgBouncer', () => {
  let server: PrivateServer;
  let pooler: PrivateServer;
  beforeAll(async () => {
    server = await startPostgres();
    pooler = await startPgbouncer(server.url);
  }, 60_000);
  afterAll(async () => {
    await pooler.stop();
    await server.stop();
  });

  it('a store keeps nothing prepared, which it finds out by itself', async () => {
    expect(await examinePostgresStore(pooler.url)).toMatchObject({ isPooled: true, prepares: false });
    expect(await examinePostgresStore(server.url)).toMatchObject({ isPooled: false, prepares: true });
  });

  it('a store that is told to prepare gives it up at the first statement that is lost', async () => {
    const stores = await Promise.all([1, 2, 3, 4].map(() => openPostgresStore({ url: `${pooler.url}?prepare=on` })));
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(stores.map((store) => Promise.all([store.runs.get('none'), store.blobs.get('none')])));
    }
    for (const store of stores) await store.close();
  });

  describeStore('in PostgreSQL behind PgBouncer', () => handlesOn(pooler.url));
});
