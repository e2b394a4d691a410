/** Rails of a run as a whole, of workflows that run as steps, and of steps that run elsewhere. */
import { forkOf, isForkRefusal } from '@telos/core';
import type { Json, TelosError } from '@telos/core';
import { createLocalQueue } from '@telos/driver-local';
import { afterEach, describe, expect, it } from 'vitest';
import { outputsOf } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { realChecks } from './real-checks.ts';
import { createStage, driven, withEachDeath } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

const anna = 'anna@acme.example';
const open = (options: EngineOptions): Promise<Engine> =>
  stage.open({ ...options, checks: { ...realChecks, ...options.checks } });

const echo: EngineOptions['tools'] = { act: ({ text }) => text ?? null };
const guarded = (rails: string, more = ''): string =>
  `telos: 1\nid: t\ninputs: { text: string }\nrails: ${rails}\nsteps: [{ id: a, uses: act, with: { text: "\${{ inputs.text }}" } }]\n${more}outputs: { a: "\${{ steps.a.output }}" }`;

async function refusal(starting: Promise<string>): Promise<TelosError> {
  return starting.then(
    () => Promise.reject(new Error('It was let in.')),
    (error: unknown) => error as TelosError,
  );
}

describe('rails on the input of a run', () => {
  it('let nothing in that they block, and say what was found', async () => {
    const engine = await open({ tools: echo });
    const error = await refusal(engine.start(guarded('{ input: [pii] }'), { text: anna }));
    expect(error).toMatchObject({
      code: 'RAIL_BLOCKED',
      kind: 'terminal',
      details: {
        rail: 'pii',
        problems: [{ path: 'inputs', code: 'pii', message: expect.stringContaining('EMAIL_ADDRESS') }],
      },
    });
    expect(await engine.store.runs.count({})).toBe(0);
  });

  it('let nothing in that they cannot judge', async () => {
    const engine = await open({ tools: echo, checks: { broken: () => Promise.reject(new Error('no model')) } });
    expect(await refusal(engine.start(guarded('{ input: [broken] }'), { text: '' }))).toMatchObject({
      code: 'RAIL_FAILED',
      kind: 'retryable',
      message: expect.stringContaining('no model'),
    });
  });

  it('replace what they redact before the journal sees it; the same text has the same placeholder ever after', async () => {
    const engine = await open({ tools: { act: ({ text }) => `${String(text)} or ${anna}` } });
    const yaml = guarded('{ input: [{ pii: redact }], output: [{ pii: redact }] }');
    const state = await engine.run(yaml, { text: `write to ${anna}` });
    expect(outputsOf(state)).toEqual({ a: 'write to <EMAIL_1> or <EMAIL_1>' });
    const events = await engine.events(state.id);
    expect(events[0]).toMatchObject({ type: 'run.created', inputs: { value: { text: 'write to <EMAIL_1>' } } });
    expect(events[1]).toMatchObject({
      type: 'rail.judged',
      path: '@input',
      outcome: 'pass',
      placeholders: ['<EMAIL_1>'],
    });
  });

  it('flag and shadow what they find, for all to see', async () => {
    const engine = await open({ tools: echo });
    const state = await engine.run(guarded('{ input: [{ pii: flag }, { check: secrets, mode: shadow }] }'), {
      text: anna,
    });
    expect(outputsOf(state)).toEqual({ a: anna });
    expect((await engine.events(state.id))[1]).toMatchObject({
      verdicts: [
        { check: 'pii', verdict: 'fail' },
        { check: 'secrets', verdict: 'pass', mode: 'shadow' },
      ],
    });
  });

  it('have a person decide before anything begins', async () => {
    let calls = 0;
    const engine = await open({ tools: { act: () => (calls += 1) } });
    const yaml = guarded(
      '{ input: [{ check: pii, action: ask, who: [editors] }] }',
      'finally: [{ id: z, uses: act }]\n',
    );
    for (const decision of ['approve', 'reject'] as const) {
      calls = 0;
      const run = await engine.start(yaml, { text: anna });
      await engine.until(run, ({ type }) => type === 'run.waiting');
      const [wait] = (await engine.store.waits.list({ run }, 10)).items;
      expect(wait).toMatchObject({
        path: '@input',
        wait: { purpose: 'rail', who: ['editors'], rails: { place: 'input' } },
      });
      expect(calls).toBe(0);
      await engine.store.inbox.post(run, { id: 'd', kind: 'decide', wait: wait?.id ?? 0, decision });
      const state = await engine.ended(run);
      expect(state.phase).toMatchObject(
        decision === 'approve'
          ? { status: 'succeeded' }
          : { status: 'failed', error: { code: 'RAIL_BLOCKED', path: '@input' } },
      );
      expect(calls).toBe(decision === 'approve' ? 2 : 0);
    }
  });

  it('end a run at once that is cancelled while a person is asked', async () => {
    let calls = 0;
    const engine = await open({ tools: { act: () => (calls += 1) } });
    const run = await engine.start(guarded('{ input: [{ pii: ask }] }', 'finally: [{ id: z, uses: act }]\n'), {
      text: anna,
    });
    await engine.until(run, ({ type }) => type === 'run.waiting');
    await engine.store.inbox.post(run, { id: 'c', kind: 'cancel', reason: 'enough' });
    expect((await engine.ended(run)).phase).toMatchObject({ status: 'cancelled', reason: 'enough' });
    expect(calls).toBe(0);
  });

  it('begin no run that was let in without them', async () => {
    let calls = 0;
    const engine = await open({ recover: false, tools: { act: () => (calls += 1) } });
    const run = await engine.start(guarded('{ input: [{ pii: flag }] }'), { text: 'x' }, { rung: false });
    const [created] = await engine.events(run);
    if (created?.type !== 'run.created') throw new Error('It was not created.');
    await engine.store.journal.create({ id: `${run}x`, created });
    await engine.ring(`${run}x`);
    expect((await engine.ended(`${run}x`)).phase).toMatchObject({ status: 'failed', error: { code: 'RAIL_FAILED' } });
    expect(calls).toBe(0);
  });
});

