/** A run for tests: read from the server once, then brought forward by events. */
import type { EventView, RunDetail, StepView, Trace } from '@telos/contract';
import { noUsage, runModel } from './run-model.ts';
import type { RunModel } from './run-model.ts';

export const runId = '019ab000-0000-7000-8000-000000000001';
export const begin = Date.UTC(2026, 0, 1);

export function timestamp(afterMs: number): string {
  return new Date(begin + afterMs).toISOString();
}

export function step(path: string, fields: Partial<StepView> = {}): StepView {
  return {
    path,
    id: path.slice(path.lastIndexOf('.') + 1),
    status: 'pending',
    attempt: 0,
    usage: noUsage,
    labels: [],
    ...fields,
  };
}

export function detail(fields: Partial<RunDetail> = {}): RunDetail {
  return {
    id: runId,
    workflow: 'brief',
    program: 'ab'.repeat(32),
    status: 'running',
    created_at: timestamp(0),
    started_at: timestamp(0),
    tags: [],
    namespace: 'default',
    priority: 'normal',
    usage: noUsage,
    seq: 2,
    labels: [],
    steps: [],
    waiting_for: [],
    ...fields,
  };
}

export function emptyTrace(seq = 2): Trace {
  return { trace_id: '0'.repeat(32), run_id: runId, seq, spans: [] };
}

export function running(...steps: readonly StepView[]): RunModel {
  return runModel(detail({ steps: [...steps] }), emptyTrace());
}

/** An event without what `events` gives it. */
export type Untimed<E = EventView> = E extends EventView
  ? Omit<E, 'at' | 'run_id' | 'seq'> & { readonly at?: string }
  : never;

/** Numbers events from 3 on, a second apart. */
export function events(...list: readonly Untimed[]): EventView[] {
  return list.map((event, index) => ({ run_id: runId, seq: index + 3, at: timestamp((index + 1) * 1000), ...event }));
}
