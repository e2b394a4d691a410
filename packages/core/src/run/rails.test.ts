import { describe, expect, it } from 'vitest';
import { runInput } from '../program/path.ts';
import { action, inSequence, programOf } from '../testing/programs.ts';
import {
  created,
  failedStep,
  given,
  started,
  startedStep,
  stateOf,
  succeededStep,
  usageOf,
} from '../testing/specification.ts';
import type { Command } from './command.ts';
import type { EventOf, RailsResult, RunEvent, Wait } from './events.ts';
import { forkOf, isForkRefusal } from './fork.ts';
import { next } from './next.ts';

const of = { at: 9, path: 'a', attempt: 1 };

function result(place: RailsResult['place'], outcome: RailsResult['outcome'] = 'pass'): RailsResult {
  return { place, verdicts: [], outcome, value: { value: `${place} as it passed` } };
}

function judged(
  place: RailsResult['place'],
  outcome: RailsResult['outcome'] = 'pass',
  more: Partial<EventOf<'rail.judged'>> = {},
): EventOf<'rail.judged'> {
  return { type: 'rail.judged', at: 3, path: 'a', attempt: 1, ...result(place, outcome), ...more };
}

const asks = (place: RailsResult['place'], onApprove: 'go_on' | 'succeed' = 'go_on'): Wait => ({
  kind: 'approval',
  purpose: 'rail',
  who: [],
  show: { value: 'shown' },
  onTimeout: 'fail',
  rails: { place, verdicts: [], onApprove },
});
const opened = (wait: Wait): EventOf<'wait.opened'> => ({ type: 'wait.opened', at: 4, path: 'a', attempt: 1, wait });
const judge = (place: RailsResult['place'], attempt = 1): Command => ({
  do: 'judgeRails',
  ...of,
  attempt,
  result: result(place),
});

describe('what rails have said', () => {
  it('is recorded before a call, whether its attempt has started or not', () => {
    const recorded = { type: 'rail.judged' as const, ...of, ...result('input') };
    given(started).when(judge('input')).thenEvents(recorded);
    given(started, startedStep('a')).when(judge('input')).thenEvents(recorded);
  });

  it('is recorded behind a call only while its attempt is under way', () => {
    given(started).when(judge('output')).thenRefused('STEP_NOT_READY');
    given(started, startedStep('a'))
      .when(judge('output'))
      .thenEvents({ type: 'rail.judged', ...of, ...result('output') });
    given(started, startedStep('a')).when(judge('output', 2)).thenRefused('STALE_ATTEMPT');
    given(started, startedStep('a'), succeededStep('a')).when(judge('output')).thenRefused('STEP_NOT_READY');
  });

  it('comes too late for an attempt that is not the next', () => {
    given(started).when(judge('input', 2)).thenRefused('STALE_ATTEMPT');
  });

  it('is known until the step has ended, and its placeholders as long as the run', () => {
    const said = judged('input', 'pass', { placeholders: ['<EMAIL_1>'], usage: usageOf(1) });
    const open = stateOf(started, said, startedStep('a'));
    expect(open.rails.get('a')).toEqual({
      input: { attempt: 1, outcome: 'pass', verdicts: [], value: { value: 'input as it passed' } },
    });
    expect(open.usage.usd).toBe(1);
    const ended = stateOf(started, said, startedStep('a'), failedStep('a'));
    expect(ended.rails.has('a')).toBe(false);
    expect(ended.placeholders).toEqual(new Set(['<EMAIL_1>']));
  });

  it('changes nothing of what may happen next', () => {
    const program = programOf(...inSequence(action('a'), action('b')));
    expect(next(program, stateOf(started, judged('input')))).toEqual(next(program, stateOf(started)));
  });

  it('is ignored when it comes after the step has ended', () => {
    const state = stateOf(started, startedStep('a'), succeededStep('a'), judged('output'));
    expect(state.rails.size).toBe(0);
  });
});

