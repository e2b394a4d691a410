/** Blocks that are made of others: map_reduce and best_of. */
import type { AnyCheck } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openEngine, outputsOf } from './engine.ts';
import type { Act, Engine } from './engine.ts';

let engine: Engine;
afterEach(() => engine.close());

const many = (block: string): string => `telos: 1
id: many
inputs: { docs: { type: array, items: { type: integer } } }
steps:
  - id: many
    map_reduce:
      over: \${{ inputs.docs }}
${block}
outputs: { sum: "\${{ steps.many.output }}" }
`;

const transform: Act = ({ value }) => value ?? null;
const add: Act = ({ list }) => (Array.isArray(list) ? list.reduce<number>((sum, one) => sum + Number(one), 0) : null);

describe('a map_reduce', () => {
  it('does `map` for each item, and `reduce` once with what they gave, in order', async () => {
    engine = await openEngine({ tools: { add, transform } });
    const state = await engine.run(
      many(`      map: [{ id: twice, uses: transform, with: { value: "\${{ item * 2 }}" } }]
      reduce:
        - { id: total, uses: add, with: { list: "\${{ steps.map.output }}" } }
        - { id: said, uses: transform, with: { value: "\${{ [steps.map.output, steps.total.output] }}" } }`),
      { docs: [1, 2, 3] },
    );
    expect(outputsOf(state)).toEqual({ sum: [[2, 4, 6], 12] });
    expect(state.steps.has('many[0].map[2].twice')).toBe(true);
  });

  it('gives `map` batches, the last with what is left, and goes on without an item that failed where it says so', async () => {
    const sum: Act = (given, ...rest) => {
      const list = given['list'];
      if (Array.isArray(list) && list.includes(3)) throw new Error('no threes');
      return add(given, ...rest);
    };
    engine = await openEngine({ tools: { add, sum, transform } });
    const block = `      batch: 2
      on_item_error: skip
      map: [{ id: part, uses: sum, with: { list: "\${{ batch }}" } }]
      reduce: [{ id: total, uses: add, with: { list: "\${{ steps.map.output }}" } }]`;
    const state = await engine.run(many(block), { docs: [1, 2, 3, 4, 5] });
    expect(outputsOf(state)).toEqual({ sum: 8 });
    expect(state.steps.get('many[0].map[1].part')?.status).toBe('failed');
    expect(outputsOf(await engine.run(many(block), { docs: [] }))).toEqual({ sum: 0 });
  });
});

/** Scores a text by its length, in tenths. */
const long: AnyCheck = {
  name: 'long',
  description: 'Likes long texts.',
  params: z.object({}),
  needs: 'local',
  score: async ({ value }) => {
    const score = typeof value === 'string' ? Math.min(1, value.length / 10) : 0;
    return { score, verdict: score > 0.2 ? 'pass' : 'fail', reason: `${score}` };
  },
};

const pick = (best: string): string => `telos: 1
id: pick
evaluators: { longest: { uses: long } }
steps:
  - id: pick
    best_of: ${best}
outputs: { best: "\${{ steps.pick.output }}" }
`;

describe('a best_of', () => {
  it('gives what the best of its candidates gave, as their judge scores them, low or high', async () => {
    const words = ['ab', 'abcdefgh', 'abcd'];
    engine = await openEngine({ tools: { transform, say: ({ n }) => words[Number(n) - 1] ?? null }, checks: { long } });
    const state = await engine.run(
      pick('{ n: 3, judge: longest, steps: [{ id: say, uses: say, with: { n: "${{ candidate }}" } }] }'),
    );
    expect(outputsOf(state)).toEqual({ best: 'abcdefgh' });
    expect(state.steps.get('pick[0].pick_candidates[0].say')).toMatchObject({ gate: { score: 0.2, passed: true } });
  });

  it('passes over candidates that fail, or that their own gate does not let pass, and fails when none is left', async () => {
    const words = ['ab', 'abc', ''];
    const say: Act = ({ n }) => {
      if (Number(n) === 3) throw new Error('nothing to say');
      return words[Number(n) - 1] ?? null;
    };
    engine = await openEngine({ tools: { say, transform }, checks: { long } });
    const step = '{ id: say, uses: say, with: { n: "${{ candidate }}" }, gate: { judge: longest } }';
    expect(outputsOf(await engine.run(pick(`{ n: 3, steps: [${step}] }`)))).toEqual({ best: 'abc' });
    words[1] = 'a';
    const none = await engine.run(pick(`{ n: 3, steps: [${step}] }`));
    expect(none.phase).toMatchObject({ status: 'failed', error: { code: 'GATE_FAILED' } });
  });

  it('takes the first of candidates that score alike', async () => {
    engine = await openEngine({ tools: { transform, say: ({ n }) => `text ${Number(n)}` }, checks: { long } });
    const state = await engine.run(
      pick('{ n: 4, judge: longest, steps: [{ id: say, uses: say, with: { n: "${{ candidate }}" } }] }'),
    );
    expect(outputsOf(state)).toEqual({ best: 'text 1' });
  });
});
