/**
 * The stores that the engine is tested on: the same tests run on each. A project
 * of vitest.config.ts says which in TELOS_TEST_STORE.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock, Store } from '@telos/core';
import { openPostgresStore } from '@telos/driver-postgres';
import { openSqliteStore } from '@telos/driver-sqlite';
import pg from 'pg';

export const testStore = process.env['TELOS_TEST_STORE'] === 'postgres' ? 'postgres' : 'sqlite';

/** Where a test keeps its runs, and nobody else does. */
export type StorePlace = {
  /** For `openStoreAt`, also in another process. */
  readonly address: string;
  remove(): Promise<void>;
};

let database: pg.Pool | undefined;
/** Schemas that this process has made, and those of them that are empty again: to make one takes longer than most tests. */
const schemas: string[] = [];
const freeSchemas: string[] = [];

/** To be called when the process needs no place any more: removes what is left of them. */
export async function leaveStores(): Promise<void> {
  for (const schema of schemas) await database?.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await database?.end();
}

export async function newStorePlace(): Promise<StorePlace> {
  if (testStore === 'sqlite') {
    const folder = mkdtempSync(path.join(tmpdir(), 'telos-'));
    return { address: path.join(folder, 'telos.db'), remove: async () => rmSync(folder, { recursive: true }) };
  }
  const url = new URL(process.env['TELOS_TEST_DATABASE_URL'] ?? '');
  const pool = (database ??= new pg.Pool({ connectionString: url.href, max: 1 }));
  const schema = freeSchemas.pop() ?? `telos_engine_${process.pid}_${schemas.length + 1}`;
  if (!schemas.includes(schema)) schemas.push(schema);
  url.searchParams.set('schema', schema);
  return {
    address: url.href,
    async remove() {
      await pool.query(`DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = '${schema}' AND tablename <> 'store'
          ORDER BY tablename DESC LOOP -- who refers comes first: versions to programs
          EXECUTE format('DELETE FROM ${schema}.%I', name);
        END LOOP;
      END $$`);
      freeSchemas.push(schema);
    },
  };
}

export async function openStoreAt(address: string, clock?: Clock): Promise<Store> {
  const time = clock === undefined ? {} : { clock };
  // Where time is the test's, all is done through one store, which knows of it: it has others to look for once in a while.
  return address.startsWith('postgres:')
    ? openPostgresStore({ url: address, ...time, ...(clock === undefined ? {} : { pollMs: 5000 }) })
    : openSqliteStore({ path: address, ...time });
}

/** A store of the test's own; closing it leaves nothing behind. */
export async function openTestStore(clock: Clock): Promise<Store> {
  if (testStore === 'sqlite') return openSqliteStore({ path: ':memory:', clock });
  const place = await newStorePlace();
  const store = await openStoreAt(place.address, clock);
  return {
    ...store,
    async close() {
      await store.close();
      await place.remove();
    },
  };
}