describe('rails on the output of a run', () => {
  it('fail the run and withhold what they block', async () => {
    const engine = await open({ tools: echo });
    const state = await engine.run(guarded('{ output: [pii] }'), { text: anna });
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'RAIL_BLOCKED', path: '@output' } });
    expect(state.phase).not.toHaveProperty('outputs');
  });

  it('have a person decide about what comes out, and edit it', async () => {
    const engine = await open({ tools: echo });
    const run = await engine.start(guarded('{ output: [{ pii: ask }] }'), { text: anna });
    await engine.until(run, ({ type }) => type === 'run.waiting');
    const [wait] = (await engine.store.waits.list({ run }, 10)).items;
    expect(wait).toMatchObject({ path: '@output', wait: { show: { value: { a: anna } } } });
    await stage.die(engine);
    const next = await stage.another(engine);
    const value = { value: { a: 'somebody' } };
    await next.store.inbox.post(run, { id: 'd', kind: 'decide', wait: wait?.id ?? 0, decision: 'approve', value });
    expect(outputsOf(await driven(next, run))).toEqual({ a: 'somebody' });
  });

  it('let no step stream what they have yet to see', async () => {
    const shown: string[] = [];
    const engine = await open({ tools: { act: (_, { emitText }) => (emitText(anna), anna) } });
    const run = await engine.start(guarded('{ output: [{ pii: redact }] }'), { text: '' }, { rung: false });
    engine.live.subscribe(run, (part) => part.type === 'text' && shown.push(part.text));
    await engine.ring(run);
    expect(outputsOf(await engine.ended(run))).toEqual({ a: '<EMAIL_1>' });
    expect(shown).toEqual([]);
  });

  it('come to the same end wherever the owner dies', async () => {
    const yaml = guarded('{ input: [{ pii: redact }], output: [{ pii: redact }, fine] }');
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        const run = await first.start(yaml, { text: anna });
        let engine = first;
        for (let turn = 0; turn < 10; turn++) await first.clock.advance(0);
        if ((await first.store.runs.get(run))?.endedAt === undefined) {
          await first.clock.advance(16_000);
          engine = await afterDeath();
        }
        expect(outputsOf(await driven(engine, run)), which).toEqual({ a: '<EMAIL_1>' });
        const output = (await engine.events(run)).filter(
          (event) => event.type === 'rail.judged' && event.path === '@output',
        );
        expect(output, which).toHaveLength(1);
      },
      () => ({
        tools: echo,
        checks: { ...realChecks, fine: () => Promise.resolve({ score: 1, verdict: 'pass', reason: 'fine' }) },
      }),
    );
    expect(deaths).toBeGreaterThan(3);
  });
});

describe('a fork', () => {
  it('keeps what was said of what it keeps, and judges anew what it does again', async () => {
    const engine = await open({ tools: echo });
    const yaml = `telos: 1\nid: t\ninputs: { text: string }\nrails: { input: [{ pii: redact }] }\nsteps:\n  - { id: a, uses: act, with: { text: "\${{ inputs.text }}" }, rails: { input: [secrets] } }\n  - { id: b, uses: act, with: { text: "\${{ steps.a.output }}" }, rails: { input: [secrets] } }\noutputs: { b: "\${{ steps.b.output }}" }`;
    const run = await engine.start(yaml, { text: anna });
    await engine.ended(run);
    const events = await engine.events(run);
    const created = events[0];
    if (created?.type !== 'run.created') throw new Error('It was not created.');
    const stored = await engine.store.programs.get(created.program);
    const plan = forkOf(stored?.program as never, () => undefined, events, { at: 5, from: ['b'] });
    if (isForkRefusal(plan)) throw new Error(plan.message);
    const fork = `${run}f`;
    await engine.store.journal.create({
      id: fork,
      created: { ...created, fork: { run, from: [...plan.from], sideEffects: 'live' } },
      more: plan.more,
    });
    await engine.ring(fork);
    expect(outputsOf(await engine.ended(fork))).toEqual({ b: '<EMAIL_1>' });
    const judged = (await engine.events(fork)).filter((event) => event.type === 'rail.judged');
    expect(judged.map(({ path }) => path)).toEqual(['@input', 'a', 'b']);
  });
});

