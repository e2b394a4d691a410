import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersFrom, drawsFrom } from '../testing/chance.ts';
import { randomProgram } from '../testing/random-programs.ts';
import type { PlannedProgram } from '../testing/random-programs.ts';
import { openAnew, simulate } from '../testing/simulation.ts';
import type { Simulation } from '../testing/simulation.ts';
import { stateOf } from '../testing/specification.ts';
import { isRefusal } from './command.ts';
import type { Command } from './command.ts';
import { decide } from './decide.ts';
import { RunEvent } from './events.ts';
import { evolve } from './evolve.ts';
import { hasEnded, isOpen } from './state.ts';
import type { RunState } from './state.ts';

const seed = fc.integer();
const numRuns = 100;

/** A run with chance drawn from two seeds: one for what the world answers, one for the order of things. */
function runOf(planned: PlannedProgram, world: number, order: number, fatal = true): Simulation {
  return simulate(planned, { answer: answersFrom(world), draw: drawsFrom(order), fatal });
}

/** Goes on to the end; `between` is called at every point on the way, with how far the run has come. */
function finish(run: Simulation, between: (turn: number) => void = () => {}): Simulation {
  for (let turn = 0; !hasEnded(run.state); turn++) {
    if (turn > 100_000) throw new Error('The run does not end.');
    between(turn);
    if (!hasEnded(run.state)) run.advance();
  }
  return run;
}

/** The part of a state that does not say when or at which try. */
function resultOf(state: RunState) {
  const steps = Array.from(state.steps, ([path, step]) => {
    const { attempt: _, seq: __, ...rest } = { attempt: 0, seq: 0, ...step };
    // A step that waited for a time gives when that was.
    const waited = 'output' in rest && JSON.stringify(rest.output).includes('"at":');
    return [path, waited ? { ...rest, output: null } : rest] as const;
  }).sort(([left], [right]) => (left < right ? -1 : 1));
  return { status: state.phase.status, usage: state.usage, steps };
}

describe('any run of any program', () => {
  it('ends, keeping every rule of order, width and closing on the way', () => {
    fc.assert(
      fc.property(randomProgram, seed, seed, (planned, world, order) => {
        const run = finish(runOf(planned, world, order));
        expect(['succeeded', 'failed']).toContain(run.state.phase.status);
      }),
      { numRuns },
    );
  });

  it('ends as cancelled when it is cancelled before its own list has ended, with no step under way', () => {
    fc.assert(
      fc.property(randomProgram, seed, seed, fc.nat(30), (planned, world, order, moment) => {
        const run = runOf(planned, world, order);
        let asked = false;
        finish(run, (turn) => {
          if (turn !== moment) return;
          asked = run.state.ending === undefined;
          run.cancel();
        });
        if (asked) expect(run.state.phase.status).toBe('cancelled');
      }),
      { numRuns },
    );
  });

  it('leaves no step under way when it is cancelled without winding down', () => {
    fc.assert(
      fc.property(randomProgram, seed, seed, fc.nat(30), (planned, world, order, moment) => {
        const run = runOf(planned, world, order);
        for (let turn = 0; turn < moment && !hasEnded(run.state); turn++) run.advance();
        const state = structuredClone(run.state);
        if (hasEnded(state)) return;
        evolve(state, { type: 'run.cancelled', at: 1, reason: 'asked' });
        for (const step of state.steps.values()) expect(isOpen(step)).toBe(false);
      }),
      { numRuns },
    );
  });
});

describe('a journal', () => {
  it('survives being stored as JSON and read through its schema', () => {
    fc.assert(
      fc.property(randomProgram, seed, seed, (planned, world, order) => {
        const { journal } = finish(runOf(planned, world, order));
        const text = JSON.stringify(journal);
        expect(RunEvent.array().parse(JSON.parse(text))).toEqual(journal);
      }),
      { numRuns },
    );
  });

  it('folds in pieces to the same state as at once', () => {
    fc.assert(
      fc.property(randomProgram, seed, seed, fc.nat(), (planned, world, order, cut) => {
        const { journal, state } = finish(runOf(planned, world, order));
        const events = journal.slice(1);
        const at = cut % (events.length + 1);
        const prefix = structuredClone(stateOf(...events.slice(0, at)));
        expect(events.slice(at).reduce(evolve, prefix)).toEqual(state);
        expect(stateOf(...events)).toEqual(state);
      }),
      { numRuns },
    );
  });

  it('is over after its terminal event: every command is refused and every event ignored', () => {
    fc.assert(
      fc.property(randomProgram, seed, seed, fc.nat(), (planned, world, order, which) => {
        const { journal, state } = finish(runOf(planned, world, order));
        const step = planned.program.steps[0];
        if (step === undefined) return;
        const of = { at: 1, path: step.id, attempt: 1 };
        const commands: readonly Command[] = [
          { do: 'start', at: 1 },
          { do: 'succeed', at: 1, outputs: { value: 1 } },
          { do: 'cancel', at: 1, reason: 'late' },
          { do: 'startStep', ...of },
          { do: 'skipStep', ...of, reason: 'when' },
          { do: 'succeedStep', ...of, output: { value: 1 } },
          { do: 'interruptStep', ...of, step, effect: 'read', repeatable: true },
          { do: 'cancelStep', ...of },
        ];
        for (const command of commands) expect(decide(state, command)).toMatchObject({ refused: 'RUN_FINISHED' });
        const before = structuredClone(state);
        const event = journal[which % journal.length];
        if (event === undefined) return;
        expect(evolve(state, event)).toEqual({ ...before, seq: before.seq + 1 });
        expect(openAnew(planned, state)).toEqual(new Map());
      }),
      { numRuns },
    );
  });
});

