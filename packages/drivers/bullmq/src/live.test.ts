import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LivePart } from '@telos/core';
import { aTextPart, describeLive } from '@telos/testkit';
import { startGate } from '@telos/testkit/servers/gate';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SharedLive } from './live/shared-live.ts';
import { openLive } from './open-live.ts';
import { addressOf, testAddress, testUrl } from './testing/test-address.ts';

const backends = [
  ['Redis', 'redis'],
  ['PostgreSQL', 'postgres'],
] as const;

for (const [name, kind] of backends) describeLive(`through ${name}`, async () => openLive(testAddress(kind)));

function liveAt(url: string): SharedLive {
  const live = openLive(addressOf(url));
  onTestFinished(() => live.close());
  return live;
}

/** What a listener hears, and waits for more. */
function listening(live: SharedLive, run: string) {
  const heard: LivePart[] = [];
  live.subscribe(run, (part) => heard.push(part));
  return {
    heard,
    text: () => heard.map((part) => (part.type === 'text' ? part.text : '')).join(''),
  };
}

/** Publishes again and again until it is heard: who has just begun to listen, or to connect, misses parts. */
async function publishUntilHeard(live: SharedLive, run: string, listener: ReturnType<typeof listening>): Promise<void> {
  while (!listener.text().includes('?')) {
    live.publish(run, aTextPart('?'));
    await sleep(20);
  }
}

describe.each(backends)('live parts through %s', (_, kind) => {
  it('reach listeners in other processes, in order and as they are, and those of the own process once', async () => {
    const run = randomUUID();
    const [speaking, other] = [liveAt(testUrl(kind)), liveAt(testUrl(kind))];
    const [here, there] = [listening(speaking, run), listening(other, run)];
    await publishUntilHeard(speaking, run, there);
    const parts: LivePart[] = [
      aTextPart('so! '),
      aTextPart(`${'äß✓🙂'.repeat(5000)} and \u0000"quoted"`),
      { type: 'progress', path: 'a.b[3]', attempt: 2, message: 'half', data: { done: 0.5 } },
      aTextPart('.'),
    ];
    for (const part of parts) speaking.publish(run, part);
    while (!there.text().endsWith('.')) await sleep(10);
    const expected = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
    expect(there.text().replaceAll('?', '')).toBe(expected);
    expect(there.heard).toContainEqual(parts[2]);
    expect(here.text().replaceAll('?', '')).toBe(expected);
  });

  it('are lost while the server is away, hold nothing up, and flow again when it is back', async () => {
    const gate = await startGate(testUrl(kind));
    onTestFinished(() => gate.close());
    const run = randomUUID();
    const [speaking, other] = [liveAt(gate.url), liveAt(gate.url)];
    await publishUntilHeard(speaking, run, listening(other, run));
    gate.freeze();
    const before = process.memoryUsage().heapUsed;
    const began = performance.now();
    for (let count = 0; count < 20_000; count += 1) speaking.publish(run, aTextPart('x'.repeat(100)));
    expect(performance.now() - began).toBeLessThan(2000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(30 * 1024 * 1024);
    gate.shut();
    gate.open();
    await publishUntilHeard(speaking, run, listening(other, run));
  });
});
