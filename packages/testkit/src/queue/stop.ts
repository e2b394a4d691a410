import { expect } from 'vitest';
import { aQueueName, aRunJob, aWorker, aborted } from './jobs.ts';
import type { QueueTest } from './jobs.ts';

export function stopTests(test: QueueTest): void {
  test('aborts the signals of jobs under way when the server stops, and waits until they have ended', async (queue) => {
    const name = aQueueName();
    const worker = aWorker({ hold: true });
    const server = queue.serve({ queues: [name], concurrency: 2 }, worker.handle);
    await queue.offer([aRunJob(name), aRunJob(name)]);
    await worker.handed(2);
    let stopped = false;
    const stopping = (async () => {
      await server.stop();
      stopped = true;
    })();
    await Promise.all(worker.signals.map(aborted));
    expect(stopped).toBe(false);
    worker.letGo();
    await stopping;
  });

  test('takes no new jobs once the server stops, and leaves them to others', async (queue) => {
    const name = aQueueName();
    const [first, second] = [aWorker(), aWorker()];
    const server = queue.serve({ queues: [name], concurrency: 1 }, first.handle);
    await server.stop();
    await server.stop();
    const job = aRunJob(name);
    await queue.offer([job]);
    queue.serve({ queues: [name], concurrency: 1 }, second.handle);
    await second.handed(1);
    expect(second.seen).toEqual([job]);
    expect(first.seen).toEqual([]);
  });

  test('ends what is under way when the queue closes', async (queue) => {
    const name = aQueueName();
    const worker = aWorker({ hold: true });
    queue.serve({ queues: [name], concurrency: 1 }, worker.handle);
    await queue.offer([aRunJob(name), aRunJob(name)]);
    await worker.handed(1);
    const closing = queue.close();
    await aborted(worker.signals[0]);
    worker.letGo();
    await closing;
    await queue.close();
    expect(worker.seen).toHaveLength(1);
  });
}
