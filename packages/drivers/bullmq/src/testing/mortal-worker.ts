/** A worker that takes every job of a queue, says so, and never ends one: for a test to kill. */
import { openQueue } from '../open-queue.ts';
import { addressOf } from './test-address.ts';

const [url = '', name = ''] = process.argv.slice(2);
openQueue({ address: addressOf(url) }).serve({ queues: [name], concurrency: 3 }, async (job) => {
  process.stdout.write(`${job.run}\n`);
  await new Promise(() => setTimeout(() => undefined, 1_000_000));
});
