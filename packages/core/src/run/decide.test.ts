import { describe, expect, it } from 'vitest';
import { action, foreach, gateOf, retryOf } from '../testing/programs.ts';
import {
  cancelledStep,
  errorOf,
  failedStep,
  gateResult,
  given,
  started,
  startedStep,
  succeededStep,
  usageOf,
} from '../testing/specification.ts';
import { addUsage } from '../usage.ts';
import type { Command } from './command.ts';
import { maxInterruptions } from './decide-attempt.ts';
import { leavesInDoubt } from './repeat.ts';
import type { RunEvent } from './events.ts';

const of = { at: 9, path: 'a', attempt: 1 };
const retryable = errorOf('retryable');
const opened: RunEvent = { type: 'block.opened', at: 4, path: 'a', opening: { foreach: { value: [1] }, count: 1 } };

function attemptFailed(attempt: number, error = retryable): RunEvent {
  return { type: 'attempt.failed', at: 4, path: 'a', attempt, error, retryAt: 5 };
}

function rejected(attempt: number, score: number): RunEvent {
  return {
    type: 'attempt.rejected',
    at: 4,
    path: 'a',
    attempt,
    output: { value: `draft ${attempt}` },
    gate: gateResult(score, attempt),
    remedy: { repair: attempt },
  };
}

describe('a run', () => {
  it('starts once; starting it again changes nothing', () => {
    given().when({ do: 'start', at: 9 }).thenEvents({ type: 'run.started', at: 9 });
    given(started).when({ do: 'start', at: 9 }).thenEvents();
  });

  it('ends as its owner says', () => {
    const outputs = { value: 'brief' };
    const error = errorOf('terminal');
    given(started).when({ do: 'succeed', at: 9, outputs }).thenEvents({ type: 'run.succeeded', at: 9, outputs });
    given(started).when({ do: 'fail', at: 9, error }).thenEvents({ type: 'run.failed', at: 9, error });
    given(started)
      .when({ do: 'cancel', at: 9, reason: 'asked' })
      .thenEvents({ type: 'run.cancelled', at: 9, reason: 'asked' });
  });

  it('can be cancelled before it starts', () => {
    given()
      .when({ do: 'cancel', at: 9, reason: 'asked' })
      .thenEvents({ type: 'run.cancelled', at: 9, reason: 'asked' });
  });

  it.each<RunEvent>([
    { type: 'run.succeeded', at: 8, outputs: { value: 1 } },
    { type: 'run.failed', at: 8, error: errorOf('terminal') },
    { type: 'run.cancelled', at: 8, reason: 'asked' },
  ])('refuses everything after $type', (end) => {
    const commands: readonly Command[] = [
      { do: 'start', at: 9 },
      { do: 'cancel', at: 9, reason: 'again' },
      { do: 'startStep', ...of },
      { do: 'succeedStep', ...of, output: { value: 1 } },
    ];
    for (const command of commands)
      given(started, startedStep('a'), end)
        .when(command)
        .thenRefused('RUN_FINISHED', /Run run has ended/);
  });

  it('takes no step before it has started', () => {
    given()
      .when({ do: 'startStep', ...of })
      .thenRefused('STEP_NOT_READY');
    given()
      .when({ do: 'skipStep', ...of, reason: 'when' })
      .thenRefused('STEP_NOT_READY');
  });
});

