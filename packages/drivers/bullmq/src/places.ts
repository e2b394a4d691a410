/**
 * Fair turns as priorities of BullMQ, which serves the lowest first: the place of a
 * job on the scale of `Turns` (see core), in whole quanta.
 *
 * BullMQ has two million priorities, and the scale begins anew whenever nothing waits.
 * Until then one flow of normal jobs can bring 8.4 million; those that come later
 * stand at the end, in order of arrival. Within a quantum the order is that of
 * arrival too, so a flow may have up to four normal jobs handed over at a time.
 */
import { flowOf, turnsOf } from '@telos/core';
import type { Turn } from '@telos/core';
import type { Arrival } from './backend.ts';

/** What one turn of `low` takes: the scale in whole numbers. */
const unit = 16;

/** Of the scale, in one priority. */
export const quantum = 16;

const lastPriority = 2 ** 21 - 1;

/** The flows of these turns, each with the size of what it brings, in an order that is the same for all who offer. */
export function arrivalsOf(turns: readonly Turn[]): readonly Arrival[] {
  const sizes = new Map<string, number>();
  for (const turn of turns) sizes.set(flowOf(turn), (sizes.get(flowOf(turn)) ?? 0) + sizeOf(turn));
  return [...sizes].map(([flow, size]) => ({ flow, size })).toSorted((a, b) => (a.flow < b.flow ? -1 : 1));
}

/** The priority of each turn, when its flow begins at the place found for its arrival. */
export function prioritiesOf(
  turns: readonly Turn[],
  arrivals: readonly Arrival[],
  places: readonly number[],
): readonly number[] {
  const next = new Map(arrivals.map(({ flow }, index) => [flow, places[index] ?? 0]));
  return turns.map((turn) => {
    const place = next.get(flowOf(turn)) ?? 0;
    next.set(flowOf(turn), place + sizeOf(turn));
    return Math.min(lastPriority, Math.floor(place / quantum));
  });
}

function sizeOf({ priority = 'normal' }: Turn): number {
  return unit / turnsOf[priority];
}
