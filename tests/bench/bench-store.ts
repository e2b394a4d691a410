/** The store that is measured: SQLite in the benchmark's folder, or the PostgreSQL that TELOS_BENCH_DATABASE_URL names. */
import { basename, join } from 'node:path';
import type { Store } from '@telos/core';
import { openSqliteStore } from '@telos/driver-sqlite';

export const benchDatabaseUrl = process.env['TELOS_BENCH_DATABASE_URL'];

/** Opens the store of this folder; the same one for every process that names it. */
export async function openBenchStore(
  dir: string,
  durability: 'full' | 'normal',
  databaseUrl: string | undefined = benchDatabaseUrl,
): Promise<Store> {
  if (databaseUrl === undefined) return openSqliteStore({ path: join(dir, 'bench.db'), durability });
  const { openPostgresStore } = await import('@telos/driver-postgres');
  const url = new URL(databaseUrl);
  const name = basename(dir)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]/g, '_');
  url.searchParams.set('schema', `bench_${name}`.slice(0, 60));
  return openPostgresStore({ url: url.href });
}
