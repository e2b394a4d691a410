import type { Arrival, BullQueue, Places } from '../backend.ts';
import { takenMs, workerTimes } from '../bull-options.ts';
import { quantum } from '../places.ts';
import type { RedisClient } from './redis-client.ts';

/**
 * The ends of the flows of one queue are a hash beside the keys of BullMQ. The place that
 * is served now is that of the job at the head: BullMQ keeps jobs without a priority in the
 * list `wait`, and the others in the sorted set `prioritized` under priority x 2^32 + counter.
 * Each job is a key of its own, which is how those that wait already are known; one that a
 * worker has taken is in the list `active` and has a lock, which tells how long ago that was.
 */
const script = `
local ends, wait, prioritized, active, stalled = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local quantum, lockedMs = tonumber(ARGV[1]), tonumber(ARGV[4])
local taken
local function stands(id)
  local job = ARGV[3] .. id
  if redis.call('EXISTS', job) == 0 then return false end
  if not taken then
    taken = {}
    for _, one in ipairs(redis.call('LRANGE', active, 0, -1)) do taken[one] = true end
  end
  if not taken[id] or redis.call('PTTL', job .. ':lock') > lockedMs then return true end
  redis.call('LREM', active, 0, id)
  redis.call('SREM', stalled, id)
  redis.call('DEL', job, job .. ':lock')
  return false
end
local now = 0
if redis.call('LLEN', wait) == 0 then
  local head = redis.call('ZRANGE', prioritized, 0, 0, 'WITHSCORES')
  if #head == 0 then redis.call('DEL', ends)
  else now = math.floor(tonumber(head[2]) / 4294967296) * quantum end
end
local answer = {now}
local given, known = {}, {}
for at = 5, #ARGV, 3 do
  local id, flow, size = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  if known[id] or stands(id) then
    answer[#answer + 1] = -1
  else
    known[id] = true
    local start = given[flow] or math.max(now, tonumber(redis.call('HGET', ends, flow) or '0'))
    given[flow] = start + size
    answer[#answer + 1] = start
  end
end
for flow, finish in pairs(given) do redis.call('HSET', ends, flow, finish) end
if ARGV[2] == '1' then
  local all = redis.call('HGETALL', ends)
  for at = 1, #all, 2 do
    if tonumber(all[at + 1]) <= now then redis.call('HDEL', ends, all[at]) end
  end
end
redis.call('EXPIRE', ends, 86400)
return answer
`;

export async function placeInRedis(
  client: RedisClient,
  queue: BullQueue,
  arrivals: readonly Arrival[],
): Promise<Places> {
  const keys = ['telos:ends', 'wait', 'prioritized', 'active', 'stalled'].map((name) => queue.toKey(name));
  const answer = await client.eval(
    script,
    keys.length,
    ...keys,
    quantum,
    // Now and then, flows that have fallen behind are forgotten.
    Math.random() < 0.01 ? '1' : '0',
    queue.toKey(''),
    workerTimes.lockDuration - takenMs,
    ...arrivals.flatMap(({ id, flow, size }) => [id, flow, size]),
  );
  const [now = 0, ...starts] = Array.isArray(answer) ? answer.map(Number) : [];
  return { now, starts: starts.map((start) => (start < 0 ? undefined : start)) };
}
