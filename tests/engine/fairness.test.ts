/** Namespaces that share workers take turns, however much one of them has to do: for runs, for steps, for slots. */
import { randomUUID } from 'node:crypto';
import type { Job, Queue } from '@telos/core';
import { openQueue } from '@telos/driver-bullmq';
import { readAddress } from '@telos/driver-bullmq/address';
import { createLocalQueue } from '@telos/driver-local';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, openEngine } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function engineOf(opening: Promise<Engine>): Promise<Engine> {
  const engine = await opening;
  closing.push(() => engine.close());
  return engine;
}

function queueOf(queue: Queue): Queue {
  closing.push(() => queue.close());
  return queue;
}

function sharedQueue(url: string | undefined): Queue {
  const read = readAddress(`${url}`);
  if ('problem' in read) throw new Error(read.problem);
  return queueOf(openQueue({ address: read.address, report: () => undefined }));
}

/** A tool that notes whose it is; the first call stands still until it is let go. */
function noting(): {
  readonly order: string[];
  readonly held: Promise<void>;
  go(): void;
  tools: EngineOptions['tools'];
} {
  const order: string[] = [];
  const held = createLatch();
  const gone = createLatch();
  return {
    order,
    held: held.reached,
    go: gone.open,
    tools: {
      act: async ({ of }) => {
        if (of === 'first') {
          held.open();
          await gone.reached;
        } else order.push(String(of));
        return null;
      },
    },
  };
}

const one = (of: string): string => `telos: 1\nid: one\nsteps: [{ id: a, uses: act, with: { of: ${of} } }]`;
const fan = (of: string, n: number): string =>
  `telos: 1\nid: fan\nsteps:\n  - id: each\n    foreach: "\${{ [${Array.from({ length: n }, (_, i) => i).join(', ')}] }}"\n    max_parallel: ${n}\n    steps: [{ id: a, uses: act, with: { of: ${of} } }]`;

/** A queue that tells when it has taken so many steps. */
function counted(queue: Queue): Queue & { untilTaken(steps: number): Promise<void> } {
  const counts = { taken: 0 };
  return {
    ...queue,
    async offer(jobs) {
      await queue.offer(jobs);
      counts.taken += jobs.filter(({ kind }) => kind === 'step').length;
    },
    async untilTaken(steps) {
      while (counts.taken < steps) await new Promise(setImmediate);
    },
  };
}

const inCrowd = { created: { namespace: 'crowd' } } as const;
const inOwn = { created: { namespace: 'alone' } } as const;

describe('namespaces that share the slots of a worker', () => {
  it('take turns, however many runs one of them has', async () => {
    const { order, held, go, tools } = noting();
    const engine = await engineOf(openEngine({ tools: tools ?? {}, concurrency: 1 }));
    await engine.start(one('first'), {}, inCrowd);
    await held;
    const runs: string[] = [];
    for (let n = 0; n < 6; n += 1) runs.push(await engine.start(fan('crowd', 20), {}, inCrowd));
    runs.push(await engine.start(fan('alone', 10), {}, inOwn));
    for (const run of runs) await engine.until(run, ({ type }) => type === 'block.opened');
    go();
    for (const run of runs) await engine.ended(run);
    expect(order).toHaveLength(130);
    expect(order.lastIndexOf('alone')).toBeLessThan(25);
  });
});

describe.each([
  ['in the process', () => queueOf(createLocalQueue())],
  ['on Redis', () => sharedQueue(`${process.env['TELOS_TEST_REDIS_URL']}?prefix=fair-${randomUUID().slice(0, 8)}`)],
  [
    'on PostgreSQL',
    () => sharedQueue(`${process.env['TELOS_TEST_DATABASE_URL']}?schema=fair_${randomUUID().slice(0, 8)}`),
  ],
])('namespaces that share a queue %s', (_, open) => {
  it('take turns with their runs', async () => {
    const { order, held, go, tools } = noting();
    const engine = await engineOf(openEngine({ tools: tools ?? {}, queue: open(), runs: 1 }));
    await engine.start(one('first'), {}, inCrowd);
    await held;
    const runs: string[] = [];
    for (let n = 0; n < 40; n += 1) runs.push(await engine.start(one('crowd'), {}, inCrowd));
    for (let n = 0; n < 3; n += 1) runs.push(await engine.start(one('alone'), {}, inOwn));
    go();
    for (const run of runs) await engine.ended(run);
    expect(order).toHaveLength(43);
    expect(order.lastIndexOf('alone')).toBeLessThan(20);
  });

  it('take turns with the steps that other workers run', async () => {
    const { order, held, go, tools } = noting();
    const queue = counted(open());
    const owner = await engineOf(openEngine({ tools: tools ?? {}, queue, queues: ['default'], concurrency: 1 }));
    await owner.start(one('first'), {}, inCrowd);
    await held;
    const crowd = await owner.start(fan('crowd', 100), {}, inCrowd);
    await queue.untilTaken(100);
    const alone = await owner.start(fan('alone', 5), {}, inOwn);
    await queue.untilTaken(105);
    await engineOf(owner.another({ tools: tools ?? {}, queue, owner: 'helper', concurrency: 1, recover: false }));
    // One of the crowd's is with the owner, and waits for its slot.
    await owner.ended(alone);
    go();
    await owner.ended(crowd);
    expect(order).toHaveLength(105);
    expect(order.lastIndexOf('alone')).toBeLessThan(40);
  });
});

describe('a run that nobody owns', () => {
  it('is offered as what its namespace and its priority make of it, whoever finds it', async () => {
    const local = queueOf(createLocalQueue());
    const offered: Job[] = [];
    const queue: Queue = { ...local, offer: (jobs) => (offered.push(...jobs), local.offer(jobs)) };
    const engine = await engineOf(openEngine({ queue }));
    const created = { namespace: 'team', priority: 'low' } as const;
    const wait = 'telos: 1\nid: t\nsteps: [{ id: a, wait: { signal: go } }]';
    const found = await engine.start(wait, {}, { created, rung: false });
    await engine.clock.advance(10_000);
    await engine.until(found, ({ type }) => type === 'run.waiting');
    await engine.clock.advance(0);
    await engine.store.inbox.post(found, { id: 's', kind: 'signal', name: 'go', payload: { value: null } });
    await engine.ended(found);
    expect(offered.length).toBeGreaterThanOrEqual(2);
    for (const job of offered) expect(job).toMatchObject({ run: found, share: 'team', priority: 'low' });
  });
});
