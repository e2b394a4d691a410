/** A store that is away, full or slow, and messages that come at the wrong moment: the run goes on, and nothing is done twice. */
import { TelosError } from '@telos/core';
import type { AnyTool, Store } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, openEngine, outputsOf, untilAborted } from './engine.ts';
import type { Act, Engine, EngineOptions } from './engine.ts';

const open: Engine[] = [];
afterEach(async () => {
  for (const engine of open.splice(0).toReversed()) await engine.close();
});

async function engineOf(options: EngineOptions): Promise<Engine> {
  const engine = await openEngine(options);
  open.push(engine);
  return engine;
}

const chain = (n: number): string =>
  `telos: 1\nid: t\nsteps:\n${Array.from({ length: n }, (_, i) => `  - { id: s${i}, uses: act, with: { i: ${i} } }`).join('\n')}\noutputs: { last: "\${{ steps.s${n - 1}.output }}" }`;

const away = (): TelosError => new TelosError('STORE_UNAVAILABLE', 'The store is away.');

/** Lets everything under way settle, then time pass, again and again, until the run has ended. */
async function endedInTime(engine: Engine, run: string): ReturnType<Engine['ended']> {
  for (let turn = 0; turn < 200; turn++) {
    if ((await engine.store.runs.get(run))?.endedAt !== undefined) return engine.ended(run);
    await engine.clock.advance(1000);
  }
  throw new Error(`Run ${run} goes on and on.`);
}

/** Makes the store refuse appends from one number on, counted from 1, as often as said. */
function refuseAppends(journal: Store['journal'], first: number, times = 1): void {
  const append = journal.append.bind(journal);
  let calls = 0;
  journal.append = (...args) => {
    calls += 1;
    return calls >= first && calls < first + times ? Promise.reject(away()) : append(...args);
  };
}

