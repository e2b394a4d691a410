import { findPostgres, startPostgres } from '@telos/testkit/servers/postgres';
import type { PrivateServer } from '@telos/testkit/servers/private-server';
import { ensureInstalled } from './provide.ts';

/** A PostgreSQL for the tests: the one that TELOS_TEST_DATABASE_URL names, else a private cluster. @throws Unavailable */
export async function providePostgres(given: string | undefined): Promise<PrivateServer> {
  if (given !== undefined) return { url: given, stop: async () => {} };
  ensureInstalled({
    name: 'PostgreSQL',
    setting: 'TELOS_TEST_DATABASE_URL',
    example: 'postgres://user:password@127.0.0.1:5432/database',
    packages: ['postgresql'],
    present: () => findPostgres() !== undefined,
  });
  return startPostgres();
}
