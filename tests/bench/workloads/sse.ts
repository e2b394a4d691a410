/**
 * Ten thousand readers follow one run over sockets of their own: how long until all of them follow, how long until the
 * last has seen an event that is appended, and what each of them costs. TELOS_BENCH_READERS says another number; both
 * processes need a file descriptor for each (`ulimit -n`).
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { serveApi } from '@telos/api';
import { createLocalLive, createLocalQueue, systemClock } from '@telos/driver-local';
import { openSqliteStore } from '@telos/driver-sqlite';
import { anOwnedRun, runStarted, runSucceeded } from '@telos/testkit';
import { noModels } from '@telos/testkit/models';
import { peakMiB, report, round } from '../report.ts';

const readers = Number(process.env['TELOS_BENCH_READERS'] ?? 10_000);

const store = await openSqliteStore({ path: ':memory:' });
const queue = createLocalQueue();
const served = await serveApi(
  {
    store,
    queue,
    live: createLocalLive(),
    clock: systemClock,
    catalog: { tools: new Map(), checks: new Map() },
    models: noModels,
    version: '0',
    streams: readers,
  },
  { host: '127.0.0.1', port: 0 },
);
const lease = await anOwnedRun(store);
await store.journal.append(lease, 1, [runStarted()]);
const before = process.memoryUsage().rss;

const child = fork(join(import.meta.dirname, 'sse-readers.ts'), [served.url, lease.run, String(readers)]);
const begun = performance.now();
const said = async (word: string): Promise<number> => {
  const [message] = (await once(child, 'message')) as [unknown];
  if (message !== word) throw new Error(`The readers said ${String(message)} and not ${word}.`);
  return performance.now();
};
const following = await said('following');
const during = process.memoryUsage().rss;

const appended = performance.now();
await store.journal.append(lease, 2, [runSucceeded()]);
const seen = await said('ended');
child.send('stop');
const [code] = (await once(child, 'exit')) as [number | null];
if (code !== 0) throw new Error('Some readers lost their connection.');

report('SSE', {
  readers,
  opened_per_second: round((readers / (following - begun)) * 1000),
  last_reader_saw_event_after_ms: round(seen - appended),
  kib_per_reader: round((during - before) / 1024 / readers),
  peak_mib: peakMiB(),
});
await served.close();
await queue.close();
await store.close();
