import type { EventOf, Recorded } from '@telos/core';
import type { BudgetView, EventView } from '@telos/contract';
import { timestamp } from './timestamp.ts';

/** An event of the journal as the API shows it; payloads stay as they are stored. */
export function eventView({ run, seq, event }: Recorded): EventView {
  const envelope = { run_id: run, seq, at: timestamp(event.at) };
  switch (event.type) {
    case 'run.created': {
      const { budget, ...rest } = event;
      return { ...rest, ...envelope, ...(budget === undefined ? {} : { budget: budgetView(budget) }) };
    }
    case 'attempt.failed': {
      const { retryAt, ...rest } = event;
      return { ...rest, ...envelope, retry_at: timestamp(retryAt) };
    }
    case 'call.finished': {
      const { startedAt, ...call } = event.call;
      return { ...event, ...envelope, call: { ...call, started_at: timestamp(startedAt) } };
    }
    default:
      return { ...event, ...envelope };
  }
}

export function budgetView(budget: NonNullable<EventOf<'run.created'>['budget']>): BudgetView {
  const { wallMs, onExceeded, ...rest } = budget;
  return { ...rest, ...(wallMs === undefined ? {} : { wall_ms: wallMs }), on_exceeded: onExceeded };
}
