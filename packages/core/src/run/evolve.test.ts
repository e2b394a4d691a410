import { describe, expect, it } from 'vitest';
import {
  cancelledStep,
  created,
  errorOf,
  failedStep,
  gateResult,
  started,
  startedStep,
  stateOf,
  succeededStep,
  usageOf,
} from '../testing/specification.ts';
import { addUsage, noUsage } from '../usage.ts';
import type { RunEvent } from './events.ts';
import { begin, evolve, fold } from './evolve.ts';

const none = { usage: noUsage, failures: 0, interruptions: 0, rejections: 0 };

function attemptFailed(attempt: number, code = 'TOOL_FAILED'): RunEvent {
  return {
    type: 'attempt.failed',
    at: 4,
    path: 'a',
    attempt,
    error: errorOf('retryable', code),
    retryAt: 50,
    usage: usageOf(1),
  };
}

function rejected(attempt: number, score: number): RunEvent {
  return {
    type: 'attempt.rejected',
    at: 5,
    path: 'a',
    attempt,
    output: { value: score },
    gate: gateResult(score),
    remedy: { repair: attempt },
    usage: usageOf(1),
  };
}

describe('a run', () => {
  it('is pending from its creation, with nothing done', () => {
    expect(begin('run', { ...created, labels: ['private'] })).toMatchObject({
      id: 'run',
      seq: 1,
      phase: { status: 'pending' },
      inputLabels: ['private'],
      budget: undefined,
      usage: noUsage,
    });
  });

  it('runs, then ends as the event says', () => {
    expect(stateOf(started).phase).toEqual({ status: 'running', startedAt: 2 });
    expect(stateOf(started, { type: 'run.succeeded', at: 9, outputs: { value: 1 } }).phase).toEqual({
      status: 'succeeded',
      endedAt: 9,
      outputs: { value: 1 },
    });
    const error = errorOf('terminal');
    expect(stateOf({ type: 'run.failed', at: 9, error }).phase).toEqual({ status: 'failed', endedAt: 9, error });
  });

  it('leaves no step under way when it ends, and keeps what those had cost', () => {
    const state = stateOf(
      started,
      startedStep('a'),
      attemptFailed(1),
      startedStep('b'),
      startedStep('c'),
      succeededStep('c'),
      {
        type: 'run.cancelled',
        at: 9,
        reason: 'asked',
      },
    );
    expect(state.steps.get('a')).toEqual({ status: 'cancelled', attempt: 2, usage: usageOf(1) });
    expect(state.steps.get('b')).toEqual({ status: 'cancelled', attempt: 1, usage: noUsage });
    expect(state.steps.get('c')).toMatchObject({ status: 'succeeded' });
  });

  it('counts events after its end and changes in nothing else', () => {
    const end: RunEvent = { type: 'run.failed', at: 9, error: errorOf('terminal') };
    const state = stateOf(started, startedStep('a'), end);
    const late: RunEvent[] = [
      started,
      { ...succeededStep('a'), usage: usageOf(9) },
      startedStep('b'),
      { type: 'run.cancelled', at: 10, reason: 'late' },
    ];
    expect(late.reduce(evolve, structuredClone(state))).toEqual({ ...state, seq: state.seq + 4 });
  });
});

