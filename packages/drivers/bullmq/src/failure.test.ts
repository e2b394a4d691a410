import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import type { Queue } from '@telos/core';
import { startGate } from '@telos/testkit/servers/gate';
import { startRedis } from '@telos/testkit/servers/redis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openQueue } from './open-queue.ts';
import { aJob, offerAgain, served } from './testing/served.ts';
import { addressOf, testUrl } from './testing/test-address.ts';

const backends = [
  ['Redis', 'redis'],
  ['PostgreSQL', 'postgres'],
] as const;

function queueAt(url: string): { readonly queue: Queue; readonly told: string[]; readonly name: string } {
  const told: string[] = [];
  const queue = openQueue({ address: addressOf(url), report: (message) => void told.push(message) });
  onTestFinished(() => queue.close());
  return { queue, told, name: `q-${randomUUID()}` };
}

async function gateBefore(url: string) {
  const gate = await startGate(url);
  onTestFinished(() => gate.close());
  return gate;
}

describe.each(backends)('a queue on %s', (_, kind) => {
  it('refuses an offer at once while its server is away, and serves again by itself when it is back', async () => {
    const gate = await gateBefore(testUrl(kind));
    const { queue, told, name } = queueAt(gate.url);
    const { has } = served(queue, name);
    await queue.offer([aJob(name, 'before')]);
    await has('before');
    gate.shut();
    await expect(queue.offer([aJob(name, 'lost')])).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      kind: 'retryable',
    });
    const began = performance.now();
    for (let count = 0; count < 1000; count += 1) {
      await expect(queue.offer([aJob(name, `lost-${count}`)])).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    }
    expect(performance.now() - began).toBeLessThan(2000);
    gate.open();
    expect(await offerAgain(queue, aJob(name, 'after'))).toBeGreaterThanOrEqual(0);
    await has('after');
    expect(told).toEqual([expect.stringContaining('cannot be reached'), expect.stringContaining('is back')]);
  });

  it('refuses an offer within seconds when its server is silent, and those that follow at once', async () => {
    const gate = await gateBefore(testUrl(kind));
    const { queue, name } = queueAt(gate.url);
    await queue.offer([aJob(name, 'before')]);
    gate.freeze();
    const began = performance.now();
    await expect(queue.offer([aJob(name, 'lost')])).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(performance.now() - began).toBeLessThan(5000);
    await expect(queue.offer([aJob(name, 'lost')])).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(performance.now() - began).toBeLessThan(5000);
    gate.open();
    await offerAgain(queue, aJob(name, 'after'));
    const { has } = served(queue, name);
    await has('after');
  });

  it('serves as soon as its server is there, when it was away at the start', async () => {
    const gate = await gateBefore(testUrl(kind));
    gate.shut();
    const { queue, name } = queueAt(gate.url);
    const { has } = served(queue, name);
    await expect(queue.offer([aJob(name, 'lost')])).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    gate.open();
    await offerAgain(queue, aJob(name, 'after'));
    await has('after');
  });

  it('closes without delay while its server is away, and leaves no connection', async () => {
    const gate = await gateBefore(testUrl(kind));
    const { queue, name } = queueAt(gate.url);
    const { has } = served(queue, name);
    await queue.offer([aJob(name, 'before')]);
    await has('before');
    gate.shut();
    const began = performance.now();
    await queue.close();
    expect(performance.now() - began).toBeLessThan(5000);
    gate.open();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(gate.connections()).toBe(0);
  });

  it('keeps its password to itself', async () => {
    const url = new URL(testUrl(kind));
    url.username = 'telos';
    url.password = 'hunter2-secret';
    if (kind === 'postgres') url.pathname = '/there-is-no-such-database';
    const { queue, told, name } = queueAt(url.href);
    const error: unknown = await queue.offer([aJob(name, 'a')]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('hunter2');
    expect(told.join()).not.toContain('hunter2');
  });
});

describe('a queue on Redis', () => {
  it('goes on after a restart that lost everything', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const { queue, name } = queueAt(redis.url);
    const { has } = served(queue, name);
    await queue.offer([aJob(name, 'before')]);
    await has('before');
    await redis.halt();
    await expect(queue.offer([aJob(name, 'lost')])).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    await redis.restart();
    await offerAgain(queue, aJob(name, 'after'));
    await has('after');
    await queue.offer([aJob(name, 'before')]);
    await has('before', 2);
  });

  it('closes without delay while it tries to connect', async () => {
    const redis = await startRedis();
    const { queue, name } = queueAt(redis.url);
    const { has } = served(queue, name);
    await queue.offer([aJob(name, 'before')]);
    await has('before');
    await redis.stop();
    await expect(queue.offer([aJob(name, 'lost')])).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    const began = performance.now();
    await queue.close();
    expect(performance.now() - began).toBeLessThan(3000);
  });
});
