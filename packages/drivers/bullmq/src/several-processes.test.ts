import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { jobId } from '@telos/core';
import type { Queue } from '@telos/core';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedis } from '@telos/testkit/servers/redis';
import { takenMs, workerTimes } from './bull-options.ts';
import { openQueue } from './open-queue.ts';
import { createPostgresBackend } from './postgres/postgres-backend.ts';
import { createRedisBackend } from './redis/redis-backend.ts';
import { aJob, served } from './testing/served.ts';
import { addressOf, testUrl } from './testing/test-address.ts';

function queueAt(url: string): Queue {
  const queue = openQueue({ address: addressOf(url) });
  onTestFinished(() => queue.close());
  return queue;
}

/** Starts a worker in a process of its own; `took` resolves when it has taken these many jobs. */
function startMortalWorker(url: string, name: string) {
  const file = new URL('testing/mortal-worker.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--conditions=source', '--no-warnings', file, url, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let taken = '';
  return {
    child,
    async took(count: number): Promise<void> {
      while (taken.split('\n').length <= count) taken += String((await once(child.stdout, 'data'))[0]);
    },
  };
}

describe.each([
  ['Redis', 'redis'],
  ['PostgreSQL', 'postgres'],
] as const)('a queue on %s that processes share', (_, kind) => {
  it('hands the jobs of a worker that was killed to another at once, when they are offered again', async () => {
    const url = testUrl(kind);
    const name = `q-${randomUUID()}`;
    const queue = queueAt(url);
    const jobs = ['a', 'b', 'c', 'd'].map((run) => aJob(name, run));
    const { child, took } = startMortalWorker(url, name);
    await queue.offer(jobs);
    await took(3);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const began = performance.now();
    await queue.offer(jobs);
    const { has } = served(queueAt(url), name);
    await Promise.all(jobs.map(({ run }) => has(run)));
    expect(performance.now() - began).toBeLessThan(4000);
  });

  it('hands a job over within seconds, when it is offered again, whose worker died between taking and removing it', async () => {
    const url = testUrl(kind);
    const name = `q-${randomUUID()}`;
    const queue = queueAt(url);
    const job = aJob(name, 'a');
    await queue.offer([job]);
    const address = addressOf(url);
    const backend = address.kind === 'postgres' ? createPostgresBackend(address) : createRedisBackend(address);
    onTestFinished(() => backend.close());
    const fetcher = await backend.fetcher(name);
    const before = performance.now();
    expect(await fetcher.next('of the dead')).toBeDefined();
    const taken = performance.now();
    await fetcher.close();
    const { has, seen } = served(queueAt(url), name);
    while (seen.length === 0) {
      await queue.offer([job]);
      await Promise.race([has('a'), delay(50)]);
    }
    const over = performance.now();
    // At first it might have been removed any moment; and nobody has waited for its lock to end.
    expect(over - before).toBeGreaterThan(takenMs - 10);
    expect(over - taken).toBeLessThan(workerTimes.lockDuration);
    expect(seen).toEqual(['a']);
  });

  it('aborts a job under way in another process, and withdraws it where it waits', async () => {
    const url = testUrl(kind);
    const name = `q-${randomUUID()}`;
    const [offering, serving] = [queueAt(url), queueAt(url)];
    const [busy, waiting] = [aJob(name, 'busy'), aJob(name, 'waiting')];
    const seen: string[] = [];
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    serving.serve({ queues: [name], concurrency: 1 }, async (job, signal) => {
      seen.push(job.run);
      begun.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      ended.resolve();
    });
    await offering.offer([busy]);
    await begun.promise;
    await offering.offer([waiting]);
    await offering.cancel([busy, waiting].map(jobId));
    await ended.promise;
    await serving.close();
    expect(seen).toEqual(['busy']);
  });

  it('lets a process end that has closed what it opened', async () => {
    const file = new URL('testing/brief-process.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, ['--conditions=source', '--no-warnings', file, testUrl(kind)], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('has ten thousand jobs of one share wait no longer than needed for ten of another', async () => {
    const name = `q-${randomUUID()}`;
    const queue = queueAt(testUrl(kind));
    const many = Array.from({ length: 10_000 }, (_, index) => ({ ...aJob(name, `many-${index}`), share: 'many' }));
    const few = Array.from({ length: 10 }, (_, index) => ({ ...aJob(name, `few-${index}`), share: 'few' }));
    await queue.offer(many);
    await queue.offer(few);
    const { has, seen } = served(queue, name);
    await Promise.all(few.map(({ run }) => has(run)));
    expect(seen.length).toBeLessThan(100);
  });
});

describe('a queue on Redis', () => {
  it('goes on serving after FLUSHALL', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const name = `q-${randomUUID()}`;
    const queue = queueAt(redis.url);
    const { has, seen } = served(queue, name);
    const admin = new Redis(redis.url);
    onTestFinished(() => admin.disconnect());
    await queue.offer([aJob(name, 'before')]);
    await has('before');
    await admin.flushall();
    await queue.offer([aJob(name, 'after'), aJob(name, 'before')]);
    await has('after');
    await has('before', 2);
    const held = queue.offer(Array.from({ length: 500 }, (_, index) => aJob(name, `many-${index}`)));
    await admin.flushall();
    await held;
    await queue.offer([aJob(name, 'last')]);
    await has('last');
    expect(new Set(seen).size).toBeGreaterThanOrEqual(3);
  });

  it('leaves nothing in Redis but a few words about the queue when all jobs have been handled', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const name = `q-${randomUUID()}`;
    const queue = queueAt(redis.url);
    const { has } = served(queue, name);
    const runs = Array.from({ length: 300 }, (_, index) => `r-${index}`);
    await queue.offer(runs.map((run) => ({ ...aJob(name, run), share: `share-${run}` })));
    await Promise.all(runs.map((run) => has(run)));
    await queue.close();
    const admin = new Redis(redis.url);
    onTestFinished(() => admin.disconnect());
    const keys = await admin.keys('*');
    expect(keys.length).toBeLessThan(10);
    for (const key of keys) expect(key).toContain(`{${name}}`);
  });
});
