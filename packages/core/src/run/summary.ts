/**
 * The summary of a run: what a list of runs shows. A fold of the journal that
 * drivers keep beside it, written in the same transaction as the events.
 */
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { Hash, Instant, RunId, Sequence } from '../ids.ts';
import type { Priority } from '../ports/turn.ts';
import { addUsage, noUsage } from '../usage.ts';
import type { Usage } from '../usage.ts';
import type { RunEvent } from './events.ts';

/** `pending` until an owner takes the run. `waiting`: nothing is under way, and nothing will be before a time, a signal or a person. */
export const runStatuses = ['pending', 'running', 'waiting', 'paused', 'succeeded', 'failed', 'cancelled'] as const;
export type RunStatus = (typeof runStatuses)[number];

export const terminalStatuses: readonly RunStatus[] = ['succeeded', 'failed', 'cancelled'];

export type RunSummary = {
  readonly id: RunId;
  readonly workflow: string;
  readonly program: Hash;
  readonly status: RunStatus;
  readonly createdAt: Instant;
  readonly startedAt?: Instant;
  readonly endedAt?: Instant;
  readonly tags: readonly string[];
  readonly namespace: string;
  readonly priority: Priority;
  /** The run that it was forked from. */
  readonly forkOf?: RunId;
  readonly usage: Usage;
  /** In [0, 1]: the mean of the scores of its steps' gates, each as decided last; absent while none was decided. */
  readonly score?: number;
  readonly error?: ErrorRecord;
  /** Of the last event folded in. */
  readonly seq: Sequence;
};

/** What a batch of one run's events changes in its summary. `usage` and `gates` are additions, the rest replaces. */
export type SummaryChange = {
  readonly status?: RunStatus;
  readonly startedAt?: Instant;
  readonly endedAt?: Instant;
  readonly error?: ErrorRecord;
  readonly usage?: Usage;
  /** Steps that ended with a gate, and the sum of their scores. */
  readonly gates?: { readonly count: number; readonly score: number };
};

/** Two changes of one summary, made one after the other, as one. */
export function bothChanges(first: SummaryChange, second: SummaryChange): SummaryChange {
  const { usage = noUsage, gates = { count: 0, score: 0 } } = first;
  return {
    ...first,
    ...second,
    ...(second.usage === undefined ? {} : { usage: addUsage(usage, second.usage) }),
    ...(second.gates === undefined
      ? {}
      : { gates: { count: gates.count + second.gates.count, score: gates.score + second.gates.score } }),
  };
}

/** The change that a batch of events makes to a summary, or undefined when it makes none. */
export function summaryChange(events: readonly RunEvent[]): SummaryChange | undefined {
  let change: SummaryChange | undefined;
  for (const event of events) {
    switch (event.type) {
      case 'run.started':
        change = { ...change, status: 'running', startedAt: event.at };
        break;
      case 'run.waiting':
        change = { ...change, status: 'waiting' };
        break;
      case 'run.paused':
        change = { ...change, status: 'paused' };
        break;
      case 'run.resumed':
        change = { ...change, status: 'running' };
        break;
      case 'run.succeeded':
        change = { ...change, status: 'succeeded', endedAt: event.at };
        break;
      case 'run.failed':
        change = { ...change, status: 'failed', endedAt: event.at, error: event.error };
        break;
      case 'run.cancelled':
        change = { ...change, status: 'cancelled', endedAt: event.at };
        break;
      default:
        if ('usage' in event && event.usage !== undefined) {
          change = { ...change, usage: addUsage(change?.usage ?? noUsage, event.usage) };
        }
        // A step ends once, so each counts once; an output that was sent back does not.
        if ((event.type === 'step.succeeded' || event.type === 'step.failed') && event.gate !== undefined) {
          const { count, score } = change?.gates ?? { count: 0, score: 0 };
          change = { ...change, gates: { count: count + 1, score: score + event.gate.score } };
        }
    }
  }
  return change;
}