describe('a step', () => {
  it('starts with attempt 1 and what it was given', () => {
    given(started)
      .when({ do: 'startStep', ...of, input: { value: 1 }, labels: ['private'] })
      .thenEvents({ type: 'step.started', at: 9, path: 'a', attempt: 1, input: { value: 1 }, labels: ['private'] });
  });

  it('leaves empty labels out of its events', () => {
    given(started)
      .when({ do: 'startStep', ...of, labels: [] })
      .thenEvents({ type: 'step.started', ...of });
  });

  it('does not start at a later attempt, nor while it runs, nor after it ended', () => {
    given(started)
      .when({ do: 'startStep', ...of, attempt: 2 })
      .thenRefused('STALE_ATTEMPT');
    given(started, startedStep('a'))
      .when({ do: 'startStep', ...of })
      .thenRefused('STEP_NOT_READY', /a is running/);
    given(started, startedStep('a'), succeededStep('a'))
      .when({ do: 'startStep', ...of })
      .thenRefused('STEP_NOT_READY');
  });

  it('is skipped only before it starts', () => {
    given(started)
      .when({ do: 'skipStep', at: 9, path: 'a', reason: 'when' })
      .thenEvents({ type: 'step.skipped', at: 9, path: 'a', reason: 'when' });
    given(started, startedStep('a'))
      .when({ do: 'skipStep', at: 9, path: 'a', reason: 'when' })
      .thenRefused('STEP_NOT_READY');
  });

  it('succeeds with output, usage, labels and gate', () => {
    const outcome = { output: { value: 1 }, usage: usageOf(1), gate: gateResult(0.9) };
    given(started, startedStep('a'))
      .when({ do: 'succeedStep', ...of, ...outcome, labels: ['untrusted'] })
      .thenEvents({ type: 'step.succeeded', ...of, ...outcome, labels: ['untrusted'] });
  });

  it.each<[string, readonly RunEvent[]]>([
    ['never started', []],
    ['waits for another attempt', [startedStep('a'), attemptFailed(1)]],
    ['succeeded', [startedStep('a'), succeededStep('a')]],
    ['failed', [startedStep('a'), failedStep('a')]],
    ['was cancelled', [startedStep('a'), cancelledStep('a')]],
    ['was skipped', [{ type: 'step.skipped', at: 4, path: 'a', reason: 'when' }]],
  ])('has no outcome when it %s', (_, events) => {
    const attempt = events.length === 2 && events[1]?.type === 'attempt.failed' ? 2 : 1;
    given(started, ...events)
      .when({ do: 'succeedStep', ...of, attempt, output: { value: 1 } })
      .thenRefused('STEP_NOT_READY');
  });

  it('refuses the outcome of an attempt that is over', () => {
    given(started, startedStep('a'), attemptFailed(1), startedStep('a', 2))
      .when({ do: 'succeedStep', ...of, output: { value: 'late' } })
      .thenRefused('STALE_ATTEMPT', /at attempt 2; attempt 1 is over/);
  });

  it('can be cancelled while it runs and between two attempts, keeping what there is', () => {
    const partial = { value: 'half' };
    given(started, startedStep('a'))
      .when({ do: 'cancelStep', ...of, partial, usage: usageOf(1) })
      .thenEvents({ type: 'step.cancelled', ...of, partial, usage: usageOf(1) });
    given(started, startedStep('a'), attemptFailed(1))
      .when({ do: 'cancelStep', ...of, attempt: 2 })
      .thenEvents({ type: 'step.cancelled', ...of, attempt: 2 });
    given(started)
      .when({ do: 'cancelStep', ...of })
      .thenRefused('STEP_NOT_READY');
  });
});

describe('a call made inside a step', () => {
  const record = {
    do: 'recordCall',
    ...of,
    index: 0,
    call: { kind: 'chat', name: 'openai/gpt', startedAt: 5, ms: 3, input: { value: 'hi' } },
  } as const;

  it('is recorded while the attempt that made it runs', () => {
    const { index, call } = record;
    given(started, startedStep('a'))
      .when(record)
      .thenEvents({ type: 'call.finished', ...of, index, call });
    given(started, startedStep('a'), succeededStep('a')).when(record).thenRefused('STEP_NOT_READY');
    given(started, startedStep('a'), attemptFailed(1), startedStep('a', 2)).when(record).thenRefused('STALE_ATTEMPT');
  });
});

