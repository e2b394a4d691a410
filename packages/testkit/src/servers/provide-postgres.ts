<<<<<<< HEAD:packages/testkit/src/servers/provide-postgres.ts
/** Vitest's global setup of the tests that need PostgreSQL: the one that the environment names, else a private one. */
import { startPostgres } from './postgres.ts';
=======
/** Set up before each file of tests that need PostgreSQL: the one that the environment names, else a private one. */
import { startPostgres } from '@telos/testkit/servers/postgres';
import type { PrivateServer } from '@telos/testkit/servers/private-server';
import { afterAll, beforeAll } from 'vitest';
>>>>>>> 524f83e (Share a PostgreSQL between whole processes, in a test; load its driver only when a setting names it):tests/engine/provide-postgres.ts

let own: PrivateServer | undefined;
beforeAll(async () => {
  if ((process.env['TELOS_TEST_DATABASE_URL'] ?? '') !== '') return;
  own = await startPostgres();
  process.env['TELOS_TEST_DATABASE_URL'] = own.url;
}, 60_000);
afterAll(async () => {
  if (own !== undefined) delete process.env['TELOS_TEST_DATABASE_URL'];
  await own?.stop();
});
