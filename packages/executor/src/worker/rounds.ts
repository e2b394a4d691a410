/** Rounds: what is done again and again, with a pause in between that can be cut short. */
import type { Clock } from '@telos/core';

export interface Rounds {
  /** Cuts the pause short; of a round that is under way, the pause that follows it. */
  again(): void;
  /** Resolves when the last round has ended. */
  readonly over: Promise<void>;
}

export type RoundsOptions = {
  readonly clock: Clock;
  /** Ends them: no round begins once it has aborted. */
  readonly signal: AbortSignal;
  /** The pause after a round that failed. */
  readonly failedMs: number;
  readonly onError: (error: unknown) => void;
};

/** @param act One round; gives the pause before the next, in milliseconds. */
export function startRounds(act: () => Promise<number>, { clock, signal, failedMs, onError }: RoundsOptions): Rounds {
  let pause = new AbortController();

  async function go(): Promise<void> {
    while (!signal.aborted) {
      pause = new AbortController();
      let pauseMs = failedMs;
      try {
        pauseMs = await act();
      } catch (error) {
        onError(error);
      }
      if (signal.aborted) return;
      const end = (): void => pause.abort('stopping');
      signal.addEventListener('abort', end, { once: true });
      await clock.sleep(pauseMs, pause.signal);
      signal.removeEventListener('abort', end);
    }
  }

  return { again: () => pause.abort('again'), over: go() };
}
