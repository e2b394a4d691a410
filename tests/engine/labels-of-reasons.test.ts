/** Labels of what errors quote and of what people edit: nothing private becomes public by being told in other words. */
import type { AnyCheck, RunState } from '@telos/core';
import { z } from 'zod';
import { afterEach, describe, expect, it } from 'vitest';
import { openEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { labelsIn } from './labelled.ts';
import { driven } from './stage.ts';

let engine: Engine;
afterEach(() => engine.close());

/** Quotes its parameter and the sources, as a check does that says what they give. */
const quoting: AnyCheck = {
  name: 'quoting',
  description: 'quotes',
  needs: 'local',
  params: z.strictObject({ than: z.unknown().optional() }),
  score: ({ sources }, { than }: { than?: unknown }) =>
    Promise.resolve({ score: 0, verdict: 'fail', reason: `It is not ${JSON.stringify([than, sources])}.` }),
};

async function open(): Promise<void> {
  engine = await openEngine({
    tools: {
      data: { returns: ['private'], run: () => Promise.resolve({ name: 'Anna Secret' }) },
      web: { returns: ['untrusted'], run: () => Promise.resolve({ name: 'Anna Secret' }) },
      act: () => 1,
    },
    checks: { quoting },
  });
}

async function run(step: string, source = 'data'): Promise<RunState> {
  await open();
  return engine.run(
    `telos: 1\nid: t\nsteps:\n  - { id: row, uses: ${source} }\n  - ${step}\n  - { id: after, uses: act, with: { e: "\${{ steps.x.error.message }}" } }`,
  );
}

const than = 'with: { than: "${{ steps.row.output.name }}" }';
const rail = (place: string, given = than): string =>
  `rails: { ${place}: [{ check: quoting, ${given}, action: block }] }`;
const gate = 'gate: { checks: [{ quoting: { than: "${{ steps.row.output.name }}" } }] }';
const list = 'foreach: [1], steps: [{ id: i, uses: act }]';

describe('the error of a step carries the labels of what it quotes', () => {
  it.each([
    ['the reason of a gate', `{ id: x, uses: act, ${gate}, on_error: continue }`],
    ['the reason of a rail before a call', `{ id: x, uses: act, ${rail('input')}, on_error: continue }`],
    ['the reason of a rail on the arguments', `{ id: x, uses: act, ${rail('tool_arguments')}, on_error: continue }`],
    ['the reason of a rail behind a call', `{ id: x, uses: act, ${rail('tool_result')}, on_error: continue }`],
    ['the reason of a rail on what it gives', `{ id: x, uses: act, ${rail('output')}, on_error: continue }`],
    ['the reason of the gate of a block', `{ id: x, ${list}, ${gate}, on_error: continue }`],
    ['the reason of a rail on what a block is given', `{ id: x, ${list}, ${rail('input')}, on_error: continue }`],
    ['the reason of a rail on what a block gives', `{ id: x, ${list}, ${rail('output')}, on_error: continue }`],
    [
      'sources that are shown because a condition reads them',
      `{ id: x, uses: act, when: "steps.row.output.name != ''", gate: { checks: [{ quoting: {} }] }, on_error: continue }`,
    ],
    [
      'the duration that it was to wait',
      `{ id: x, wait: { for: "\${{ steps.row.output.name }}" }, on_error: continue }`,
    ],
    [
      'the instant that it was to wait for',
      `{ id: x, wait: { until: "\${{ steps.row.output.name }}" }, on_error: continue }`,
    ],
  ])('%s', async (_, step) => {
    const state = await run(step);
    expect(JSON.stringify(state.steps.get('x'))).toContain('Anna Secret');
    expect(labelsIn(state, 'after')).toEqual(['private']);
    await engine.close();
    expect(labelsIn(await run(step, 'web'), 'after')).toEqual(['untrusted']);
  });

  it('and none where nothing of it is labelled', async () => {
    const state = await run(`{ id: x, uses: act, gate: { checks: [{ quoting: { than: 1 } }] }, on_error: continue }`);
    expect(labelsIn(state, 'after')).toEqual([]);
  });
});

describe('a value that a person edits', () => {
  const gated = `gate: { checks: [{ quoting: { than: 1 } }], on_fail: [{ approve: [editors] }] }`;
  const show = '"${{ steps.row.output.name }}"';

  it.each([
    ['where they approve it', `{ id: x, approve: { show: ${show} } }`],
    ['where they let pass what a gate did not', `{ id: x, uses: act, with: { v: ${show} }, ${gated} }`],
  ])('%s stays private and is no longer untrusted', async (_, step) => {
    for (const [source, expected] of [
      ['data', ['private']],
      ['web', []],
    ] as const) {
      await open();
      const started = await engine.start(
        `telos: 1\nid: t\nsteps:\n  - { id: row, uses: ${source} }\n  - ${step}\n  - { id: after, uses: act, with: { e: "\${{ steps.x.output }}" } }`,
      );
      const state = await driven(engine, started, ({ id }) => ({
        id: `d${id}`,
        kind: 'decide',
        wait: id,
        decision: 'approve',
        value: { value: 'Anna S.' },
        by: 'ann',
      }));
      expect(labelsIn(state, 'after')).toEqual(expected);
      await engine.close();
    }
    await open();
  });
});
