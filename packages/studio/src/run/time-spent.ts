/** What a step did with its time besides working: it waited, or stood between two attempts. */
import type { AttemptNode, WaitNode } from './step-parts.ts';

export type Stretch = {
  /** `retry`: between two attempts, with nothing to wait for but the next one. */
  readonly for: WaitNode['for'] | 'retry';
  readonly startedAt: number;
  readonly endedAt: number;
};

/**
 * The stretches in which a step did not work, in order of their beginnings.
 *
 * @param endedAt When the step ended; absent while it goes on.
 */
export function idleStretches(
  attempts: readonly AttemptNode[],
  waits: readonly WaitNode[],
  now: number,
  endedAt?: number,
): readonly Stretch[] {
  const last = endedAt ?? now;
  const waited = waits.map((wait) => ({ ...wait, endedAt: wait.endedAt ?? last }));
  const between = attempts.flatMap(({ endedAt: from }, index): readonly Stretch[] => {
    const to = attempts[index + 1]?.startedAt ?? last;
    // A person who decides that it is tried again is what it waited for.
    const isWaited = waited.some(
      ({ startedAt, endedAt: until }) => from !== undefined && startedAt < to && until > from,
    );
    return from === undefined || to <= from || isWaited ? [] : [{ for: 'retry', startedAt: from, endedAt: to }];
  });
  return [...waited, ...between].toSorted((left, right) => left.startedAt - right.startedAt);
}

const words: Readonly<Record<Stretch['for'], string>> = {
  person: 'for a person',
  signal: 'for a signal',
  time: 'for its time',
  limit: 'for a rate limit',
  retry: 'to be tried again',
};

export type Waited = { readonly what: string; readonly ms: number };

/** What is shorter is not worth a word. */
const tellingMs = 100;

/** How long was waited for what, the longest first. */
export function waitedFor(stretches: readonly Stretch[]): readonly Waited[] {
  const sums = new Map<string, number>();
  for (const { for: what, startedAt, endedAt } of stretches)
    sums.set(words[what], (sums.get(words[what]) ?? 0) + Math.max(0, endedAt - startedAt));
  return Array.from(sums, ([what, ms]) => ({ what, ms }))
    .filter(({ ms }) => ms >= tellingMs)
    .toSorted((left, right) => right.ms - left.ms);
}