describe('a signal for a step with a schema', () => {
  const schema = { type: 'object' } as const;
  const opened: RunEvent = {
    type: 'wait.opened',
    at: 4,
    path: 'a',
    attempt: 1,
    wait: { kind: 'signal', name: 'go', onTimeout: 'fail', schema },
  };
  const signal = { id: 's', name: 'go', payload: { value: 1 } } as const;
  const received: RunEvent = { type: 'signal.received', at: 5, ...signal };
  const error = errorOf('terminal', 'VALUE_INVALID');

  it('is kept until its payload has been looked at', () => {
    given(started, startedStep('a'), opened)
      .when({ do: 'receiveSignal', at: 5, ...signal })
      .thenEvents(received);
    given(started, received, startedStep('a'))
      .when({ do: 'openWait', ...of, at: 4, wait: { kind: 'signal', name: 'go', onTimeout: 'fail', schema } })
      .thenEvents(opened);
  });

  it('is refused once, while it is kept and the step waits for it', () => {
    given(started, startedStep('a'), opened, received)
      .when({ do: 'refuseSignal', ...of, id: 's', error })
      .thenEvents({ type: 'signal.refused', ...of, id: 's', error });
    given(started, startedStep('a'), opened, received, { type: 'signal.refused', ...of, id: 's', error })
      .when({ do: 'refuseSignal', ...of, id: 's', error })
      .thenRefused('STEP_NOT_READY');
  });

  it('is not given to a step that comes to wait for it later', () => {
    const later = { kind: 'signal', name: 'go', onTimeout: 'fail' } as const;
    given(started, startedStep('a'), opened, received, startedStep('b'))
      .when({ do: 'openWait', ...of, path: 'b', wait: later })
      .thenEvents({ type: 'wait.opened', ...of, path: 'b', wait: later });
  });
});

describe('a call that waits for a rate limit', () => {
  const limit = { of: 'openai', unit: 'requests', perMinute: 60 } as const;

  it('is noted when it begins to wait and when it ceases to, while its attempt runs', () => {
    given(started, startedStep('a'))
      .when({ do: 'awaitLimit', ...of, limit })
      .thenEvents({ type: 'call.waiting', ...of, limit });
    given(started, startedStep('a'))
      .when({ do: 'passLimit', ...of, limit })
      .thenEvents({ type: 'call.admitted', ...of, limit });
    given(started, startedStep('a'), succeededStep('a'))
      .when({ do: 'awaitLimit', ...of, limit })
      .thenRefused('STEP_NOT_READY');
  });
});

describe('a step that fails', () => {
  const fail = { do: 'failStep', ...of, error: retryable, usage: usageOf(1), random: 0 } as const;
  const located = { ...retryable, path: 'a' };

  it('has failed for good without a retry policy; the error says where', () => {
    given(started, startedStep('a'))
      .when({ ...fail, step: action('a') })
      .thenEvents({ type: 'step.failed', ...of, error: located, usage: usageOf(1) });
  });

  it('keeps the path of the inner step in which the error arose', () => {
    given(started, startedStep('a'))
      .when({ ...fail, step: action('a'), error: { ...retryable, path: 'a[2].b' } })
      .thenEvents({ type: 'step.failed', ...of, error: { ...retryable, path: 'a[2].b' }, usage: usageOf(1) });
  });

  it('is tried again after the wait of its policy', () => {
    given(started, startedStep('a'))
      .when({ ...fail, step: action('a', { retry: retryOf(2) }) })
      .thenEvents({ type: 'attempt.failed', ...of, error: located, retryAt: 1009, usage: usageOf(1) });
  });

  it('is tried `max` times in all', () => {
    given(started, startedStep('a'), attemptFailed(1), startedStep('a', 2))
      .when({ ...fail, attempt: 2, step: action('a', { retry: retryOf(2) }) })
      .thenEvents({ type: 'step.failed', ...of, attempt: 2, error: located, usage: usageOf(1) });
  });

  it.each(['write', 'irreversible'] as const)(
    'is not tried again after a %s that may have happened, unless repeating it is harmless',
    (effect) => {
      const step = action('a', { retry: retryOf(2) });
      given(started, startedStep('a'))
        .when({ ...fail, step, did: { effect, repeatable: false } })
        .thenEvents({
          type: 'step.failed',
          ...of,
          usage: usageOf(1),
          error: {
            ...located,
            message: `TOOL_FAILED happened. It is not tried again: its effect (${effect}) may have happened.`,
            next: expect.stringContaining('took effect') as never,
          },
        });
      given(started, startedStep('a'))
        .when({ ...fail, step, did: { effect, repeatable: true } })
        .thenEvents({ type: 'attempt.failed', ...of, error: located, retryAt: 1009, usage: usageOf(1) });
    },
  );

  it('is tried again after an error that says that nothing was changed', () => {
    const refused = { ...fail.error, effect: 'none' as const };
    given(started, startedStep('a'))
      .when({
        ...fail,
        error: refused,
        step: action('a', { retry: retryOf(2) }),
        did: { effect: 'irreversible', repeatable: false },
      })
      .thenEvents({
        type: 'attempt.failed',
        ...of,
        error: { ...located, effect: 'none' },
        retryAt: 1009,
        usage: usageOf(1),
      });
  });

  it('is tried again after a call that only read', () => {
    given(started, startedStep('a'))
      .when({ ...fail, step: action('a', { retry: retryOf(2) }), did: { effect: 'read', repeatable: false } })
      .thenEvents({ type: 'attempt.failed', ...of, error: located, retryAt: 1009, usage: usageOf(1) });
  });

  it('does not count interruptions and rejections as failures', () => {
    const interrupted = attemptFailed(1, errorOf('retryable', 'INTERRUPTED'));
    given(started, startedStep('a'), interrupted, startedStep('a', 2), rejected(2, 0.1), startedStep('a', 3))
      .when({ ...fail, attempt: 3, step: action('a', { retry: retryOf(2) }) })
      .thenEvents({ type: 'attempt.failed', ...of, attempt: 3, error: located, retryAt: 1009, usage: usageOf(1) });
  });

  it('is not tried again after an error that another try cannot mend', () => {
    const error = errorOf('terminal');
    given(started, startedStep('a'))
      .when({ ...fail, error, step: action('a', { retry: retryOf(5) }) })
      .thenEvents({ type: 'step.failed', ...of, error: { ...error, path: 'a' }, usage: usageOf(1) });
  });
});

