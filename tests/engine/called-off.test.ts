/** Cancelling while a call is under way, wherever it is: it is aborted, and what there was of it is kept. */
import { TelosError } from '@telos/core';
import type { AnyCheck, AnyTool, JsonObject, RunId, ToolContext, Usage } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Bells } from './bells.ts';
import { createLatch, untilAborted } from './engine.ts';
import type { Act, Engine } from './engine.ts';
import { createFleet } from './fleet.ts';
import type { Fleet } from './fleet.ts';

const fleet = createFleet();
const { engineOf } = fleet;

const helperOf: Fleet['helperOf'] = (engine, options) => fleet.helperOf(engine, { queues: ['far'], ...options });

const cancel = (engine: Engine, run: RunId): Promise<void> =>
  engine.store.inbox.post(run, { id: 'c', kind: 'cancel', reason: 'enough' });

const spent: Usage = { input_tokens: 3, output_tokens: 4, usd: 0.5, ms: 1, calls: 1 };

/** A tool that makes a call, says half a sentence, and is then aborted. */
function talker() {
  const begun = createLatch();
  let aborted = 0;
  const act = async (_: JsonObject, { signal, emitText, record }: ToolContext): Promise<never> => {
    record({ kind: 'tool', name: 'inner', startedAt: 1, ms: 2, input: 'x', output: 'y', usage: spent });
    emitText('half a sen');
    begun.open();
    return untilAborted(signal).finally(() => {
      aborted += 1;
    });
  };
  return { act, begun: begun.reached, aborted: () => aborted };
}

const places: readonly (readonly [string, string, (step: string) => string])[] = [
  ['in a list', 'a', (step) => step],
  ['in an item', 'b[0].a', (step) => `{ id: b, foreach: "\${{ [1] }}", steps: [${step}] }`],
  [
    'in a round',
    'b#1.a',
    (step) => `{ id: b, loop: { state: {}, until: "false", max: 3, next: {} }, steps: [${step}] }`,
  ],
  ['in a branch', 'b.x.a', (step) => `{ id: b, parallel: { x: [${step}] } }`],
  ['in a case', 'b[0].a', (step) => `{ id: b, switch: [{ else: true, steps: [${step}] }] }`],
  [
    'in an item of a round',
    'b#1.e[0].a',
    (step) =>
      `{ id: b, loop: { state: {}, until: "false", max: 3, next: {} }, steps: [{ id: e, foreach: "\${{ [1] }}", steps: [${step}] }] }`,
  ],
  ['in a workflow that runs as a step', 'b#1.a', () => `{ id: b, workflow: { id: inner } }`],
];

describe.each([
  ['in the process of the owner', false],
  ['on another worker', true],
] as const)('a call %s of a run that is cancelled', (_, isFar) => {
  it.each(places)('is aborted at once and keeps what it had shown, %s', async (_place, path, within) => {
    const { act, begun, aborted } = talker();
    const owner = await engineOf({ tools: { talk: isFar ? () => 'not here' : act } });
    if (isFar) await helperOf(owner, { tools: { talk: act } });
    const step = `{ id: a, uses: talk${isFar ? ', queue: far' : ''} }`;
    await owner.publish(`telos: 1\nid: inner\nsteps: [${step}]`);
    const run = await owner.start(`telos: 1\nid: t\nsteps: [${within(step)}]`);
    await begun;
    await cancel(owner, run);
    // No time goes by.
    const state = await owner.ended(run);
    expect(state.phase).toMatchObject({ status: 'cancelled', reason: 'enough' });
    expect(aborted()).toBe(1);
    const cancelled = [...state.steps].find(([, known]) => 'partial' in known);
    expect(cancelled?.[1]).toMatchObject({ status: 'cancelled', partial: { value: 'half a sen' } });
    expect(cancelled?.[0]).toBe(path);
    expect(state.usage).toMatchObject({ input_tokens: 3, output_tokens: 4, usd: 0.5, calls: 1 });
    const events = await owner.events(run);
    expect(events.filter(({ type }) => type === 'call.finished')).toHaveLength(1);
    expect(owner.problems).toEqual([]);
  });
});

describe.each([
  ['in the process of the owner', ''],
  ['on another worker', ', queue: far'],
])('a check %s of a run that is cancelled', (_, more) => {
  it.each([
    ['its gate', ', gate: { checks: [slow] }'],
    ['its judge', ', gate: { judge: { uses: slow } }'],
    ['a rail on its output', ', rails: { output: [slow] }'],
  ])('is aborted at once when it is %s', async (_place, gate) => {
    const begun = createLatch();
    let aborted = false;
    const slow: AnyCheck = {
      name: 'slow',
      description: 'A check of the test.',
      params: z.record(z.string(), z.json()),
      needs: 'model',
      score: (_subject, _params, { signal }) => {
        begun.open();
        return untilAborted(signal).finally(() => {
          aborted = true;
        });
      },
    };
    const options = { tools: { act: () => 'done' }, checks: { slow }, privateHosts: ['models'] };
    const owner = await engineOf(options);
    if (more !== '') await helperOf(owner, options);
    const run = await owner.start(`telos: 1\nid: t\nsteps: [{ id: a, uses: act${more}${gate} }]`);
    await begun.reached;
    await cancel(owner, run);
    expect((await owner.ended(run)).steps.get('a')).toMatchObject({ status: 'cancelled' });
    expect(aborted).toBe(true);
    expect(owner.problems).toEqual([]);
  });
});

