import type { RateLimit, StepPath } from '@telos/core';
import type { Desk } from '../desk/desk.ts';

/** Records that a call of an attempt waits for a rate limit, and, when what this gives is called, that it does no longer. */
export function noteWaits(desk: Desk, path: StepPath, attempt: number): (limit: RateLimit) => () => void {
  return (limit) => {
    desk.apply({ do: 'awaitLimit', at: desk.now(), path, attempt, limit });
    return () => void desk.apply({ do: 'passLimit', at: desk.now(), path, attempt, limit });
  };
}
