import { inline } from '@telos/core';
import type { Recorded } from '@telos/core';
import { Trace } from '@telos/contract';
import type { Span } from '@telos/contract';
import { describe, expect, it } from 'vitest';
import {
  action,
  begun,
  chat,
  created,
  foreach,
  gate,
  journal,
  program,
  runId,
  started,
  startedAt,
  succeeded,
  usageOf,
} from '../testing/journal.ts';
import { foldRun } from './fold-run.ts';
import { asStored } from './payloads.ts';
import { traceOf } from './trace.ts';

function trace(events: readonly Recorded[], withPayloads = true) {
  const folded = foldRun(events);
  if (folded === undefined) throw new Error('no run in this journal');
  return traceOf(folded, {
    program: program(action('draft'), foreach('findings', action('search', 'web.search'))),
    programs: new Map(),
    ...(withPayloads ? { show: asStored } : {}),
  });
}

/** Names of a span's ancestors, outermost first, and its own. */
function lineage(spans: readonly Span[], span: Span): string[] {
  const parent = spans.find(({ id }) => id === span.parent_id);
  return [...(parent === undefined ? [] : lineage(spans, parent)), span.name];
}

const retried = journal(
  created,
  started,
  begun('draft'),
  chat('draft'),
  {
    type: 'attempt.failed',
    path: 'draft',
    attempt: 1,
    error: { code: 'MODEL_TIMEOUT', kind: 'retryable', message: 'slow' },
    retryAt: startedAt + 6_000,
    usage: usageOf(0.1),
  },
  begun('draft', 2),
  chat('draft', 0, 2),
  { ...succeeded('draft', 'ok', 0.2, 2), gate: gate(true, 0.9) },
  { type: 'run.succeeded', outputs: inline({ brief: 'ok' }) },
);