describe('a rail that asks', () => {
  it('has a step wait that has not started, or that is under way', () => {
    const open: Command = { do: 'openWait', ...of, wait: asks('input') };
    given(started)
      .when(open)
      .thenEvents({ type: 'wait.opened', ...of, wait: asks('input') });
    given(started, startedStep('a'))
      .when(open)
      .thenEvents({ type: 'wait.opened', ...of, wait: asks('input') });
    given(started, startedStep('a'), succeededStep('a')).when(open).thenRefused('STEP_NOT_READY');
  });

  it('lets the same attempt go on when it is approved, with what a person wrote', () => {
    const closing = { decision: 'approve' as const, by: 'ann', value: { value: 'edited' } };
    const before = [started, judged('input', 'ask'), opened(asks('input'))];
    const closed = { type: 'wait.closed' as const, ...of, closing };
    given(...before)
      .when({ do: 'closeWait', ...of, closing })
      .thenEvents(closed);
    const state = stateOf(...before, closed);
    expect(state.steps.get('a')).toMatchObject({ status: 'retrying', attempt: 1, dueAt: 9 });
    expect(state.rails.get('a')?.input).toMatchObject({ outcome: 'ask', approved: true, value: { value: 'edited' } });
    expect(next(programOf(action('a')), state)).toMatchObject([{ do: 'retry', path: 'a', attempt: 1 }]);
  });

  it('gives what was approved where nothing is left to be done', () => {
    const closing = { decision: 'approve' as const };
    given(started, startedStep('a'), judged('output', 'ask'), opened(asks('output', 'succeed')))
      .when({ do: 'closeWait', ...of, closing })
      .thenEvents(
        { type: 'wait.closed', ...of, closing },
        { type: 'step.succeeded', ...of, output: { value: 'shown' } },
      );
  });

  it('fails the step when it is rejected, with who and why', () => {
    const closing = { decision: 'reject' as const, by: 'ann', note: 'no' };
    given(started, judged('input', 'ask'), opened(asks('input')))
      .when({ do: 'closeWait', ...of, closing })
      .thenEvents(
        { type: 'wait.closed', ...of, closing },
        {
          type: 'step.failed',
          ...of,
          error: {
            kind: 'terminal',
            code: 'RAIL_BLOCKED',
            message: 'The input of a did not pass its rails and was not approved (rejected by ann: no).',
            next: 'Read the note, then change what was shown, or the workflow.',
            path: 'a',
          },
        },
      );
  });
});

describe('a permission that is given with another input', () => {
  it('leaves nothing of what rails said of the first one', () => {
    const permission: Wait = {
      kind: 'approval',
      purpose: 'permission',
      who: [],
      show: { value: 1 },
      onTimeout: 'fail',
    };
    const closed = (closing: EventOf<'wait.closed'>['closing']): EventOf<'wait.closed'> => ({
      type: 'wait.closed',
      ...of,
      closing,
    });
    const before = [started, judged('input'), opened(permission)];
    expect(stateOf(...before, closed({ decision: 'approve' })).rails.has('a')).toBe(true);
    expect(stateOf(...before, closed({ decision: 'approve', value: { value: 2 } })).rails.has('a')).toBe(false);
  });
});

describe('a fork', () => {
  const ended = { type: 'run.succeeded' as const, at: 8, outputs: { value: {} } };
  const ofRun = judged('input', 'pass', { path: runInput });
  const forked = (from: readonly string[], ...events: readonly RunEvent[]) => {
    const plan = forkOf(programOf(...inSequence(action('a'), action('b'))), () => undefined, [created, ...events], {
      at: 50,
      from,
    });
    if (isForkRefusal(plan)) throw new Error(plan.message);
    return plan.more;
  };

  it('keeps what was said of the run’s input and of the steps that it keeps, at no cost', () => {
    const more = forked(
      ['b'],
      { ...ofRun, usage: usageOf(1) },
      started,
      judged('input'),
      startedStep('a'),
      succeededStep('a'),
      judged('input', 'pass', { path: 'b' }),
      startedStep('b'),
      succeededStep('b'),
      ended,
    );
    expect(more.map((event) => ('path' in event ? `${event.type} ${event.path ?? ''}` : event.type))).toEqual([
      'run.started',
      'rail.judged @input',
      'rail.judged a',
      'step.started a',
      'step.succeeded a',
    ]);
    expect(more.some((event) => 'usage' in event)).toBe(false);
  });

  it('has a person asked again about an input that nobody has let in', () => {
    const asked = judged('input', 'ask', { path: runInput });
    const waits = { ...opened(asks('input', 'succeed')), path: runInput };
    const start = { ...startedStep(runInput) };
    const more = forked([], asked, started, start, waits, { type: 'run.cancelled', at: 8, reason: 'enough' });
    expect(more.map(({ type }) => type)).toEqual(['run.started', 'rail.judged']);
  });
});
