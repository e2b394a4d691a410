/** Steps that run on other workers than their run's owner. */
import { isJsonObject, TelosError, traceparentOfAttempt } from '@telos/core';
import { prune } from '@telos/executor';
import { createSeals } from '@telos/executor/seals';
import type { Seals } from '@telos/executor/seals';
import { currentTraceContext } from '@telos/executor/trace-context';
import type { AnyCheck, AnyTool, Job, JsonObject } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Bells } from './bells.ts';
import { createLatch, outputsOf, untilAborted } from './engine.ts';
import type { Act, Engine, EngineOptions } from './engine.ts';
import { createFleet } from './fleet.ts';
import { driven } from './stage.ts';

const fleet = createFleet();
const { engineOf, helperOf } = fleet;

/** Notes the steps that are offered, and hands on what passes. */
function noting(steps: Job[], passes: (job: Job) => boolean): Bells {
  return {
    ...fleet.bells(),
    open() {
      const bell = fleet.bells().open();
      const offer = (jobs: readonly Job[]): Promise<void> => {
        steps.push(...jobs.filter(({ kind }) => kind === 'step'));
        return bell.offer(jobs.filter(passes));
      };
      return { ...bell, offer };
    },
  };
}

/** Rings for jobs that were offered long ago. */
async function ringLate(jobs: readonly Job[]): Promise<void> {
  const bell = fleet.bells().open();
  await bell.offer(jobs);
  await bell.close();
}

const fan = (n: number, more = ''): string => `
telos: 1
id: fan
steps:
  - id: each
    foreach: "\${{ [${Array.from({ length: n }, (_, index) => index).join(', ')}] }}"
    as: i
    max_parallel: ${n}
    steps: [{ id: x, uses: act, with: { i: "\${{ i }}" }${more} }]
outputs: { each: "\${{ steps.each.output }}" }
`;

const single = (more = ''): string =>
  `telos: 1\nid: t\nsteps: [{ id: a, uses: act${more} }]\noutputs: { a: "\${{ steps.a.output }}" }`;

describe('a step that waits for hours until a worker serves its queue', () => {
  it('is given all that it can see, although what is old and named by no event is removed meanwhile', async () => {
    const hour = 3_600_000;
    const tools = { act: (({ size }) => size ?? null) satisfies Act };
    const owner = await engineOf({ tools, runs: 8 });
    const run = await owner.start(
      `telos: 1
id: t
inputs: { text: string }
vars: { list: [${Array.from({ length: 3000 }, (_, index) => index).join(', ')}] }
steps: [{ id: a, uses: act, queue: gpu, with: { size: "\${{ size(vars.list) + size(inputs.text) }}" } }]
outputs: { a: "\${{ steps.a.output }}" }
`,
      { text: 'z'.repeat(9000) },
    );
    await owner.until(run, ({ type }) => type === 'step.started');
    const pruneAfter = (ms: number) =>
      prune({ store: owner.store, clock: { ...owner.clock, now: () => owner.clock.now() + ms } }, []);
    await owner.clock.advance(hour / 3);
    await pruneAfter(hour * 0.8);
    await helperOf(owner, { tools, queues: ['gpu'] });
    await owner.clock.advance(16_000);
    expect(await owner.store.runs.get(run)).toMatchObject({ status: 'succeeded' });
    expect(outputsOf(await owner.ended(run))).toEqual({ a: 12_000 });
    expect(owner.problems).toEqual([]);
    // It is of no use any more, and removed in its turn.
    expect((await pruneAfter(2 * hour)).blobs).toBeGreaterThan(0);
  });
});

