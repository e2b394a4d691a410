import { describeQueue } from '@telos/testkit';
import type { PrivateServer } from '@telos/testkit/servers/private-server';
import { startRedisCluster } from '@telos/testkit/servers/redis-cluster';
import { startRedisSentinel } from '@telos/testkit/servers/redis-sentinel';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openQueue } from '../open-queue.ts';
import { aJob, offerAgain, served } from '../testing/served.ts';
import { addressOf } from '../testing/test-address.ts';

describe('with a cluster of three masters', () => {
  let cluster: PrivateServer;
  beforeAll(async () => void (cluster = await startRedisCluster()), 30_000);
  afterAll(() => cluster.stop());

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

describe('behind a sentinel', () => {
  it('a queue goes on with the replica when the master has died', async () => {
    const watched = await startRedisSentinel();
    onTestFinished(() => watched.stop());
    const queue = openQueue({ address: addressOf(watched.url) });
    onTestFinished(() => queue.close());
    const { has } = served(queue, 'default');
    await queue.offer([aJob('default', 'before')]);
    await has('before');
    await watched.failover();
    await offerAgain(queue, aJob('default', 'after'));
    await has('after');
  }, 30_000);
});
