import { countedRoom } from '@telos/core';
import { expect } from 'vitest';
import { aborted, aQueueName, aRunJob, aStepJob, aWorker } from './jobs.ts';
import type { QueueTest } from './jobs.ts';

export function serveTests(test: QueueTest): void {
  test('has at most `concurrency` jobs under way, and as many when there is enough to do', async (queue) => {
    const name = aQueueName();
    const worker = aWorker({ hold: true });
    queue.serve({ queues: [name], concurrency: 3 }, worker.handle);
    await queue.offer(Array.from({ length: 10 }, () => aStepJob(name)));
    await worker.handed(3);
    worker.letGo();
    await worker.handed(10);
    expect(worker.most()).toBe(3);
  });

  test('hands over jobs of the queues it names, and of no others', async (queue) => {
    const [left, right, other] = [aQueueName(), aQueueName(), aQueueName()];
    const worker = aWorker();
    const jobs = [aRunJob(left), aRunJob(other), aRunJob(right)];
    await queue.offer(jobs);
    queue.serve({ queues: [left, right], concurrency: 1 }, worker.handle);
    await worker.handed(2);
    expect(new Set(worker.seen)).toEqual(new Set([jobs[0], jobs[2]]));
    const elsewhere = aWorker();
    queue.serve({ queues: [other], concurrency: 1 }, elsewhere.handle);
    await elsewhere.handed(1);
    expect(elsewhere.seen).toEqual([jobs[1]]);
    expect(worker.seen).toHaveLength(2);
  });

  test('has at most `concurrency` jobs under way over all its queues, and neglects none of them', async (queue) => {
    const names = [aQueueName(), aQueueName(), aQueueName()];
    const worker = aWorker({ hold: true });
    queue.serve({ queues: names, concurrency: 2 }, worker.handle);
    await queue.offer(names.flatMap((name) => Array.from({ length: 5 }, () => aStepJob(name))));
    await worker.handed(2);
    worker.letGo();
    await worker.handed(15);
    expect(worker.most()).toBe(2);
    for (const name of names) expect(worker.seen.filter((job) => job.queue === name)).toHaveLength(5);
  });

  test('hands each job to one of several servers', async (queue) => {
    const name = aQueueName();
    const workers = [aWorker({ hold: true }), aWorker({ hold: true })];
    for (const worker of workers) queue.serve({ queues: [name], concurrency: 1 }, worker.handle);
    const jobs = [aRunJob(name), aRunJob(name)];
    await queue.offer(jobs);
    await Promise.all(workers.map((worker) => worker.handed(1)));
    expect(new Set(workers.flatMap(({ seen }) => seen))).toEqual(new Set(jobs));
    for (const worker of workers) worker.letGo();
  });

  test('takes no job out of the queue for a server without room, and leaves it to one that has some', async (queue) => {
    const name = aQueueName();
    const [full, roomy] = [aWorker(), aWorker()];
    const room = { take: () => false, give: () => {}, free: aborted };
    queue.serve({ queues: [name], concurrency: 3, room }, full.handle);
    const jobs = [aStepJob(name, 'a'), aStepJob(name, 'b'), aStepJob(name, 'c')];
    await queue.offer(jobs);
    queue.serve({ queues: [name], concurrency: 1 }, roomy.handle);
    await roomy.handed(3);
    expect(full.seen).toEqual([]);
  });

  test('takes room for each job, and gives it back when the handler has ended', async (queue) => {
    const name = aQueueName();
    const worker = aWorker({ hold: true });
    queue.serve({ queues: [name], concurrency: 10, room: countedRoom(2) }, worker.handle);
    await queue.offer(Array.from({ length: 6 }, (_, index) => aStepJob(name, `s${index}`)));
    await worker.handed(2);
    worker.letGo();
    await worker.handed(6);
    expect(worker.most()).toBe(2);
  });

  test('drops a job whose handler throws, and goes on', async (queue) => {
    const name = aQueueName();
    const worker = aWorker();
    const bad = aRunJob(name);
    const good = aRunJob(name);
    let tries = 0;
    const handed = Promise.withResolvers<void>();
    queue.serve({ queues: [name], concurrency: 1 }, async (job, signal) => {
      if ('run' in job && job.run === bad.run) {
        tries += 1;
        throw new Error('as the test wants');
      }
      await worker.handle(job, signal);
      handed.resolve();
    });
    await queue.offer([bad, good]);
    await handed.promise;
    expect(worker.seen).toEqual([good]);
    expect(tries).toBe(1);
  });
}
