import { TelosError } from '@telos/core';
import type { AnyTool } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, openEngine, outputsOf, untilAborted } from './engine.ts';
import { driven } from './stage.ts';
import type { Act, Engine, EngineOptions } from './engine.ts';

const open: Engine[] = [];
/** Appends of dead owners: nothing becomes of them while a test runs. */
let buried = new AbortController();
afterEach(async () => {
  buried.abort(new TelosError('STALE_OWNER', 'It is dead.'));
  buried = new AbortController();
  for (const engine of open.splice(0).toReversed()) await engine.close();
});

async function engineOf(options: EngineOptions): Promise<Engine> {
  const engine = await openEngine(options);
  open.push(engine);
  return engine;
}

const chain = (n: number, more = ''): string =>
  `telos: 1\nid: t\nsteps:\n${Array.from({ length: n }, (_, i) => `  - { id: s${i}, uses: act, with: { i: ${i} }${more} }`).join('\n')}\noutputs: { last: "\${{ steps.s${n - 1}.output }}" }`;

/** An owner that dies: it neither records nor releases anything any more, and its lease lapses. */
async function die(engine: Engine): Promise<void> {
  engine.die();
  engine.store.leases.renew = () => Promise.resolve([]);
  const { journal, leases } = engine.store;
  const { signal } = buried;
  const append = journal.append.bind(journal);
  journal.append = (lease, ...rest) => (lease.owner === 'test-worker' ? untilAborted(signal) : append(lease, ...rest));
  const acquire = leases.acquire.bind(leases);
  leases.acquire = (run, owner, ttlMs) => (owner === 'test-worker' ? untilAborted(signal) : acquire(run, owner, ttlMs));
  leases.release = () => Promise.resolve();
  await engine.clock.advance(16_000);
}

