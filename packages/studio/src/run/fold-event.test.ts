import { describe, expect, it } from 'vitest';
import { foldEvent } from './fold-event.ts';
import { renewModel, runModel } from './run-model.ts';
import { begin, detail, emptyTrace, events, running, runId, step, timestamp } from './sample-run.ts';
import type { Untimed } from './sample-run.ts';

const usage = { input_tokens: 10, output_tokens: 5, usd: 0.5, ms: 20, calls: 1 };
const slow = { code: 'MODEL_TIMEOUT', kind: 'retryable', message: 'slow' } as const;
const gate = { passed: false, score: 0.2, verdicts: [], attempts: 1 };

function folded(...list: readonly Untimed[]) {
  const model = running(step('draft', { kind: 'action', uses: 'llm' }));
  for (const event of events(...list)) foldEvent(model, event);
  return model;
}

describe('a run brought forward by its events', () => {
  it('starts, retries and ends a step, and keeps every attempt', () => {
    const model = folded(
      { type: 'step.started', path: 'draft', attempt: 1 },
      { type: 'attempt.failed', path: 'draft', attempt: 1, error: slow, retry_at: timestamp(9_000), usage },
      { type: 'step.started', path: 'draft', attempt: 2, labels: ['private'] },
      { type: 'step.succeeded', path: 'draft', attempt: 2, output: { value: 1 }, usage, labels: ['private'] },
    );
    expect(model.steps.get('draft')).toEqual({
      path: 'draft',
      id: 'draft',
      kind: 'action',
      uses: 'llm',
      status: 'succeeded',
      attempt: 2,
      startedAt: begin + 1000,
      endedAt: begin + 4000,
      usage: { input_tokens: 20, output_tokens: 10, usd: 1, ms: 40, calls: 2 },
      labels: ['private'],
      labelling: { private: ['draft'] },
    });
    expect(model.attempts.get('draft')).toEqual([
      { attempt: 1, status: 'failed', startedAt: begin + 1000, endedAt: begin + 2000, calls: [] },
      { attempt: 2, status: 'succeeded', startedAt: begin + 3000, endedAt: begin + 4000, calls: [] },
    ]);
    expect(model.usage.usd).toBe(1);
  });

  it('tells of a step that has ended what its output carries, and where that came in', () => {
    const given: Untimed = { type: 'step.started', path: 'draft', attempt: 1, labels: ['untrusted'] };
    const gave: Untimed = { type: 'step.succeeded', path: 'draft', attempt: 1, output: { value: 1 } };
    expect(folded(given).steps.get('draft')).toMatchObject({ labels: ['untrusted'] });
    const vouchedFor = folded(given, gave).steps.get('draft');
    expect(vouchedFor?.labels).toEqual([]);
    expect(vouchedFor?.labelling).toBeUndefined();
    const labelling = { private: ['row'] };
    const labelled: Untimed = { ...gave, labels: ['private'], labelling };
    expect(folded(given, labelled).steps.get('draft')).toMatchObject({ labelling });
  });

  it('has the calls that rails made before a step began', () => {
    const times = { started_at: timestamp(1_000), ended_at: timestamp(1_500) };
    const calls = [{ kind: 'chat' as const, name: 'x/judge', ...times, usage }];
    const said = { place: 'input' as const, verdicts: [], outcome: 'pass' as const, attempt: 1, calls, usage };
    const model = folded(
      { type: 'rail.judged', path: '@input', ...said },
      { type: 'rail.judged', path: 'draft', ...said },
      { type: 'step.started', path: 'draft', attempt: 1 },
    );
    const made = [{ kind: 'chat', name: 'x/judge', failed: false, usage }];
    expect(model.attempts.get('@input')).toMatchObject([{ status: 'succeeded', calls: made }]);
    expect(model.attempts.get('draft')).toMatchObject([{ status: 'running', calls: made }]);
    expect(model.usage.usd).toBe(1);
  });

  it('says when a step is tried again, until it is', () => {
    const failing = [
      { type: 'step.started', path: 'draft', attempt: 1 },
      { type: 'attempt.failed', path: 'draft', attempt: 1, error: slow, retry_at: timestamp(9_000) },
    ] as const;
    expect(folded(...failing).steps.get('draft')).toMatchObject({ status: 'waiting', retryAt: begin + 9_000 });
    const again = folded(...failing, { type: 'step.started', path: 'draft', attempt: 2 });
    expect(again.steps.get('draft')).not.toHaveProperty('retryAt');
  });

  it('shows an output that was sent back, with its gate', () => {
    const model = folded(
      { type: 'step.started', path: 'draft', attempt: 1 },
      { type: 'attempt.rejected', path: 'draft', attempt: 1, output: { value: 'x' }, gate, remedy: { repair: 1 } },
    );
    expect(model.steps.get('draft')).toMatchObject({ status: 'waiting', gate: { score: 0.2 } });
    expect(model.attempts.get('draft')).toMatchObject([{ status: 'rejected' }]);
  });

  it('hangs calls on their attempt', () => {
    const call = {
      kind: 'chat',
      name: 'openai/gpt-5.2',
      started_at: timestamp(1_200),
      ms: 300,
      input: { value: 1 },
    } as const;
    const model = folded(
      { type: 'step.started', path: 'draft', attempt: 1 },
      { type: 'call.finished', path: 'draft', attempt: 1, index: 0, call: { ...call, usage } },
      { type: 'call.finished', path: 'draft', attempt: 1, index: 1, call: { ...call, error: slow } },
    );
    expect(model.attempts.get('draft')?.[0]?.calls).toEqual([
      { kind: 'chat', name: 'openai/gpt-5.2', startedAt: begin + 1200, endedAt: begin + 1500, failed: false, usage },
      { kind: 'chat', name: 'openai/gpt-5.2', startedAt: begin + 1200, endedAt: begin + 1500, failed: true },
    ]);
  });

  it('opens a step that it does not know, and the blocks around it', () => {
    const model = folded({ type: 'step.started', path: 'findings[3].both.left.read', attempt: 1 });
    expect([...model.steps.values()].map(({ path, parent, frame }) => [path, parent, frame])).toEqual([
      ['draft', undefined, undefined],
      ['findings', undefined, undefined],
      ['findings[3].both', 'findings', 'findings[3]'],
      ['findings[3].both.left.read', 'findings[3].both', 'findings[3].both.left'],
    ]);
  });

  it('adds what a step costs to every block around it', () => {
    const model = folded(
      { type: 'block.opened', path: 'findings', opening: { foreach: { value: [] }, count: 2 } },
      { type: 'step.started', path: 'findings[0].search', attempt: 1 },
      { type: 'step.succeeded', path: 'findings[0].search', attempt: 1, output: { value: 1 }, usage },
    );
    expect(model.steps.get('findings')).toMatchObject({ block: { count: 2 }, usage });
    expect(model.usage).toEqual(usage);
  });

  it('ends what was under way, and drops what never began, when the run ends', () => {
    const model = running(step('draft'), step('publish'));
    for (const event of events(
      { type: 'step.started', path: 'draft', attempt: 1 },
      { type: 'run.cancelled', reason: 'asked' },
    ))
      foldEvent(model, event);
    expect(model).toMatchObject({ status: 'cancelled', endedAt: begin + 2000, detail: { reason: 'asked' } });
    expect([...model.steps.values()]).toMatchObject([{ path: 'draft', status: 'cancelled', endedAt: begin + 2000 }]);
    expect(model.attempts.get('draft')).toMatchObject([{ status: 'cancelled', endedAt: begin + 2000 }]);
  });

  it('gives its outputs, or why it failed', () => {
    expect(folded({ type: 'run.succeeded', outputs: { value: { brief: 'x' } } }).detail.outputs).toEqual({
      brief: 'x',
    });
    expect(folded({ type: 'run.failed', error: slow })).toMatchObject({
      status: 'failed',
      error: slow,
      waitingFor: [],
    });
  });

  it('counts nothing twice that the first reading held already', () => {
    const list = events(
      { type: 'step.started', path: 'draft', attempt: 1 },
      { type: 'step.succeeded', path: 'draft', attempt: 1, output: { value: 1 }, usage },
    );
    // The run was read after both events, its trace before them.
    const read = detail({ seq: 4, usage, steps: [step('draft', { status: 'succeeded', attempt: 1, usage })] });
    const model = runModel(read, emptyTrace(2));
    for (const event of [...list, ...list]) foldEvent(model, event);
    expect(model.usage).toEqual(usage);
    expect(model.attempts.get('draft')).toMatchObject([{ attempt: 1, status: 'succeeded' }]);
  });

  it('passes over a type of event that it does not know', () => {
    const model = running(step('draft'));
    const before = structuredClone(model.steps);
    // A later server may send what this page has no name for.
    foldEvent(model, { type: 'step.applauded', run_id: runId, seq: 3, at: timestamp(1), path: 'draft' } as never);
    expect(model.steps).toEqual(before);
    expect(model.stepsSeq).toBe(3);
  });
});

