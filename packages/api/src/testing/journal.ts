/** Journals for tests: events in order, a second apart unless they say otherwise. */
import { inline, noUsage } from '@telos/core';
import type { CallRecord, GateResult, Json, Program, Recorded, RunEvent, Step, Usage } from '@telos/core';

export const runId = '019ab000-0000-7000-8000-000000000001';
export const startedAt = Date.UTC(2026, 0, 1);
export const programHash = 'ab'.repeat(32);

export type Untimed<E> = E extends RunEvent ? Omit<E, 'at'> & { readonly at?: number } : never;

/** Numbers events and gives them times. */
export function journal(...events: readonly Untimed<RunEvent>[]): Recorded[] {
  return events.map((event, index) => ({
    run: runId,
    seq: index + 1,
    event: { at: startedAt + index * 1000, ...event }, // the time that Untimed leaves out
  }));
}

export const created = {
  type: 'run.created',
  workflow: 'brief',
  program: programHash,
  inputs: inline({ vendor: 'Acme' }),
} as const;

export const started = { type: 'run.started' } as const;

export function usageOf(usd: number, calls = 1): Usage {
  return { ...noUsage, input_tokens: 10, output_tokens: 5, usd, ms: 20, calls };
}

export function begun(path: string, attempt = 1, input: Json = { q: path }) {
  return { type: 'step.started' as const, path, attempt, input: inline(input) };
}

export function succeeded(path: string, output: Json = 'done', usd = 0, attempt = 1) {
  return { type: 'step.succeeded' as const, path, attempt, output: inline(output), usage: usageOf(usd) };
}

export function chat(path: string, index = 0, attempt = 1): Untimed<Extract<RunEvent, { type: 'call.finished' }>> {
  const call: CallRecord = {
    kind: 'chat',
    name: 'openai/gpt-5.2',
    startedAt: startedAt + 2_500,
    ms: 250,
    input: inline([{ role: 'user', text: 'hello' }]),
    output: inline('hi'),
    usage: usageOf(0.01),
    attributes: { finish: 'stop' },
  };
  return { type: 'call.finished', path, attempt, index, call };
}

export function gate(passed: boolean, score: number, attempts = 1): GateResult {
  return {
    passed,
    score,
    attempts,
    verdicts: [
      {
        check: 'grounded',
        uses: 'overlap',
        score,
        verdict: passed ? 'pass' : 'fail',
        reason: 'two of three are quoted',
      },
    ],
  };
}

const policies = { after: [], reads: [], onError: 'fail' } as const;

export function action(id: string, uses = 'llm'): Step {
  return { ...policies, kind: 'action', id, uses, with: {} };
}

export function foreach(id: string, ...steps: readonly Step[]): Step {
  return {
    ...policies,
    kind: 'foreach',
    id,
    items: '${{ inputs.list }}',
    as: 'item',
    maxParallel: 4,
    onItemError: 'fail',
    yieldReads: [],
    steps,
  };
}

export function parallel(id: string, branches: { readonly [name: string]: readonly Step[] }): Step {
  return { ...policies, kind: 'parallel', id, branches };
}

export function route(id: string, ...cases: readonly (readonly Step[])[]): Step {
  return { ...policies, kind: 'switch', id, cases: cases.map((steps) => ({ steps })) };
}

export function plan(id: string): Step {
  return { ...policies, kind: 'plan', id, with: {} };
}

export function program(...steps: readonly Step[]): Program {
  return {
    telos: 1,
    id: 'brief',
    inputs: {},
    vars: {},
    tools: {},
    permissions: { allow: [], ask: [], deny: [] },
    evaluators: {},
    steps,
    outputs: {},
    outputReads: [],
    requires: { tools: [], checks: [], models: [], secrets: [] },
  };
}
