/**
 * Fair turns by virtual time, as in start-time fair queueing.
 *
 * Each flow has a line of its own on a common scale: what arrives is placed where
 * the flow's last arrival ends, but not before the place that is served now. Whoever
 * serves the lowest place first serves flows in turn, each in its own order, and
 * a flow that was silent gains nothing by it. Nothing is ever overtaken for good:
 * the places given out only grow.
 */
import { flowOf, turnsOf } from '../ports/turn.ts';
import type { Turn } from '../ports/turn.ts';

export interface Turns {
  /** The place of one more arrival of this size; places are served from the lowest. */
  place(turn: Turn, size: number): number;
  /** Notes that what stood at `place` is served now. */
  served(place: number): void;
  /** To be called when nothing waits: all begin anew. */
  rest(): void;
}

/** Flows beyond this many are looked through for those that have fallen behind, which need no memory. */
const manyFlows = 1000;

export function createTurns(): Turns {
  const ends = new Map<string, number>();
  let now = 0;
  let crowd = manyFlows;

  return {
    place(turn, size) {
      const flow = flowOf(turn);
      const start = Math.max(now, ends.get(flow) ?? 0);
      ends.set(flow, start + size / turnsOf[turn.priority ?? 'normal']);
      if (ends.size > crowd) {
        for (const [other, end] of ends) if (end <= now) ends.delete(other);
        crowd = Math.max(manyFlows, ends.size * 2);
      }
      return start;
    },
    served(place) {
      now = Math.max(now, place);
    },
    rest() {
      ends.clear();
      now = 0;
    },
  };
}
