/**
 * Limits that several processes share: grants a second of one limit, in all, when nothing has to wait.
 *
 *   node --conditions=source packages/drivers/bullmq/bench/limiter.ts redis://127.0.0.1:6379 [postgres://user@host/db]
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@telos/core';
import { readAddress } from '../src/address.ts';
import { openLimiter } from '../src/open-limiter.ts';

const grants = 2000;

const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
};

for (const url of process.argv.slice(2)) {
  const read = readAddress(url);
  if ('problem' in read) throw new Error(read.problem);
  const { address } = read;
  for (const [places, atOnce] of [
    [1, 1],
    [8, 1],
    [1, 50],
    [8, 50],
  ] as const) {
    const limiters = Array.from({ length: places }, () => openLimiter({ address, clock }));
    const limit = { key: randomUUID(), perMinute: 1e9 };
    await Promise.all(limiters.map((limiter) => limiter.take(limit, 1)));
    const began = performance.now();
    await Promise.all(
      limiters.map(async (limiter) => {
        for (let count = 0; count < grants / places; count += atOnce)
          await Promise.all(Array.from({ length: atOnce }, () => limiter.take(limit, 1)));
      }),
    );
    const grants_per_s = Math.round((grants / (performance.now() - began)) * 1000);
    console.log(JSON.stringify({ server: url.slice(0, url.indexOf(':')), places, at_once: atOnce, grants_per_s }));
    await Promise.all(limiters.map((limiter) => limiter.close()));
  }
}
