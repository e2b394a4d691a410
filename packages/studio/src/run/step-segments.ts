/** The bar of a step in the waterfall: what it did with its time, as pieces that are told apart. */
import type { AttemptNode } from './step-parts.ts';
import { extentOf } from './time-scale.ts';
import type { Extent, TimeScale } from './time-scale.ts';
import type { Stretch } from './time-spent.ts';

export type Segment = Extent & {
  readonly kind: 'attempt' | 'idle' | 'call';
  readonly tone: 'done' | 'running' | 'failed' | 'rejected' | 'cancelled' | 'model' | Stretch['for'];
};

/** Drawn at most in one row: more could not be told apart. */
const mostSegments = 200;

/** Attempts, over them what was waited for, over that the calls. */
export function segmentsOf(
  attempts: readonly AttemptNode[],
  idle: readonly Stretch[],
  scale: TimeScale,
  now: number,
): readonly Segment[] {
  const calls = attempts.flatMap((attempt) => attempt.calls);
  return [
    ...attempts.slice(0, mostSegments).map(({ status, startedAt, endedAt }): Segment => ({
      kind: 'attempt',
      tone: status === 'succeeded' ? 'done' : status,
      ...extentOf(scale, startedAt, endedAt ?? now),
    })),
    ...idleSegments(idle.slice(0, mostSegments), scale),
    ...calls.slice(0, mostSegments).map(({ kind, failed, startedAt, endedAt }): Segment => ({
      kind: 'call',
      tone: failed ? 'failed' : kind === 'chat' || kind === 'embedding' ? 'model' : 'done',
      ...extentOf(scale, startedAt, endedAt),
    })),
  ].slice(0, mostSegments);
}

export function idleSegments(idle: readonly Stretch[], scale: TimeScale): readonly Segment[] {
  return idle.map(({ for: tone, startedAt, endedAt }) => ({
    kind: 'idle',
    tone,
    ...extentOf(scale, startedAt, endedAt),
  }));
}
