/** Another workflow as a step: its own inputs, vars and labels, this run's journal; undone, caught and ended as it says. */
import type { AnyTool } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, outputsOf, untilAborted } from './engine.ts';
import type { EngineOptions } from './engine.ts';
import { createStage, driven, withEachDeath } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

const inner = `
telos: 1
id: inner
inputs: { who: string, times: { type: integer, default: 2 } }
vars: { greeting: "Hello \${{ inputs.who }}" }
steps:
  - id: l
    loop: { max: 5, state: { text: [] }, until: "size(state.text) >= inputs.times", next: { text: "\${{ state.text + [steps.say.output] }}" } }
    steps: [{ id: say, uses: act, with: { text: "\${{ vars.greeting }} \${{ string(index) }}" } }]
outputs: { said: "\${{ steps.l.output.state.text }}" }
`;
const outer = (more = ''): string => `
telos: 1
id: outer
inputs: { names: { type: array, items: { type: string } } }
vars: { greeting: "not this one" }
steps:
  - id: each
    foreach: "\${{ inputs.names }}"
    as: name
    steps: [{ id: child, workflow: { id: inner, with: { who: "\${{ name }}" } } }]
${more}
outputs: { each: "\${{ steps.each.output }}" }
`;
const tools: EngineOptions['tools'] = { act: ({ text }) => text ?? null };

describe('a workflow as a step', () => {
  it('sees what it was given and its own vars, and gives its outputs', async () => {
    const engine = await stage.open({ tools });
    await engine.publish(inner);
    const state = await engine.ended(await engine.start(outer(), { names: ['a', 'b'] }));
    expect(outputsOf(state)).toEqual({
      each: [{ said: ['Hello a 0', 'Hello a 1'] }, { said: ['Hello b 0', 'Hello b 1'] }],
    });
    expect([...state.steps.keys()]).toContain('each[0].child#1.l#2.say');
  });

  it('keeps the version that was current when the run was created', async () => {
    const engine = await stage.open({ tools });
    await engine.publish(inner);
    const run = await engine.start(
      outer(
        '  - { id: nap, wait: { for: 1h }, needs: [] }\n  - { id: again, needs: [nap], workflow: { id: inner, with: { who: "x" } } }',
      ),
      { names: [] },
    );
    await engine.until(run, ({ type }) => type === 'run.waiting');
    await engine.publish(inner.replace('Hello', 'Goodbye'));
    const next = await stage.another(engine);
    await engine.worker.stop();
    await next.clock.advance(3_700_000);
    const state = await driven(next, run);
    expect(state.steps.get('again')).toMatchObject({ output: { value: { said: ['Hello x 0', 'Hello x 1'] } } });
  });

  it('that is not pinned fails the step and says which', async () => {
    const engine = await stage.open({ tools });
    const state = await engine.ended(await engine.start(outer(), { names: ['a'] }));
    expect(state.phase).toMatchObject({
      error: { code: 'WORKFLOW_NOT_FOUND', path: 'each[0].child', message: expect.stringContaining('inner') },
    });
  });

  it('fails when what it is given does not fit, and says so at the step', async () => {
    const engine = await stage.open({ tools });
    await engine.publish(inner);
    const state = await engine.ended(
      await engine.start('telos: 1\nid: t\nsteps: [{ id: child, workflow: { id: inner, with: { times: "many" } } }]'),
    );
    expect(state.phase).toMatchObject({
      status: 'failed',
      error: { path: 'child', message: expect.stringMatching(/who|times/) },
    });
  });

  it('carries the labels of what it is given inward, and of what it did outward', async () => {
    const web: Partial<AnyTool> = { returns: ['untrusted'], run: () => Promise.resolve('page') };
    const engine = await stage.open({ tools: { ...tools, web } });
    await engine.publish(inner);
    await engine.publish('telos: 1\nid: reader\nsteps: [{ id: page, uses: web }]\noutputs: { n: "${{ 1 }}" }');
    const state = await engine.ended(
      await engine.start(
        'telos: 1\nid: t\nsteps:\n  - { id: clean, workflow: { id: inner, with: { who: a } } }\n  - { id: page, uses: web }\n  - { id: child, workflow: { id: inner, with: { who: "${{ steps.page.output }}" } } }\n  - { id: read, workflow: { id: reader } }',
      ),
    );
    expect(state.steps.get('clean')).toMatchObject({ labels: [] });
    expect(state.steps.get('child#1.l#1.say')).toMatchObject({ labels: ['untrusted'] });
    expect(state.steps.get('child')).toMatchObject({ labels: ['untrusted'] });
    expect(state.steps.get('read')).toMatchObject({ labels: ['untrusted'] });
  });

  it('holds large inputs and outputs in blobs', async () => {
    const engine = await stage.open({ tools });
    await engine.publish(inner);
    const run = await engine.start(outer(), { names: ['x'.repeat(20_000)] });
    const state = await engine.ended(run);
    expect(state.phase).toMatchObject({ status: 'succeeded', outputs: { bytes: expect.any(Number) } });
  });

  it('that runs a workflow itself, and waits inside, ends the same wherever its owner dies', async () => {
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        await first.publish(
          'telos: 1\nid: asker\ninputs: { q: string }\nsteps: [{ id: nap, wait: { for: 1m } }, { id: ok, approve: { show: "${{ inputs.q }}" } }]\noutputs: { v: "${{ steps.ok.output.value }}" }',
        );
        await first.publish(
          'telos: 1\nid: inner\ninputs: { who: string }\nsteps: [{ id: ask, workflow: { id: asker, with: { q: "${{ inputs.who }}?" } } }]\noutputs: { a: "${{ steps.ask.output.v }}" }',
        );
        const run = await first.start(outer(), { names: ['a', 'b'] });
        await first.clock.advance(1000);
        const state = await driven(await afterDeath(), run);
        expect(outputsOf(state), which).toEqual({ each: [{ a: 'a?' }, { a: 'b?' }] });
      },
      () => ({ tools }),
    );
    expect(deaths).toBeGreaterThan(3);
  });

  it('cancelled in the middle ends with its run, and what it did is undone with what it was given', async () => {
    const log: string[] = [];
    const stuck = createLatch();
    const engine = await stage.open({
      tools: {
        act: (_, { path }) => (log.push(path), path),
        undo: ({ of }) => (log.push(`undo ${String(of)}`), null),
        hang: (_, { signal }) => (stuck.open(), untilAborted(signal)),
      },
    });
    await engine.publish(
      'telos: 1\nid: inner\ninputs: { who: string }\nsteps: [{ id: a, uses: act, compensate: { uses: undo, with: { of: "${{ inputs.who }} ${{ steps.a.output }}" } } }, { id: h, uses: hang }]',
    );
    const run = await engine.start(outer(), { names: ['ann'] });
    await stuck.reached;
    await engine.store.inbox.post(run, { id: 'c', kind: 'cancel', reason: 'enough' });
    expect((await engine.ended(run)).phase.status).toBe('cancelled');
    expect(log).toEqual(['each[0].child#1.a', 'undo ann each[0].child#1.a']);
  });
});

