/** Rails of blocks: on what they are given, and on what they give before a gate. */
import type { AnyCheck, EventOf, Json, ListedWait, Message, RunEvent } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { outputsOf } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { realChecks } from './real-checks.ts';
import { createStage, driven, withEachDeath } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

const anna = 'anna@acme.example';
const given: unknown[] = [];
const options = (checks: { readonly [name: string]: AnyCheck | AnyCheck['score'] } = {}): EngineOptions => ({
  tools: { act: (input) => (given.push(input), input['v'] ?? null) },
  checks: { ...realChecks, ...checks },
});
const open = (checks?: Parameters<typeof options>[0]): Promise<Engine> => {
  given.length = 0;
  return stage.open(options(checks));
};

const act = 'steps: [{ id: x, uses: act, with: { v: "${{ VALUE }}" } }]';
const workflow = (block: string): string =>
  `telos: 1\nid: t\ninputs: { text: string }\nsteps:\n  - { id: b, ${block} }\noutputs: { b: "\${{ steps.b.output }}" }\n`;
const each = (more: string): string =>
  workflow(`foreach: ["\${{ inputs.text }}", "fine"], ${act.replace('VALUE', 'item')}, ${more}`);
const looping = (more: string): string =>
  workflow(
    `loop: { state: { to: "\${{ inputs.text }}" }, max: 1, next: {} }, ${act.replace('VALUE', 'state.to')}, ${more}`,
  );
const judgedIn = (events: readonly RunEvent[]): readonly EventOf<'rail.judged'>[] =>
  events.filter((event) => event.type === 'rail.judged');
const passes: AnyCheck['score'] = () => Promise.resolve({ score: 1, verdict: 'pass', reason: 'good' });

describe('rails on what a block is given', () => {
  it.each([
    ['of a foreach, its items', each('rails: { input: [{ pii: redact }] }'), ['<EMAIL_1>', 'fine']],
    ['of a loop, its first state', looping('rails: { input: [{ pii: redact }] }'), ['<EMAIL_1>']],
  ])('%s: replace it before anything of it is stored', async (_, yaml, values) => {
    const engine = await open();
    const state = await engine.run(yaml, { text: 'none' });
    expect(state.phase.status).toBe('succeeded');
    given.length = 0;
    const redacted = await engine.run(yaml.replaceAll('${{ inputs.text }}', anna), { text: '' });
    expect(redacted.phase.status).toBe('succeeded');
    expect(given).toEqual(values.map((v) => ({ v })));
    const events = await engine.events(redacted.id);
    expect(JSON.stringify(events)).not.toContain('anna');
    expect(judgedIn(events)).toMatchObject([{ path: 'b', place: 'input', replaced: true }]);
  });

  it('of a workflow: the step’s own first, then those of the file, and the result has to fit its inputs', async () => {
    const engine = await open();
    await engine.publish(
      `telos: 1\nid: inner\ninputs: { to: string, n: { type: integer, default: 1 } }\nrails: { input: [{ secrets: flag }] }\nsteps: [{ id: x, uses: act, with: { v: "\${{ inputs.to }}" } }]\n`,
    );
    const yaml = workflow(
      `workflow: { id: inner, with: { to: "\${{ inputs.text }}" } }, rails: { input: [{ pii: redact }] }`,
    );
    const state = await engine.run(yaml, { text: anna });
    expect(outputsOf(state)).toEqual({ b: '<EMAIL_1>' });
    expect(judgedIn(await engine.events(state.id))).toMatchObject([
      { path: 'b', place: 'input', verdicts: [{ check: 'pii' }, { check: 'secrets' }] },
    ]);
  });

  it('block it before anything inside has begun', async () => {
    const engine = await open();
    const state = await engine.run(each('rails: { input: [pii] }'), { text: anna });
    expect(state.phase).toMatchObject({
      error: { code: 'RAIL_BLOCKED', path: 'b', message: expect.stringContaining('the input of b') },
    });
    expect(given).toEqual([]);
  });

  it('ask a person, who may write something else, and what they write has to be of its form', async () => {
    const engine = await open();
    const yaml = each('rails: { input: [{ pii: ask }] }');
    const written =
      (value: Json) =>
      (wait: ListedWait): Message => ({
        id: `d${wait.id}`,
        kind: 'decide',
        wait: wait.id,
        decision: 'approve',
        value: { value },
      });
    const state = await driven(engine, await engine.start(yaml, { text: anna }), written(['a', 'b']));
    expect(outputsOf(state)).toEqual({ b: ['a', 'b'] });
    const odd = await driven(engine, await engine.start(yaml, { text: anna }), written('a'));
    expect(odd.phase).toMatchObject({ error: { code: 'EXPRESSION_FAILED', path: 'b' } });
  });

  it('cost what their model calls do, once', async () => {
    const usage = { input_tokens: 10, output_tokens: 1, usd: 0.25, ms: 5, calls: 1 };
    const paid: AnyCheck['score'] = (_, __, { record }) => {
      record({ kind: 'chat', name: 'x/y', startedAt: 1, ms: 5, input: 'is this fine?', usage });
      return Promise.resolve({ score: 1, verdict: 'pass', reason: 'good', usage });
    };
    const engine = await open({ paid });
    const state = await engine.run(each('rails: { input: [paid] }'), { text: '' });
    expect(state.usage).toMatchObject({ usd: 0.25, calls: 1 });
    expect(judgedIn(await engine.events(state.id))).toMatchObject([{ calls: [{ kind: 'chat', name: 'x/y', usage }] }]);
  });

  it('are asked once, whoever dies at whatever append', async () => {
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        const run = await first.start(each('rails: { input: [{ pii: redact }] }'), { text: anna });
        await first.clock.advance(16_000);
        const next = await afterDeath();
        const state = await driven(next, run);
        expect([which, outputsOf(state)]).toEqual([which, { b: ['<EMAIL_1>', 'fine'] }]);
        expect([which, judgedIn(await next.events(run)).length]).toEqual([which, 1]);
      },
      () => options(),
    );
    expect(deaths).toBeGreaterThan(4);
  });
});