describe('a run read again', () => {
  it('is what the server says when the server is ahead', () => {
    const model = folded({ type: 'step.started', path: 'draft', attempt: 1 });
    renewModel(model, detail({ seq: 9, status: 'succeeded', ended_at: timestamp(9_000), steps: [] }));
    expect(model).toMatchObject({ status: 'succeeded', endedAt: begin + 9_000, stepsSeq: 9 });
    expect(model.steps.size).toBe(0);
  });

  it('gives only kinds and reasons to wait when events have gone past it', () => {
    const model = folded(
      { type: 'step.started', path: 'draft', attempt: 1 },
      { type: 'step.started', path: 'findings[0].search', attempt: 1 },
    );
    renewModel(
      model,
      detail({
        seq: 3,
        steps: [
          step('draft', { status: 'pending' }),
          step('findings[0].search', { kind: 'action', uses: 'web.search' }),
        ],
        waiting_for: [{ message: 'Step draft is running.' }],
      }),
    );
    expect(model.steps.get('findings[0].search')).toMatchObject({ status: 'running', uses: 'web.search' });
    expect(model.steps.get('draft')?.status).toBe('running');
    expect(model.waitingFor).toHaveLength(1);
  });
});

describe('a trace', () => {
  it('gives the attempts of a step and their calls', () => {
    const unnamed = { name: 'step', events: [], attributes: {}, started_at: timestamp(0) };
    const span = { ...unnamed, path: 'draft' };
    const model = runModel(detail({ steps: [step('draft'), step('load')] }), {
      ...emptyTrace(),
      spans: [
        { ...unnamed, id: '0'.repeat(16), kind: 'run', status: 'ok' },
        { ...span, id: '1'.repeat(16), kind: 'step', attempt: 2, status: 'ok', ended_at: timestamp(5_000) },
        { ...span, id: '2'.repeat(16), kind: 'attempt', attempt: 1, status: 'rejected', ended_at: timestamp(1_000) },
        { ...span, id: '3'.repeat(16), kind: 'check', attempt: 1, status: 'rejected', name: 'evaluate length' },
        {
          ...span,
          id: '4'.repeat(16),
          kind: 'attempt',
          attempt: 2,
          status: 'ok',
          started_at: timestamp(2_000),
          ended_at: timestamp(5_000),
        },
        {
          ...span,
          id: '5'.repeat(16),
          kind: 'chat',
          attempt: 2,
          status: 'error',
          name: 'chat openai/gpt-5.2',
          ended_at: timestamp(9),
        },
        { ...span, id: '6'.repeat(16), kind: 'step', path: 'load', attempt: 1, status: 'running' },
      ],
    });
    expect(model.attempts.get('draft')).toMatchObject([
      { attempt: 1, status: 'rejected', endedAt: begin + 1000, calls: [] },
      { attempt: 2, status: 'succeeded', calls: [{ kind: 'chat', name: 'openai/gpt-5.2', failed: true }] },
    ]);
    expect(model.attempts.get('load')).toEqual([{ attempt: 1, status: 'running', startedAt: begin, calls: [] }]);
  });
});
