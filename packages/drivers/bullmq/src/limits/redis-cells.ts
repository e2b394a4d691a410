import type { RedisAddress } from '../address.ts';
import { connected, createRedisClient } from '../redis/redis-client.ts';
import type { Cells } from './shared-register.ts';

const reading = `return {redis.call('GET', KEYS[1]), redis.call('TIME')}`;

const replacing = `
if redis.call('GET', KEYS[1]) ~= (ARGV[1] == '1' and ARGV[2] or false) then return 0 end
redis.call('SET', KEYS[1], ARGV[3], 'PX', 120000)
return 1
`;

/** Each text is a key of its own, so that a cluster spreads them. */
export function createRedisCells(address: RedisAddress): Cells {
  const client = createRedisClient(address);
  const keyOf = (key: string): string => `${address.prefix}:limit:${key}`;
  return {
    async read(key) {
      await connected(client);
      const answer: unknown = await client.eval(reading, 1, keyOf(key));
      // Safe: what the script above returns, the time in seconds and microseconds.
      const [text, [seconds, micros]] = answer as [string | null, [string, string]];
      return { text: text ?? undefined, now: Number(seconds) * 1000 + Math.floor(Number(micros) / 1000) };
    },
    async replace(key, expected, text) {
      const known = expected === undefined ? '0' : '1';
      return (await client.eval(replacing, 1, keyOf(key), known, expected ?? '', text)) === 1;
    },
    async probe() {
      await connected(client);
      await client.ping();
    },
    async close() {
      client.disconnect();
    },
  };
}