describe('a step on another worker of a run that is cancelled', () => {
  const far = 'telos: 1\nid: t\nsteps: [{ id: a, uses: talk, queue: far }]';

  it('leaves the labels of its tool on what it had shown', async () => {
    const { act, begun } = talker();
    const talk: Partial<AnyTool> = { returns: ['untrusted'], run: act };
    const owner = await engineOf({ tools: { talk } });
    await helperOf(owner, { tools: { talk } });
    const run = await owner.start(far);
    await begun;
    await cancel(owner, run);
    expect((await owner.ended(run)).steps.get('a')).toMatchObject({ status: 'cancelled', labels: ['untrusted'] });
  });

  it('hears of it within a second when the word about it is lost', async () => {
    const { act, begun, aborted } = talker();
    const deaf: Bells = {
      ...fleet.bells(),
      open: () => ({ ...fleet.bells().open(), cancel: () => Promise.resolve() }),
    };
    const owner = await engineOf({ tools: { talk: act }, bells: deaf });
    await helperOf(owner, { tools: { talk: act } });
    const run = await owner.start(far);
    await begun;
    await cancel(owner, run);
    await owner.clock.advance(1000);
    expect(aborted()).toBe(1);
    expect((await owner.ended(run)).steps.get('a')).toMatchObject({ partial: { value: 'half a sen' } });
  });

  it('holds its end up for three seconds at most when its worker does not answer', async () => {
    const { act, begun } = talker();
    const owner = await engineOf({ tools: { talk: act } });
    await helperOf(owner, { tools: { talk: act } });
    const run = await owner.start(far);
    await begun;
    const { claims } = owner.store;
    const beat = claims.beat.bind(claims);
    claims.beat = (worker, ttl) => (worker === 'helper' ? new Promise(() => {}) : beat(worker, ttl));
    await cancel(owner, run);
    await owner.clock.advance(2000);
    expect(await owner.store.runs.get(run)).toMatchObject({ status: 'running' });
    await owner.clock.advance(1000);
    expect((await owner.ended(run)).phase.status).toBe('cancelled');
    expect(owner.worker.owned).toBe(0);
  });

  it('is not waited for when nobody has claimed it, or the store does not say', async () => {
    const { act, begun } = talker();
    const owner = await engineOf({ tools: { talk: act } });
    const unclaimed = await owner.start(far);
    await owner.until(unclaimed, ({ type }) => type === 'step.started');
    await cancel(owner, unclaimed);
    expect((await owner.ended(unclaimed)).phase.status).toBe('cancelled');
    await helperOf(owner, { tools: { talk: act } });
    const claimed = await owner.start(far);
    await begun;
    owner.store.claims.of = () => Promise.reject(new TelosError('STORE_UNAVAILABLE', 'The store is away.'));
    await cancel(owner, claimed);
    expect((await owner.ended(claimed)).phase.status).toBe('cancelled');
  });

  it('is called off by the next owner when the first leaves before it could', async () => {
    const { act, begun, aborted } = talker();
    const owner = await engineOf({ tools: { talk: act } });
    await helperOf(owner, { tools: { talk: act } });
    const run = await owner.start(far);
    await begun;
    const { claims } = owner.store;
    const callOff = claims.callOff.bind(claims);
    claims.callOff = () => new Promise(() => {});
    await cancel(owner, run);
    await owner.until(run, ({ type }) => type === 'run.ending');
    await owner.worker.stop();
    claims.callOff = callOff;
    const next = await owner.another({ owner: 'next', tools: { talk: act } });
    fleet.keep(next);
    await next.clock.advance(1000);
    expect(aborted()).toBe(1);
    expect((await next.ended(run)).steps.get('a')).toMatchObject({ partial: { value: 'half a sen' } });
  });

  it('is told with all the others of a list, in one word to the store', async () => {
    const begun: string[] = [];
    const talk: Act = (_, { signal, path, emitText }) => {
      emitText(path);
      begun.push(path);
      return untilAborted(signal);
    };
    const owner = await engineOf({ tools: { talk } });
    await helperOf(owner, { tools: { talk } });
    const told: number[] = [];
    const { claims } = owner.store;
    const callOff = claims.callOff.bind(claims);
    claims.callOff = (tasks) => (told.push(tasks.length), callOff(tasks));
    const run = await owner.start(
      'telos: 1\nid: t\nsteps: [{ id: e, foreach: "${{ [1, 2, 3, 4, 5, 6, 7, 8] }}", max_parallel: 8, steps: [{ id: a, uses: talk, queue: far }] }]',
    );
    await expect.poll(() => begun.length).toBe(8);
    await cancel(owner, run);
    const state = await owner.ended(run);
    expect(told).toEqual([8]);
    for (const path of begun) expect(state.steps.get(path)).toMatchObject({ partial: { value: path } });
  });
});