describe('the trace of a run', () => {
  it('says of a step whose call was not made which call had given what it gives', () => {
    const cached = { run: 'an-earlier-run', path: 'draft', at: startedAt - 1000 };
    const { spans } = trace(journal(created, started, begun('draft'), { ...succeeded('draft', 'ok'), cached }));
    expect(spans.find(({ path }) => path === 'draft')?.attributes).toMatchObject({
      'telos.step.cached.run': 'an-earlier-run',
      'telos.step.cached.path': 'draft',
    });
  });

  it('fits the contract for every prefix of a journal', () => {
    for (let length = 1; length <= retried.length; length += 1) Trace.parse(trace(retried.slice(0, length)));
  });

  it('names spans as the GenAI conventions do, and hangs calls and verdicts below their attempt', () => {
    const { spans } = trace(retried);
    expect(spans.map((span) => lineage(spans, span).join(' > '))).toEqual([
      'invoke_workflow',
      'invoke_workflow > step',
      'invoke_workflow > step > attempt',
      'invoke_workflow > step > attempt > chat openai/gpt-5.2',
      'invoke_workflow > step > attempt',
      'invoke_workflow > step > attempt > chat openai/gpt-5.2',
      'invoke_workflow > step > attempt > evaluate grounded',
    ]);
    expect(spans[3]).toMatchObject({
      kind: 'chat',
      status: 'ok',
      input: { value: [{ role: 'user', text: 'hello' }] },
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'openai/gpt-5.2',
        'gen_ai.usage.input_tokens': 10,
        finish: 'stop',
      },
    });
    expect(spans[6]?.attributes).toMatchObject({
      'gen_ai.evaluation.score.value': 0.9,
      'gen_ai.evaluation.score.label': 'pass',
    });
  });

  it('leaves the attempt out where a step has only one', () => {
    const { spans } = trace(journal(created, started, begun('draft'), chat('draft'), succeeded('draft')));
    expect(spans.map((span) => lineage(spans, span).join(' > '))).toEqual([
      'invoke_workflow',
      'invoke_workflow > step',
      'invoke_workflow > step > chat openai/gpt-5.2',
    ]);
  });

  it('hangs steps below the block that they are in', () => {
    const { spans } = trace(journal(created, started, begun('findings'), begun('findings[7].search')));
    expect(spans[2]).toMatchObject({
      parent_id: spans[1]?.id,
      path: 'findings[7].search',
      attributes: { 'telos.step.kind': 'action', 'telos.step.uses': 'web.search', 'telos.step.frame': 'findings[7]' },
    });
  });

  it('gives the same ids each time, different ones to different spans, and a parent before its children', () => {
    const { spans } = trace(retried);
    expect(trace(retried).spans.map(({ id }) => id)).toEqual(spans.map(({ id }) => id));
    const seen = new Set<string>();
    for (const span of spans) {
      if (span.parent_id !== undefined) expect(seen).toContain(span.parent_id);
      expect(seen).not.toContain(span.id);
      seen.add(span.id);
    }
  });

  it('continues the trace of the caller, and starts one of its own when there is none', () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    expect(trace(journal({ ...created, traceparent })).trace_id).toBe('a'.repeat(32));
    expect(trace(journal(created)).trace_id).toBe(runId.replaceAll('-', ''));
    expect(trace(journal({ ...created, traceparent: 'nonsense' })).trace_id).toBe(runId.replaceAll('-', ''));
    expect(trace(journal({ ...created, traceparent: `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01` })).trace_id).toBe(
      runId.replaceAll('-', ''),
    );
  });

  it('shows failures, remedies, plans and what runs still', () => {
    const { spans } = trace(
      journal(
        created,
        started,
        begun('draft'),
        { type: 'plan.proposed', path: 'draft', attempt: 1, source: 'telos: 1' },
        {
          type: 'attempt.rejected',
          path: 'draft',
          attempt: 1,
          output: inline('x'),
          gate: gate(false, 0.1),
          remedy: { escalate: 0 },
        },
        begun('draft', 2),
        {
          type: 'call.finished',
          path: 'draft',
          attempt: 2,
          index: 0,
          call: {
            kind: 'tool',
            name: 'web.read',
            startedAt,
            ms: 1,
            input: inline({}),
            error: { code: 'TOOL_FAILED', kind: 'retryable', message: 'no' },
          },
        },
      ),
    );
    expect(spans.map(({ name, status }) => [name, status])).toEqual([
      ['invoke_workflow', 'running'],
      ['step', 'running'],
      ['attempt', 'rejected'],
      ['evaluate grounded', 'rejected'],
      ['attempt', 'running'],
      ['execute_tool web.read', 'error'],
    ]);
    expect(spans[1]?.events.map(({ name }) => name)).toEqual(['plan.proposed', 'remedy']);
    expect(spans[4]).not.toHaveProperty('ended_at');
  });

  it('tells of calls that waited for a rate limit, in the span of their step', () => {
    const limit = { of: 'openai/gpt-5.2', unit: 'tokens', perMinute: 9000 } as const;
    const waited = { path: 'draft', attempt: 1, limit };
    const { spans } = trace(
      journal(
        created,
        started,
        begun('draft'),
        { type: 'call.waiting', ...waited },
        { type: 'call.admitted', ...waited },
        chat('draft'),
      ),
    );
    expect(spans[1]?.events).toEqual([
      {
        name: 'call.waiting',
        at: '2026-01-01T00:00:03.000Z',
        attributes: { attempt: 1, of: 'openai/gpt-5.2', unit: 'tokens', per_minute: 9000 },
      },
      expect.objectContaining({ name: 'call.admitted', at: '2026-01-01T00:00:04.000Z' }),
    ]);
  });

  it('leaves inputs and outputs out when they are not wanted', () => {
    for (const span of trace(retried, false).spans) {
      expect(span).not.toHaveProperty('input');
      expect(span).not.toHaveProperty('output');
    }
  });

  it('gives ten thousand items each a place of their own', () => {
    const wide = Array.from({ length: 10_000 }, (_, item) => [
      begun(`findings[${item}].search`),
      chat(`findings[${item}].search`),
      succeeded(`findings[${item}].search`, item, 0.001),
    ]).flat();
    const { spans } = trace(journal(created, started, begun('findings'), ...wide));
    expect(spans).toHaveLength(20_002);
    expect(new Set(spans.map(({ id }) => id)).size).toBe(20_002);
    expect(spans[1]?.usage?.calls).toBe(10_000);
  });
});
