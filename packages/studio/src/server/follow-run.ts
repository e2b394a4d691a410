import { locations } from '@telos/contract';
import type { EventView, LiveView } from '@telos/contract';
import { eventStreamParser } from './event-stream-parser.ts';
import { ask, RequestFailure } from './request.ts';

export type FollowState = 'connecting' | 'following' | 'lost' | 'ended';

export type FollowRun = {
  readonly id: string;
  /** Sequence of the last event that is known already. */
  readonly after: number;
  readonly signal: AbortSignal;
  /** Events in order, without a gap or a repeat, as many as came at once. */
  readonly onEvents: (events: readonly EventView[]) => void;
  readonly onLive: (part: LiveView) => void;
  readonly onState: (state: FollowState) => void;
};

const shortestPauseMs = 500;
const longestPauseMs = 10_000;
const ends: readonly string[] = ['run.succeeded', 'run.failed', 'run.cancelled'];

/**
 * Follows a run until it ends or `signal` aborts; a lost connection is taken up
 * where it broke. It is a fetch rather than an EventSource because only that
 * can carry an API key.
 *
 * @throws RequestFailure when the server refuses for good.
 */
export async function followRun({ id, after, signal, onEvents, onLive, onState }: FollowRun): Promise<void> {
  let last = after;
  let pauseMs = shortestPauseMs;
  onState('connecting');
  while (!signal.aborted) {
    try {
      const answer = await ask(locations.events(id), {
        headers: { accept: 'text/event-stream', 'last-event-id': String(last) },
        signal,
      });
      if (answer.status === 204 || answer.body === null) return onState('ended');
      onState('following');
      pauseMs = shortestPauseMs;
      if (await read(answer.body)) return onState('ended');
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof RequestFailure && !error.passing) throw error;
    }
    onState('lost');
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }

  /** @returns true when the run has ended. */
  async function read(body: ReadableStream<Uint8Array>): Promise<boolean> {
    const parse = eventStreamParser();
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let ended = false;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return ended;
      const events: EventView[] = [];
      for (const message of parse(decoder.decode(value, { stream: true }))) {
        // Both are what the contract says of this stream.
        if (message.event === 'live') onLive(JSON.parse(message.data) as LiveView);
        else if (message.id !== undefined) events.push(JSON.parse(message.data) as EventView);
      }
      const newest = events.at(-1);
      if (newest === undefined) continue;
      last = newest.seq;
      ended = ends.includes(newest.type);
      onEvents(events);
    }
  }
}

/** Resolves after `ms`, or when `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
