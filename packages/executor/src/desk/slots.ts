/**
 * Slots: how many steps a worker runs at a time.
 *
 * Only a step that does something holds a slot. A block that waits for its
 * body, a retry that waits for its time, a run that waits for anything hold none.
 *
 * Shares take turns, usually namespaces, each by its priorities; and within one,
 * runs do: a slot that comes free goes to the run that has gone longest without
 * one, so a fan-out of ten thousand does not keep a chain waiting. It is handed
 * over in a microtask of its own: nobody begins inside the call that gave it back,
 * and what is withdrawn in the same turn does not begin at all.
 *
 * Until then a run may go on in the slot that it gave back. A step and what follows
 * it at once are one append then instead of two, and a run is carried to its end
 * instead of all of them step by step; for how long it may, its owner sees to.
 */
import { createTurns, flowOf } from '@telos/core';
import type { RunId, Turn } from '@telos/core';

export interface Slots {
  /**
   * Takes a slot at once when one is free and nobody waits for it.
   *
   * @param goesOn Of a run that has just given one back: takes that, whoever waits.
   */
  tryTake(goesOn?: RunId): boolean;
  /** Calls back, which must not throw, when a slot has been taken for the caller. Returns a function that withdraws the request. */
  whenFree(run: RunId, turn: Turn, taken: () => void): () => void;
  /** @param run Whose it was, when that may go on in it. */
  give(run?: RunId): void;
  readonly inUse: number;
  /** How many nobody has. */
  readonly free: number;
}

/** What waits under one share with one priority. */
type Flow = {
  readonly turn: Turn;
  /** Of its first request among those of the others. */
  place: number;
  /** Requests in order of asking, by run; the runs in order of their turns. */
  readonly runs: Map<RunId, Set<() => void>>;
};

export function createSlots(count: number): Slots {
  let inUse = 0;
  let armed = false;
  /** None is empty. */
  const waiting = new Map<string, Flow>();
  const turns = createTurns();
  /** Runs that have given a slot back which was not handed over yet. */
  const returned = new Set<RunId>();

  function arm(): void {
    if (armed || inUse >= count || waiting.size === 0) return;
    armed = true;
    queueMicrotask(() => {
      armed = false;
      handOver();
    });
  }

  function handOver(): void {
    while (inUse + returned.size < count) {
      const taken = takeTurn();
      if (taken === undefined) return;
      inUse += 1;
      taken();
    }
  }

  function takeTurn(): (() => void) | undefined {
    let next: Flow | undefined;
    for (const flow of waiting.values()) if (next === undefined || flow.place < next.place) next = flow;
    if (next === undefined) return undefined;
    turns.served(next.place);
    const first = takeFrom(next.runs);
    if (next.runs.size > 0) next.place = turns.place(next.turn, 1);
    else drop(next);
    return first;
  }

  function drop({ turn }: Flow): void {
    waiting.delete(flowOf(turn));
    if (waiting.size === 0) turns.rest();
  }

  return {
    tryTake(goesOn) {
      if (inUse >= count) return false;
      if (waiting.size > 0 && (goesOn === undefined || !returned.delete(goesOn))) return false;
      inUse += 1;
      return true;
    },
    whenFree(run, turn, taken) {
      const request = (): void => taken();
      const name = flowOf(turn);
      let flow = waiting.get(name);
      if (flow === undefined) waiting.set(name, (flow = { turn, place: turns.place(turn, 1), runs: new Map() }));
      let requests = flow.runs.get(run);
      if (requests === undefined) flow.runs.set(run, (requests = new Set()));
      requests.add(request);
      arm();
      return () => {
        const asking = waiting.get(name);
        const asked = asking?.runs.get(run);
        asked?.delete(request);
        if (asked?.size === 0) asking?.runs.delete(run);
        if (asking?.runs.size === 0) drop(asking);
      };
    },
    give(run) {
      inUse -= 1;
      if (run === undefined || waiting.size === 0) arm();
      else {
        returned.add(run);
        // Its turn, if it has one, was asked for before.
        queueMicrotask(() => {
          returned.delete(run);
          handOver();
        });
      }
    },
    get inUse() {
      return inUse;
    },
    get free() {
      return count - inUse;
    },
  };
}

/** The first request of the run whose turn it is; its run stands last then. */
function takeFrom(runs: Flow['runs']): (() => void) | undefined {
  for (const [run, requests] of runs) {
    const [first] = requests;
    runs.delete(run);
    if (first === undefined) continue;
    requests.delete(first);
    if (requests.size > 0) runs.set(run, requests);
    return first;
  }
  return undefined;
}
