import { jobId } from '@telos/core';
import type { Job } from '@telos/core';
import { expect } from 'vitest';
import { aQueueName, aRunJob, aStepJob, aWorker } from './jobs.ts';
import type { QueueTest } from './jobs.ts';

export function offerTests(test: QueueTest): void {
  test('hands every job over as it was offered', async (queue) => {
    const name = aQueueName();
    const worker = aWorker();
    const task = {
      tool: 'web.fetch',
      input: { url: 'https://example.com/?q=a:b', depth: [1, null, true] },
      text: 'äß✓',
    };
    const jobs: Job[] = [
      aRunJob(name),
      aStepJob(name, 'findings[3].search', 2),
      { ...aStepJob(name, 'ask/turn[4]/tool[0]'), task },
      { ...aStepJob(name, 'both.left.read'), share: 'tenant:a', priority: 'high' },
      { ...aRunJob(name), priority: 'low' },
    ];
    queue.serve({ queues: [name], concurrency: 1 }, worker.handle);
    await queue.offer(jobs);
    await worker.handed(5);
    expect(new Set(worker.seen)).toEqual(new Set(jobs));
  });

  test('keeps jobs that were offered before anybody served', async (queue) => {
    const name = aQueueName();
    const worker = aWorker();
    const job = aRunJob(name);
    await queue.offer([job]);
    queue.serve({ queues: [name], concurrency: 1 }, worker.handle);
    await worker.handed(1);
    expect(worker.seen).toEqual([job]);
  });

  test('takes a job that is already waiting for the same job', async (queue) => {
    const name = aQueueName();
    const worker = aWorker();
    const [job, last] = [aStepJob(name), aStepJob(name)];
    await queue.offer([job, job]);
    await queue.offer([job, { ...job }]);
    await queue.offer([last]);
    queue.serve({ queues: [name], concurrency: 1 }, worker.handle);
    await worker.handed(2);
    expect(new Set(worker.seen)).toEqual(new Set([job, last]));
    await queue.close();
    expect(worker.seen).toHaveLength(2);
  });

  test('takes another attempt, path or run for another job', async (queue) => {
    const name = aQueueName();
    const worker = aWorker();
    const job = aStepJob(name);
    const jobs = [job, { ...job, attempt: 2 }, { ...job, path: 'b' }, aStepJob(name)];
    await queue.offer(jobs);
    queue.serve({ queues: [name], concurrency: 1 }, worker.handle);
    await worker.handed(4);
    expect(new Set(worker.seen)).toEqual(new Set(jobs));
  });

  test('hands a job over again when it is offered anew after it was handled', async (queue) => {
    const name = aQueueName();
    const worker = aWorker();
    const [job, next] = [aRunJob(name), aRunJob(name)];
    queue.serve({ queues: [name], concurrency: 1 }, worker.handle);
    await queue.offer([job]);
    await worker.handed(1);
    // With one job at a time, the second is handed over only when the first has been handled.
    await queue.offer([next]);
    await worker.handed(2);
    await queue.offer([job]);
    await worker.handed(3);
    expect(worker.seen).toEqual([job, next, job]);
  });

  test('hands a job over once more when it is offered anew while it is under way', async (queue) => {
    const name = aQueueName();
    const worker = aWorker();
    const job = aRunJob(name);
    let first = true;
    queue.serve({ queues: [name], concurrency: 2 }, async (taken, signal) => {
      if (first) {
        first = false;
        await queue.offer([job]);
      }
      await worker.handle(taken, signal);
    });
    await queue.offer([job]);
    await worker.handed(2);
    expect(worker.seen).toEqual([job, job]);
    expect(worker.most()).toBe(1);
  });

  test('hands 2,000 jobs over, each once', async (queue) => {
    const name = aQueueName();
    const worker = aWorker();
    const jobs = Array.from({ length: 2000 }, (_, index) => aStepJob(name, `s${index}`));
    queue.serve({ queues: [name], concurrency: 50 }, worker.handle);
    await queue.offer(jobs);
    await worker.handed(2000);
    const byPath = (a: Job, b: Job): number => jobId(a).localeCompare(jobId(b));
    expect(worker.seen.toSorted(byPath)).toEqual(jobs.toSorted(byPath));
  });
}