describe('a store that fails and then works', () => {
  it.each([
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 1],
    [2, 7],
  ])('from append %i on, %i times, costs the run nothing but time', async (first, times) => {
    const ran: number[] = [];
    const engine = await engineOf({ tools: { act: ({ i }) => (ran.push(Number(i)), i ?? null) } });
    refuseAppends(engine.store.journal, first, times);
    const run = await engine.start(chain(3));
    expect(outputsOf(await endedInTime(engine, run))).toEqual({ last: 2 });
    expect(ran).toEqual([0, 1, 2]);
    expect(engine.problems.map(({ message }) => message)).toEqual([expect.stringContaining('waits for the store')]);
  });

  it('leaves no irreversible step in doubt whose result it did not take at first', async () => {
    const act: Partial<AnyTool> = { effect: 'irreversible', run: () => Promise.resolve('sent') };
    const engine = await engineOf({ tools: { act } });
    refuseAppends(engine.store.journal, 2, 3);
    const run = await engine.start(chain(1));
    expect(outputsOf(await endedInTime(engine, run))).toEqual({ last: 'sent' });
  });

  it('takes what runs side by side have to write in the order in which it happened', async () => {
    const act: Act = async ({ i }) => {
      for (let turn = 0; turn < Number(i); turn++) await new Promise(setImmediate);
      return i ?? null;
    };
    const engine = await engineOf({ tools: { act } });
    const { journal } = engine.store;
    const append = journal.append.bind(journal);
    let calls = 0;
    // Of appends that are under way together, the earlier fails.
    journal.append = (...args) => (++calls % 3 === 2 ? Promise.reject(away()) : append(...args));
    const run = await engine.start(
      `telos: 1\nid: t\nsteps:\n  - { id: each, foreach: "\${{ [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }}", as: i, max_parallel: 5, steps: [{ id: x, uses: act, with: { i: "\${{ i }}" } }] }\noutputs: { each: "\${{ steps.each.output }}" }`,
    );
    expect(outputsOf(await endedInTime(engine, run))).toEqual({ each: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
  });

  it.each(['put', 'get'] as const)('does not make a run lose a large value (%s)', async (name) => {
    const ran: string[] = [];
    const text = 'x'.repeat(10_000);
    const tools: EngineOptions['tools'] = {
      make: () => (ran.push('make'), text),
      act: ({ text: given }) => (ran.push('act'), String(given).length),
    };
    const engine = await engineOf({ tools });
    const { blobs } = engine.store;
    const put = blobs.put.bind(blobs);
    let calls = 0;
    if (name === 'put') blobs.put = (...args) => (++calls <= 3 ? Promise.reject(away()) : put(...args));
    const run = await engine.start(
      'telos: 1\nid: t\nsteps:\n  - { id: m, uses: make }\n  - { id: a, uses: act, with: { text: "${{ steps.m.output }}" } }\noutputs: { n: "${{ steps.a.output }}" }',
    );
    if (name === 'get') {
      await engine.until(run, (event) => event.type === 'step.succeeded');
      await engine.worker.stop();
      const get = blobs.get.bind(blobs);
      blobs.get = (...args) => (++calls <= 3 ? Promise.reject(away()) : get(...args));
      open.push(await engine.another());
    }
    expect(outputsOf(await endedInTime(engine, run))).toEqual({ n: 10_000 });
    expect(ran.filter((what) => what === 'make')).toHaveLength(1);
  });

  it('is not waited for by a worker that stops, nor by one whose run another has taken', async () => {
    for (const how of ['stops', 'loses'] as const) {
      const engine = await engineOf({ tools: { act: () => 'first' } });
      const { journal, leases } = engine.store;
      const append = journal.append.bind(journal);
      const renew = leases.renew.bind(leases);
      const refused = createLatch();
      journal.append = (lease, ...rest) => {
        if (lease.owner !== 'test-worker') return append(lease, ...rest);
        refused.open();
        return Promise.reject(away());
      };
      leases.renew = (held, ttl) => (held[0]?.owner === 'test-worker' ? Promise.reject(away()) : renew(held, ttl));
      const run = await engine.start(chain(1));
      await refused.reached;
      if (how === 'stops') await engine.worker.stop();
      const next = await engine.another({ tools: { act: () => 'next' } });
      open.push(next);
      expect(outputsOf(await endedInTime(engine, run))).toEqual({ last: 'next' });
      journal.append = append;
      leases.renew = renew;
      const before = await engine.events(run);
      await engine.clock.advance(60_000);
      expect(await engine.events(run)).toEqual(before);
      expect(engine.worker.owned).toBe(0);
    }
  });

  it('does not keep a worker that came for one run alone from finishing it', async () => {
    const engine = await engineOf({ tools: { act: ({ i }) => i ?? null }, recover: false });
    refuseAppends(engine.store.journal, 2);
    const run = await engine.start(chain(2));
    expect(outputsOf(await endedInTime(engine, run))).toEqual({ last: 1 });
  });

  it('does not keep such a worker from taking its run up', async () => {
    const engine = await engineOf({ tools: { act: ({ i }) => i ?? null }, recover: false });
    const { leases } = engine.store;
    const acquire = leases.acquire.bind(leases);
    let calls = 0;
    leases.acquire = (...args) => (++calls === 1 ? Promise.reject(away()) : acquire(...args));
    const run = await engine.start(chain(2));
    expect(outputsOf(await endedInTime(engine, run))).toEqual({ last: 1 });
  });
});

describe('a value that cannot be written down', () => {
  it('fails the run with a bug instead of being met again and again', async () => {
    let calls = 0;
    const engine = await engineOf({
      tools: {
        act: (_, { record, signal }) => {
          calls += 1;
          // JSON has no such number, and the types say so; this tool lies.
          record({ kind: 'tool', name: 't', startedAt: 0, ms: 0, input: null, attributes: { n: 10n as never } });
          return untilAborted(signal);
        },
      },
    });
    const run = await engine.start(chain(1));
    const state = await endedInTime(engine, run);
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'BUG' } });
    expect(calls).toBe(1);
  });
});

