/**
 * A whole executor in memory, without clock, threads or tools.
 *
 * It holds the work that the frontier has offered, takes up one piece of it at
 * a time, in an order drawn by chance, and records what comes of it the only
 * legal way: `decide`, `evolve`, `frontier.observe`. It checks every rule it can
 * see on the way (see `accept` and `check`), so a law is tested by just running it.
 */
import { expect } from 'vitest';
import type { Payload } from '../payload.ts';
import { keptSteps } from '../plan/kept-steps.ts';
import type { PlanStep } from '../program/program.ts';
import type { Action } from '../run/action.ts';
import { isRefusal } from '../run/command.ts';
import type { Command } from '../run/command.ts';
import { decide } from '../run/decide.ts';
import type { Closing, RunEvent, Wait } from '../run/events.ts';
import { evolve } from '../run/evolve.ts';
import { createFrontier } from '../run/create-frontier.ts';
import type { Frontier } from '../run/frontier.ts';
import { nextRemedy } from '../run/remedy.ts';
import { hasEnded, isOpen } from '../run/state.ts';
import type { History, RunState } from '../run/state.ts';
import { callsOf, openingOf, questionOf } from './answered.ts';
import { planOf } from './programs.ts';
import type { PlannedProgram } from './random-programs.ts';
import { refereeOf } from './referee.ts';
import { created, errorOf, gateResult, stateOf, usageOf } from './specification.ts';

/** Work in hand. `underway` is an attempt that this process itself runs. */
type Work = Action | (Omit<Extract<Action, { do: 'recover' }>, 'do'> & { readonly do: 'underway' });
type Advance = Extract<Action, { do: 'advance' }>;
type StepWork = Exclude<Work, { do: 'finish' | 'conclude' }>;

export type Script = {
  /** What the world answers: the same for the same question. In [0, 1). */
  readonly answer: (question: string) => number;
  /** Which piece of work comes next: an integer in [0, n). */
  readonly draw: (n: number) => number;
  /** Whether a step may fail in a way that ends its frame. */
  readonly fatal: boolean;
};

export type Simulation = {
  readonly journal: readonly RunEvent[];
  readonly state: RunState;
  /** What is open, by path: a word for each piece of work. */
  open(): ReadonlyMap<string, string>;
  /** Paths of attempts under way in this process. */
  underway(): readonly string[];
  /** Takes what is offered, if that is still to be done. */
  look(): void;
  /** Takes up one piece of work. */
  advance(): void;
  /** What the outcome of the attempt at `path` would be recorded by. */
  outcome(path: string): Command;
  cancel(): void;
  /** Loses everything but the journal, and goes on from that. */
  crash(): void;
};

/** A fresh frontier over a copy of a state, and what it says is open. */
export function openAnew(planned: PlannedProgram, state: RunState): ReadonlyMap<string, string> {
  const frontier = createFrontier(planned.program, structuredClone(state), (hash) => planned.plans.get(hash));
  return new Map(frontier.take().map((action) => [pathOf(action), wordFor(action)]));
}

