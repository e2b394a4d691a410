import type { Arrival, BullQueue } from '../backend.ts';
import { quantum } from '../places.ts';
import type { RedisClient } from './redis-client.ts';

/**
 * The ends of the flows of one queue are a hash beside the keys of BullMQ. The place that
 * is served now is that of the job at the head: BullMQ keeps jobs without a priority in the
 * list `wait`, and the others in the sorted set `prioritized` under priority x 2^32 + counter.
 */
const script = `
local ends, wait, prioritized = KEYS[1], KEYS[2], KEYS[3]
local quantum = tonumber(ARGV[1])
local now = 0
if redis.call('LLEN', wait) == 0 then
  local head = redis.call('ZRANGE', prioritized, 0, 0, 'WITHSCORES')
  if #head == 0 then redis.call('DEL', ends)
  else now = math.floor(tonumber(head[2]) / 4294967296) * quantum end
end
local starts = {}
for at = 3, #ARGV, 2 do
  local start = math.max(now, tonumber(redis.call('HGET', ends, ARGV[at]) or '0'))
  redis.call('HSET', ends, ARGV[at], start + tonumber(ARGV[at + 1]))
  starts[#starts + 1] = start
end
if ARGV[2] == '1' then
  local all = redis.call('HGETALL', ends)
  for at = 1, #all, 2 do
    if tonumber(all[at + 1]) <= now then redis.call('HDEL', ends, all[at]) end
  end
end
redis.call('EXPIRE', ends, 86400)
return starts
`;

export async function placeInRedis(
  client: RedisClient,
  queue: BullQueue,
  arrivals: readonly Arrival[],
): Promise<readonly number[]> {
  const keys = [queue.toKey('telos:ends'), queue.toKey('wait'), queue.toKey('prioritized')];
  const starts = await client.eval(
    script,
    keys.length,
    ...keys,
    quantum,
    // Now and then, flows that have fallen behind are forgotten.
    Math.random() < 0.01 ? '1' : '0',
    ...arrivals.flatMap(({ flow, size }) => [flow, size]),
  );
  return Array.isArray(starts) ? starts.map(Number) : [];
}