describe('an output that does not pass its gate', () => {
  const reject = {
    do: 'rejectOutput',
    ...of,
    output: { value: 'draft' },
    gate: gateResult(0.2, 1),
    error: errorOf('terminal', 'GATE_FAILED'),
  } as const;
  const ladder = gateOf({ do: 'repair', times: 2 }, { do: 'escalate', model: 'openai/large' });

  it('is repaired as often as the ladder says, then handed to the stronger model', () => {
    const step = action('a', { gate: ladder });
    const { output, gate } = reject;
    given(started, startedStep('a'))
      .when({ ...reject, step })
      .thenEvents({ type: 'attempt.rejected', ...of, output, gate, remedy: { repair: 1 } });
    given(started, startedStep('a'), rejected(1, 0.3), startedStep('a', 2), rejected(2, 0.1), startedStep('a', 3))
      .when({ ...reject, attempt: 3, step })
      .thenEvents({ type: 'attempt.rejected', ...of, attempt: 3, output, gate, remedy: { escalate: 1 } });
  });

  it('is not repaired after a call whose effect may have happened, unless repeating it is harmless', () => {
    const step = action('a', { gate: gateOf({ do: 'repair', times: 2 }, { do: 'fallback', value: 'none' }) });
    const { output, gate } = reject;
    given(started, startedStep('a'))
      .when({ ...reject, step, did: { effect: 'write', repeatable: true } })
      .thenEvents({ type: 'attempt.rejected', ...of, output, gate, remedy: { repair: 1 } });
    given(started, startedStep('a'))
      .when({ ...reject, step, fallback: { value: 'none' }, did: { effect: 'write', repeatable: false } })
      .thenEvents({ type: 'step.succeeded', ...of, output: { value: 'none' }, gate });
    given(started, startedStep('a'))
      .when({ ...reject, step, did: { effect: 'irreversible', repeatable: false } })
      .thenEvents({
        type: 'step.failed',
        ...of,
        output,
        gate,
        error: expect.objectContaining({
          code: 'GATE_FAILED',
          message: expect.stringContaining('its effect (irreversible) may have happened'),
        }) as never,
      });
  });

  it('fails the step when the ladder is used up, keeping the best attempt and the number of attempts', () => {
    const step = action('a', { gate: gateOf({ do: 'repair', times: 1 }) });
    given(started, startedStep('a'), rejected(1, 0.3), startedStep('a', 2))
      .when({ ...reject, attempt: 2, step, gate: gateResult(0.2, 2) })
      .thenEvents({
        type: 'step.failed',
        ...of,
        attempt: 2,
        error: { ...reject.error, path: 'a' },
        output: { value: 'draft 1' },
        gate: gateResult(0.3, 2),
      });
  });

  it('keeps the last attempt when none before it was better', () => {
    const step = action('a', { gate: gateOf({ do: 'repair', times: 1 }) });
    given(started, startedStep('a'), rejected(1, 0.2), startedStep('a', 2))
      .when({ ...reject, attempt: 2, step })
      .thenEvents({
        type: 'step.failed',
        ...of,
        attempt: 2,
        error: { ...reject.error, path: 'a' },
        output: { value: 'draft' },
        gate: reject.gate,
      });
  });

  it('gives way to the fallback value, with its labels and a gate that says it did not pass', () => {
    const step = action('a', { gate: gateOf({ do: 'fallback', value: 'none' }) });
    given(started, startedStep('a'))
      .when({ ...reject, step, fallback: { value: 'none' }, labels: ['untrusted'], usage: usageOf(1) })
      .thenEvents({
        type: 'step.succeeded',
        ...of,
        output: { value: 'none' },
        gate: reject.gate,
        usage: usageOf(1),
        labels: ['untrusted'],
      });
  });
});