describe('a run that takes longer to load than its lease lasts', () => {
  it('stays with the worker that loads it', async () => {
    const first = await engineOf({ tools: { act: () => 'first' } });
    const { journal } = first.store;
    const read = journal.read.bind(journal);
    const loading = createLatch();
    const go = createLatch();
    let reads = 0;
    journal.read = async function* (run, after) {
      if (++reads === 1) {
        loading.open();
        await go.reached;
      }
      yield* read(run, after);
    };
    const run = await first.start(chain(1));
    await loading.reached;
    const second = await first.another({ tools: { act: () => 'second' } });
    open.push(second);
    await first.clock.advance(40_000);
    go.open();
    expect(outputsOf(await endedInTime(first, run))).toEqual({ last: 'first' });
  });
});

describe('a worker that stops while it loads a run', () => {
  it('begins nothing of it, and lets it go', async () => {
    const first = await engineOf({ tools: { act: () => 'first' } });
    const { journal } = first.store;
    const read = journal.read.bind(journal);
    const loading = createLatch();
    const go = createLatch();
    journal.read = async function* (run, after) {
      loading.open();
      await go.reached;
      yield* read(run, after);
    };
    const run = await first.start(chain(1));
    await loading.reached;
    const stopped = first.worker.stop();
    journal.read = read;
    go.open();
    await stopped;
    const next = await first.another({ tools: { act: () => 'next' } });
    open.push(next);
    expect(outputsOf(await next.ended(run))).toEqual({ last: 'next' });
  });
});

describe('a worker that learns that its lease was lost', () => {
  it('aborts what it has under way at once, and says nothing against the run', async () => {
    const begun = createLatch();
    const aborted = createLatch();
    let lost = false;
    const act: Act = async (_, { signal }) => {
      begun.open();
      return lost ? 'again' : untilAborted(signal).finally(() => aborted.open());
    };
    const engine = await engineOf({ tools: { act } });
    const run = await engine.start(chain(1));
    await begun.reached;
    const { leases } = engine.store;
    const renew = leases.renew.bind(leases);
    leases.renew = async (held, ttl) => {
      if (lost || held.length === 0) return renew(held, ttl);
      lost = true;
      return held;
    };
    await engine.clock.advance(6000);
    await aborted.reached;
    expect(engine.worker.owned).toBe(0);
    expect(engine.problems.map(({ message }) => message)).toEqual([expect.stringContaining('its new owner goes on')]);
    // Nobody took it: its lease lapses, and the same worker takes it up again.
    expect(outputsOf(await endedInTime(engine, run))).toEqual({ last: 'again' });
  });

  it('from the store when it writes, puts the run down without failing it', async () => {
    const begun = createLatch();
    const go = createLatch();
    const act: Act = async () => {
      begun.open();
      await go.reached;
      return 'first';
    };
    const first = await engineOf({ tools: { act } });
    const run = await first.start(chain(1));
    await begun.reached;
    const { leases } = first.store;
    await leases.expire('test-worker');
    const taken = await leases.acquire(run, 'somebody', 1000);
    expect(taken).toMatchObject({ epoch: 2 });
    go.open();
    while (first.worker.owned > 0) await first.clock.advance(1);
    expect(first.problems).toEqual([]);
    expect((await first.events(run)).map(({ type }) => type)).not.toContain('run.failed');
  });
});