/** @param begun What the run brings with it, after `run.created`. */
export function simulate(planned: PlannedProgram, script: Script, begun: readonly RunEvent[] = []): Simulation {
  const journal: RunEvent[] = [created, ...begun];
  let state = stateOf(...begun);
  let now = 10;
  let frontier: Frontier;
  const hand = new Map<string, Work>();
  /** Offers made by the present frontier, to see that none is made twice. */
  const offers = new Set<string>();

  /** Several in one append. */
  function record(...commands: readonly Command[]): void {
    for (const command of commands) {
      const decision = decide(state, command);
      if (isRefusal(decision)) throw new Error(`${JSON.stringify(command)}: ${decision.message}`);
      for (const event of decision) {
        journal.push(event);
        state = evolve(state, event);
        frontier.observe(event);
      }
    }
    // Now and then it is late to look at what is offered, as one is that has something else in hand.
    if (hand.size === 0 || hasEnded(state) || script.draw(5) > 0) accept();
  }

  function accept(): void {
    for (const action of frontier.take()) {
      const path = pathOf(action);
      const step = 'path' in action ? state.steps.get(path) : undefined;
      const attempt = step !== undefined && 'attempt' in step ? step.attempt : 0;
      const which = 'outcome' in action ? action.outcome.status : action.do === 'advance' ? action.round : attempt;
      const offer = `${action.do} ${path} ${which}`;
      expect(offers, `offered twice: ${offer}`).not.toContain(offer);
      offers.add(offer);
      if (action.do === 'withdraw') {
        expect(hand.get(path)?.do, `withdrawn, but not offered: ${path}`).toBe('start');
        expect(step, `withdrawn, but started: ${path}`).toBeUndefined();
        hand.delete(path);
        continue;
      }
      if (action.do === 'start') expect(step, `to be started, but known: ${path}`).toBeUndefined();
      hand.set(path, action);
    }
    check();
  }

  function check(): void {
    if (hasEnded(state)) return;
    const referee = refereeOf(state);
    const frames = new Map<string, Set<string>>();
    for (const [path, work] of hand) {
      if (!('path' in work)) continue;
      if (work.do === 'start') expect(referee.missing(work.step, work.frame), `${path} is too early`).toEqual([]);
      const ending = work.do === 'abort' || work.do === 'close';
      if (referee.isClosing(work.frame)) expect(ending, `${work.do} ${path} in a closing frame`).toBe(true);
      else expect(work.do, `${path} in a frame that is not closing`).not.toBe('abort');
      for (let { frame } = work; frame.block !== undefined; frame = frame.block.frame) {
        if (frame.block.step.kind !== 'foreach') continue;
        const open = frames.get(frame.block.path) ?? new Set();
        frames.set(frame.block.path, open.add(frame.path));
        expect(open.size, `items at once in ${frame.block.path}`).toBeLessThanOrEqual(frame.block.step.maxParallel);
      }
    }
    expect(hand.size, 'something is open as long as the run has not ended').toBeGreaterThan(0);
  }

  /** An outcome for an attempt; tells of the same attempt the same whatever came between. */
  function outcomeOf(work: StepWork): Command {
    const { path, step } = work;
    const running = state.steps.get(path);
    if (running?.status !== 'running') throw new Error(`${path} is not running.`);
    const { attempt, history } = running;
    const of = { at: now, path, attempt };
    const usage = usageOf(1);
    const output: Payload = { value: `${questionOf(work)} ${history.failures} ${history.rejections}` };
    const chance = script.answer(`${questionOf(work)} ${history.failures} ${history.rejections}`);
    if (chance < 0.25 && mayFail(work, history)) {
      const error = errorOf(chance < 0.2 ? 'retryable' : 'terminal');
      if (script.fatal || step.onError === 'continue' || error.kind === 'retryable')
        return { do: 'failStep', ...of, step, error, usage, random: 0 };
    }
    if (chance > 0.75 && step.gate !== undefined && mayBeRejected(work, history)) {
      const remedy = nextRemedy(step.gate.onFail, history.rejections);
      return {
        do: 'rejectOutput',
        ...of,
        step,
        output,
        gate: gateResult(chance - 0.75, history.rejections + 1),
        error: errorOf('terminal', 'GATE_FAILED'),
        usage,
        ...(remedy?.do === 'fallback' ? { fallback: { value: 'fallback' } } : {}),
      };
    }
    return { do: 'succeedStep', ...of, output, usage };
  }

  function mayFail({ step, do: doing }: StepWork, history: History): boolean {
    if (script.fatal || step.onError === 'continue') return true;
    return doing !== 'close' && doing !== 'advance' && history.failures + 1 < (step.retry?.max ?? 1);
  }

  function mayBeRejected({ step, do: doing }: StepWork, history: History): boolean {
    if (script.fatal || step.onError === 'continue') return true;
    return (
      doing !== 'close' && doing !== 'advance' && nextRemedy(step.gate?.onFail ?? [], history.rejections) !== undefined
    );
  }

  function waitOf({ step }: StepWork): Wait | undefined {
    if (step.kind === 'wait') return { kind: 'time', dueAt: now + 1000 };
    if (step.kind !== 'approve') return undefined;
    return { kind: 'approval', purpose: 'step', who: [], show: { value: null }, onTimeout: 'fail' };
  }

  function closingOf(work: StepWork): Closing {
    const { path, step } = work;
    const waiting = state.steps.get(path);
    if (waiting?.status === 'waiting' && waiting.wait.kind === 'time') return { due: true };
    const mayReject = script.fatal || step.onError === 'continue';
    return { decision: mayReject && script.answer(`${questionOf(work)} decided`) < 0.3 ? 'reject' : 'approve' };
  }

  function takeUp(work: Work): void {
    now += 1;
    if (work.do === 'conclude') {
      hand.clear();
      const { outcome } = work;
      if (outcome.status === 'cancelled') throw new Error('A cancelled run has its ending.');
      const cause = outcome.status === 'failed' ? { failed: outcome.error } : { succeeded: true as const };
      record({ do: 'end', at: now, cause });
      return;
    }
    if (work.do === 'finish') {
      for (const [path, step] of state.steps) expect(isOpen(step), `${path} when the run ends`).toBe(false);
      expect([...hand.keys()], 'in hand when the run ends').toEqual(['']);
      hand.clear();
      const { outcome } = work;
      if (outcome.status === 'succeeded') record({ do: 'succeed', at: now, outputs: { value: null } });
      else if (outcome.status === 'failed') record({ do: 'fail', at: now, error: outcome.error });
      else record({ do: 'cancel', at: now, reason: 'asked' });
      return;
    }
    const { path, step, frame } = work;
    const at = { path, step, frame };
    const of = { at: now, path };
    hand.delete(path);
    switch (work.do) {
      case 'start':
        if (script.answer(`${questionOf(work)} when`) < 0.1) {
          record({ do: 'skipStep', ...of, reason: 'when' });
          return;
        }
        startAttempt(work, 1);
        return;
      case 'retry':
        startAttempt(work, work.attempt);
        return;
      case 'underway':
        record(outcomeOf(work));
        return;
      case 'recover':
        record({ do: 'interruptStep', ...of, step, attempt: work.attempt, effect: 'read', repeatable: false });
        return;
      case 'open':
        if (script.answer(`${questionOf(work)} opens?`) < 0.1) {
          const outcome = outcomeOf(work);
          if (outcome.do === 'failStep' && step.kind !== 'wait' && step.kind !== 'approve') {
            record(outcome);
            return;
          }
        }
        {
          const wait = waitOf(work);
          const accepting: Command[] =
            step.kind === 'plan'
              ? [{ do: 'acceptPlan', ...of, attempt: attemptAt(path), program: planOf(step), objectives: null }]
              : [];
          if (wait === undefined)
            record(...accepting, { do: 'openBlock', ...of, opening: openingOf(work, script.answer) });
          else record({ do: 'openWait', ...of, attempt: attemptAt(path), wait });
        }
        return;
      case 'wait':
        record({ do: 'closeWait', ...of, attempt: work.attempt, closing: closingOf(work) });
        return;
      case 'advance':
        if (step.kind === 'plan') {
          goOn({ ...work, step });
          return;
        }
        if (
          step.kind === 'loop' &&
          work.round < step.max &&
          script.answer(`${questionOf(work)} again ${work.round}`) < 0.6
        )
          record({ do: 'advanceLoop', ...of, round: work.round + 1, state: { value: work.round } });
        else if (
          step.kind === 'agent' &&
          work.round < step.maxTurns &&
          script.answer(`${questionOf(work)} again ${work.round}`) < 0.6
        ) {
          const calls = callsOf(step, `${questionOf(work)} calls ${work.round}`, script.answer);
          record({ do: 'advanceLoop', ...of, round: work.round + 1, state: { value: work.round }, calls });
        } else record(outcomeOf({ ...work, do: 'close', outcome: { status: 'succeeded' } }));
        return;
      case 'close': {
        const attempt = attemptAt(path);
        if (work.outcome.status === 'succeeded') record(outcomeOf(work));
        else if (work.outcome.status === 'cancelled') record({ do: 'cancelStep', ...of, attempt });
        else record({ do: 'failStep', ...of, attempt, step, error: work.outcome.error, random: 0 });
        return;
      }
      case 'abort':
        // It may have been too late: the attempt ended by itself meanwhile.
        if (script.draw(4) === 0 && step.kind === 'action' && state.steps.get(path)?.status === 'running')
          record(outcomeOf({ ...at, do: 'underway', attempt: attemptAt(path) }));
        else record({ do: 'cancelStep', ...of, attempt: attemptAt(path) });
        return;
      case 'withdraw':
      case 'expire':
        throw new Error(`${work.do} is not work.`);
    }
  }

  /** A round of a plan has ended: perhaps the same plan once more, some of what succeeded kept, else the end. */
  function goOn({ path, step, frame, round, frames }: Advance & { readonly step: PlanStep }): void {
    const of = { at: now, path, attempt: attemptAt(path) };
    const [ended] = frames;
    const plan = planned.plans.get(planOf(step));
    if (plan !== undefined && round < 3 && script.answer(`${path} planned again ${round}`) < 0.4) {
      const isKept = (id: string): boolean => {
        const known = state.steps.get(`${path}#${round}.${id}`)?.status;
        return (known === 'succeeded' || known === 'skipped') && script.answer(`${path} keeps ${round} ${id}`) < 0.7;
      };
      record({
        do: 'replacePlan',
        ...of,
        program: planOf(step),
        objectives: null,
        kept: keptSteps(plan, plan, isKept),
      });
    } else if (ended?.error === undefined)
      record(outcomeOf({ do: 'close', path, step, frame, frames, outcome: { status: 'succeeded' } }));
    else record({ do: 'failStep', ...of, step, error: ended.error, random: 0 });
  }

  function startAttempt({ path, step, frame }: StepWork, attempt: number): void {
    const at = { path, step, frame };
    hand.set(path, step.kind === 'action' ? { do: 'underway', ...at, attempt } : { do: 'open', ...at });
    record({ do: 'startStep', at: now, path, attempt });
  }

  function attemptAt(path: string): number {
    const step = state.steps.get(path);
    return step !== undefined && 'attempt' in step ? step.attempt : 0;
  }

  function wake(): void {
    hand.clear();
    offers.clear();
    frontier = createFrontier(planned.program, state, (hash) => planned.plans.get(hash));
    accept();
  }

  frontier = createFrontier(planned.program, state, (hash) => planned.plans.get(hash));
  record({ do: 'start', at: now });

  return {
    journal,
    get state() {
      return state;
    },
    open: () => new Map(Array.from(hand, ([path, work]) => [path, wordFor(work)])),
    underway: () => [...hand.values()].filter((work) => work.do === 'underway').map((work) => work.path),
    look: accept,
    advance() {
      const choices = [...hand.values()];
      const work = choices[script.draw(choices.length)];
      if (work === undefined) throw new Error('There is nothing to do.');
      takeUp(work);
    },
    outcome(path) {
      const work = hand.get(path);
      if (work?.do !== 'underway') throw new Error(`${path} is not under way.`);
      return outcomeOf(work);
    },
    cancel() {
      if (hasEnded(state)) return;
      // How the run ends is settled now: what was offered of that before is void, and offered anew when it is time.
      if (state.ending === undefined) hand.delete('');
      record({ do: 'end', at: now, cause: { cancelled: 'asked' } });
      accept();
    },
    crash() {
      state = stateOf(...journal.slice(1));
      if (!hasEnded(state)) wake();
    },
  };
}

function pathOf(action: Work): string {
  return 'path' in action ? action.path : '';
}

function wordFor(work: Work): string {
  switch (work.do) {
    case 'recover':
    case 'underway':
      return `attempt ${work.attempt}`;
    case 'retry':
      return `retry ${work.attempt} at ${work.dueAt}`;
    case 'close': {
      const frames = work.frames.map(({ frame, error }) => `${frame.path} ${error?.path ?? 'ok'}`);
      return `close ${JSON.stringify(work.outcome)} ${frames.join(', ')}`;
    }
    case 'wait':
      return `wait ${work.attempt}`;
    case 'advance':
      return `advance ${work.round} ${work.frames.map(({ frame }) => frame.path).join(', ')}`;
    case 'conclude':
    case 'finish':
      return `${work.do} ${JSON.stringify(work.outcome)}`;
    case 'start':
    case 'open':
    case 'abort':
    case 'expire':
    case 'withdraw':
      return work.do;
  }
}