describe('a run whose owner dies', () => {
  it('goes on from its last finished step with the next owner, and repeats no finished step', async () => {
    const ran: string[] = [];
    const stuck = createLatch();
    const act: (who: string) => Act =
      (who) =>
      async ({ i }, { signal }) => {
        ran.push(who + JSON.stringify(i));
        if (who === 'first' && i === 2) {
          stuck.open();
          await untilAborted(signal);
        }
        return i ?? null;
      };
    const first = await engineOf({ tools: { act: act('first') } });
    const run = await first.start(chain(4));
    await stuck.reached;
    await die(first);
    const second = await first.another({ tools: { act: act('second') } });
    open.push(second);
    expect(outputsOf(await second.ended(run))).toEqual({ last: 3 });
    expect(ran).toEqual(['first0', 'first1', 'first2', 'second2', 'second3']);
  });

  it('does not repeat a step whose effect may have happened, and waits for a person to say what became of it', async () => {
    const stuck = createLatch();
    let calls = 0;
    const act: Act = async (_, { signal }) => {
      calls += 1;
      stuck.open();
      return untilAborted(signal);
    };
    const first = await engineOf({
      tools: { act: { effect: 'irreversible', run: async (input, context) => act(input, context) } },
    });
    const run = await first.start(chain(1));
    await stuck.reached;
    await die(first);
    const second = await first.another();
    open.push(second);
    await second.until(run, ({ type }) => type === 'run.waiting');
    expect((await second.store.waits.list({ run }, 10)).items).toMatchObject([{ kind: 'in_doubt', path: 's0' }]);
    await second.store.inbox.post(run, { id: 'm', kind: 'resolve', path: 's0', as: 'fail', by: 'someone' });
    const state = await second.ended(run);
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'IN_DOUBT', path: 's0' } });
    expect(calls).toBe(1);
  });

  it('counts what the calls of the lost attempt had cost', async () => {
    const stuck = createLatch();
    const usage = { input_tokens: 10, output_tokens: 5, usd: 0.5, ms: 1, calls: 1 };
    const act: (answer: boolean) => Act =
      (answer) =>
      async (_, { record, signal }) => {
        record({ kind: 'chat', name: 'some/model', startedAt: 0, ms: 1, input: 'q', output: 'a', usage });
        if (answer) return 'ok';
        stuck.open();
        return untilAborted(signal);
      };
    const first = await engineOf({ tools: { act: act(false) } });
    const run = await first.start(chain(1));
    await stuck.reached;
    await first.until(run, (event) => event.type === 'call.finished');
    await die(first);
    const second = await first.another({ tools: { act: act(true) } });
    open.push(second);
    const state = await second.ended(run);
    expect(state.usage).toMatchObject({ usd: 1, calls: 2 });
    expect(state.steps.get('s0')).toMatchObject({ usage: { usd: 1, calls: 2 } });
    expect((await second.store.runs.get(run))?.usage).toMatchObject({ usd: 1, calls: 2 });
  });

  it('repeats a call of a writing tool that only read, as the tool says of its input', async () => {
    const stuck = createLatch();
    const seen: unknown[] = [];
    const query = (answer: boolean): Partial<AnyTool> => ({
      effect: 'write',
      effectOf: ({ i }) => (i === 0 ? 'read' : 'write'),
      async run(input: { readonly i: number }, { signal }) {
        seen.push(input.i);
        if (answer) return input.i;
        stuck.open();
        return untilAborted(signal);
      },
    });
    const first = await engineOf({ tools: { act: query(false) } });
    const run = await first.start(chain(1));
    await stuck.reached;
    await die(first);
    const second = await first.another({ tools: { act: query(true) } });
    open.push(second);
    expect(outputsOf(await second.ended(run))).toEqual({ last: 0 });
    expect(seen).toEqual([0, 0]);
  });

  it.each([
    ['with a key that the tool honours is repeated', true, 'run.succeeded'],
    ['without a key is not', false, 'run.waiting'],
  ])('a write %s', async (_, keyed, end) => {
    const stuck = createLatch();
    const keys: string[] = [];
    const write = (answer: boolean): Partial<AnyTool> => ({
      effect: 'write',
      idempotent: true,
      async run(_input, { signal, idempotencyKey }) {
        keys.push(idempotencyKey);
        if (answer) return 'done';
        stuck.open();
        return untilAborted(signal);
      },
    });
    const first = await engineOf({ tools: { act: write(false) } });
    const run = await first.start(chain(1, keyed ? ', idempotency_key: "order-${{ run.id }}"' : ''));
    await stuck.reached;
    await die(first);
    const second = await first.another({ tools: { act: write(true) } });
    open.push(second);
    await second.until(run, ({ type }) => type === end);
    if (keyed) expect(keys).toEqual([`order-${run}`, `order-${run}`]);
    else expect(keys).toHaveLength(1);
  });

  it('keeps the wait before another attempt', async () => {
    const at: number[] = [];
    const act: Act = () => {
      at.push(first.clock.now());
      if (at.length === 1) throw new Error('no luck');
      return 'ok';
    };
    const first = await engineOf({ tools: { act } });
    const run = await first.start(chain(1, ', retry: { max: 2, delay: 60s, jitter: false }'));
    await first.until(run, (event) => event.type === 'attempt.failed');
    await die(first);
    const second = await first.another();
    open.push(second);
    await first.clock.advance(20_000);
    expect(at).toHaveLength(1);
    await first.clock.advance(30_000);
    expect(outputsOf(await second.ended(run))).toEqual({ last: 'ok' });
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBe(60_000);
  });

  it('goes on inside a foreach with the items that are left', async () => {
    const ran: string[] = [];
    const stuck = createLatch();
    const act: (who: string) => Act =
      (who) =>
      async ({ n }, { signal }) => {
        ran.push(who + JSON.stringify(n));
        if (who === 'a' && n === 3) {
          stuck.open();
          await untilAborted(signal);
        }
        return n ?? null;
      };
    const first = await engineOf({ tools: { act: act('a') } });
    const run = await first.start(
      'telos: 1\nid: t\nsteps:\n  - { id: each, foreach: "${{ [1, 2, 3, 4] }}", as: n, max_parallel: 1, steps: [{ id: x, uses: act, with: { n: "${{ n }}" } }] }\noutputs: { each: "${{ steps.each.output }}" }',
    );
    await stuck.reached;
    await die(first);
    const second = await first.another({ tools: { act: act('b') } });
    open.push(second);
    expect(outputsOf(await second.ended(run))).toEqual({ each: [1, 2, 3, 4] });
    expect(ran).toEqual(['a1', 'a2', 'a3', 'b3', 'b4']);
  });
});

