import { fold, hasEnded } from '@telos/core';
import type { Clock, RunId, Store } from '@telos/core';
import { nextSteps } from '../output/next-steps.ts';
import type { Parking } from './parking.ts';

/** Which runs wait for somebody outside, whoever carries them out: by what their journals say. */
export function parkingByJournal(
  { journal }: Pick<Store, 'journal'>,
  { now }: Pick<Clock, 'now'>,
  onError: (error: unknown) => void,
): Pick<Parking, 'whenParked'> {
  async function watch(run: RunId, listener: Parameters<Parking['whenParked']>[1], signal: AbortSignal): Promise<void> {
    for await (const { event } of journal.follow(run, 0, signal)) {
      if (event.type !== 'run.waiting' && event.type !== 'run.paused') continue;
      const state = await fold(journal.read(run));
      const needs = state === undefined || hasEnded(state) ? [] : nextSteps(state, now());
      if (needs.length === 0 || signal.aborted) continue;
      listener(needs);
      return;
    }
  }

  return {
    whenParked(run, listener) {
      const over = new AbortController();
      watch(run, listener, over.signal).catch(onError);
      return () => over.abort();
    },
  };
}
