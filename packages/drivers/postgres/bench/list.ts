/**
 * Pages, filters and counts of a store with a million finished runs.
 *
 *   node --conditions=source packages/drivers/postgres/bench/list.ts postgres://user@host/database [runs]
 *
 * Keeps its runs in the schema `telos_bench_list` for the next time. Prints one JSON line per filter.
 */
import { firstRunAt, listedRuns, measureLists } from '@telos/testkit/bench/list-workload';
import pg from 'pg';
import { openPostgresStore } from '../src/index.ts';

const [server, given = '1000000'] = process.argv.slice(2);
if (server === undefined) throw new Error('Name the database: postgres://user@host/database');
const runs = Number(given);
const schema = 'telos_bench_list';
const url = new URL(server);
url.searchParams.set('schema', schema);

const store = await openPostgresStore({ url: url.href });
if ((await store.runs.count({})) < runs) await generate(server);
await measureLists(store, runs);
await store.close();

/** Written straight into the tables: the store itself would need minutes. */
async function generate(into: string): Promise<void> {
  const client = new pg.Client({ connectionString: into });
  await client.connect();
  const events = JSON.stringify([{ type: 'run.succeeded', at: firstRunAt, outputs: { value: 'x'.repeat(200) } }]);
  let number = 0;
  let rows: object[] = [];
  const flush = async (): Promise<void> => {
    await client.query(
      `WITH asked AS MATERIALIZED (
         SELECT * FROM json_to_recordset($1) AS a (number bigint, id text, at float8, workflow text, status text, tags json, usd float8)
       ),
       new_runs AS (
         INSERT INTO ${schema}.runs (number, id, workflow, program, status, created_at, started_at, ended_at, tags,
           namespace, priority, input_tokens, usd, ms, calls)
         SELECT number, id, workflow, repeat('a', 64), status, at, at + 1, at + 9, tags::text, 'default', 'normal', 100, usd, 10, 1 FROM asked
       ),
       new_heads AS (
         INSERT INTO ${schema}.heads (run, id, created_at, seq, finished) SELECT number, id, at, 12, true FROM asked
       ),
       new_tags AS (
         INSERT INTO ${schema}.run_tags (tag, created_at, run)
         SELECT tag, at, number FROM asked, json_array_elements_text(tags) AS tag
       )
       INSERT INTO ${schema}.journal (run, last, epoch, events) SELECT number, 12, 1, $2 FROM asked`,
      [JSON.stringify(rows), events],
    );
    rows = [];
  };
  for (const run of listedRuns(runs)) {
    number += 1;
    rows.push({ number, ...run });
    if (rows.length === 5000) await flush();
  }
  await flush();
  await client.query(`SELECT setval('${schema}.run_numbers', ${number})`);
  await client.query('VACUUM ANALYZE');
  await client.end();
}