describe('a fan-out that is wider than its owner has slots', () => {
  it('runs what does not fit on other workers, and gives the same as on one', async () => {
    const where: string[] = [];
    const act =
      (who: string): Act =>
      async ({ i }) => {
        where.push(who);
        await Promise.resolve();
        return Number(i) * 10;
      };
    const owner = await engineOf({ tools: { act: act('owner') }, concurrency: 2 });
    await helperOf(owner, { tools: { act: act('helper') }, concurrency: 8 });
    const state = await owner.run(fan(40));
    expect(outputsOf(state)).toEqual({ each: Array.from({ length: 40 }, (_, i) => i * 10) });
    expect(where).toHaveLength(40);
    expect(new Set(where)).toEqual(new Set(['owner', 'helper']));
    expect(await owner.store.claims.of(state.id)).toEqual([]);
  });

  it('leaves to workers with free slots what it would have to keep waiting itself, but for one', async () => {
    const latch = createLatch();
    const done: Act = async ({ i }) => {
      helped.push(i);
      return i ?? null;
    };
    const helped: unknown[] = [];
    const held: Act = async ({ i }) => {
      await latch.reached;
      return i ?? null;
    };
    const owner = await engineOf({ tools: { act: held }, concurrency: 4 });
    await helperOf(owner, { tools: { act: done }, concurrency: 2 });
    const run = await owner.start(fan(20));
    await expect.poll(() => helped.length, { timeout: 50_000 }).toBeGreaterThanOrEqual(15);
    latch.open();
    expect(outputsOf(await owner.ended(run))).toEqual({ each: Array.from({ length: 20 }, (_, i) => i) });
  }, 60_000);

  it('stores what all its tasks can see once, and gives each all of it', async () => {
    const list = Array.from({ length: 3000 }, (_, index) => index);
    const act: Act = ({ i, size, first }) => [i ?? null, size ?? null, first ?? null];
    const owner = await engineOf({ tools: { act, big: () => list }, concurrency: 1 });
    await helperOf(owner, { tools: { act, big: () => list }, concurrency: 8 });
    const { blobs } = owner.store;
    const put = blobs.put.bind(blobs);
    let stored = 0;
    blobs.put = (...args) => ((stored += 1), put(...args));
    const run = await owner.start(
      `telos: 1
id: fan
inputs: { text: string }
vars: { list: [${list.join(', ')}] }
steps:
  - { id: big, uses: big }
  - id: each
    foreach: "\${{ [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] }}"
    as: i
    max_parallel: 12
    steps:
      - id: x
        uses: act
        with: { i: "\${{ i }}", size: "\${{ size(vars.list) + size(steps.big.output) }}", first: "\${{ inputs.text.startsWith('z') }}" }
outputs: { each: "\${{ steps.each.output }}" }
`,
      { text: 'z'.repeat(9000) },
    );
    expect(outputsOf(await owner.ended(run))).toEqual({
      each: Array.from({ length: 12 }, (_, i) => [i, 6000, true]),
    });
    // The output of `big`, and then what the tasks see: that, the variable and the text.
    expect(stored).toBe(4);
  });

  it('finishes although the queue is emptied in the middle', async () => {
    const begun = createLatch();
    const goOn = createLatch();
    const act: Act = async ({ i }) => {
      begun.open();
      await goOn.reached;
      return i ?? null;
    };
    let isLossy = true;
    const lossy: Bells = {
      ...fleet.bells(),
      open() {
        const bell = fleet.bells().open();
        return { ...bell, offer: (jobs) => bell.offer(jobs.filter(({ kind }) => kind === 'run' || !isLossy)) };
      },
    };
    const owner = await engineOf({ tools: { act }, concurrency: 1, bells: lossy });
    const run = await owner.start(fan(5));
    await begun.reached;
    await helperOf(owner, { tools: { act } });
    isLossy = false;
    goOn.open();
    await owner.clock.advance(30_000);
    expect(outputsOf(await owner.ended(run))).toEqual({ each: [0, 1, 2, 3, 4] });
  });
});

/** Offers steps with their tasks as another release of the owner writes them, for as long as it is said to be one. */
function writing(
  anew: (task: JsonObject) => JsonObject,
  isAnother: () => boolean,
  offered: Job[],
  seals: () => Seals,
): Bells {
  return {
    ...fleet.bells(),
    open() {
      const bell = fleet.bells().open();
      const rewritten = async (job: Job): Promise<Job> => {
        if (job.kind !== 'step') return job;
        offered.push(job);
        if (!isAnother()) return job;
        const task = await seals().open(job);
        if (task === undefined || !('value' in task) || !isJsonObject(task.value)) return job;
        return { ...job, task: await seals().seal(job, { value: anew(task.value) }) };
      };
      const offer = async (jobs: readonly Job[]): Promise<void> => bell.offer(await Promise.all(jobs.map(rewritten)));
      return { ...bell, offer };
    },
  };
}

