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
import type { RunEvent } from './events.ts';
import { explain } from './explain.ts';

const retried: RunEvent = {
  type: 'attempt.failed',
  at: 5,
  path: 'a',
  attempt: 1,
  error: errorOf('retryable', 'STEP_TIMEOUT'),
  retryAt: 4205,
};

describe('the explanation of a run', () => {
  it('says that no worker has taken a run that is pending', () => {
    expect(explain(stateOf(), 9)).toEqual([
      { since: 1, sentence: expect.stringContaining('No worker has taken the run') },
    ]);
  });

  it('says of a run that waits for a place who has it, and whether others come first', () => {
    const wait = { key: 'acme', places: 1, holders: ['one'], before: 0 };
    expect(explain(stateOf(), 9, wait)).toEqual([
      { since: 1, sentence: 'The run waits for its turn: the one place of `acme` is taken by one. It is the next.' },
    ]);
    expect(
      explain(stateOf(), 9, { ...wait, places: 7, holders: ['a', 'b', 'c', 'd', 'e'], before: 2 })[0]?.sentence,
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

  it('says so when nothing is under way though the run has not ended', () => {
    const state = stateOf(started, startedStep('a'), cancelledStep('a'));
    expect(explain(state, 9)).toEqual([{ since: 2, sentence: expect.stringContaining('no worker holds the run') }]);
  });

  it('is empty for a run that has ended', () => {
    expect(explain(stateOf(started, { type: 'run.cancelled', at: 9, reason: 'asked' }), 9)).toEqual([]);
  });
});
