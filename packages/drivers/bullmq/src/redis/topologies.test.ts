import { randomUUID } from 'node:crypto';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Limiter } from '@telos/core';
import { aTextPart, describeLimiter, describeLive, describeQueue } from '@telos/testkit';
import type { PrivateServer } from '@telos/testkit/servers/private-server';
import { startRedisCluster } from '@telos/testkit/servers/redis-cluster';
import { startRedisSentinel } from '@telos/testkit/servers/redis-sentinel';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Address } from '../address.ts';
import { examineQueue } from '../examine-queue.ts';
import { openLimiter } from '../open-limiter.ts';
import { openLive } from '../open-live.ts';
import { openQueue } from '../open-queue.ts';
import { aJob, offerAgain, served } from '../testing/served.ts';
import { addressOf } from '../testing/test-address.ts';

const systemClock = {
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) =>
    sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
};

describe('with a cluster of three masters', () => {
  let cluster: PrivateServer;
  beforeAll(async () => void (cluster = await startRedisCluster()), 30_000);
  afterAll(() => cluster.stop());

  describeLimiter('on a Redis cluster', async (clock) => {
    const open = () => openLimiter({ address: addressOf(cluster.url), clock, ownTime: true });
    return [open(), open()];
  });

  describeLive('through a Redis cluster', async () => openLive(addressOf(cluster.url)));

  it('is found sound by the examination of the queue', async () => {
    const facts = await examineQueue(addressOf(cluster.url));
    expect(facts).toMatchObject({ shown: expect.stringContaining('redis-cluster://') });
    expect(facts.worries.join(' ')).not.toContain('does not reach');
  });

  describeQueue('on a Redis cluster', async () => openQueue({ address: addressOf(cluster.url) }));

  it('serves queues that are kept by different nodes', async () => {
    const queue = openQueue({ address: addressOf(cluster.url) });
    onTestFinished(() => queue.close());
    const names = Array.from({ length: 12 }, (_, index) => `spread-${index}`);
    const all = names.map((name) => ({ name, ...served(queue, name) }));
    await queue.offer(names.map((name) => aJob(name, `run-of-${name}`)));
    await Promise.all(all.map(({ name, has }) => has(`run-of-${name}`)));
    expect(all).toHaveLength(12);
  });
});

/**
 * Two processes, of which one shows parts of a run and the other listens.
 *
 * @returns Says something again and again until it is heard: what is said while a connection is made is lost.
 */
function speaking(address: Address) {
  const [live, other] = [openLive(address), openLive(address)];
  onTestFinished(() => void Promise.all([live.close(), other.close()]));
  const run = randomUUID();
  const parts: string[] = [];
  other.subscribe(run, (part) => void (part.type === 'text' && parts.push(part.text)));
  return async (text: string): Promise<void> => {
    while (!parts.some((part) => part.includes(text))) {
      live.publish(run, aTextPart(text));
      await sleep(20);
    }
  };
}

/** Whether what one takes is missing to the other. */
async function areShared([one, other]: readonly Limiter[]): Promise<boolean> {
  const limit = { key: randomUUID(), perMinute: 1 };
  await one?.take(limit, 1);
  const abort = AbortSignal.timeout(300);
  return (
    other?.take(limit, 1, { signal: abort }).then(
      () => false,
      () => true,
    ) ?? false
  );
}

describe('behind a sentinel', () => {
  it('a queue goes on with the replica when the master has died', async () => {
    const watched = await startRedisSentinel();
    onTestFinished(() => watched.stop());
    const queue = openQueue({ address: addressOf(watched.url) });
    onTestFinished(() => queue.close());
    const { has } = served(queue, 'default');
    await queue.offer([aJob('default', 'before')]);
    await has('before');
    const heard = speaking(addressOf(watched.url));
    await heard('before');
    const limiters = [1, 2].map(() => openLimiter({ address: addressOf(watched.url), clock: systemClock }));
    onTestFinished(() => void Promise.all(limiters.map((limiter) => limiter.close())));
    await watched.failover();
    await offerAgain(queue, aJob('default', 'after'));
    await has('after');
    await heard('after');
    while (!(await areShared(limiters))) await turn();
    expect(await examineQueue(addressOf(watched.url))).toMatchObject({ server: expect.stringContaining('Redis') });
  }, 30_000);

  it('a queue leaves a master that has become a replica, though it lives', async () => {
    const watched = await startRedisSentinel();
    onTestFinished(() => watched.stop());
    const queue = openQueue({ address: addressOf(watched.url) });
    onTestFinished(() => queue.close());
    const { has } = served(queue, 'default');
    await queue.offer([aJob('default', 'before')]);
    await has('before');
    await watched.demote();
    await offerAgain(queue, aJob('default', 'after'));
    await has('after');
  }, 30_000);
});