describe('a rail that asks about what a gated block gives', () => {
  const gated = (more = ''): string => each(`rails: { output: [{ pii: ask }] }, gate: { checks: [good]${more} }`);
  const asked = async (engine: Engine, yaml = gated()) => {
    const run = await engine.start(yaml, { text: anna });
    const opened = await engine.until(run, ({ type }) => type === 'wait.opened');
    return { run, opened };
  };

  it('shows it, and when it is let pass the gate is asked', async () => {
    const seen: Json[] = [];
    const engine = await open({ good: (subject, ...rest) => (seen.push(subject.value), passes(subject, ...rest)) });
    const { run, opened } = await asked(engine);
    expect(opened).toMatchObject({
      path: 'b',
      wait: { purpose: 'rail', show: { value: [anna, 'fine'] }, rails: { place: 'output', onApprove: 'go_on' } },
    });
    expect(seen).toEqual([]);
    const state = await driven(engine, run);
    expect(outputsOf(state)).toEqual({ b: [anna, 'fine'] });
    expect(seen).toEqual([[anna, 'fine']]);
    expect(state.steps.get('b')).toMatchObject({ gate: { passed: true } });
    // Its body has run once.
    expect(given).toHaveLength(2);
  });

  it('has the gate see what a person wrote in its place, and do as it does about it', async () => {
    const engine = await open({
      good: ({ value }) =>
        Promise.resolve({
          score: 0,
          verdict: 'fail',
          reason: `not ${JSON.stringify(value)}`,
          usage: undefined,
        } as never),
    });
    const { run } = await asked(engine, gated(', on_fail: [{ fallback: "none" }]'));
    const state = await driven(engine, run, ({ id }) => ({
      id: `d${id}`,
      kind: 'decide',
      wait: id,
      decision: 'approve',
      value: { value: ['other'] },
    }));
    expect(outputsOf(state)).toEqual({ b: 'none' });
    expect(state.steps.get('b')).toMatchObject({ gate: { verdicts: [{ reason: 'not ["other"]' }] } });
  });

  it('fails the block when it is not let pass', async () => {
    const engine = await open({ good: passes });
    const { run } = await asked(engine);
    const state = await driven(engine, run, ({ id }) => ({
      id: `d${id}`,
      kind: 'decide',
      wait: id,
      decision: 'reject',
    }));
    expect(state.phase).toMatchObject({ error: { code: 'RAIL_BLOCKED', path: 'b' } });
  });

  it('keeps the labels of what it gives', async () => {
    const engine = await stage.open({
      tools: { web: { returns: ['untrusted'], run: () => Promise.resolve(anna) } },
      checks: { ...realChecks, good: passes },
    });
    const yaml = `telos: 1\nid: t\nsteps:\n  - { id: b, loop: { state: { v: 1 }, max: 2, next: { v: "\${{ steps.x.output }}" } }, steps: [{ id: x, uses: web }], rails: { output: [{ pii: ask }] }, gate: { checks: [good] } }\n`;
    const state = await driven(engine, await engine.start(yaml));
    expect(state.steps.get('b')).toMatchObject({ status: 'succeeded', labels: ['untrusted'] });
  });

  it.each([
    ['a foreach', each],
    ['a loop', looping],
  ])('of %s goes on as it was decided, whoever dies at whatever append', async (_, block) => {
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        const yaml = block('rails: { output: [{ pii: ask }] }, gate: { checks: [good] }');
        const run = await first.start(yaml, { text: anna });
        for (let turn = 0; turn < 3; turn++) {
          for (const wait of (await first.store.waits.list({ run }, 10)).items)
            await first.store.inbox.post(run, {
              id: `d${wait.id}`,
              kind: 'decide',
              wait: wait.id,
              decision: 'approve',
            });
          await first.clock.advance(16_000);
        }
        const next = await afterDeath();
        const state = await driven(next, run);
        expect([which, state.phase.status]).toEqual([which, 'succeeded']);
        expect(state.steps.get('b')).toMatchObject({ gate: { passed: true } });
        expect([which, judgedIn(await next.events(run)).length]).toEqual([which, 1]);
      },
      () => options({ good: passes }),
    );
    expect(deaths).toBeGreaterThan(6);
  });
});
