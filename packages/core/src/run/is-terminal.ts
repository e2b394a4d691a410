import type { RunEvent } from './events.ts';

/** Whether nothing follows this event. */
export function isTerminal(event: RunEvent): boolean {
  return event.type === 'run.succeeded' || event.type === 'run.failed' || event.type === 'run.cancelled';
}