describe('a step whose worker is of another release than its owner', () => {
  it.each<[string, (task: JsonObject) => JsonObject]>([
    ['brings a field that an older worker does not know', (task) => ({ ...task, guard: { must: 'hold' } })],
    ['is of a version that an older worker does not know', (task) => ({ ...task, version: 999 })],
    ['is of an older owner, which knew no versions', ({ version: _, ...task }) => task],
  ])('is left for one that knows its task, when that %s', async (_, anew) => {
    let calls = 0;
    let isAnother = true;
    const offered: Job[] = [];
    const tools = { act: { effect: 'irreversible', run: () => Promise.resolve(++calls) } } as const;
    const owner: Engine = await engineOf({
      tools,
      bells: writing(
        anew,
        () => isAnother,
        offered,
        () => createSeals(owner.store.sealing),
      ),
    });
    const helper = await helperOf(owner, { queues: ['gpu'], tools });
    const run = await owner.start(single(', queue: gpu'));
    await owner.until(run, ({ type }) => type === 'step.started');
    for (let turn = 0; turn < 10; turn++) await owner.clock.advance(6000);
    expect(calls).toBe(0);
    expect(await owner.store.runs.get(run)).toMatchObject({ status: 'running' });
    expect(await owner.store.claims.of(run)).toEqual([]);
    // It is offered now and then, and said once.
    expect(offered.length).toBeGreaterThan(1);
    expect(offered.length).toBeLessThan(30);
    expect(helper.problems).toMatchObject([{ run, message: expect.stringContaining('another release') }]);
    isAnother = false;
    for (let turn = 0; turn < 3; turn++) await owner.clock.advance(6000);
    expect(outputsOf(await owner.ended(run))).toEqual({ a: 1 });
    expect(calls).toBe(1);
  });
});

