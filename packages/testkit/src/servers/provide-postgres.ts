/** Vitest's global setup of the tests that need PostgreSQL: the one that the environment names, else a private one. */
import { startPostgres } from './postgres.ts';

export default async function providePostgres(): Promise<() => Promise<void>> {
  if ((process.env['TELOS_TEST_DATABASE_URL'] ?? '') !== '') return async () => {};
  const server = await startPostgres();
  process.env['TELOS_TEST_DATABASE_URL'] = server.url;
  return () => server.stop();
}
