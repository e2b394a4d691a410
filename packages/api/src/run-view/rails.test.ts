import { inline, runInput } from '@telos/core';
import type { RailsResult, Recorded } from '@telos/core';
import { StepDetail, Trace } from '@telos/contract';
import { describe, expect, it } from 'vitest';
import { action, begun, created, journal, program, started, succeeded, usageOf } from '../testing/journal.ts';
import { foldRun } from './fold-run.ts';
import { asStored } from './payloads.ts';
import { stepDetail } from './step-detail.ts';
import { traceOf } from './trace.ts';

const said = (place: RailsResult['place'], more: Partial<RailsResult> = {}): RailsResult => ({
  place,
  verdicts: [
    { check: 'pii', uses: 'pii', score: 0.1, verdict: 'fail', reason: 'found', action: 'redact', mode: 'enforce' },
  ],
  outcome: 'pass',
  value: inline('<EMAIL_1>'),
  replaced: true,
  placeholders: ['<EMAIL_1>'],
  ...more,
});
const judged = (path: string, result: RailsResult) => ({ type: 'rail.judged' as const, path, attempt: 1, ...result });

const call = (usd: number) => ({
  kind: 'chat' as const,
  name: 'x/judge',
  startedAt: 1000,
  ms: 20,
  usage: usageOf(usd),
  attributes: { rail: true, withheld: true },
});

function folded(events: readonly Recorded[]) {
  const run = foldRun(events);
  if (run === undefined) throw new Error('no run in this journal');
  return run;
}

const run = folded(
  journal(
    created,
    { ...judged(runInput, said('input')), usage: usageOf(0.25), calls: [call(0.25)] },
    started,
    { ...judged('draft', said('tool_arguments')), calls: [call(0), call(0.5)] },
    begun('draft'),
    judged('draft', said('output', { outcome: 'ask' })),
    succeeded('draft'),
  ),
);

describe('what rails said', () => {
  it('stands with its attempt, in order, also where it was said before that began', () => {
    const step = run.steps.get('draft');
    if (step === undefined) throw new Error('no such step');
    const detail = StepDetail.parse(
      stepDetail('run', step, { definition: action('draft'), programs: new Map() }, asStored),
    );
    expect(detail.attempts).toHaveLength(1);
    expect(detail.attempts[0]?.rails).toMatchObject([
      { place: 'tool_arguments', outcome: 'pass', replaced: true, verdicts: [{ check: 'pii', action: 'redact' }] },
      { place: 'output', outcome: 'ask', value: { value: '<EMAIL_1>' } },
    ]);
  });

  it('is a span of its own in the trace, with the place and what was done', () => {
    const { spans } = Trace.parse(traceOf(run, { program: program(action('draft')), programs: new Map() }));
    const checks = spans.filter(({ kind }) => kind === 'check');
    expect(checks).toMatchObject([
      { name: 'evaluate pii', path: '@input', status: 'rejected' },
      {
        name: 'evaluate pii',
        path: 'draft',
        attributes: { 'telos.rail': { place: 'tool_arguments', action: 'redact', mode: 'enforce', outcome: 'pass' } },
      },
      { path: 'draft', attributes: { 'telos.rail': { place: 'output', outcome: 'ask' } } },
    ]);
    expect(new Set(spans.map(({ id }) => id)).size).toBe(spans.length);
  });

  it('shows the calls that were made for it before the step began, with model and price', () => {
    const { spans } = Trace.parse(traceOf(run, { program: program(action('draft')), programs: new Map() }));
    const calls = spans.filter(({ kind }) => kind === 'chat');
    expect(calls).toMatchObject([
      { name: 'chat x/judge', path: '@input', status: 'ok', usage: { usd: 0.25 } },
      { path: 'draft', usage: { usd: 0 } },
      { path: 'draft', usage: { usd: 0.5 }, attributes: { 'gen_ai.request.model': 'x/judge' } },
    ]);
    expect(calls.some((span) => 'input' in span || 'output' in span)).toBe(false);
    const step = run.steps.get('draft');
    if (step === undefined) throw new Error('no such step');
    const detail = stepDetail('run', step, { definition: action('draft'), programs: new Map() }, asStored);
    expect(StepDetail.parse(detail).attempts[0]?.rails?.[0]?.calls).toMatchObject([
      { name: 'x/judge', started_at: '1970-01-01T00:00:01.000Z', ended_at: '1970-01-01T00:00:01.020Z' },
      { usage: { usd: 0.5 } },
    ]);
  });

  it('of the input of a run is over when it was let in, and its cost is the run’s', () => {
    expect(run.steps.get(runInput)).toMatchObject({ status: 'succeeded', usage: { usd: 0.25 } });
    expect(run.usage.usd).toBe(0.25);
    expect(
      folded(journal(created, judged(runInput, said('input', { outcome: 'ask' })))).steps.get(runInput),
    ).toMatchObject({
      status: 'running',
    });
  });
});