describe('a step that names a queue', () => {
  it('runs on a worker that serves it, with all that it was given', async () => {
    const seen: unknown[] = [];
    const owner = await engineOf({
      tools: { act: () => 'not here', next: ({ value }) => ({ value: value ?? null }) },
      checks: { big: () => Promise.resolve({ score: 1, verdict: 'pass', reason: 'fine' }) },
    });
    await helperOf(owner, {
      queues: ['gpu'],
      tools: {
        act: (input, { sources, idempotencyKey, record }) => {
          seen.push(input, sources, idempotencyKey);
          record({ kind: 'tool', name: 'inner', startedAt: 1, ms: 2, input: 'x', output: 'y', usage: usageOf(1) });
          return { text: 'z'.repeat(9000) };
        },
      },
    });
    const state = await owner.run(
      `
telos: 1
id: t
inputs: { n: integer }
steps:
  - { id: first, uses: next, with: { value: "\${{ inputs.n + 1 }}" } }
  - { id: a, uses: act, queue: gpu, with: { v: "\${{ steps.first.output.value }}" }, gate: { checks: ["size(output.text) == 9000", big] } }
outputs: { size: "\${{ size(steps.a.output.text) }}", passed: "\${{ steps.a.gate.passed }}" }
`,
      { n: 41 },
    );
    expect(outputsOf(state)).toEqual({ size: 9000, passed: true });
    expect(seen).toEqual([{ v: 42 }, { first: { value: 42 } }, `${state.id}:a`]);
    expect(state.usage.usd).toBe(1);
    const events = await owner.events(state.id);
    expect(events).toContainEqual(expect.objectContaining({ type: 'step.started', path: 'a', queue: 'gpu' }));
    expect(events.filter(({ type }) => type === 'call.finished')).toHaveLength(1);
  });

  it('carries the trace of whoever started its run there too, with its state', async () => {
    const trace = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'rojo=1,congo=2' };
    const owner = await engineOf({ tools: { act: () => 'not here' } });
    await helperOf(owner, { queues: ['gpu'], tools: { act: () => ({ ...currentTraceContext() }) } });
    const run = await owner.start(single(', queue: gpu'), {}, { created: trace });
    expect(outputsOf(await owner.ended(run))).toEqual({
      a: { traceparent: traceparentOfAttempt(trace.traceparent, run, 'a', 1), tracestate: trace.tracestate },
    });
  });

  it('is tried again there when it fails, and fails with what was said there', async () => {
    let calls = 0;
    const owner = await engineOf({ tools: { act: () => null } });
    await helperOf(owner, {
      queues: ['gpu'],
      tools: {
        act: () => {
          calls += 1;
          throw new Error('out of luck');
        },
      },
    });
    const run = await owner.start(single(', queue: gpu, retry: { max: 2, delay: 1s, jitter: false }'));
    await owner.until(run, ({ type }) => type === 'attempt.failed');
    await owner.clock.advance(1000);
    const state = await owner.ended(run);
    expect(state.phase).toMatchObject({ status: 'failed', error: { message: 'out of luck', path: 'a' } });
    expect(calls).toBe(2);
  });

  it('is aborted there within a second when the run is cancelled', async () => {
    const begun = createLatch();
    const ended = createLatch();
    const owner = await engineOf({ tools: { act: () => null } });
    await helperOf(owner, {
      queues: ['gpu'],
      tools: {
        act: async (_, { signal }) => {
          begun.open();
          return untilAborted(signal).finally(() => ended.open());
        },
      },
    });
    const run = await owner.start(single(', queue: gpu'));
    await begun.reached;
    await owner.store.inbox.post(run, { id: 'c', kind: 'cancel', reason: 'asked' });
    expect((await owner.ended(run)).phase.status).toBe('cancelled');
    await owner.clock.advance(1000);
    await ended.reached;
  });

  it('is interrupted when its worker dies: what only reads is made again, what has an effect is in doubt', async () => {
    const begun = createLatch();
    const stuck: Act = async (_, { signal }) => {
      begun.open();
      return untilAborted(signal);
    };
    const owner = await engineOf({
      tools: { act: { effect: 'irreversible', run: () => Promise.resolve(null) }, look: () => null },
    });
    const helper = await helperOf(owner, {
      queues: ['gpu'],
      tools: { act: { effect: 'irreversible', run: stuck as never }, look: stuck },
    });
    const run = await owner.start(
      `telos: 1\nid: t\nsteps:\n  - { id: a, uses: act, queue: gpu, needs: [] }\n  - { id: b, uses: look, queue: gpu, needs: [] }`,
    );
    await begun.reached;
    await owner.until(run, ({ type }) => type === 'step.started');
    const { claims } = owner.store;
    const beat = claims.beat.bind(claims);
    claims.beat = (worker, ttl) => (worker === 'helper' ? Promise.resolve([]) : beat(worker, ttl));
    helper.store.inbox.post = () => new Promise(() => {});
    await owner.clock.advance(40_000);
    await owner.until(run, ({ type }) => type === 'step.in_doubt');
    await owner.until(run, (event) => event.type === 'attempt.failed' && event.error.code === 'INTERRUPTED');
  });

  it('is not begun again by the next owner of the run while its worker lives', async () => {
    const begun = createLatch();
    const goOn = createLatch();
    let calls = 0;
    const owner = await engineOf({ tools: { act: () => null } });
    await helperOf(owner, {
      queues: ['gpu'],
      tools: {
        act: async () => {
          calls += 1;
          begun.open();
          await goOn.reached;
          return 'done';
        },
      },
    });
    const run = await owner.start(single(', queue: gpu'));
    await begun.reached;
    await owner.worker.stop();
    const next = await owner.another({ owner: 'next', tools: { act: () => null } });
    fleet.keep(next);
    await next.clock.advance(20_000);
    goOn.open();
    expect(outputsOf(await next.ended(run))).toEqual({ a: 'done' });
    expect(calls).toBe(1);
  });

  it('is handed back by a worker that stops, and made again by another', async () => {
    const begun = createLatch();
    const owner = await engineOf({ tools: { act: () => null } });
    const helper = await helperOf(owner, {
      queues: ['gpu'],
      tools: {
        act: async (_, { signal }) => {
          begun.open();
          return untilAborted(signal);
        },
      },
    });
    const run = await owner.start(single(', queue: gpu'));
    await begun.reached;
    await helper.worker.stop();
    await helperOf(owner, { queues: ['gpu'], owner: 'second', tools: { act: () => 'by the second' } });
    expect(outputsOf(await owner.ended(run))).toEqual({ a: 'by the second' });
    const failures = (await owner.events(run)).filter(({ type }) => type === 'attempt.failed');
    expect(failures).toMatchObject([{ error: { code: 'HANDED_OVER' } }]);
  });

  it('does not keep its worker from leaving when the store does not take what came of it', async () => {
    const owner = await engineOf({ tools: { act: () => null } });
    const helper = await helperOf(owner, { queues: ['gpu'], tools: { act: () => 'by the first' } });
    const { inbox } = owner.store;
    const post = inbox.post.bind(inbox);
    const refused = createLatch();
    inbox.post = (run, message) => {
      if (message.kind !== 'outcome') return post(run, message);
      refused.open();
      return Promise.reject(new TelosError('STORE_UNAVAILABLE', 'The store is away.'));
    };
    const run = await owner.start(single(', queue: gpu'));
    await refused.reached;
    await helper.worker.stop();
    inbox.post = post;
    await helperOf(owner, { queues: ['gpu'], owner: 'second', tools: { act: () => 'by the second' } });
    expect(outputsOf(await driven(owner, run))).toEqual({ a: 'by the second' });
  });

  it('runs once however late a bell for it rings: after its outcome is recorded it is nobody’s any more', async () => {
    const steps: Job[] = [];
    let calls = 0;
    const tools = { act: { effect: 'irreversible', run: () => Promise.resolve(++calls) } } as const;
    const owner = await engineOf({ tools: { ...tools, hold: ({ v }) => v ?? null }, bells: noting(steps, () => true) });
    await helperOf(owner, { queues: ['gpu'], tools });
    const run = await owner.start(
      `telos: 1\nid: t\nsteps:\n  - { id: a, uses: act, queue: gpu }\n  - { id: w, wait: { for: 1s } }\n  - { id: h, uses: hold, with: { v: "\${{ steps.a.output }}" } }\noutputs: { a: "\${{ steps.h.output }}" }`,
    );
    await owner.until(run, ({ type }) => type === 'wait.opened');
    await owner.clock.advance(1);
    await ringLate(steps);
    await owner.clock.advance(5000);
    expect(outputsOf(await owner.ended(run))).toEqual({ a: 1 });
    expect(calls).toBe(1);
  });

  it('is not begun by a worker that hears of it when it is called off', async () => {
    const steps: Job[] = [];
    let calls = 0;
    const tools: EngineOptions['tools'] = { act: () => ++calls };
    const owner = await engineOf({ tools, bells: noting(steps, ({ kind }) => kind === 'run') });
    await helperOf(owner, { queues: ['gpu'], tools });
    const run = await owner.start(
      `telos: 1\nid: t\nsteps:\n  - { id: p, timeout: 1s, on_error: continue, parallel: { x: [{ id: a, uses: act, queue: gpu }] } }\n  - { id: w, wait: { for: 1s } }`,
    );
    await owner.until(run, (event) => event.type === 'step.started' && event.path === 'p.x.a');
    await owner.clock.advance(1000);
    await owner.until(run, ({ type }) => type === 'wait.opened');
    await ringLate(steps);
    await owner.clock.advance(5000);
    await owner.ended(run);
    expect(calls).toBe(0);
  });

  it('is not begun when it is called off while the answer to its claim is on its way', async () => {
    const owner = await engineOf({ tools: { act: () => null } });
    const { claims } = owner.store;
    const claim = claims.claim.bind(claims);
    const claimed = createLatch();
    const answered = createLatch();
    claims.claim = async (task, worker) => {
      const mine = await claim(task, worker);
      claimed.open();
      await answered.reached;
      return mine;
    };
    let calls = 0;
    await helperOf(owner, { queues: ['gpu'], tools: { act: () => ++calls } });
    const run = await owner.start(single(', queue: gpu'));
    await claimed.reached;
    await owner.store.inbox.post(run, { id: 'c', kind: 'cancel', reason: 'asked' });
    await owner.ended(run);
    await owner.clock.advance(6000);
    answered.open();
    await owner.clock.advance(1000);
    expect(calls).toBe(0);
  });

  it.each([
    ['its claim is answered', 'at once', 0],
    ['its claim is answered', 'with time for what is under way', 60_000],
    ['its program is read', 'at once', 0],
    ['its program is read', 'with time for what is under way', 60_000],
  ])('is not begun by a worker that is told to stop before %s, %s: another makes it', async (what, _, drainMs) => {
    const calls: string[] = [];
    const act = (who: string) => ({ effect: 'irreversible', run: async () => (calls.push(who), 'done') }) as const;
    const owner = await engineOf({ tools: { act: act('owner') } });
    const { claims, programs } = owner.store;
    const [claim, get] = [claims.claim.bind(claims), programs.get.bind(programs)];
    const asked = createLatch();
    const answered = createLatch();
    const late = async <T>(answer: T): Promise<T> => {
      asked.open();
      await answered.reached;
      return answer;
    };
    const run = await owner.start(single(', queue: gpu'));
    await owner.until(run, ({ type }) => type === 'step.started');
    if (what === 'its claim is answered') claims.claim = async (...given) => late(await claim(...given));
    else programs.get = async (hash) => late(await get(hash));
    const leaving = await helperOf(owner, { owner: 'leaving', queues: ['gpu'], tools: { act: act('leaving') } });
    await asked.reached;
    const stopped = leaving.worker.stop({ drainMs });
    answered.open();
    await stopped;
    claims.claim = claim;
    programs.get = get;
    await helperOf(owner, { owner: 'staying', queues: ['gpu'], tools: { act: act('staying') } });
    for (let turn = 0; turn < 3; turn++) await owner.clock.advance(6000);
    expect(outputsOf(await owner.ended(run))).toEqual({ a: 'done' });
    expect(calls).toEqual(['staying']);
    // Handed back by the one that left, not found to be gone.
    const failed = (await owner.events(run)).filter(({ type }) => type === 'attempt.failed');
    expect(failed).toMatchObject([{ error: { code: 'HANDED_OVER' } }]);
  });

  it('is the last thing that holds its run: when it has ended the run waits, and nobody holds it', async () => {
    const owner = await engineOf({ tools: { act: () => null } });
    await helperOf(owner, { queues: ['gpu'], tools: { act: () => 'done' } });
    const yaml = `telos: 1\nid: t\nsteps:\n  - { id: a, uses: act, queue: gpu }\n  - { id: go, wait: { signal: go } }\noutputs: { a: "\${{ steps.a.output }}" }`;
    const run = await owner.start(yaml);
    await owner.until(run, ({ type }) => type === 'run.waiting');
    for (let turn = 0; turn < 20; turn++) await owner.clock.advance(0);
    expect(owner.worker.owned).toBe(0);
    await owner.store.inbox.post(run, { id: 'go', kind: 'signal', name: 'go', payload: { value: null } });
    expect(outputsOf(await owner.ended(run))).toEqual({ a: 'done' });
  });

  it('gives what it gave also to an owner that comes when it has ended', async () => {
    let calls = 0;
    const begun = createLatch();
    const goOn = createLatch();
    const owner = await engineOf({ tools: { act: () => null } });
    const helper = await helperOf(owner, {
      queues: ['gpu'],
      tools: {
        act: {
          effect: 'irreversible',
          run: async () => {
            calls += 1;
            begun.open();
            await goOn.reached;
            return 'done';
          },
        },
      },
    });
    const run = await owner.start(single(', queue: gpu'));
    await begun.reached;
    await owner.worker.stop();
    goOn.open();
    await expect.poll(() => helper.store.inbox.pending(run)).toHaveLength(1);
    const next = await owner.another({ owner: 'next', tools: { act: () => null } });
    fleet.keep(next);
    await next.clock.advance(20_000);
    expect(outputsOf(await next.ended(run))).toEqual({ a: 'done' });
    expect(calls).toBe(1);
  });

  it('whose claim is stored and not answered is handed back, for nobody else would get it', async () => {
    const owner = await engineOf({ tools: { act: () => null } });
    const { claims } = owner.store;
    const claim = claims.claim.bind(claims);
    let lost = 0;
    claims.claim = async (task, worker) => {
      const mine = await claim(task, worker);
      if (lost++ > 0) return mine;
      throw new TelosError('STORE_UNAVAILABLE', 'The answer was lost.');
    };
    let calls = 0;
    await helperOf(owner, {
      queues: ['gpu'],
      tools: { act: { effect: 'irreversible', run: () => Promise.resolve(++calls) } },
    });
    const run = await owner.start(single(', queue: gpu'));
    await owner.until(run, ({ type }) => type === 'step.started');
    for (let turn = 0; turn < 5; turn++) await owner.clock.advance(6000);
    expect(outputsOf(await owner.ended(run))).toEqual({ a: 1 });
    expect(calls).toBe(1);
  });

  it('is begun as soon as the store gives its worker the program, and fails where that cannot be read', async () => {
    let calls = 0;
    const tools = { act: { effect: 'irreversible', run: () => Promise.resolve(++calls) } } as const;
    const owner = await engineOf({ tools });
    const { programs } = owner.store;
    const get = programs.get.bind(programs);
    const bad = single(', queue: gpu').replace('id: t', 'id: bad');
    const runs = [await owner.start(single(', queue: gpu')), await owner.start(bad)];
    for (const run of runs) await owner.until(run, ({ type }) => type === 'step.started');
    let asked = 0;
    programs.get = async (hash) => {
      const stored = await get(hash);
      if (stored?.id === 'bad') throw new TelosError('PROGRAM_CORRUPT', 'It is of another time.');
      if (asked++ < 3) throw new TelosError('STORE_UNAVAILABLE', 'The store is away.');
      return stored;
    };
    await helperOf(owner, { queues: ['gpu'], tools });
    await owner.clock.advance(16_000);
    const [good = '', broken = ''] = runs;
    expect(await owner.store.runs.get(good)).toMatchObject({ status: 'succeeded' });
    expect(await owner.store.runs.get(broken)).toMatchObject({ status: 'failed', error: { code: 'PROGRAM_CORRUPT' } });
    expect(calls).toBe(1);
  });

  it('is not begun by a worker whose claim was answered when it counted as gone', async () => {
    const owner = await engineOf({ tools: { act: { effect: 'irreversible' } } });
    const { claims } = owner.store;
    const claim = claims.claim.bind(claims);
    const claimed = createLatch();
    const thawed = createLatch();
    claims.claim = async (task, worker) => {
      const mine = await claim(task, worker);
      if (task.attempt === 1) {
        claimed.open();
        await thawed.reached;
      }
      return mine;
    };
    let calls = 0;
    await helperOf(owner, {
      queues: ['gpu'],
      tools: { act: { effect: 'irreversible', run: () => Promise.resolve(++calls) } },
    });
    const run = await owner.start(single(', queue: gpu'));
    await claimed.reached;
    const { beat } = claims;
    claims.beat = () => Promise.reject(new TelosError('STORE_UNAVAILABLE', 'Its process stands still.'));
    await owner.clock.advance(40_000);
    await owner.until(run, ({ type }) => type === 'step.in_doubt');
    claims.beat = beat;
    thawed.open();
    await owner.store.inbox.post(run, { id: 'r', kind: 'resolve', path: 'a', as: 'retry' });
    for (let turn = 0; turn < 5; turn++) await owner.clock.advance(6000);
    expect(outputsOf(await owner.ended(run))).toEqual({ a: 1 });
    expect(calls).toBe(1);
  });
});