describe('a workflow that runs as a step', () => {
  const child = `telos: 1\nid: child\ninputs: { text: string }\nrails: { input: [{ pii: redact }], output: [{ pii: redact }] }\nsteps: [{ id: x, uses: act, with: { text: "\${{ inputs.text }}" } }]\noutputs: { said: "\${{ steps.x.output }}" }`;

  it('keeps its own rails, on what it is given and on what it gives', async () => {
    const given: Json[] = [];
    const engine = await open({ tools: { act: ({ text }) => (given.push(text ?? null), 'ask bob@acme.example') } });
    await engine.publish(child);
    const yaml = `telos: 1\nid: parent\nsteps: [{ id: c, workflow: { id: child, with: { text: "${anna}" } } }]\noutputs: { c: "\${{ steps.c.output }}" }`;
    expect(outputsOf(await engine.run(yaml))).toEqual({ c: { said: 'ask <EMAIL_2>' } });
    expect(given).toEqual(['<EMAIL_1>']);
  });

  it('is not begun with what its rails block', async () => {
    let calls = 0;
    const engine = await open({ tools: { act: () => (calls += 1) } });
    await engine.publish(child.replace('input: [{ pii: redact }]', 'input: [pii]'));
    const yaml = `telos: 1\nid: parent\nsteps: [{ id: c, workflow: { id: child, with: { text: "${anna}" } } }]`;
    expect((await engine.run(yaml)).phase).toMatchObject({ error: { code: 'RAIL_BLOCKED', path: 'c' } });
    expect(calls).toBe(0);
  });

  it('goes on with what a person approved', async () => {
    const engine = await open({ tools: echo });
    await engine.publish(child.replace('input: [{ pii: redact }], output: [{ pii: redact }]', 'input: [{ pii: ask }]'));
    const yaml = `telos: 1\nid: parent\nsteps: [{ id: c, workflow: { id: child, with: { text: "${anna}" } } }]\noutputs: { c: "\${{ steps.c.output }}" }`;
    expect(outputsOf(await driven(engine, await engine.start(yaml)))).toEqual({ c: { said: anna } });
  });
});

describe('a step that runs on another worker', () => {
  const on = (rails: string): string =>
    `telos: 1\nid: t\nsteps: [{ id: a, uses: act, with: { to: "${anna}" }, queue: far, rails: ${rails} }]\noutputs: { a: "\${{ steps.a.output }}" }`;

  async function withHelper(options: EngineOptions): Promise<Engine> {
    const queue = createLocalQueue();
    const engine = await open({ ...options, queue });
    await stage.another(engine, {
      ...options,
      checks: { ...realChecks, ...options.checks },
      queue,
      recover: false,
      owner: 'helper',
      queues: ['far'],
    });
    return engine;
  }

  it('is given what passed the rails before its call, and its result is judged where it was made', async () => {
    const given: unknown[] = [];
    const engine = await withHelper({
      tools: { act: (input) => (given.push(input), 'the password is "hunter2hunter2"') },
    });
    const run = await engine.start(
      on('{ input: [{ pii: redact }], tool_result: [{ secrets: flag }], output: [secrets] }'),
    );
    const state = await engine.ended(run);
    expect(given).toEqual([{ to: '<EMAIL_1>' }]);
    expect(state.phase).toMatchObject({ error: { code: 'RAIL_BLOCKED', path: 'a' } });
    const events = await engine.events(run);
    expect(events.filter((event) => event.type === 'rail.judged').map(({ place }) => place)).toEqual([
      'input',
      'tool_result',
      'output',
    ]);
    expect(JSON.stringify(events)).not.toContain('hunter2');
  });

  it('is not called again when a person has let its output pass', async () => {
    let calls = 0;
    const engine = await withHelper({ tools: { act: () => `${(calls += 1)} ${anna}` } });
    const state = await driven(engine, await engine.start(on('{ output: [{ pii: ask }] }')));
    expect(outputsOf(state)).toEqual({ a: `1 ${anna}` });
    expect(calls).toBe(1);
  });

  it('is refused where it would hide something: what placeholders stand for is known to the owner alone', async () => {
    let calls = 0;
    const engine = await withHelper({ tools: { act: () => (calls += 1) } });
    const yaml =
      'telos: 1\nid: t\nsteps: [{ id: all, foreach: [1], rails: { tool_result: [{ pii: redact }] }, steps: [{ id: a, uses: act, queue: far }] }]';
    const state = await engine.run(yaml);
    expect(state.phase).toMatchObject({ error: { code: 'RAIL_FAILED', message: expect.stringContaining('far') } });
    expect(calls).toBe(0);
  });
});