describe('an attempt that died with its process', () => {
  const interrupt = { do: 'interruptStep', ...of, step: action('a') } as const;
  const retried = {
    type: 'attempt.failed',
    ...of,
    retryAt: 9,
    error: expect.objectContaining({ code: 'INTERRUPTED' }) as never,
  } as const;

  it('is made again at once when it only read, or when repeating it is harmless', () => {
    given(started, startedStep('a'))
      .when({ ...interrupt, effect: 'read', repeatable: false })
      .thenEvents(retried);
    given(started, startedStep('a'))
      .when({ ...interrupt, effect: 'write', repeatable: true })
      .thenEvents(retried);
  });

  it('that died with the far side of its call says so, in doubt or not', () => {
    const error = {
      code: 'MCP_INTERRUPTED',
      kind: 'retryable',
      message: 'The server ended in the middle.',
      effect: 'unknown',
    } as const;
    given(started, startedStep('a'))
      .when({ ...interrupt, effect: 'read', repeatable: false, error })
      .thenEvents({ ...retried, error: { ...error, path: 'a' } });
    given(started, startedStep('a'))
      .when({ ...interrupt, effect: 'write', repeatable: false, error })
      .thenEvents({
        type: 'step.in_doubt',
        ...of,
        error: expect.objectContaining({
          code: 'IN_DOUBT',
          message: 'The server ended in the middle. Its effect (write) may have happened; it is not repeated.',
        }) as never,
      });
    const did = (effect: 'read' | 'write', repeatable: boolean) => ({ effect, repeatable });
    expect(leavesInDoubt(error, did('write', false))).toBe(true);
    expect(leavesInDoubt(error, did('write', true))).toBe(false);
    expect(leavesInDoubt(error, did('read', false))).toBe(false);
    expect(leavesInDoubt({ ...error, effect: 'none' }, did('write', false))).toBe(false);
  });

  it('has cost what its recorded calls have cost', () => {
    const call = { kind: 'chat', name: 'some/model', startedAt: 3, ms: 1, input: { value: 'q' } } as const;
    const finished = (index: number, usd: number): RunEvent => ({
      type: 'call.finished',
      ...of,
      index,
      call: { ...call, usage: usageOf(usd) },
    });
    const calls = [started, startedStep('a'), finished(0, 1), finished(1, 2)];
    const usage = addUsage(usageOf(1), usageOf(2));
    given(...calls)
      .when({ ...interrupt, effect: 'read', repeatable: false })
      .thenEvents({ ...retried, usage });
    given(...calls)
      .when({ ...interrupt, effect: 'write', repeatable: false })
      .thenEvents({ type: 'step.in_doubt', ...of, usage, error: expect.anything() as never });
    given(...calls)
      .when({ do: 'cancelStep', ...of })
      .thenEvents({ type: 'step.cancelled', ...of, usage });
    given(...calls)
      .when({ do: 'cancelStep', ...of, usage: usageOf(5) })
      .thenEvents({ type: 'step.cancelled', ...of, usage: usageOf(5) });
    given(...calls, attemptFailed(1), startedStep('a', 2))
      .when({ ...interrupt, attempt: 2, effect: 'read', repeatable: false })
      .thenEvents({ ...retried, attempt: 2 });
  });

  it.each(['write', 'irreversible'] as const)('leaves a %s in doubt, and is not repeated', (effect) => {
    given(started, startedStep('a'))
      .when({ ...interrupt, effect, repeatable: false })
      .thenEvents({
        type: 'step.in_doubt',
        ...of,
        error: expect.objectContaining({ code: 'IN_DOUBT', kind: 'terminal', path: 'a' }) as never,
      });
  });

  it('is not made again for ever', () => {
    const before = Array.from({ length: maxInterruptions - 1 }, (_, index) => [
      startedStep('a', index + 1),
      attemptFailed(index + 1, errorOf('retryable', 'INTERRUPTED')),
    ]).flat();
    given(started, ...before, startedStep('a', maxInterruptions))
      .when({ ...interrupt, attempt: maxInterruptions, effect: 'read', repeatable: true })
      .thenEvents({
        type: 'step.failed',
        ...of,
        attempt: maxInterruptions,
        error: expect.objectContaining({ code: 'INTERRUPTED', kind: 'terminal' }) as never,
      });
  });

  it('is nothing that happens between two attempts', () => {
    given(started, startedStep('a'), attemptFailed(1))
      .when({ ...interrupt, attempt: 2, effect: 'read', repeatable: true })
      .thenRefused('STEP_NOT_READY');
  });
});

