import type { Job } from '@telos/core';
import { describeQueue } from '@telos/testkit';
import { describe, expect, it } from 'vitest';
import { createLocalQueue } from './local-queue.ts';

describeQueue('in the process', async () => createLocalQueue());

const step = (path: string, queue = 'default'): Job => ({ kind: 'step', queue, run: 'r', path, attempt: 1 });

describe('the queue in the process', () => {
  it('hands jobs over in order of arrival, across the queues that a server names', async () => {
    const queue = createLocalQueue();
    const jobs = Array.from({ length: 5000 }, (_, index) => step(`s${index}`, index % 3 === 0 ? 'left' : 'right'));
    const seen: Job[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    await queue.offer(jobs);
    queue.serve({ queues: ['right', 'left'], concurrency: 1 }, async (job) => {
      seen.push(job);
      if (seen.length === jobs.length) resolve();
    });
    await promise;
    expect(seen).toEqual(jobs);
    await queue.close();
  });

  it('handles a job once more, after its end, when it was offered while it was under way', async () => {
    const queue = createLocalQueue();
    const log: string[] = [];
    const [begun, go, done] = [
      Promise.withResolvers<void>(),
      Promise.withResolvers<void>(),
      Promise.withResolvers<void>(),
    ];
    queue.serve({ queues: ['default'], concurrency: 2 }, async () => {
      log.push('begin');
      begun.resolve();
      await go.promise;
      log.push('end');
      if (log.length === 4) done.resolve();
    });
    await queue.offer([step('a')]);
    await begun.promise;
    await queue.offer([step('a')]);
    await queue.offer([step('a')]);
    go.resolve();
    await done.promise;
    await queue.close();
    expect(log).toEqual(['begin', 'end', 'begin', 'end']);
  });

  it('puts a job that was withdrawn and offered again behind those that wait', async () => {
    const queue = createLocalQueue();
    await queue.offer([step('a'), step('b')]);
    await queue.cancel(['step:r:a:1']);
    await queue.offer([step('a')]);
    const seen: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    queue.serve({ queues: ['default'], concurrency: 1 }, async (job) => {
      seen.push(job.kind === 'step' ? job.path : '');
      if (seen.length === 2) resolve();
    });
    await promise;
    expect(seen).toEqual(['b', 'a']);
    await queue.close();
  });

  it('drops what is offered after it was closed', async () => {
    const queue = createLocalQueue();
    await queue.close();
    await queue.offer([step('a')]);
    const seen: Job[] = [];
    await queue.serve({ queues: ['default'], concurrency: 1 }, async (job) => void seen.push(job)).stop();
    expect(seen).toEqual([]);
  });
});
