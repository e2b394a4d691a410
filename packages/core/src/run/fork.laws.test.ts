import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersFrom, drawsFrom } from '../testing/chance.ts';
import { randomProgram } from '../testing/random-programs.ts';
import type { PlannedProgram } from '../testing/random-programs.ts';
import { openAnew, simulate } from '../testing/simulation.ts';
import type { Simulation } from '../testing/simulation.ts';
import { stateOf } from '../testing/specification.ts';
import { RunEvent } from './events.ts';
import { forkOf, isForkRefusal } from './fork.ts';
import type { ForkPlan } from './fork.ts';
import { hasEnded, isFinished, isOpen } from './state.ts';
import type { RunState } from './state.ts';

const seed = fc.integer();
const numRuns = 150;

function runOf(planned: PlannedProgram, world: number, order: number, fatal: boolean, begun?: readonly RunEvent[]) {
  return simulate(planned, { answer: answersFrom(world), draw: drawsFrom(order), fatal }, begun);
}

function finish(run: Simulation): Simulation {
  for (let turn = 0; !hasEnded(run.state); turn++) {
    if (turn > 100_000) throw new Error('The run does not end.');
    run.advance();
  }
  return run;
}

function fork(planned: PlannedProgram, run: Simulation, from: readonly string[]): ForkPlan | undefined {
  const plan = forkOf(planned.program, (hash) => planned.plans.get(hash), run.journal, { at: 500, from });
  return isForkRefusal(plan) ? undefined : plan;
}

/** A step of the run's own lists that has begun, drawn by chance. */
function someStep(state: RunState, chance: number): string | undefined {
  const paths = [...state.steps.keys()].filter((path) => !/^(catch|finally)|\/compensate/.test(path));
  return paths[chance % Math.max(paths.length, 1)];
}

/**
 * What each step came to, apart from when, at which try and for how much. Of a step that the first run took over from
 * an earlier plan, not what is inside: there was nothing, and a fork that is asked to do it again does it.
 */
function resultsOf(state: RunState, first: readonly RunEvent[]) {
  const taken = first.flatMap((event) => ('kept' in event && typeof event.kept === 'string' ? [event.path] : []));
  const isInside = (path: string): boolean =>
    taken.some((block) => path.startsWith(block) && /^[#.[/]/.test(path.slice(block.length)));
  const steps = Array.from(state.steps)
    .filter(([path]) => !isInside(path))
    .map(([path, step]) => {
      const output =
        'output' in step && JSON.stringify(step.output).includes('"at":') ? 'a time' : 'output' in step && step.output;
      return [path, step.status, output] as const;
    })
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return { status: state.phase.status, steps };
}

describe('a fork of any run', { timeout: 60_000 }, () => {
  it('folds to a state in which no action is under way and nothing has been paid', () => {
    fc.assert(
      fc.property(randomProgram, seed, seed, fc.nat(), (planned, world, order, chance) => {
        const run = finish(runOf(planned, world, order, true));
        const from = someStep(run.state, chance);
        const plan = from === undefined ? undefined : fork(planned, run, [from]);
        if (plan === undefined) return;
        for (const event of plan.more) expect(RunEvent.safeParse(event).success).toBe(true);
        const state = stateOf(...plan.more);
        expect(state.usage).toMatchObject({ usd: 0, calls: 0, input_tokens: 0 });
        expect(state.held.size).toBe(0);
        expect(state.seq).toBe(plan.more.length + 1);
        for (const [path, step] of state.steps) {
          if (isOpen(step)) expect(state.blocks.has(path), `${path} is open`).toBe(true);
          else expect(step.status, path).toBe(run.state.steps.get(path)?.status);
        }
      }),
      { numRuns },
    );
  });

  it('offers the steps that it does again, unless a step before them is too, and never one that it kept', () => {
    fc.assert(
      fc.property(randomProgram, seed, seed, fc.nat(), (planned, world, order, chance) => {
        const run = finish(runOf(planned, world, order, false));
        const from = someStep(run.state, chance);
        const plan = from === undefined ? undefined : fork(planned, run, [from]);
        if (plan === undefined || from === undefined) return;
        const state = stateOf(...plan.more);
        const open = openAnew(planned, state);
        for (const [path, word] of open) {
          expect(isFinished(state.steps.get(path)), `${word} ${path}`).toBe(false);
          expect(word, path).not.toMatch(/^(attempt|retry|abort|open)/);
        }
        for (const path of plan.from) expect(state.steps.has(path), `${path} is done again`).toBe(false);
        if (plan.from.length === 1 && state.steps.size > 0 && plan.from[0] === from)
          expect([...open.keys()]).toContain(from);
      }),
      { numRuns },
    );
  });

  it('comes to what the first run came to when it is given the same answers', () => {
    fc.assert(
      fc.property(randomProgram, seed, seed, seed, fc.nat(), (planned, world, order, other, chance) => {
        const run = finish(runOf(planned, world, order, false));
        const from = someStep(run.state, chance);
        const plan = from === undefined ? undefined : fork(planned, run, [from]);
        if (plan === undefined) return;
        const again = finish(runOf(planned, world, other, false, plan.more));
        expect(resultsOf(again.state, run.journal)).toEqual(resultsOf(run.state, run.journal));
      }),
      { numRuns },
    );
  });

  it('comes to its end when the run before it failed or was cancelled, keeping every rule', () => {
    fc.assert(
      fc.property(randomProgram, seed, seed, fc.nat(30), fc.boolean(), (planned, world, order, moment, cancelled) => {
        const run = runOf(planned, world, order, true);
        if (cancelled) {
          for (let turn = 0; turn < moment && !hasEnded(run.state); turn++) run.advance();
          run.cancel();
        }
        finish(run);
        const plan = fork(planned, run, []);
        if (plan === undefined) return;
        // With answers that let every step succeed in time, a retry always ends well.
        const again = finish(runOf(planned, world + 1, order, false, plan.more));
        expect(again.state.phase.status).toBe('succeeded');
        for (const [path, step] of stateOf(...plan.more).steps)
          if (step.status === 'succeeded')
            expect(again.state.steps.get(path), path).toMatchObject({ output: step.output });
      }),
      { numRuns },
    );
  });
});
