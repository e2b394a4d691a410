/** Uses everything once, closes it, and must end by itself then. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLimiter } from '../open-limiter.ts';
import { openLive } from '../open-live.ts';
import { openQueue } from '../open-queue.ts';
import { addressOf } from './test-address.ts';

const address = addressOf(process.argv[2] ?? '');
const queue = openQueue({ address });
const live = openLive(address);
const limiter = openLimiter({ address, clock: { now: () => Date.now(), sleep: (ms) => sleep(ms) } });
const name = randomUUID();
const handled = Promise.withResolvers<void>();
queue.serve({ queues: [name], concurrency: 10 }, async () => handled.resolve());
live.subscribe(name, () => undefined);
live.publish(name, { type: 'text', path: 'a', attempt: 1, text: 'x' });
await limiter.take({ key: name, perMinute: 10 }, 1);
await queue.offer([{ kind: 'run', queue: name, run: randomUUID() }]);
await handled.promise;
await Promise.all([queue.close(), live.close(), limiter.close()]);