describe('a step', () => {
  it('runs with the labels of its input', () => {
    expect(stateOf(started, { ...startedStep('a'), labels: ['private'] }).steps.get('a')).toEqual({
      status: 'running',
      attempt: 1,
      startedAt: 3,
      labels: ['private'],
      history: none,
    });
  });

  it('waits between two attempts and remembers how the first ended', () => {
    const state = stateOf(started, startedStep('a'), attemptFailed(1));
    expect(state.steps.get('a')).toEqual({
      status: 'retrying',
      attempt: 2,
      dueAt: 50,
      error: errorOf('retryable'),
      history: { ...none, usage: usageOf(1), failures: 1 },
    });
    expect(evolve(state, startedStep('a', 2)).steps.get('a')).toMatchObject({
      status: 'running',
      attempt: 2,
      history: { failures: 1 },
    });
  });

  it('counts interruptions apart from failures', () => {
    const state = stateOf(started, startedStep('a'), attemptFailed(1, 'INTERRUPTED'));
    expect(state.steps.get('a')).toMatchObject({ history: { failures: 0, interruptions: 1 } });
  });

  it('is due again at once after a rejected output, and remembers the latest and the best', () => {
    const state = stateOf(started, startedStep('a'), rejected(1, 0.4), startedStep('a', 2), rejected(2, 0.1));
    expect(state.steps.get('a')).toMatchObject({
      status: 'retrying',
      attempt: 3,
      dueAt: 5,
      history: { rejections: 2, rejected: { output: { value: 0.1 } }, best: { output: { value: 0.4 } } },
    });
    expect(state.steps.get('a')).not.toHaveProperty('error');
  });

  it('ends with the usage of all its attempts, and so does the run', () => {
    const state = stateOf(started, startedStep('a'), attemptFailed(1), startedStep('a', 2), {
      ...succeededStep('a', 2),
      usage: usageOf(2),
      labels: ['untrusted'],
      gate: gateResult(0.9),
    });
    const usage = addUsage(usageOf(1), usageOf(2));
    expect(state.steps.get('a')).toEqual({
      status: 'succeeded',
      attempt: 2,
      output: { value: 'a' },
      usage,
      labels: ['untrusted'],
      gate: gateResult(0.9),
      seq: 6,
    });
    expect(state.usage).toEqual(usage);
  });

  it('fails with its error and the output that was kept', () => {
    const kept = { output: { value: 'draft' }, gate: gateResult(0.3) };
    expect(stateOf(started, startedStep('a'), { ...failedStep('a'), ...kept }).steps.get('a')).toEqual({
      status: 'failed',
      attempt: 1,
      error: errorOf('terminal'),
      usage: noUsage,
      ...kept,
    });
  });

  it('is cancelled with what it had done so far', () => {
    expect(
      stateOf(started, startedStep('a'), { ...cancelledStep('a'), partial: { value: 'half' } }).steps.get('a'),
    ).toEqual({
      status: 'cancelled',
      attempt: 1,
      usage: noUsage,
      partial: { value: 'half' },
    });
  });

  const late = { ...succeededStep('a'), output: { value: 'late' }, usage: usageOf(9) };

  it.each<[string, readonly RunEvent[], RunEvent]>([
    ['an outcome without a start', [], late],
    ['a second outcome', [startedStep('a'), succeededStep('a')], late],
    ['an outcome of a skipped step', [{ type: 'step.skipped', at: 3, path: 'a', reason: 'when' }], late],
    ['a second start', [startedStep('a')], { ...startedStep('a', 7), at: 99 }],
    ['a start after the end', [startedStep('a'), failedStep('a')], startedStep('a', 2)],
    ['a skip after the start', [startedStep('a')], { type: 'step.skipped', at: 9, path: 'a', reason: 'when' }],
    ['the opening of a block that does not run', [], { type: 'block.opened', at: 9, path: 'a', opening: { case: 0 } }],
  ])('ignores %s', (_, events, event) => {
    const state = stateOf(started, ...events);
    const before = structuredClone(state);
    expect(evolve(state, event)).toEqual({ ...before, seq: before.seq + 1 });
  });
});

describe('a block', () => {
  it('stays as it was first opened', () => {
    const state = stateOf(
      started,
      startedStep('a'),
      { type: 'block.opened', at: 4, path: 'a', opening: { case: 0 } },
      { type: 'block.opened', at: 5, path: 'a', opening: { case: 1 } },
    );
    expect(state.blocks.get('a')).toEqual({ case: 0 });
  });
});

