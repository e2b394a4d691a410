import { describe, expect, it } from 'vitest';
import { briefFaults, compiled } from '../../testing/sample-catalog.ts';

const head = 'telos: 1\nid: t\ninputs: { docs: { type: array, items: { type: string } }, n: integer }\nsteps:\n';
const mapReduce = (block: string, after = ''): string => `${head}  - id: many\n    map_reduce:\n${block}${after}`;
const map = '      map: [{ id: read, uses: transform, with: { value: "${{ item }}" } }]\n';
const reduce = '      reduce: [{ id: join, uses: transform, with: { value: "${{ steps.map.output }}" } }]\n';
const over = '      over: ${{ inputs.docs }}\n';

describe('a map_reduce', () => {
  it('is a switch of one case: a foreach, then what it gave is put together', () => {
    const [step] = compiled(mapReduce(over + map + reduce)).program.steps;
    expect(step).toMatchObject({
      kind: 'switch',
      written: 'map_reduce',
      cases: [
        {
          steps: [
            { kind: 'foreach', id: 'map', as: 'item', items: '${{ inputs.docs }}', onItemError: 'fail' },
            { kind: 'action', id: 'join', after: ['map'], reads: ['map'] },
          ],
        },
      ],
    });
  });

  it('gives batches to `map` where it is told how large, of a list that is written down as of one that comes', () => {
    const batched = map.replace('item', 'batch');
    const items = (block: string) => JSON.stringify(compiled(mapReduce(block + batched + reduce)).program.steps);
    expect(items(`${over}      batch: 20\n`)).toContain('${{ batches(inputs.docs, 20) }}');
    expect(items('      over: [1, 2, 3]\n      batch: 2\n')).toContain('"items":[[1,2],[3]]');
  });

  it.each([
    ['      over: inputs.docs\n', '7:13 INVALID_VALUE steps[0].map_reduce.over'],
    ['      over: ${{ inputs.n }}\n', '7:17 EXPRESSION_TYPE steps[0].map_reduce.over'],
    ['      over: ${{ inputs.dcs }}\n', '7:17 UNKNOWN_INPUT steps[0].map_reduce.over'],
  ])('says where its list is wrong: %s', (written, fault) => {
    expect(briefFaults(mapReduce(written + map + reduce))).toEqual([fault]);
  });

  it('says where a step of `map` or `reduce` is wrong, by the place where it was written', () => {
    const wrong = map.replace('item', 'itm') + reduce.replace('steps.map', 'steps.mapp');
    expect(briefFaults(mapReduce(over + wrong))).toEqual([
      '8:62 UNKNOWN_NAME steps[0].map_reduce.map[0].with.value',
      '9:65 UNKNOWN_STEP steps[0].map_reduce.reduce[0].with.value',
    ]);
  });

  it('has its own way with policies of a block', () => {
    const faults = briefFaults(mapReduce(over + map + reduce, '    retry: { max: 2 }\n'));
    expect(faults).toEqual(['10:5 UNSUPPORTED steps[0].retry']);
  });
});

const bestOf = (block: string): string => `${head}  - id: pick\n    best_of: ${block}\n`;

describe('a best_of', () => {
  it('is n candidates side by side, each judged, and the one that scores best', () => {
    const source = bestOf(
      '{ n: 3, judge: fits, steps: [{ id: draft, uses: transform, with: { value: "${{ candidate }}" } }] }',
    );
    const evaluators = 'evaluators: { fits: { uses: length, with: { max: 5 } } }\nsteps:';
    const [step] = compiled(source.replace('steps:', evaluators)).program.steps;
    expect(step).toMatchObject({
      kind: 'switch',
      written: 'best_of',
      cases: [
        {
          steps: [
            { kind: 'foreach', id: 'pick_candidates', items: [1, 2, 3], maxParallel: 3, onItemError: 'skip' },
            { kind: 'action', id: 'pick_best' },
          ],
        },
      ],
    });
  });

  it.each([
    ['{ n: 3, steps: [{ id: a, uses: transform, with: { value: 1 } }] }', '6:14 MISSING_KEY steps[0].best_of'],
    [
      '{ n: 3, judge: x, steps: [{ id: a, uses: transform, with: { value: 1 }, gate: { checks: ["true"] } }] }',
      '6:29 INVALID_VALUE steps[0].best_of.judge',
    ],
    [
      '{ n: 3, judge: lenght, steps: [{ id: a, uses: transform, with: { value: 1 } }] }',
      '6:29 UNKNOWN_EVALUATOR steps[0].best_of.judge',
    ],
    [
      '{ n: 3, judge: x, steps: [{ id: a, uses: transfrm, with: { value: 1 } }] }',
      '6:55 UNKNOWN_TOOL steps[0].best_of.steps[0].uses',
    ],
  ])('says where it is wrong: %s', (written, fault) => {
    expect(briefFaults(bestOf(written))).toContain(fault);
  });
});
