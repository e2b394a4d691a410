import { describe, expect, it } from 'vitest';
import {
  cancelledStep,
  errorOf,
  failedStep,
  gateResult,
  started,
  startedStep,
  stateOf,
  succeededStep,
} from '../testing/specification.ts';
import type { RunEvent, Wait } from './events.ts';
import { explain } from './explain.ts';

const retried: RunEvent = {
  type: 'attempt.failed',
  at: 5,
  path: 'a',
  attempt: 1,
  error: errorOf('retryable', 'STEP_TIMEOUT'),
  retryAt: 4205,
};

function asking(purpose: 'step' | 'gate' | 'permission' | 'plan' | 'rail', who: readonly string[] = []): Wait {
  const rails = { place: 'output', verdicts: [], onApprove: 'succeed' } as const;
  return {
    kind: 'approval',
    purpose,
    who: [...who],
    show: { value: 1 },
    onTimeout: 'fail',
    ...(purpose === 'rail' ? { rails: { ...rails, verdicts: [] } } : {}),
  };
}

describe('the explanation of a run', () => {
  it('says that no worker has taken a run that is pending', () => {
    expect(explain(stateOf(), 9)).toEqual([
      { since: 1, sentence: expect.stringContaining('No worker has taken the run') },
    ]);
  });

  it('says of a run that waits for a place who has it, and whether others come first', () => {
    const wait = { key: 'acme', places: 1, holders: ['one'], before: 0 };
    expect(explain(stateOf(), 9, { place: wait })).toEqual([
      { since: 1, sentence: 'The run waits for its turn: the one place of `acme` is taken by one. It is the next.' },
    ]);
    expect(
      explain(stateOf(), 9, { place: { ...wait, places: 7, holders: ['a', 'b', 'c', 'd', 'e'], before: 2 } })[0]
        ?.sentence,
    ).toBe(
      'The run waits for its turn: all 7 places of `acme` are taken by a, b, c, d, e and others. 2 runs come before it.',
    );
  });

  it('names each step that is running, and no step that has ended', () => {
    const state = stateOf(
      started,
      startedStep('a'),
      succeededStep('a'),
      startedStep('b'),
      startedStep('c'),
      failedStep('c'),
    );
    expect(explain(state, 9)).toEqual([{ path: 'b', since: 3, sentence: 'Step b is running (attempt 1).' }]);
  });

  it('names the rate limit that a call of a running step waits for', () => {
    const limit = { of: 'openai/gpt-5.2', unit: 'requests', perMinute: 60 } as const;
    const state = stateOf(started, startedStep('a'), { type: 'call.waiting', at: 7, path: 'a', attempt: 1, limit });
    expect(explain(state, 9)).toEqual([
      {
        path: 'a',
        since: 7,
        sentence:
          'Step a has a call that may not be made yet: the rate limit of openai/gpt-5.2, 60 requests a minute, is used up.',
      },
    ]);
  });

  it('says when and why a step is tried again', () => {
    const state = stateOf(started, startedStep('a'), retried);
    expect(explain(state, 205)[0]?.sentence).toBe(
      'Step a is tried again in 4 s (attempt 2) because STEP_TIMEOUT: STEP_TIMEOUT happened.',
    );
    expect(explain(state, 9999)[0]?.sentence).toContain('is tried again now');
  });

  it('says that an output did not pass its gate', () => {
    const state = stateOf(started, startedStep('a'), {
      type: 'attempt.rejected',
      at: 5,
      path: 'a',
      attempt: 1,
      output: { value: 1 },
      gate: gateResult(0.1),
      remedy: { repair: 1 },
    });
    expect(explain(state, 5)[0]?.sentence).toBe(
      'Step a is tried again now (attempt 2) because its output did not pass the gate.',
    );
  });

  it('names what is under way inside an opened block instead of the block', () => {
    const opened: RunEvent = { type: 'block.opened', at: 4, path: 'a', opening: { foreach: { value: [1] }, count: 1 } };
    const state = stateOf(started, startedStep('a'), opened, startedStep('a[0].b'));
    expect(explain(state, 9).map((waiting) => waiting.path)).toEqual(['a[0].b']);
  });

  it('says of a step that other workers were offered whether one of them has it, and lives', () => {
    const state = stateOf(started, { ...startedStep('a'), queue: 'gpu' });
    const claim = { run: state.id, path: 'a', attempt: 1, worker: 'w1', alive: true };
    const said = (claims: readonly (typeof claim)[]) => explain(state, 9, { claims })[0]?.sentence;
    expect(explain(state, 9)[0]?.sentence).toBe('Step a was offered to the workers of `gpu` (attempt 1).');
    expect(said([])).toBe(
      'Step a waits in the queue `gpu`: no worker has taken it; is a `telos worker --queues gpu` running that has room?',
    );
    expect(said([{ ...claim, attempt: 2 }])).toBe(said([]));
    expect(said([claim])).toBe('Step a is running (attempt 1) on the worker w1.');
    expect(said([{ ...claim, alive: false }])).toBe(
      'Step a was under way (attempt 1) on the worker w1, which is gone; the owner of the run sees to it.',
    );
  });

  it('does not say of a step that it is running when nobody holds the run', () => {
    expect(explain(stateOf(started, startedStep('a')), 9, { isLeft: true })).toEqual([
      {
        path: 'a',
        since: 3,
        sentence: 'Step a was under way (attempt 1) when its worker went; whoever takes the run up sees to it.',
      },
    ]);
  });

  it('says of a paused run why, and how it goes on', () => {
    const paused: RunEvent = { type: 'run.paused', at: 7, reason: 'asked', message: 'lunch' };
    const state = stateOf(started, paused);
    expect(explain(state, 9)).toEqual([
      { since: 7, sentence: `The run was paused (lunch); \`telos resume ${state.id}\` lets it go on.` },
    ]);
    const spent: RunEvent = { type: 'run.paused', at: 7, reason: 'budget', message: 'It has spent $2 of $1.' };
    expect(explain(stateOf(started, spent), 9)).toEqual([
      {
        since: 7,
        sentence: `The run is paused: It has spent $2 of $1. Raise its budget with \`telos resume ${state.id}\` --budget.`,
      },
    ]);
  });

  it('says of a step in doubt or in quarantine why, and that a person has to speak', () => {
    const error = errorOf('terminal', 'INTERRUPTED');
    const doubted: RunEvent = { type: 'step.in_doubt', at: 8, path: 'a', attempt: 1, error };
    expect(explain(stateOf(started, startedStep('a'), doubted), 9)).toEqual([
      {
        path: 'a',
        since: 8,
        sentence: 'Step a is in doubt and waits for a person to say what happened: INTERRUPTED happened.',
      },
    ]);
    expect(explain(stateOf(started, startedStep('a'), { ...doubted, type: 'step.quarantined' }), 9)).toEqual([
      {
        path: 'a',
        since: 8,
        sentence: 'Step a is in quarantine and waits for a person: INTERRUPTED: INTERRUPTED happened.',
      },
    ]);
  });

  it.each<readonly [Wait, string]>([
    [{ kind: 'time', dueAt: 60_000 }, 'Step a sleeps and goes on in 60 s.'],
    [{ kind: 'time', dueAt: 600_000 }, 'Step a sleeps and goes on at 1970-01-01T00:10:00.000Z.'],
    [{ kind: 'signal', name: 'go', onTimeout: 'fail' }, 'Step a waits for the signal `go`.'],
    [
      { kind: 'signal', name: 'go', onTimeout: 'fail', dueAt: 9000 },
      'Step a waits for the signal `go`, in 9 s at the latest.',
    ],
    [asking('step', ['anna', 'editors']), 'Step a waits for anna or editors to decide.'],
    [asking('gate'), 'Step a waits for a person to decide about an output that did not pass its gate.'],
    [asking('permission'), 'Step a waits for a person to allow it to run.'],
    [asking('plan'), 'Step a waits for a person to decide about its plan.'],
    [asking('rail'), 'Step a waits for a person to decide about its output, which a rail asks about.'],
  ])('says what ends a wait, and when: %j', (wait, sentence) => {
    const state = stateOf(started, startedStep('a'), { type: 'wait.opened', at: 4, path: 'a', attempt: 1, wait });
    expect(explain(state, 0)).toEqual([{ path: 'a', since: 4, sentence }]);
  });

  it('says so when nothing is under way though the run has not ended', () => {
    const state = stateOf(started, startedStep('a'), cancelledStep('a'));
    expect(explain(state, 9)).toEqual([{ since: 2, sentence: expect.stringContaining('no worker holds the run') }]);
  });

  it('is empty for a run that has ended', () => {
    expect(explain(stateOf(started, { type: 'run.cancelled', at: 9, reason: 'asked' }), 9)).toEqual([]);
  });
});
