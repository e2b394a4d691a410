/** Calls that rails made before a step began, as the API shows them. */
import type { RailCall } from '@telos/core';
import type { RailCallView } from '@telos/contract';
import { timestamp } from './timestamp.ts';

export function railCallViews(calls: readonly RailCall[] | undefined): { calls?: RailCallView[] } {
  if (calls === undefined) return {};
  return {
    calls: calls.map(({ startedAt, ms, ...call }) => ({
      ...call,
      started_at: timestamp(startedAt),
      ended_at: timestamp(startedAt + ms),
    })),
  };
}
