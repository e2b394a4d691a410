import type { RunSummary } from '@telos/core';
import type { RunSummaryView } from '@telos/contract';
import { timestamp } from './timestamp.ts';

/** A run's summary as a list shows it. */
export function runSummaryView(summary: RunSummary): RunSummaryView {
  return {
    id: summary.id,
    workflow: summary.workflow,
    program: summary.program,
    status: summary.status,
    created_at: timestamp(summary.createdAt),
    ...(summary.startedAt === undefined ? {} : { started_at: timestamp(summary.startedAt) }),
    ...(summary.endedAt === undefined ? {} : { ended_at: timestamp(summary.endedAt) }),
    tags: [...summary.tags],
    namespace: summary.namespace,
    ...(summary.forkOf === undefined ? {} : { fork_of: summary.forkOf }),
    usage: summary.usage,
    ...(summary.score === undefined ? {} : { score: summary.score }),
    ...(summary.error === undefined ? {} : { error: summary.error }),
    seq: summary.seq,
  };
}
