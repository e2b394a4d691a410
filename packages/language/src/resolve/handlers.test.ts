import { describe, expect, it } from 'vitest';
import { briefFaults, compiled, faultsOf } from '../testing/sample-catalog.ts';
import { plain, workflow } from '../testing/written.ts';

const handled = workflow(`steps:
  - { id: one, uses: transform, with: { value: 1 } }
  - { id: two, needs: [], uses: transform, with: { value: 2 } }
catch:
  - match: [timeout, GATE_FAILED]
    steps:
      - { id: tell, uses: transform, with: { value: "\${{ [error.code, steps.one.output, steps.two.status] }}" } }
      - { id: keep, uses: transform, with: { value: "\${{ steps.tell.output }}" } }
  - steps: [{ id: tell, uses: transform, with: { value: "\${{ error }}" } }]
finally:
  - { id: done, uses: transform, with: { value: "\${{ steps.one.status }}" } }
  - { id: last, uses: transform, with: { value: "\${{ steps.done.output }}" } }`);

describe('catch and finally', () => {
  it('are lists of steps of their own, which see all steps of the workflow and each other in order', () => {
    expect(compiled(handled).program).toMatchObject({
      catch: [
        {
          match: ['timeout', 'GATE_FAILED'],
          steps: [
            { id: 'tell', after: [], reads: ['one', 'two'] },
            { id: 'keep', after: ['tell'], reads: ['tell'] },
          ],
        },
        { match: 'any', steps: [{ id: 'tell', reads: [] }] },
      ],
      finally: {
        steps: [
          { id: 'done', after: [], reads: ['one'] },
          { id: 'last', after: ['done'], reads: ['done'] },
        ],
      },
    });
  });

  it('say where their steps stand', () => {
    expect(Object.entries(compiled(handled).positions).map(([chain, { line }]) => [chain, line])).toEqual([
      ['one', 4],
      ['two', 5],
      ['catch[0].tell', 9],
      ['catch[0].keep', 10],
      ['catch[1].tell', 11],
      ['finally.done', 13],
      ['finally.last', 14],
    ]);
  });

  it('are absent from a program without them', () => {
    const { program } = compiled(workflow(`steps: [${plain}]`));
    expect(program).not.toHaveProperty('catch');
    expect(program).not.toHaveProperty('finally');
  });

  it('may ask, wait and hold blocks, in which `error` is known too', () => {
    const source = workflow(`steps: [${plain}]
catch:
  - steps:
      - { id: ok, approve: { who: editors, show: "\${{ error.message }}" } }
      - { id: each, foreach: [1], steps: [{ id: b, uses: transform, with: { value: "\${{ [error, item, steps.plain.output] }}" } }] }
finally: [{ id: nap, wait: { for: 1m } }]`);
    expect(faultsOf(source)).toEqual([]);
    expect(Object.keys(compiled(source).positions)).toContain('catch[0].each.b');
  });

  it.each([
    ['without steps', `catch: [{ match: any }]`, '4:9 MISSING_KEY catch[0].steps'],
    ['without handlers', `catch: []`, '4:8 INVALID_VALUE catch'],
    [
      'of an error that is none',
      `catch: [{ match: [timeuot], steps: [{ id: b, wait: { for: 1s } }] }]`,
      '4:19 INVALID_VALUE catch[0].match[0]',
    ],
    [
      'of a word',
      `catch: [{ match: timeout, steps: [{ id: b, wait: { for: 1s } }] }]`,
      '4:18 INVALID_VALUE catch[0].match',
    ],
    [
      'after one that matches everything',
      `catch: [{ steps: [{ id: b, wait: { for: 1s } }] }, { match: [timeout], steps: [{ id: b, wait: { for: 1s } }] }]`,
      '4:9 INVALID_VALUE catch[0]',
    ],
    [
      'whose step has the id of a step of the workflow',
      `finally: [{ id: plain, wait: { for: 1s } }]`,
      '4:17 DUPLICATE_ID finally[0].id',
    ],
    [
      'that reads the error although there need not be one',
      `finally: [{ id: b, uses: transform, with: { value: "\${{ error }}" } }]`,
      '4:57 UNKNOWN_NAME finally[0].with.value',
    ],
    [
      'that reads a step of another handler',
      `catch: [{ steps: [{ id: b, wait: { for: 1s } }] }]\nfinally: [{ id: c, uses: transform, with: { value: "\${{ steps.b.output }}" } }]`,
      '5:57 UNKNOWN_STEP finally[0].with.value',
    ],
  ])('%s are refused at their place', (_title, handler, fault) => {
    expect(briefFaults(workflow(`steps: [${plain}]\n${handler}`))).toEqual([fault]);
  });

  it.each(['catch', 'finally'])(
    'keep the id `%s` of a step of the workflow for themselves, but not inside blocks',
    (id) => {
      const step = `{ id: ${id}, uses: transform, with: { value: 1 } }`;
      expect(briefFaults(workflow(`steps: [${step}]`))).toEqual(['3:15 INVALID_VALUE steps[0].id']);
      expect(briefFaults(workflow(`steps: [{ id: b, foreach: [1], steps: [${step}] }]`))).toEqual([]);
    },
  );

  it('are named when something before them reads what is in them', () => {
    const source = workflow(
      `steps: [${plain}]\nfinally: [{ id: done, wait: { for: 1s } }]\noutputs: { a: "\${{ steps.done.output }}" }`,
    );
    expect(faultsOf(source)).toMatchObject([
      { code: 'UNKNOWN_STEP', path: 'outputs.a', message: expect.stringContaining('is in `finally`') },
    ]);
  });

  it('tell somebody who reads `error` elsewhere where it is known', () => {
    const source = workflow('steps: [{ id: b, uses: transform, with: { value: "${{ error }}" } }]');
    expect(faultsOf(source)).toMatchObject([{ code: 'UNKNOWN_NAME', hint: expect.stringContaining('`catch` only') }]);
  });

  it('are no part of a plan', () => {
    const source = workflow(
      `steps: [${plain}]\ncatch: [{ steps: [{ id: b, wait: { for: 1s } }] }]\nfinally: [{ id: c, wait: { for: 1s } }]`,
    );
    expect(briefFaults(source, { subset: 'plan' })).toEqual(['4:1 NOT_IN_PLAN catch', '5:1 NOT_IN_PLAN finally']);
  });
});
