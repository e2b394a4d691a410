import { addUsage, isWithin, noUsage } from '@telos/core';
import type { RunState, StepPath, StepState, Usage } from '@telos/core';
import { expect, it } from 'vitest';
import { createSpending } from './spending.ts';

const calls = (count: number): Usage => ({ ...noUsage, calls: count });
const ended = (usage: Usage): StepState => ({ status: 'cancelled', attempt: 1, usage });

/** Steps as a run has them; counts how often they are gone through. */
function stateOf(used: ReadonlyMap<StepPath, Usage>) {
  const passes = { count: 0 };
  class Steps extends Map<StepPath, StepState> {
    override [Symbol.iterator]() {
      passes.count += 1;
      return super[Symbol.iterator]();
    }
  }
  const steps = new Steps();
  let usage = noUsage;
  for (const [path, own] of used) {
    steps.set(path, ended(own));
    usage = addUsage(usage, own);
  }
  return { passes, state: { steps, usage } satisfies Pick<RunState, 'steps' | 'usage'> };
}

const paths = [
  'a',
  'ab',
  'a[0].x',
  'a[0].xy',
  'a[1].x',
  'a[10].x',
  'a[1].b.left.y',
  'a[1].b',
  'loop#1.x',
  'loop#12.x',
  'x/compensate',
  'x',
  'catch[0].tell',
];
const prefixes = paths.flatMap((path) => Array.from(path, (_, index) => path.slice(0, index + 1)));

it('is what all steps used that are within a part, before and after it was first asked for', () => {
  const used = new Map(paths.map((path, index) => [path, calls(2 ** index)]));
  const spending = createSpending(stateOf(used).state);
  const expected = (part: string): number => {
    let sum = noUsage;
    for (const [path, usage] of used) if (isWithin(path, part)) sum = addUsage(sum, usage);
    return sum.calls;
  };
  for (const part of ['', ...prefixes]) expect(spending.within(part).calls, part).toBe(expected(part));
  used.set('a[1].b.left.y', calls(10_000));
  spending.add('a[1].b.left.y', calls(10_000 - spending.within('a[1].b.left.y').calls));
  for (const part of prefixes) expect(spending.within(part).calls, part).toBe(expected(part));
});

it('goes through the steps of a run once, however many budgets ask, and not at all for that of the run', () => {
  const used = new Map(Array.from({ length: 500 }, (_, index) => [`each[${index}].x`, calls(1)] as const));
  const { state, passes } = stateOf(used);
  const spending = createSpending(state);
  expect(spending.within('').calls).toBe(500);
  expect(passes.count).toBe(0);
  for (const path of used.keys()) expect(spending.within(path).calls).toBe(1);
  expect(spending.within('each').calls).toBe(500);
  expect(passes.count).toBe(1);
});