describe('a frontier built anew', () => {
  it('finds open what the one that saw every event has open, at every point', () => {
    fc.assert(
      fc.property(randomProgram, seed, seed, fc.option(fc.nat(30)), (planned, world, order, moment) => {
        const run = runOf(planned, world, order);
        finish(run, (turn) => {
          if (turn === moment) run.cancel();
          run.look();
          const anew = openAnew(planned, run.state);
          const open = run.open();
          expect(sorted(ends(anew, run.state, open))).toEqual(sorted(ends(open, run.state, anew)));
        });
      }),
      { numRuns },
    );
  });

  it('brings the run to a legal end after crashes at any points', () => {
    fc.assert(
      fc.property(
        randomProgram,
        seed,
        seed,
        fc.array(fc.nat(40), { maxLength: 8 }),
        (planned, world, order, moments) => {
          const run = runOf(planned, world, order);
          finish(run, (turn) => {
            if (moments.includes(turn)) run.crash();
          });
          expect(['succeeded', 'failed']).toContain(run.state.phase.status);
        },
      ),
      { numRuns },
    );
  });

  it('brings it to the same status as without crashes, in any order', () => {
    fc.assert(
      fc.property(
        randomProgram,
        seed,
        fc.tuple(seed, seed),
        fc.array(fc.nat(40), { maxLength: 4 }),
        (planned, world, [one, other], moments) => {
          const plain = finish(runOf(planned, world, one));
          const run = runOf(planned, world, other);
          finish(run, (turn) => {
            if (moments.includes(turn)) run.crash();
          });
          expect(run.state.phase.status).toBe(plain.state.phase.status);
        },
      ),
      { numRuns },
    );
  });

  it('brings it to the very same result where no step fails for good', () => {
    fc.assert(
      fc.property(
        randomProgram,
        seed,
        fc.tuple(seed, seed),
        fc.array(fc.nat(40), { maxLength: 4 }),
        (planned, world, [one, other], moments) => {
          const plain = finish(runOf(planned, world, one, false));
          const run = runOf(planned, world, other, false);
          finish(run, (turn) => {
            if (moments.includes(turn)) run.crash();
          });
          expect(plain.state.phase.status).toBe('succeeded');
          expect(resultOf(run.state)).toEqual(resultOf(plain.state));
        },
      ),
      { numRuns },
    );
  });
});

describe('two completions at the same time', () => {
  it('lead to the same state and the same open work in either order', () => {
    fc.assert(
      fc.property(randomProgram, seed, seed, (planned, world, order) => {
        const run = runOf(planned, world, order);
        finish(run, () => {
          const [first, second] = run.underway();
          if (first === undefined || second === undefined) return;
          const one = run.outcome(first);
          const other = run.outcome(second);
          const straight = after(run.state, one, other);
          const crossed = after(run.state, other, one);
          expect(unordered(straight)).toEqual(unordered(crossed));
          expect(sorted(openAnew(planned, straight))).toEqual(sorted(openAnew(planned, crossed)));
        });
      }),
      { numRuns },
    );
  });
});

/** A state without the order in which its steps succeeded: that is what crossing changes. */
function unordered(state: RunState) {
  const steps = Array.from(state.steps, ([path, step]) => [path, 'seq' in step ? { ...step, seq: 0 } : step] as const);
  return { ...state, steps: new Map(steps) };
}

function after(state: RunState, ...commands: readonly Command[]): RunState {
  let next = structuredClone(state);
  for (const command of commands) {
    const decision = decide(next, command);
    if (isRefusal(decision)) throw new Error(decision.message);
    for (const event of decision) next = evolve(next, event);
  }
  return next;
}

/**
 * An opened block in a closing frame has only to be ended: as `abort` when its end was
 * being recorded as the frame began to close, else as a `close` that is no success.
 */
function ends(open: ReadonlyMap<string, string>, state: RunState, other: ReadonlyMap<string, string>) {
  const isEnd = (word = '') => word === 'abort' || (word.startsWith('close') && !word.includes('"succeeded"'));
  return new Map(
    Array.from(open, ([path, word]) =>
      state.blocks.has(path) &&
      isEnd(word) &&
      isEnd(other.get(path)) &&
      (word === 'abort' || other.get(path) === 'abort')
        ? [path, 'abort']
        : [path, word],
    ),
  );
}

function sorted(open: ReadonlyMap<string, string>) {
  return [...open].sort(([left], [right]) => (left < right ? -1 : 1));
}
