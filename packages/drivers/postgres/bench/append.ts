/**
 * Appends with prepared statements and without, directly or by way of a pooler, whose URL then is given.
 *
 *   node --conditions=source packages/drivers/postgres/bench/append.ts postgres://user@host/database
 *
 * Makes schemas of its own and removes them. Prints one JSON line per measurement; times are for comparing within one run only.
 */
import { measureAppends, measureOneRun, measureWholeRuns } from '@telos/testkit/bench/append-workloads';
import pg from 'pg';
import { openPostgresStore } from '../src/index.ts';

const [server] = process.argv.slice(2);
if (server === undefined) throw new Error('Name the database: postgres://user@host/database');

for (let round = 0; round < 3; round += 1) {
  for (const prepare of ['on', 'off']) {
    const schema = `telos_bench_${process.pid}_${round}_${prepare}`;
    const url = new URL(server);
    url.searchParams.set('schema', schema);
    url.searchParams.set('prepare', prepare);
    const store = await openPostgresStore({ url: url.href });
    const label = { prepare };
    await measureAppends(store, label);
    await measureWholeRuns(store, label);
    await measureOneRun(store, label);
    await store.close();
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(`DROP SCHEMA ${schema} CASCADE`);
    await client.end();
  }
}
