/** The journal of a run while it grows, across connections that break. */
import { locations } from '@telos/contract';
import type { EventView, LiveView } from '@telos/contract';
import { pause } from './pause.ts';
import { readStream } from './read-stream.ts';
import { mayPass } from './transport.ts';
import type { Transport } from './transport.ts';

export type FollowOptions = {
  /** Sequence of the last event that is known already; default 0: from the beginning. */
  readonly after?: number;
  readonly signal?: AbortSignal;
  /** Text and progress of steps under way, which nothing keeps. */
  readonly onLive?: (part: LiveView) => void;
};

const shortestPauseMs = 250;
const longestPauseMs = 10_000;
const ends: readonly EventView['type'][] = ['run.succeeded', 'run.failed', 'run.cancelled'];

/**
 * Each event once, in order, until the run ends. A connection that breaks is taken up where it broke.
 *
 * @throws TelosProblem when the server refuses for good; the signal's reason when it aborts.
 */
export async function* followRun(
  { ask }: Transport,
  run: string,
  { after = 0, signal, onLive }: FollowOptions = {},
): AsyncGenerator<EventView, void> {
  let last = after;
  let pauseMs = shortestPauseMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const answer = await ask(locations.events(run), {
        headers: { accept: 'text/event-stream', 'last-event-id': String(last) },
        signal,
      });
      if (answer.status === 204 || answer.body === null) return;
      for await (const { id, event, data } of readStream(answer.body)) {
        pauseMs = shortestPauseMs;
        // Both are what the contract says of this stream.
        if (event === 'live') onLive?.(JSON.parse(data) as LiveView);
        if (id === undefined) continue;
        const recorded = JSON.parse(data) as EventView;
        last = recorded.seq;
        yield recorded;
        if (ends.includes(recorded.type)) return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!mayPass(error) && !isBroken(error)) throw error;
    }
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

/** A body that ended before it was whole: browsers and Node name it differently. */
function isBroken(error: unknown): boolean {
  return error instanceof Error && /terminated|network|aborted|closed|reset/i.test(error.message);
}
