import { describe, expect, it } from 'vitest';
import { foldEvent } from './fold-event.ts';
import { begin, emptyTrace, detail, events, step, timestamp } from './sample-run.ts';
import { runModel } from './run-model.ts';
import type { RunModel } from './run-model.ts';
import { idleStretches, waitedFor } from './time-spent.ts';

const failed = { code: 'TOOL_FAILED', kind: 'retryable', message: 'Gone.' } as const;
const limit = { of: 'openai/gpt-5.2', unit: 'requests', per_minute: 60 } as const;

function idle(model: RunModel, path: string, nowMs: number) {
  const { attempts, waits, steps } = model;
  const found = idleStretches(attempts.get(path) ?? [], waits.get(path) ?? [], begin + nowMs, steps.get(path)?.endedAt);
  return found.map((one) => [one.for, one.startedAt - begin, one.endedAt - begin]);
}

describe('the time of a step', () => {
  it('is told apart by what it waited for: a rate limit, its next attempt, a person', () => {
    const model = runModel(detail(), emptyTrace());
    const story = events(
      { type: 'step.started', path: 'draft', attempt: 1 },
      { type: 'call.waiting', path: 'draft', attempt: 1, limit },
      { type: 'call.admitted', path: 'draft', attempt: 1, limit },
      { type: 'attempt.failed', path: 'draft', attempt: 1, error: failed, retry_at: timestamp(6000) },
      { type: 'run.waiting' },
      { type: 'step.started', path: 'draft', attempt: 2 },
      {
        type: 'wait.opened',
        path: 'draft',
        attempt: 2,
        wait: { kind: 'approval', purpose: 'rail', who: [], show: { value: 1 }, on_timeout: 'reject' },
      },
    );
    for (const event of story) foldEvent(model, event);
    const stretches = [
      ['limit', 2000, 3000],
      ['retry', 4000, 6000],
    ];
    expect(idle(model, 'draft', 20_000)).toEqual([...stretches, ['person', 7000, 20_000]]);
    const closed = events(...story.map(() => ({ type: 'run.hurried' }) as const), {
      type: 'wait.closed',
      path: 'draft',
      attempt: 2,
      closing: { decision: 'approve' },
    }).slice(-1);
    for (const event of closed) foldEvent(model, event);
    expect(idle(model, 'draft', 20_000)).toEqual([...stretches, ['person', 7000, 8000]]);
  });

  it('is a person’s while it stands aside, until that person says what becomes of it', () => {
    const model = runModel(detail(), emptyTrace());
    const story = events(
      { type: 'step.started', path: 'send', attempt: 1 },
      { type: 'step.in_doubt', path: 'send', attempt: 1, error: failed },
      { type: 'step.resolved', path: 'send', attempt: 1, as: 'retry' },
      { type: 'step.started', path: 'send', attempt: 2 },
    );
    for (const event of story) foldEvent(model, event);
    expect(idle(model, 'send', 9000)).toEqual([['person', 2000, 3000]]);
  });

  it('is the same when it was read from a trace', () => {
    const span = { id: '0'.repeat(16), name: 'step', path: 'ok', attempt: 1, status: 'ok', attributes: {} } as const;
    const at = (ms: number, name: string, attributes = {}) => ({ name, at: timestamp(ms), attributes });
    const noted = [
      at(1000, 'call.waiting'),
      at(2000, 'call.admitted'),
      at(3000, 'wait.opened', { kind: 'signal' }),
      at(5000, 'wait.closed'),
      at(6000, 'step.quarantined'),
      at(8000, 'step.resolved'),
      at(8000, 'wait.opened', { kind: 'time' }),
    ];
    const times = { started_at: timestamp(0), ended_at: timestamp(9000) };
    const spans = [{ ...span, ...times, kind: 'step', events: noted } as const];
    const model = runModel(detail({ steps: [step('ok')] }), { ...emptyTrace(), spans });
    expect(idle(model, 'ok', 9000)).toEqual([
      ['limit', 1000, 2000],
      ['signal', 3000, 5000],
      ['person', 6000, 8000],
      ['time', 8000, 9000],
    ]);
  });

  it('adds up by what was waited for, the longest first, but for what is too short to tell', () => {
    expect(
      waitedFor([
        { for: 'retry', startedAt: 0, endedAt: 1000 },
        { for: 'person', startedAt: 2000, endedAt: 5000 },
        { for: 'retry', startedAt: 5000, endedAt: 5500 },
        { for: 'limit', startedAt: 6000, endedAt: 6099 },
      ]),
    ).toEqual([
      { what: 'for a person', ms: 3000 },
      { what: 'to be tried again', ms: 1500 },
    ]);
  });
});
