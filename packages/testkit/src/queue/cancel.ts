import { jobId } from '@telos/core';
import { expect } from 'vitest';
import { aQueueName, aRunJob, aStepJob, aWorker, aborted } from './jobs.ts';
import type { QueueTest } from './jobs.ts';

export function cancelTests(test: QueueTest): void {
  test('withdraws waiting jobs', async (queue) => {
    const name = aQueueName();
    const worker = aWorker();
    const [kept, withdrawn] = [aStepJob(name), aStepJob(name)];
    await queue.offer([withdrawn, kept]);
    await queue.cancel([jobId(withdrawn)]);
    queue.serve({ queues: [name], concurrency: 1 }, worker.handle);
    await worker.handed(1);
    await queue.close();
    expect(worker.seen).toEqual([kept]);
  });

  test('aborts the signal of a job under way, and of no other', async (queue) => {
    const name = aQueueName();
    const worker = aWorker({ hold: true });
    const [first, second] = [aRunJob(name), aRunJob(name)];
    queue.serve({ queues: [name], concurrency: 2 }, worker.handle);
    await queue.offer([first, second]);
    await worker.handed(2);
    await queue.cancel([jobId(first)]);
    const index = worker.seen.findIndex((job) => job.run === first.run);
    await aborted(worker.signals[index]);
    expect(worker.signals[1 - index]?.aborted).toBe(false);
    worker.letGo();
  });

  test('lets a withdrawn job be offered anew', async (queue) => {
    const name = aQueueName();
    const worker = aWorker();
    const job = aRunJob(name);
    await queue.offer([job]);
    await queue.cancel([jobId(job)]);
    await queue.offer([job]);
    queue.serve({ queues: [name], concurrency: 1 }, worker.handle);
    await worker.handed(1);
    expect(worker.seen).toEqual([job]);
  });

  test('ignores ids it does not know', async (queue) => {
    const name = aQueueName();
    const worker = aWorker();
    await queue.cancel(['run:unknown', '']);
    await queue.offer([aRunJob(name)]);
    queue.serve({ queues: [name], concurrency: 1 }, worker.handle);
    await worker.handed(1);
  });
}
