import { describe, expect, it } from 'vitest';
import type { Step } from '../program/program.ts';
import { countedList, countedState } from '../testing/counting.ts';
import type { Counter } from '../testing/counting.ts';
import { action, foreach, inSequence, programOf } from '../testing/programs.ts';
import { cancelledStep, failedStep, started, startedStep, stateOf, succeededStep } from '../testing/specification.ts';
import type { Action } from './action.ts';
import type { RunEvent } from './events.ts';
import { evolve } from './evolve.ts';
import { createFrontier } from './create-frontier.ts';
import { next } from './next.ts';

/** What an action is answered with: the events, in order. */
type Answers = (action: Action) => readonly RunEvent[];

const succeed: Answers = (action) => {
  if (!('path' in action)) return [{ type: 'run.succeeded', at: 9, outputs: { value: null } }];
  if (action.do === 'close') return [succeededStep(action.path)];
  return [startedStep(action.path), succeededStep(action.path)];
};

/** Runs a program to its end; gives how many times steps were looked at on the way, and the journal. */
function work(steps: readonly Step[], answers: Answers, options: { readonly cancelAfter?: number } = {}) {
  const counter: Counter = { count: 0 };
  const program = { ...programOf(), steps: countedList(steps, counter) };
  let state = countedState(stateOf(started), counter);
  const frontier = createFrontier(program, state);
  const journal: RunEvent[] = [started];
  const waiting: Action[] = [...frontier.take()];
  for (let action = waiting.shift(); action !== undefined; action = waiting.shift()) {
    for (const event of answers(action)) {
      journal.push(event);
      state = evolve(state, event);
      frontier.observe(event);
    }
    if (journal.length === options.cancelAfter) {
      const ending: RunEvent = { type: 'run.ending', at: 9, cause: { cancelled: 'asked' } };
      journal.push(ending);
      state = evolve(state, ending);
      frontier.observe(ending);
    }
    waiting.push(...frontier.take());
  }
  return { count: counter.count, journal, state };
}

function chain(length: number): readonly Step[] {
  return inSequence(...Array.from({ length }, (_, index) => action(`s${index}`)));
}

/** Opens the foreach `f` with `count` items; everything else succeeds. */
function opening(count: number, otherwise: Answers = succeed): Answers {
  return (action) =>
    action.do === 'start' && action.path === 'f'
      ? [startedStep('f'), { type: 'block.opened', at: 3, path: 'f', opening: { foreach: { value: [] }, count } }]
      : otherwise(action);
}

/** Ten times the size may cost ten times the work, and a little for what does not grow. */
function expectLinear(cost: (size: number) => number): void {
  const small = cost(1000);
  const large = cost(10_000);
  expect(small).toBeGreaterThan(1000);
  expect(large / small).toBeLessThan(10.5);
}

describe('the work that a run takes grows with its size and no faster', () => {
  it('for a chain of steps', () => {
    expectLinear((size) => work(chain(size), succeed).count);
  });

  it.each([1, 100, Number.MAX_SAFE_INTEGER])('for a foreach with %d items at once', (maxParallel) => {
    expectLinear((size) => work([foreach('f', chain(2), { maxParallel })], opening(size)).count);
  });

  it('for a foreach whose last item fails among all others', () => {
    const fail = (size: number): Answers =>
      opening(size, (action) => {
        if (!('path' in action) || action.do === 'withdraw') return [];
        if (action.do === 'close') return [failedStep(action.path)];
        if (action.do === 'abort') return [cancelledStep(action.path)];
        return [startedStep(action.path), ...(action.path === `f[${size - 1}].s0` ? [failedStep(action.path)] : [])];
      });
    expectLinear((size) => {
      const { count, state } = work([foreach('f', chain(1), { maxParallel: size })], fail(size));
      expect(state.steps.get('f')).toMatchObject({ status: 'failed' });
      expect(state.steps.get('f[0].s0')).toMatchObject({ status: 'cancelled' });
      return count;
    });
  });

  it('for a run cancelled with all its items under way', () => {
    const cancel: Answers = (action) => {
      if (!('path' in action)) return [{ type: 'run.cancelled', at: 9, reason: 'asked' }];
      if (action.do === 'start') return [startedStep(action.path)];
      return action.do === 'withdraw' ? [] : [cancelledStep(action.path)];
    };
    expectLinear((size) => {
      const { count, state } = work([foreach('f', chain(1), { maxParallel: size })], opening(size, cancel), {
        cancelAfter: size + 3,
      });
      expect(state.phase.status).toBe('cancelled');
      return count;
    });
  });

  it('for a frontier built anew, at any stage, and it needs no deep stack', () => {
    const { journal } = work([foreach('f', chain(1), { maxParallel: 5 })], opening(10_000));
    const ended = journal.findIndex((event) => event.type === 'step.succeeded' && event.path === 'f');
    const program = programOf(foreach('f', chain(1), { maxParallel: 5 }));
    expect(next(program, stateOf(...journal.slice(0, ended)))).toMatchObject([
      { do: 'close', outcome: { status: 'succeeded' } },
    ]);
    expectLinear((size) => {
      const counter: Counter = { count: 0 };
      const past = work([foreach('f', chain(1))], opening(size)).journal.slice(0, -2);
      next(program, countedState(stateOf(...past), counter));
      return counter.count;
    });
    expectLinear((size) => {
      const counter: Counter = { count: 0 };
      const steps = chain(size);
      const past = work(steps, succeed).journal.slice(0, size);
      expect(next(programOf(...steps), countedState(stateOf(...past), counter))).toHaveLength(1);
      return counter.count;
    });
  });

  it('for a foreach of failed and aborted items found by a new owner', () => {
    const allStarted = (size: number) => Array.from({ length: size }, (_, item) => startedStep(`f[${item}].s0`));
    const program = (size: number) => programOf(foreach('f', chain(1), { maxParallel: size }));
    expectLinear((size) => {
      const counter: Counter = { count: 0 };
      const past = [...work([foreach('f', chain(1))], opening(size)).journal.slice(0, 3), ...allStarted(size)];
      const state = countedState(stateOf(...past, failedStep(`f[${size - 1}].s0`)), counter);
      expect(next(program(size), state)).toHaveLength(size - 1);
      return counter.count;
    });
  });
});
