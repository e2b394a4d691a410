import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { createFakeClock, describeLimiter } from '@telos/testkit';
import { startGate } from '@telos/testkit/servers/gate';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLimiter } from './open-limiter.ts';
import { addressOf, testAddress, testUrl } from './testing/test-address.ts';

const backends = [
  ['Redis', 'redis'],
  ['PostgreSQL', 'postgres'],
] as const;

for (const [name, kind] of backends) {
  describeLimiter(`on ${name}`, async (clock) => {
    const open = () => openLimiter({ address: testAddress(kind), clock, ownTime: true });
    return [open(), open()];
  });
}

describe.each(backends)('a limiter on %s', (_, kind) => {
  it('goes on with limits of its own while its server is away, and shares them again when it is back', async () => {
    const gate = await startGate(testUrl(kind));
    onTestFinished(() => gate.close());
    const clock = createFakeClock();
    const limiter = openLimiter({ address: addressOf(gate.url), clock });
    const other = openLimiter({ address: addressOf(testUrl(kind)), clock });
    onTestFinished(() => limiter.close());
    onTestFinished(() => other.close());

    /** Whether the limiter has to wait for what the other has taken. */
    async function isShared(): Promise<boolean> {
      const limit = { key: randomUUID(), perMinute: 1 };
      await other.take(limit, 1);
      const abort = new AbortController();
      const granted = limiter.take(limit, 1, { signal: abort.signal }).then(
        () => true,
        () => false,
      );
      const waits = (async () => {
        while (clock.pending() === 0) await turn();
        abort.abort();
      })();
      const isGranted = await granted;
      // Ends the loop when nobody ever slept.
      if (isGranted) void clock.sleep(1);
      await waits;
      await clock.advance(1);
      return !isGranted;
    }

    expect(await isShared()).toBe(true);
    gate.shut();
    expect(await isShared()).toBe(false);
    gate.open();
    while (!(await isShared())) await turn();
  });
});
