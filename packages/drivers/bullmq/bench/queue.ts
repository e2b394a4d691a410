/**
 * The queue beside bare BullMQ on the same server: jobs offered and handled a second, the
 * round trip of one job, and how long ten jobs wait behind ten thousand of another share.
 *
 *   node --conditions=source packages/drivers/bullmq/bench/queue.ts redis://127.0.0.1:6379 [postgres://user@host/db]
 */
import { randomUUID } from 'node:crypto';
import type { Job, Queue } from '@telos/core';
import { Queue as BullQueue, Worker, createPostgresBackend } from 'bullmq';
import type { PostgresConnectionOptions, PostgresQueueBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { readAddress } from '../src/address.ts';
import { openQueue } from '../src/open-queue.ts';

const jobs = 10_000;
const trips = 500;
const concurrency = 50;
/** As ours leave no trace either. */
const brief = { removeOnComplete: true, removeOnFail: true };

type Figures = {
  readonly offered_per_s: number;
  readonly handled_per_s: number;
  readonly round_trip_ms_p50: number;
  readonly round_trip_ms_p99: number;
};

/** What is measured: adds jobs by name, and calls back for each that is handled. */
type Subject = {
  add(names: readonly string[]): Promise<void>;
  serve(handled: (name: string) => void): Promise<void>;
  close(): Promise<void>;
};

for (const url of process.argv.slice(2)) {
  for (const [name, subject] of [
    ['bullmq', url.startsWith('redis') ? bareRedis(url) : barePostgres(url)],
    ['telos', telos(url)],
  ] as const) {
    console.log(JSON.stringify({ server: url.slice(0, url.indexOf(':')), subject: name, ...(await measure(subject)) }));
  }
  console.log(JSON.stringify({ server: url.slice(0, url.indexOf(':')), ...(await fairness(url)) }));
}

async function measure(subject: Subject): Promise<Figures> {
  let left = 0;
  let done: () => void = () => undefined;
  await subject.add(['warm']);
  const warm = new Promise<void>((resolve) => (done = resolve));
  await subject.serve(() => {
    left -= 1;
    if (left <= 0) done();
  });
  await warm;

  const tookMs: number[] = [];
  for (let trip = 0; trip < trips; trip += 1) {
    left = 1;
    const handled = new Promise<void>((resolve) => (done = resolve));
    const began = performance.now();
    await subject.add([randomUUID()]);
    await handled;
    tookMs.push(performance.now() - began);
  }
  tookMs.sort((a, b) => a - b);

  left = jobs;
  const handled = new Promise<void>((resolve) => (done = resolve));
  const began = performance.now();
  for (let at = 0; at < jobs; at += 250) await subject.add(Array.from({ length: 250 }, () => randomUUID()));
  const offered = performance.now();
  await handled;
  const ended = performance.now();
  await subject.close();
  return {
    offered_per_s: Math.round((jobs / (offered - began)) * 1000),
    handled_per_s: Math.round((jobs / (ended - began)) * 1000),
    round_trip_ms_p50: Number(tookMs[Math.floor(trips / 2)]?.toFixed(2)),
    round_trip_ms_p99: Number(tookMs[Math.floor(trips * 0.99)]?.toFixed(2)),
  };
}

function telos(url: string): Subject {
  const queue = queueAt(url);
  const name = `bench-${randomUUID()}`;
  return {
    add: (names) => queue.offer(names.map((run): Job => ({ kind: 'run', queue: name, run }))),
    async serve(handled) {
      queue.serve({ queues: [name], concurrency }, async (job) => handled(job.run));
    },
    close: () => queue.close(),
  };
}

function queueAt(url: string): Queue {
  const read = readAddress(url);
  if ('problem' in read) throw new Error(read.problem);
  return openQueue({ address: read.address });
}

function bareRedis(url: string): Subject {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const name = `bench-${randomUUID()}`;
  const queue = new BullQueue(name, { connection, defaultJobOptions: brief });
  let worker: Worker | undefined;
  return {
    async add(names) {
      await queue.addBulk(names.map((jobId) => ({ name: 'run', data: { run: jobId }, opts: { jobId } })));
    },
    async serve(handled) {
      worker = new Worker(name, async (job) => handled(String(job.id)), { connection, concurrency });
    },
    async close() {
      await worker?.close(true);
      await queue.obliterate({ force: true });
      await queue.close();
      connection.disconnect();
    },
  };
}

function barePostgres(url: string): Subject {
  const connection = {
    connectionString: url,
    schema: 'bench_bullmq',
    migrate: true,
    options: '-c synchronous_commit=off',
  };
  const name = `bench-${randomUUID()}`;
  type Connection = PostgresConnectionOptions;
  const queue = new BullQueue<unknown, unknown, string, unknown, unknown, string, PostgresQueueBackend, Connection>(
    name,
    { connection, defaultJobOptions: brief },
    createPostgresBackend,
  );
  let close: () => Promise<void> = async () => undefined;
  return {
    async add(names) {
      await queue.addBulk(names.map((jobId) => ({ name: 'run', data: { run: jobId }, opts: { jobId } })));
    },
    async serve(handled) {
      const worker = new Worker<unknown, unknown, string, PostgresQueueBackend, number, Connection>(
        name,
        async (job) => handled(String(job.id)),
        { connection, concurrency },
        createPostgresBackend,
      );
      close = () => worker.close(true);
    },
    async close() {
      await close();
      await queue.close();
    },
  };
}

/** Jobs of others that are handled before the last of ten, when ten thousand stood before them; without shares all would. */
async function fairness(url: string) {
  const queue = queueAt(url);
  const name = `bench-${randomUUID()}`;
  const job = (run: string, share: string): Job => ({ kind: 'run', queue: name, run, share });
  await queue.offer(Array.from({ length: jobs }, (_, index) => job(`many-${index}`, 'many')));
  await queue.offer(Array.from({ length: 10 }, (_, index) => job(`few-${index}`, 'few')));
  const began = performance.now();
  const last = Promise.withResolvers<object>();
  let handled = 0;
  let few = 0;
  queue.serve({ queues: [name], concurrency: 1 }, async ({ share }) => {
    handled += 1;
    if (share !== 'few' || (few += 1) < 10) return;
    last.resolve({ others_before_the_last_of_ten: handled - 10, ms: Math.round(performance.now() - began) });
  });
  const figures = await last.promise;
  await queue.close();
  return figures;
}
