/** What a step waits for, as one list in which each wait is opened once and closed once. */
import type { WaitNode } from './step-parts.ts';

export function openWait(waits: readonly WaitNode[], what: WaitNode['for'], at: number): readonly WaitNode[] {
  return [...waits, { for: what, startedAt: at }];
}

/** @param which `limit`: the last that waits for its turn; `step`: the last that waits for anything else; `all`: whatever is open. */
export function closeWait(
  waits: readonly WaitNode[],
  which: 'limit' | 'step' | 'all',
  at: number,
): readonly WaitNode[] {
  if (waits.every(({ endedAt }) => endedAt !== undefined)) return waits;
  if (which === 'all') return waits.map((wait) => (wait.endedAt === undefined ? { ...wait, endedAt: at } : wait));
  const index = waits.findLastIndex(
    (wait) => wait.endedAt === undefined && (wait.for === 'limit') === (which === 'limit'),
  );
  const open = waits[index];
  return open === undefined ? waits : waits.with(index, { ...open, endedAt: at });
}
