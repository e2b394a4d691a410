import { describe, expect, it } from 'vitest';
import { briefFaults, compiled, faultsOf } from '../testing/sample-catalog.ts';
import { plain, workflow } from '../testing/written.ts';

const limited = (limits: string) => workflow(`limits: ${limits}\ninputs: { topic: string }\nsteps: [${plain}]`);
const programOf = (limits: string) => compiled(limited(limits)).program;

describe('limits', () => {
  it('may pause a run at its budget', () => {
    expect(programOf('{ budget: { usd: 1, on_exceeded: pause } }').budget).toEqual({ usd: 1, onExceeded: 'pause' });
  });

  it('may give a run a timeout, which is the wall of its budget', () => {
    expect(programOf('{ timeout: 5m }').budget).toEqual({ wallMs: 300_000, onExceeded: 'fail' });
    expect(programOf('{ timeout: 5m, budget: { usd: 1 } }').budget).toEqual({
      usd: 1,
      wallMs: 300_000,
      onExceeded: 'fail',
    });
  });

  it('say it once', () => {
    expect(faultsOf(limited('{ timeout: 5m, budget: { wall: 4m } }'))).toMatchObject([
      { code: 'INVALID_VALUE', line: 3, column: 11, path: 'limits.timeout', hint: 'keep `budget.wall`' },
    ]);
    expect(faultsOf(limited('{ timeout: 5m, budget: { usd: 1, on_exceeded: pause } }'))).toMatchObject([
      { code: 'INVALID_VALUE', path: 'limits.timeout', hint: 'write it as `wall` of the budget' },
    ]);
  });
});

describe('concurrency', () => {
  it('is shared by all runs of the workflow, which queue, unless it says otherwise', () => {
    expect(programOf('{ concurrency: { max: 2 } }').concurrency).toEqual({ key: 'flow', max: 2, whenFull: 'queue' });
    expect(
      programOf('{ concurrency: { key: "t-${{ inputs.topic }}", max: 1, when_full: replace } }').concurrency,
    ).toEqual({
      key: 't-${{ inputs.topic }}',
      max: 1,
      whenFull: 'replace',
    });
    expect(programOf('{}')).not.toHaveProperty('concurrency');
  });

  it.each([
    ['{ key: a }', '3:24 MISSING_KEY limits.concurrency.max'],
    ['{ max: 0 }', '3:31 INVALID_VALUE limits.concurrency.max'],
    ['{ max: 1, when_full: wait }', '3:45 INVALID_VALUE limits.concurrency.when_full'],
    ['{ max: 1, key: "${{ inputs.tpic }}" }', '3:44 UNKNOWN_INPUT limits.concurrency.key'],
    ['{ max: 1, key: "${{ run.id }}" }', '3:44 UNKNOWN_NAME limits.concurrency.key'],
    ['{ max: 1, key: "${{ vars.a }}" }', '3:44 UNKNOWN_NAME limits.concurrency.key'],
    ['{ max: 1, key: "${{ steps.plain.output }}" }', '3:44 UNKNOWN_NAME limits.concurrency.key'],
  ])('%s is refused at its place', (concurrency, fault) => {
    expect(briefFaults(limited(`{ concurrency: ${concurrency} }`))).toEqual([fault]);
  });
});