describe('a cancellation', () => {
  it('that comes while the start of a step is being recorded keeps it from being called', async () => {
    let calls = 0;
    const engine = await engineOf({ tools: { act: () => ++calls } });
    const { journal, inbox } = engine.store;
    const append = journal.append.bind(journal);
    const pending = inbox.pending.bind(inbox);
    const recording = createLatch();
    const heard = createLatch();
    journal.append = async (lease, after, events, settles) => {
      if (events.some(({ type }) => type === 'step.started') && !events.some(({ type }) => type === 'step.cancelled')) {
        recording.open();
        await heard.reached;
      }
      return append(lease, after, events, settles);
    };
    inbox.pending = async (of) => {
      const messages = await pending(of);
      // Not before the owner has acted on them.
      if (messages.length > 0) setImmediate(() => heard.open());
      return messages;
    };
    const run = await engine.start(chain(2));
    await recording.reached;
    await engine.store.inbox.post(run, { id: 'm', kind: 'cancel', reason: 'asked to' });
    expect((await endedInTime(engine, run)).phase.status).toBe('cancelled');
    expect(calls).toBe(0);
  });

  it('that is waiting when a run is taken up comes before the first step, however slow the store is', async () => {
    let calls = 0;
    const first = await engineOf({ tools: { act: () => ++calls } });
    await first.worker.stop();
    const run = await first.start(chain(2));
    await first.store.inbox.post(run, { id: 'm', kind: 'cancel', reason: 'asked to' });
    const { inbox } = first.store;
    const pending = inbox.pending.bind(inbox);
    inbox.pending = async (of) => {
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      return pending(of);
    };
    const second = await first.another({ tools: { act: () => ++calls } });
    open.push(second);
    expect((await second.ended(run)).phase).toMatchObject({ status: 'cancelled', reason: 'asked to' });
    expect(calls).toBe(0);
  });

  it('that comes while the last append is under way changes nothing that is recorded', async () => {
    const engine = await engineOf({ tools: { act: ({ i }) => i ?? null } });
    const { journal } = engine.store;
    const append = journal.append.bind(journal);
    journal.append = async (lease, after, events, settles) => {
      if (events.some(({ type }) => type === 'run.succeeded')) {
        await engine.store.inbox.post(run, { id: 'm', kind: 'cancel', reason: 'too late' });
        await new Promise(setImmediate);
      }
      return append(lease, after, events, settles);
    };
    const run = await engine.start(chain(1));
    expect((await endedInTime(engine, run)).phase.status).toBe('succeeded');
    expect((await engine.events(run)).filter(({ type }) => type.startsWith('run.')).map(({ type }) => type)).toEqual([
      'run.created',
      'run.started',
      'run.succeeded',
    ]);
  });

  it('that comes while a step’s large output is being stored ends the run once, and gives its slot back', async () => {
    const engine = await engineOf({ concurrency: 1, tools: { act: ({ i }) => (i === 0 ? 'x'.repeat(50_000) : 1) } });
    const { blobs } = engine.store;
    const put = blobs.put.bind(blobs);
    const storing = createLatch();
    const go = createLatch();
    blobs.put = async (...args) => {
      storing.open();
      await go.reached;
      return put(...args);
    };
    const run = await engine.start(chain(2));
    await storing.reached;
    await engine.store.inbox.post(run, { id: 'm', kind: 'cancel', reason: 'asked to' });
    expect((await engine.ended(run)).phase.status).toBe('cancelled');
    go.open();
    const events = await engine.events(run);
    blobs.put = put;
    await engine.run(chain(1));
    expect(await engine.events(run)).toEqual(events);
  });
});

describe('a run that has ended', () => {
  it.each(['succeeds', 'fails', 'is cancelled'])('leaves no timer behind when it %s', async (how) => {
    const engine = await engineOf({
      tools: {
        act: async (_, { signal }) => {
          if (how === 'succeeds') return 1;
          if (how === 'fails') throw new Error('no luck');
          return untilAborted(signal);
        },
        fail: () => Promise.reject(away()),
      },
    });
    // The worker's own loops have gone to sleep.
    await engine.clock.advance(1);
    const before = engine.clock.pending();
    const run = await engine.start(
      `telos: 1\nid: t\nlimits: { budget: { wall: 1h, on_exceeded: fail } }\nsteps:\n  - { id: r, uses: fail, needs: [], retry: { max: 2, delay: 1h }, on_error: continue }\n  - { id: a, uses: act, needs: [], timeout: 1h }`,
    );
    await engine.until(run, ({ type }) => type === 'attempt.failed');
    if (how === 'is cancelled') await engine.store.inbox.post(run, { id: 'm', kind: 'cancel', reason: 'asked to' });
    if (how === 'succeeds') await engine.clock.advance(3_600_000);
    await engine.ended(run);
    await new Promise(setImmediate);
    expect(engine.clock.pending()).toBeLessThanOrEqual(before);
  });
});
