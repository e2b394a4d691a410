import { callbackView } from '@telos/api/callbacks';
import type { Callback } from '@telos/core';

/** Where the end of a run is posted, and what became of that. */
export function callbackLine(callback: Callback): string {
  const { url, status, attempts, error, next_at: next } = callbackView(callback);
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  const said: Record<Callback['status'], string> = {
    waiting: 'when the run has ended',
    owed: attempts === 0 ? 'is about to be' : `${tries} so far, the next at ${next ?? 'once'}`,
    delivered: `taken there after ${tries}`,
    given_up: `given up after ${tries}`,
    unwanted: 'not asked for with this ending',
  };
  return `Posted to ${url}: ${said[status]}${error === undefined ? '' : ` (${error.message})`}`;
}