describe('a block', () => {
  const opening = { branches: ['left'] };
  const block = foreach('a', [action('b')]);

  it('is opened while it runs', () => {
    given(started, startedStep('a'))
      .when({ do: 'openBlock', ...of, opening })
      .thenEvents({ type: 'block.opened', at: 9, path: 'a', opening });
    given(started)
      .when({ do: 'openBlock', ...of, opening })
      .thenRefused('STEP_NOT_READY');
  });

  it('is opened once', () => {
    given(started, startedStep('a'), opened)
      .when({ do: 'openBlock', ...of, opening })
      .thenRefused('STEP_NOT_READY');
  });

  it('is tried again when it could not be opened', () => {
    given(started, startedStep('a'))
      .when({ do: 'failStep', ...of, step: { ...block, retry: retryOf(2) }, error: retryable, random: 0 })
      .thenEvents({ type: 'attempt.failed', ...of, error: { ...retryable, path: 'a' }, retryAt: 1009 });
  });

  it('is neither tried again nor repaired once its body has run', () => {
    given(started, startedStep('a'), opened)
      .when({ do: 'failStep', ...of, step: { ...block, retry: retryOf(2) }, error: retryable, random: 0 })
      .thenEvents({ type: 'step.failed', ...of, error: { ...retryable, path: 'a' } });
    const rejection = { output: { value: [] }, gate: gateResult(0), error: errorOf('terminal', 'GATE_FAILED') };
    const gate = gateOf({ do: 'repair', times: 2 }, { do: 'fallback', value: [] });
    given(started, startedStep('a'), opened)
      .when({ do: 'rejectOutput', ...of, step: { ...block, gate }, ...rejection, fallback: { value: 'none' } })
      .thenEvents({ type: 'step.succeeded', ...of, output: { value: 'none' }, gate: rejection.gate });
  });

  it('accepts a plan while it runs', () => {
    const accepted = { program: 'hash', objectives: ['one'], usage: usageOf(1) };
    given(started, startedStep('a'))
      .when({ do: 'acceptPlan', ...of, ...accepted })
      .thenEvents({ type: 'plan.accepted', ...of, ...accepted });
  });
});