function usageOf(usd: number) {
  return { input_tokens: 0, output_tokens: 0, usd, ms: 1, calls: 1 };
}

describe('a judge of a step that runs elsewhere', () => {
  it.each([
    ['in its input', 'with: { v: "${{ inputs.who }}" }', ''],
    ['beside it', '', ', with: { of: "${{ inputs.who }}" }'],
    ['in what its tool gives', 'with: { v: 1 }', ''],
  ])('is shown nothing private where its host may have none: %s', async (where, given, params) => {
    const shown: unknown[] = [];
    const judge: AnyCheck = {
      name: 'judge',
      description: 'A judge of the test.',
      params: z.json(),
      needs: 'model',
      sendsTo: () => Promise.resolve([{ host: 'api.judge.example', model: true }]),
      score: ({ value }) => (shown.push(value), Promise.resolve({ score: 1, verdict: 'pass', reason: 'good' })),
    };
    const far: Partial<AnyTool> = {
      ...(where === 'in what its tool gives' ? { returns: ['private'] } : {}),
      run: () => Promise.resolve('done'),
    };
    const options = { tools: { far }, checks: { judge }, privateHosts: ['crm.ours.example'] };
    const engine = await engineOf(options);
    await helperOf(engine, { ...options, queues: ['gpu'] });
    const state = await engine.run(
      `telos: 1\nid: t\ninputs: { who: { type: string, private: true, default: ann } }\nsteps: [{ id: a, uses: far, queue: gpu, ${given === '' ? '' : `${given}, `}gate: { judge: { uses: judge${params} } } }]`,
    );
    expect(state.phase).toMatchObject({
      error: { code: 'GATE_FAILED', message: expect.stringContaining('api.judge.example') },
    });
    expect(shown).toEqual([]);
  });
});
