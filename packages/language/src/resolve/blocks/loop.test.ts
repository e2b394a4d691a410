import { describe, expect, it } from 'vitest';
import { briefFaults, compiled, faultsOf } from '../../testing/sample-catalog.ts';
import { compiledStep, oneStep, plain, stepAfterFirst } from '../../testing/written.ts';

const refine = stepAfterFirst(`loop:
  state: { text: "\${{ steps.first.output }}", score: 0 }
  until: state.score > 0.9 && steps.rate.status == "succeeded"
  max: 5
  next: { text: "\${{ steps.write.output }}", score: "\${{ steps.rate.output + state.score }}" }
steps:
  - { id: write, uses: transform, with: { value: "\${{ state.text }} \${{ index }}" } }
  - { id: rate, uses: transform, with: { value: "\${{ steps.write.output }}" } }`);

describe('a loop', () => {
  it('becomes its state, its body, and what makes the next round', () => {
    expect(compiledStep(refine, 'loop')).toMatchObject({
      kind: 'loop',
      state: { text: '${{ steps.first.output }}', score: 0 },
      until: 'state.score > 0.9 && steps.rate.status == "succeeded"',
      max: 5,
      next: { text: '${{ steps.write.output }}', score: '${{ steps.rate.output + state.score }}' },
      steps: [
        { id: 'write', after: [], reads: [] },
        { id: 'rate', after: ['write'], reads: ['write'] },
      ],
    });
  });

  it('notes what it reads before its body and what its end reads behind it', () => {
    const source = stepAfterFirst(`loop: { until: "steps.plain.output == steps.first.output" }\nsteps: [${plain}]`);
    expect(compiledStep(refine, 'loop')).toMatchObject({ reads: ['first'], nextReads: ['rate', 'write'] });
    expect(compiledStep(source, 'loop')).toMatchObject({ reads: ['first'], nextReads: ['first', 'plain'] });
  });

  it('ends after 100 rounds unless it names another limit', () => {
    expect(compiledStep(oneStep(`loop: { until: "index > 3" }\nsteps: [${plain}]`), 'loop').max).toBe(100);
    const counted = compiledStep(oneStep(`loop: { max: 3 }\nsteps: [${plain}]`), 'loop');
    expect(counted).toMatchObject({ max: 3, state: {}, next: {}, nextReads: [] });
    expect(counted).not.toHaveProperty('until');
  });

  it('says where the steps of its body stand', () => {
    expect(compiled(oneStep(`loop: { max: 3 }\nsteps: [${plain}]`)).positions).toEqual({
      a: { line: 4, column: 5 },
      'a.plain': { line: 6, column: 13 },
    });
  });

  it('lets `until` read a field that `next` is the first to set', () => {
    const loop =
      'loop: { state: { text: "" }, until: "state.score > 1", next: { score: "${{ steps.plain.output }}" } }';
    expect(faultsOf(oneStep(`${loop}\nsteps: [${plain}]`))).toEqual([]);
  });

  it('hides the state of a loop around it, and ends where its body ends', () => {
    const inner = `{ id: inner, loop: { state: { n: 0 }, max: 2 }, steps: [{ id: b, uses: transform, with: { value: "\${{ state.n }}" } }] }`;
    expect(faultsOf(oneStep(`loop: { state: { m: 0 }, max: 2 }\nsteps: [${inner}]`))).toEqual([]);
    expect(
      briefFaults(oneStep(`loop: { state: { m: 0 }, max: 2 }\nsteps: [${inner.replace('state.n', 'state.m')}]`)),
    ).toEqual(['6:115 UNKNOWN_NAME steps[0].steps[0].steps[0].with.value']);
  });

  it.each([
    ['that never ends', `loop: { state: { n: 1 } }\nsteps: [${plain}]`, '5:5 MISSING_KEY steps[0].loop'],
    ['without steps', 'loop: { max: 2 }', '4:5 MISSING_KEY steps[0]'],
    ['of no rounds', `loop: { max: 0 }\nsteps: [${plain}]`, '5:18 INVALID_VALUE steps[0].loop.max'],
    ['with an unknown key', `loop: { max: 2, untl: "true" }\nsteps: [${plain}]`, '5:21 UNKNOWN_KEY steps[0].loop.untl'],
    [
      'whose next sets what its state does not have',
      `loop: { state: { text: "" }, next: { txet: 1 }, max: 2 }\nsteps: [${plain}]`,
      '5:42 UNKNOWN_NAME steps[0].loop.next.txet',
    ],
    [
      'whose body reads what its state does not have',
      `loop: { state: { text: "" }, max: 2 }\nsteps: [{ id: b, uses: transform, with: { value: "\${{ state.txet }}" } }]`,
      '6:59 UNKNOWN_NAME steps[0].steps[0].with.value',
    ],
    [
      'whose end is a number',
      `loop: { until: "size(steps.plain.output)" }\nsteps: [${plain}]`,
      '5:20 NOT_BOOLEAN steps[0].loop.until',
    ],
    [
      'whose first state reads the state',
      `loop: { state: { a: "\${{ state.a }}" }, max: 2 }\nsteps: [${plain}]`,
      '5:30 UNKNOWN_NAME steps[0].loop.state.a',
    ],
    [
      'whose body reads a step of no list',
      `loop: { max: 2 }\nsteps: [{ id: b, uses: transform, with: { value: "\${{ steps.c.output }}" } }]`,
      '6:59 UNKNOWN_STEP steps[0].steps[0].with.value',
    ],
  ])('%s is refused at its place', (_title, keys, fault) => {
    expect(briefFaults(oneStep(keys))).toEqual([fault]);
  });

  it('suggests the nearest field of its state', () => {
    const [unknown, far] = ['txet', 'other'].map(
      (field) =>
        faultsOf(oneStep(`loop: { state: { text: "" }, next: { ${field}: 1 }, max: 2 }\nsteps: [${plain}]`))[0],
    );
    expect(unknown?.hint).toBe('did you mean `text`?');
    expect(far?.hint).toBe('give it a first value: state: { other: null }');
  });

  it('keeps its state to itself', () => {
    const source = `${oneStep(`loop: { state: { n: 1 }, max: 2 }\nsteps: [${plain}]`)}outputs: { n: "\${{ state.n }}" }\n`;
    expect(faultsOf(source)).toMatchObject([{ code: 'UNKNOWN_NAME', hint: expect.stringContaining('in a loop only') }]);
  });
});