describe('a step whose calls wait for a rate limit', () => {
  const limit = { of: 'openai', unit: 'tokens', perMinute: 1000 } as const;
  const waiting = (at: number) => ({ type: 'call.waiting', at, path: 'a', attempt: 1, limit }) as const;
  const admitted = (at: number) => ({ type: 'call.admitted', at, path: 'a', attempt: 1, limit }) as const;

  it('is limited since the first of them began to wait, until the last of them is admitted', () => {
    const state = stateOf(started, startedStep('a'), waiting(5), waiting(6));
    expect(state.steps.get('a')).toMatchObject({ limited: { calls: 2, since: 5, limit } });
    evolve(state, admitted(7));
    expect(state.steps.get('a')).toMatchObject({ limited: { calls: 1, since: 5 } });
    evolve(state, admitted(8));
    expect(state.steps.get('a')).not.toHaveProperty('limited');
  });

  it('is limited no longer when its attempt has ended, whatever was not told', () => {
    const state = stateOf(started, startedStep('a'), waiting(5), succeededStep('a'), admitted(7));
    expect(state.steps.get('a')).not.toHaveProperty('limited');
  });
});

describe('a plan', () => {
  it('adds what it cost to the run', () => {
    const accepted = { type: 'plan.accepted', at: 5, path: 'a', attempt: 1, program: 'hash', objectives: [] } as const;
    expect(stateOf(started, startedStep('a'), { ...accepted, usage: usageOf(2) }).usage).toEqual(usageOf(2));
  });

  it('is part of what its block has cost, once', () => {
    const call = { kind: 'chat', name: 'm', startedAt: 3, ms: 1, input: { value: 'q' }, usage: usageOf(2) } as const;
    const state = stateOf(
      started,
      startedStep('a'),
      { type: 'call.finished', at: 4, path: 'a', attempt: 1, index: 0, call },
      { type: 'plan.accepted', at: 5, path: 'a', attempt: 1, program: 'hash', objectives: [], usage: usageOf(2) },
      { type: 'block.opened', at: 5, path: 'a', opening: { plan: 'hash' } },
    );
    expect(state.steps.get('a')).not.toHaveProperty('spent');
    evolve(state, succeededStep('a'));
    expect(state.steps.get('a')).toMatchObject({ usage: usageOf(2) });
    expect(state.usage).toEqual(usageOf(2));
  });
});

describe('the fold of a journal', () => {
  const recorded = [created, started, startedStep('a')].map((event, index) => ({ run: 'run', seq: index + 1, event }));

  it('gives the state and its last sequence', async () => {
    const state = await fold(recorded);
    expect(state).toEqual(stateOf(started, startedStep('a')));
    expect(state?.seq).toBe(3);
  });

  it('gives none for a journal without a creation', async () => {
    expect(await fold([])).toBeUndefined();
    expect(await fold(recorded.slice(1))).toBeUndefined();
  });

  it('passes over events of a type it does not know', () => {
    // What a later version may have written: not a RunEvent of this one.
    const unknown = { type: 'run.admired', at: 5 } as unknown as RunEvent;
    const state = stateOf(started);
    expect(evolve(structuredClone(state), unknown)).toEqual({ ...state, seq: 3 });
  });

  it('counts what drafting a plan has cost as the cost of its step', () => {
    const accepted: RunEvent = {
      type: 'plan.accepted',
      at: 5,
      attempt: 1,
      path: 'a',
      program: 'hash',
      objectives: [],
      usage: usageOf(2),
    };
    const state = stateOf(started, startedStep('a'), accepted);
    expect(state.steps.get('a')).toMatchObject({ status: 'running', attempt: 1, history: { usage: usageOf(2) } });
    expect(evolve(state, succeededStep('a')).steps.get('a')).toMatchObject({ status: 'succeeded', usage: usageOf(2) });
    expect(state.usage).toEqual(usageOf(2));
    expect(stateOf(started, accepted).usage, 'of a step that is not under way').toEqual(noUsage);
  });

  it('changes nothing for facts that only the trace shows', () => {
    const state = stateOf(started, startedStep('a'));
    const facts: RunEvent[] = [created, { type: 'plan.proposed', at: 5, path: 'a', attempt: 1, source: 'telos: 1' }];
    expect(facts.reduce(evolve, structuredClone(state))).toEqual({ ...state, seq: state.seq + facts.length });
  });
});
