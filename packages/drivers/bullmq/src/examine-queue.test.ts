import { Redis } from 'ioredis';
import { startRedis } from '@telos/testkit/servers/redis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { examineQueue } from './examine-queue.ts';
import { addressOf, testUrl } from './testing/test-address.ts';

describe('the examination of a queue', () => {
  it.each([
    ['redis', /^Redis \d+/],
    ['postgres', /^PostgreSQL \d+/],
  ] as const)('names the server and what a request takes: %s', async (kind, server) => {
    const facts = await examineQueue(addressOf(testUrl(kind)));
    expect(facts).toMatchObject({ server: expect.stringMatching(server), worries: [] });
    expect(facts.requestMs).toBeGreaterThan(0);
    expect(facts.shown).toContain('127.0.0.1');
  });

  it('warns of a Redis that drops what it holds when its memory is full', async () => {
    const redis = await startRedis([['maxmemory-policy', 'allkeys-lru']]);
    onTestFinished(() => redis.stop());
    const { worries } = await examineQueue(addressOf(redis.url));
    expect(worries).toEqual([expect.stringContaining('maxmemory-policy allkeys-lru')]);
    const admin = new Redis(redis.url);
    onTestFinished(() => admin.disconnect());
    expect(await admin.dbsize()).toBe(0);
  });

  it('says what is wrong when nobody answers, without the password', async () => {
    const failure: unknown = await examineQueue(addressOf('redis://:hunter2@127.0.0.1:1')).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'QUEUE_UNAVAILABLE', message: expect.stringContaining('ECONNREFUSED') });
    expect(String(failure)).not.toContain('hunter2');
  });
});
