import { describe, expect, it } from 'vitest';
import { action, foreach, inSequence, parallel, plan, programOf } from '../testing/programs.ts';
import {
  created,
  failedStep,
  started,
  startedStep,
  stateOf,
  succeededStep,
  usageOf,
} from '../testing/specification.ts';
import type { Program } from '../program/program.ts';
import type { RunEvent } from './events.ts';
import { forkOf } from './fork.ts';
import type { ForkPlan, ForkRequest } from './fork.ts';
import { next } from './next.ts';

const done = (path: string): RunEvent[] => [startedStep(path), succeededStep(path)];
const opened = (path: string, count: number): RunEvent => ({
  type: 'block.opened',
  at: 3,
  path,
  opening: { foreach: { value: [] }, count },
});
const failed: RunEvent = {
  type: 'run.failed',
  at: 9,
  error: { code: 'TOOL_FAILED', kind: 'terminal', message: 'It failed.' },
};
const succeeded: RunEvent = { type: 'run.succeeded', at: 9, outputs: { value: {} } };

function fork(program: Program, events: readonly RunEvent[], request: Partial<ForkRequest> = {}) {
  return forkOf(program, () => undefined, [created, started, ...events], { at: 50, from: [], ...request });
}

function planned(plan: ReturnType<typeof fork>): ForkPlan {
  if ('refused' in plan) throw new Error(plan.message);
  return plan;
}

function offered(program: Program, plan: ForkPlan): readonly string[] {
  return next(program, stateOf(...plan.more)).map((offer) => `${offer.do} ${'path' in offer ? offer.path : 'run'}`);
}

const planStep = { ...plan('work', 'first'), rounds: 3 };
const plans = new Map([
  ['first', programOf(...inSequence(action('x'), action('y')))],
  ['second', programOf(...inSequence(action('x'), action('z')))],
]);
/** A plan whose second step failed, and the one that took its place: it kept the first step. */
const replanned: readonly RunEvent[] = [
  startedStep('work'),
  { type: 'plan.accepted', at: 3, path: 'work', attempt: 1, program: 'first', objectives: null },
  { type: 'block.opened', at: 3, path: 'work', opening: { plan: 'first' } },
  ...done('work#1.x'),
  startedStep('work#1.y'),
  failedStep('work#1.y'),
  {
    type: 'plan.replaced',
    at: 5,
    path: 'work',
    attempt: 1,
    round: 2,
    program: 'second',
    objectives: null,
    kept: ['x'],
  },
  ...done('work#2.x'),
];

const chain = programOf(...inSequence(action('a'), action('b'), action('c')));

describe('a fork of a run whose plan was replaced', () => {
  const program = programOf(...inSequence(planStep, action('after')));
  const forked = (events: readonly RunEvent[], from: readonly string[] = []) =>
    planned(forkOf(program, (hash) => plans.get(hash), [created, started, ...replanned, ...events], { at: 50, from }));
  const offers = ({ more }: ForkPlan) =>
    next(program, stateOf(...more), (hash) => plans.get(hash)).map((offer) =>
      'path' in offer ? `${offer.do} ${offer.path}` : offer.do,
    );

  it('keeps the plan with all its rounds where only what follows it failed', () => {
    const plan = forked([
      ...done('work#2.z'),
      succeededStep('work'),
      startedStep('after'),
      failedStep('after'),
      failed,
    ]);
    expect(plan.from).toEqual(['after']);
    expect(offers(plan)).toEqual(['start after']);
  });

  it('does again what failed in its last round, and nothing of the round that was replaced', () => {
    const plan = forked([startedStep('work#2.z'), failedStep('work#2.z'), failedStep('work'), failed]);
    expect(plan.from).toEqual(['work#2.z']);
    expect(offers(plan)).toEqual(['start work#2.z']);
    expect(plan.more.filter(({ type }) => type === 'plan.replaced')).toHaveLength(1);
  });

  it('from a step of an earlier round lets go of the rounds that came after it', () => {
    const plan = forked([...done('work#2.z'), succeededStep('work'), ...done('after'), succeeded], ['work#1.y']);
    expect(offers(plan)).toEqual(['start work#1.y']);
    expect(plan.more.some(({ type }) => type === 'plan.replaced')).toBe(false);
  });
});

