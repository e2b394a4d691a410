import { describe, expect, it } from 'vitest';
import { programOf } from '../testing/programs.ts';
import { created, started, startedStep, stateOf, succeededStep, usageOf } from '../testing/specification.ts';
import { budgetOf, overBudget } from './budget.ts';
import { begin } from './evolve.ts';

/** Has spent $1, 15 tokens and one call. */
const state = stateOf(started, startedStep('a'), { ...succeededStep('a'), usage: usageOf(1) });

describe('the budget of a run', () => {
  it('is the one it was started with, or else that of its program', () => {
    const program = { ...programOf(), budget: { usd: 1, onExceeded: 'fail' as const } };
    const own = begin('run', { ...created, budget: { usd: 5, onExceeded: 'fail' } });
    expect(budgetOf(program, own)).toMatchObject({ usd: 5 });
    expect(budgetOf(program, begin('run', created))).toMatchObject({ usd: 1 });
    expect(budgetOf(programOf(), begin('run', created))).toBeUndefined();
  });

  it.each([
    ['usd', 1, 0.99],
    ['tokens', 15, 14],
    ['calls', 1, 0],
    ['wallMs', 8, 7],
  ] as const)('may be used up to its %s, and is exceeded beyond', (name, enough, tooLittle) => {
    const now = 9;
    expect(overBudget({ [name]: enough, onExceeded: 'fail' }, state, now)).toBeUndefined();
    expect(overBudget({ [name]: tooLittle, onExceeded: 'fail' }, state, now)).toMatch(/^The run has /);
  });

  it('without ceilings is never exceeded', () => {
    expect(overBudget({ onExceeded: 'fail' }, state, Number.MAX_SAFE_INTEGER)).toBeUndefined();
  });
});