describe('a worker', () => {
  it('that wakes up after its lease was taken writes nothing more', async () => {
    const stuck = createLatch();
    const go = createLatch();
    const act: (who: string) => Act = (who) => async () => {
      if (who === 'stale') {
        stuck.open();
        await go.reached;
      }
      return who;
    };
    const stale = await engineOf({ tools: { act: act('stale') } });
    const run = await stale.start(chain(2));
    await stuck.reached;
    // Stopped for longer than its lease: it renews nothing, and then it wakes.
    stale.die();
    const renew = stale.store.leases.renew.bind(stale.store.leases);
    stale.store.leases.renew = (leases, ttl) =>
      leases[0]?.owner === 'test-worker' ? Promise.resolve([]) : renew(leases, ttl);
    await stale.clock.advance(16_000);
    const fresh = await stale.another({ tools: { act: act('fresh') } });
    open.push(fresh);
    expect(outputsOf(await fresh.ended(run))).toEqual({ last: 'fresh' });
    const before = await stale.events(run);
    go.open();
    await stale.clock.advance(1);
    expect(await stale.events(run)).toEqual(before);
  });

  it('that wakes up after its lease was taken begins nothing that it had recorded as begun', async () => {
    const calls: string[] = [];
    const send = (who: string): Partial<AnyTool> => ({
      effect: 'irreversible',
      run: () => Promise.resolve(calls.push(who)),
    });
    const stale = await engineOf({ tools: { act: send('stale') } });
    const { journal, leases } = stale.store;
    const append = journal.append.bind(journal);
    const recorded = createLatch();
    const thawed = createLatch();
    journal.append = async (lease, ...rest) => {
      const seq = await append(lease, ...rest);
      if (lease.owner === 'test-worker') {
        recorded.open();
        await thawed.reached;
      }
      return seq;
    };
    const renew = leases.renew.bind(leases);
    const still = new TelosError('STORE_UNAVAILABLE', 'Its process stands still.');
    leases.renew = (held, ttl) => (held[0]?.owner === 'test-worker' ? Promise.reject(still) : renew(held, ttl));
    const run = await stale.start(chain(1));
    await recorded.reached;
    // A process that stands still hears no bell either.
    stale.die();
    await leases.expire('test-worker');
    const fresh = await stale.another({ tools: { act: send('fresh') } });
    open.push(fresh);
    const doubted = fresh.until(run, ({ type }) => type === 'step.in_doubt');
    await stale.clock.advance(16_000);
    await doubted;
    leases.renew = renew;
    thawed.open();
    await stale.clock.advance(16_000);
    expect(calls).toEqual([]);
    await stale.store.inbox.post(run, { id: 'r', kind: 'resolve', path: 's0', as: 'retry' });
    const ended = await driven(fresh, run, () => undefined, 1000);
    expect(outputsOf(ended)).toEqual({ last: 1 });
    // By whichever of them takes it up now.
    expect(calls).toHaveLength(1);
  });

  it('takes the runs of a worker that is known to be gone without waiting for their leases', async () => {
    const stuck = createLatch();
    const engine = await engineOf({
      tools: {
        act: async (_, { signal }) => {
          stuck.open();
          return untilAborted(signal);
        },
      },
    });
    const run = await engine.start(chain(1));
    await stuck.reached;
    engine.die();
    const next = await engine.another({ tools: { act: () => 'ok' }, isGone: (owner) => owner === 'test-worker' });
    open.push(next);
    expect(outputsOf(await next.ended(run))).toEqual({ last: 'ok' });
  });

  it('finds a run whose doorbell was lost', async () => {
    const engine = await engineOf({ tools: { act: () => 'ok' } });
    await engine.worker.stop();
    const run = await engine.start(chain(1));
    const next = await engine.another();
    open.push(next);
    expect(outputsOf(await next.ended(run))).toEqual({ last: 'ok' });
  });

  it('lets go of its runs when it stops, and the next one takes them at once', async () => {
    const stuck = createLatch();
    const engine = await engineOf({
      tools: {
        act: async (_, { signal }) => {
          stuck.open();
          return untilAborted(signal);
        },
      },
    });
    const run = await engine.start(chain(1));
    await stuck.reached;
    await engine.worker.stop();
    const next = await engine.another({ tools: { act: () => 'ok' } });
    open.push(next);
    expect(outputsOf(await next.ended(run))).toEqual({ last: 'ok' });
  });

  it('takes each run once however often the queue rings', async () => {
    let calls = 0;
    const engine = await engineOf({
      tools: {
        act: async () => {
          calls += 1;
          await engine.ring(run);
          return calls;
        },
      },
    });
    const run = await engine.start(chain(3));
    await Promise.all([engine.ring(run), engine.ring(run)]);
    await engine.ended(run);
    await engine.ring(run);
    expect(calls).toBe(3);
  });

  it('holds no slot for a block that waits, so that one slot is enough for any nesting', async () => {
    const engine = await engineOf({ concurrency: 1, tools: { act: () => 1 } });
    const run = await engine.start(
      'telos: 1\nid: t\nsteps:\n  - id: a\n    foreach: "${{ [1, 2] }}"\n    steps:\n      - id: b\n        foreach: "${{ [1, 2] }}"\n        steps: [{ id: c, uses: act }]\noutputs: { a: "${{ steps.a.output }}" }',
    );
    expect(outputsOf(await engine.ended(run))).toEqual({
      a: [
        [1, 1],
        [1, 1],
      ],
    });
  });
});