describe('a fork', () => {
  it('keeps what came before the named step, and does that step and what follows again', () => {
    const plan = planned(fork(chain, [...done('a'), ...done('b'), ...done('c'), succeeded], { from: ['b'] }));
    expect(plan.more.map((event) => event.type)).toEqual(['run.started', 'step.started', 'step.succeeded']);
    expect(plan.from).toEqual(['b']);
    expect(offered(chain, plan)).toEqual(['start b']);
  });

  it('leaves out for what the calls of a kept step once waited', () => {
    const limit = { of: 'openai', unit: 'requests', perMinute: 60 } as const;
    const waited: RunEvent[] = [
      { type: 'call.waiting', at: 3, path: 'a', attempt: 1, limit },
      { type: 'call.admitted', at: 4, path: 'a', attempt: 1, limit },
    ];
    const plan = planned(
      fork(chain, [startedStep('a'), ...waited, succeededStep('a'), ...done('b'), failed], { from: ['b'] }),
    );
    expect(plan.more.map(({ type }) => type)).toEqual(['run.started', 'step.started', 'step.succeeded']);
  });

  it('happens when it is made, and has paid nothing', () => {
    const paid: RunEvent = { ...succeededStep('a'), usage: usageOf(3) };
    const plan = planned(fork(chain, [startedStep('a'), paid, ...done('b'), failed], { from: ['b'] }));
    expect(plan.more.every((event) => event.at === 50)).toBe(true);
    expect(plan.more.some((event) => 'usage' in event)).toBe(false);
  });

  it('does one item of a foreach again, and keeps the others', () => {
    const program = programOf(...inSequence(foreach('list', inSequence(action('x'), action('y'))), action('last')));
    const items = [0, 1, 2].flatMap((item) => [...done(`list[${item}].x`), ...done(`list[${item}].y`)]);
    const events = [
      startedStep('list'),
      opened('list', 3),
      ...items,
      succeededStep('list'),
      ...done('last'),
      succeeded,
    ];
    const plan = planned(fork(program, events, { from: ['list[1].y'] }));
    expect(offered(program, plan)).toEqual(['start list[1].y']);
    expect(stateOf(...plan.more).steps.get('list[2].y')).toMatchObject({ status: 'succeeded' });
    expect(stateOf(...plan.more).steps.has('last')).toBe(false);
  });

  it('leaves an item alone whose failure was collected, unless it is retried or named', () => {
    const list = foreach('list', inSequence(action('x'), action('y')), { onItemError: 'collect' });
    const program = programOf(...inSequence(list, action('last')));
    const events = [
      startedStep('list'),
      opened('list', 2),
      ...done('list[0].x'),
      ...done('list[0].y'),
      startedStep('list[1].x'),
      failedStep('list[1].x'),
      succeededStep('list'),
      ...done('last'),
      succeeded,
    ];
    expect(offered(program, planned(fork(program, events, { from: ['last'] })))).toEqual(['start last']);
    expect(offered(program, planned(fork(program, events)))).toEqual(['start list[1].x']);
    expect(offered(program, planned(fork(program, events, { from: ['list[0].y'] })))).toEqual(['start list[0].y']);
  });

  it('retries what did not succeed, in every branch', () => {
    const program = programOf(parallel('both', { left: inSequence(action('x'), action('y')), right: [action('z')] }));
    const events: RunEvent[] = [
      startedStep('both'),
      { type: 'block.opened', at: 3, path: 'both', opening: { branches: ['left', 'right'] } },
      ...done('both.left.x'),
      startedStep('both.right.z'),
      startedStep('both.left.y'),
      failedStep('both.left.y'),
      { type: 'step.cancelled', at: 5, path: 'both.right.z', attempt: 1 },
      failedStep('both'),
      failed,
    ];
    expect(offered(program, planned(fork(program, events)))).toEqual(['start both.left.y', 'start both.right.z']);
  });

  it('does again what was undone by compensation', () => {
    const publish = { ...action('a'), compensate: { uses: 'transform', with: {}, reads: [] } };
    const program = programOf(...inSequence(publish, action('b')));
    const events: RunEvent[] = [
      ...done('a'),
      startedStep('b'),
      failedStep('b'),
      { type: 'run.ending', at: 5, cause: { failed: { code: 'X', kind: 'terminal', message: 'x' } } },
      ...done('a/compensate'),
      failed,
    ];
    expect(offered(program, planned(fork(program, events)))).toEqual(['start a']);
  });

  it('gives a kept step another output, and does again what comes after it', () => {
    const events = [...done('a'), ...done('b'), ...done('c'), succeeded];
    const plan = planned(fork(chain, events, { outputs: new Map([['a', { value: 'other' }]]) }));
    expect(stateOf(...plan.more).steps.get('a')).toMatchObject({ output: { value: 'other' } });
    expect(offered(chain, plan)).toEqual(['start b']);
    expect(plan.from).toEqual(['b']);
  });

  it('edits what an item gave, and closes its foreach again', () => {
    const program = programOf(foreach('list', [action('x')]));
    const events = [startedStep('list'), opened('list', 1), ...done('list[0].x'), succeededStep('list'), succeeded];
    const plan = planned(fork(program, events, { outputs: new Map([['list[0].x', { value: 'other' }]]) }));
    expect(offered(program, plan)).toEqual(['close list']);
  });

  it('carries the inputs that stand for the rendered ones, those of the first run too', () => {
    const before = {
      run: 'first',
      from: ['b'],
      sideEffects: 'live' as const,
      inputs: { b: { value: 1 }, a: { value: 2 } },
    };
    const events = [started, ...done('a'), startedStep('b'), failedStep('b'), failed];
    const plan = forkOf(chain, () => undefined, [{ ...created, fork: before }, ...events], {
      at: 50,
      from: ['b'],
      given: new Map([['c', { value: 3 }]]),
    });
    expect(plan).toMatchObject({ inputs: { b: { value: 1 }, c: { value: 3 } } });
    expect(planned(plan).inputs).not.toHaveProperty('a');
  });

  it('keeps a signal that nobody has taken, and drops one that a step took which is done again', () => {
    const signal = (id: string): RunEvent => ({
      type: 'signal.received',
      at: 4,
      id,
      name: 'go',
      payload: { value: id },
    });
    const program = programOf({ ...action('w'), kind: 'wait', wait: { for: 'signal', name: 'go', onTimeout: 'fail' } });
    const wait = { kind: 'signal', name: 'go', onTimeout: 'fail' } as const;
    const events: RunEvent[] = [
      startedStep('w'),
      signal('one'),
      { type: 'wait.opened', at: 4, path: 'w', attempt: 1, wait },
      { type: 'wait.closed', at: 4, path: 'w', attempt: 1, closing: { signal: 'one', payload: { value: 'one' } } },
      succeededStep('w'),
      signal('two'),
      succeeded,
    ];
    const plan = planned(fork(program, events, { from: ['w'] }));
    expect(stateOf(...plan.more).signals.map(({ id }) => id)).toEqual(['two']);
  });

  it('refuses a step that the run does not have, and names some that it has', () => {
    expect(fork(chain, [...done('a'), failed], { from: ['d'] })).toMatchObject({
      refused: 'FORK_INVALID',
      message: 'The run has no step d. It has a, b, c.',
    });
  });

  it('refuses to edit what a step gave that it does again, and what a kept step was given', () => {
    const events = [...done('a'), ...done('b'), failed];
    const outputs = new Map([['b', { value: 1 }]]);
    expect(fork(chain, events, { from: ['a'], outputs })).toMatchObject({ refused: 'FORK_INVALID' });
    expect(fork(chain, events, { from: ['b'], given: new Map([['a', { value: 1 }]]) })).toMatchObject({
      refused: 'FORK_INVALID',
    });
  });

  it('refuses to retry a run of which every step succeeded', () => {
    expect(fork(chain, [...done('a'), ...done('b'), ...done('c'), succeeded])).toMatchObject({
      refused: 'FORK_INVALID',
    });
  });
});