describe('a workflow that catches, or does something at last', () => {
  it.each([
    ['catch', 'catch: [{ steps: [{ id: c, uses: act }] }]'],
    ['finally', 'finally: [{ id: f, uses: act }]'],
  ])('is no step of another: its `%s` would be left out', async (key, more) => {
    const engine = await stage.open({ tools });
    await engine.publish(`telos: 1\nid: inner\ninputs: { who: string }\nsteps: [{ id: a, uses: act }]\n${more}`);
    const state = await engine.ended(await engine.start(outer(), { names: ['a'] }));
    expect(state.phase).toMatchObject({
      error: { code: 'UNSUPPORTED', path: 'each[0].child', message: expect.stringContaining(key) },
    });
    expect([...state.steps.keys()].filter((path) => path.endsWith('.a'))).toEqual([]);
  });
});

describe('permissions on a workflow as a step', () => {
  const one = (rules: string, id = 'one'): string =>
    `telos: 1\nid: ${id}\npermissions: { ${rules} }\nsteps: [{ id: child, workflow: { id: inner, with: { who: a } } }]\noutputs: { said: "\${{ steps.child.output.said }}" }\n`;

  it('have a person asked before it runs, who may change what it is given', async () => {
    const engine = await stage.open({ tools });
    await engine.publish(inner);
    const run = await engine.start(one('ask: [workflow.inner]'));
    await engine.until(run, ({ type }) => type === 'run.waiting');
    const [wait] = (await engine.store.waits.list({ run }, 2)).items;
    expect(wait).toMatchObject({ path: 'child', wait: { purpose: 'permission', show: { value: { who: 'a' } } } });
    const answer = { id: 'd', kind: 'decide', wait: wait?.id ?? 0, decision: 'approve', by: 'ann' } as const;
    await engine.store.inbox.post(run, { ...answer, value: { value: { who: 'b' } } });
    expect(outputsOf(await engine.ended(run))).toEqual({ said: ['Hello b 0', 'Hello b 1'] });
  });

  it('refuse it for what it is given, and when a workflow around it denies it', async () => {
    const engine = await stage.open({ tools });
    await engine.publish(inner);
    const given = await engine.run(one('deny: [{ uses: workflow.inner, with: { who: a } }]'));
    expect(given.phase).toMatchObject({ status: 'failed', error: { code: 'TOOL_DENIED', path: 'child' } });
    expect([...given.steps.keys()]).toEqual(['child']);
    await engine.publish(one('', 'middle'));
    const around = await engine.run(
      'telos: 1\nid: top\npermissions: { deny: [workflow.inner] }\nsteps: [{ id: m, workflow: { id: middle } }]',
    );
    expect(around.phase).toMatchObject({ error: { code: 'TOOL_DENIED', path: 'm#1.child' } });
  });
});
