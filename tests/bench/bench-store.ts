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
  const url = schemaOfBench(basename(dir), databaseUrl);
  return url === undefined ? openSqliteStore({ path: join(dir, 'bench.db'), durability }) : openStoreOf(url);
}

/** A schema of the PostgreSQL that is measured, as a URL; undefined when that is SQLite. */
export function schemaOfBench(name: string, databaseUrl: string | undefined = benchDatabaseUrl): string | undefined {
  if (databaseUrl === undefined) return undefined;
  const url = new URL(databaseUrl);
  url.searchParams.set('schema', `bench_${name.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_')}`.slice(0, 60));
  return url.href;
}

/** Opens the PostgreSQL of a URL. */
export async function openStoreOf(url: string): Promise<Store> {
  const { openPostgresStore } = await import('@telos/driver-postgres');
  return openPostgresStore({ url });
}
