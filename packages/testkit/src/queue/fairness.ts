import { expect } from 'vitest';
import { aQueueName, aStepJob, aWorker } from './jobs.ts';
import type { QueueTest } from './jobs.ts';

export function fairnessTests(test: QueueTest): void {
  test('lets a share with ten jobs pass one with a thousand', async (queue) => {
    const name = aQueueName();
    const worker = aWorker();
    await queue.offer(Array.from({ length: 1000 }, () => ({ ...aStepJob(name), share: 'many' })));
    await queue.offer(Array.from({ length: 10 }, () => ({ ...aStepJob(name), share: 'few' })));
    queue.serve({ queues: [name], concurrency: 1 }, worker.handle);
    await worker.handed(1010);
    const last = worker.seen.findLastIndex(({ share }) => share === 'few');
    expect(last).toBeLessThan(40);
  });

  test('lets a share with ten jobs pass one with a thousand that were offered one by one, all at once', async (queue) => {
    const name = aQueueName();
    const worker = aWorker();
    await Promise.all(Array.from({ length: 1000 }, () => queue.offer([{ ...aStepJob(name), share: 'many' }])));
    await Promise.all(Array.from({ length: 10 }, () => queue.offer([{ ...aStepJob(name), share: 'few' }])));
    queue.serve({ queues: [name], concurrency: 1 }, worker.handle);
    await worker.handed(1010);
    const last = worker.seen.findLastIndex(({ share }) => share === 'few');
    expect(last).toBeLessThan(40);
  });

  test('lets a share that comes while another is served take its turns at once', async (queue) => {
    const name = aQueueName();
    const worker = aWorker();
    const served = Promise.withResolvers<void>();
    const offered = Promise.withResolvers<number>();
    await queue.offer(Array.from({ length: 500 }, () => ({ ...aStepJob(name), share: 'many' })));
    queue.serve({ queues: [name], concurrency: 1 }, async (job, signal) => {
      await worker.handle(job, signal);
      if (worker.seen.length !== 200) return;
      served.resolve();
      await offered.promise;
    });
    await served.promise;
    await queue.offer(Array.from({ length: 10 }, () => ({ ...aStepJob(name), share: 'late' })));
    offered.resolve(0);
    await worker.handed(510);
    const last = worker.seen.findLastIndex(({ share }) => share === 'late');
    expect(last).toBeLessThan(240);
  });

  test('hands jobs of a higher priority over more often, and those of a lower one too', async (queue) => {
    const name = aQueueName();
    const worker = aWorker();
    for (const priority of ['low', 'normal', 'high'] as const) {
      await queue.offer(Array.from({ length: 320 }, () => ({ ...aStepJob(name), priority })));
    }
    queue.serve({ queues: [name], concurrency: 1 }, worker.handle);
    await worker.handed(960);
    const early = worker.seen.slice(0, 200).map(({ priority }) => priority);
    const [high, normal, low] = (['high', 'normal', 'low'] as const).map(
      (priority) => early.filter((one) => one === priority).length,
    );
    expect(high).toBeGreaterThan(2 * (normal ?? 0));
    expect(normal).toBeGreaterThan(low ?? 0);
    expect(low).toBeGreaterThan(0);
  });
}
