/**
 * Posts the ends of runs to the addresses that were named when they started.
 *
 * What is owed is in the store, so any process may send it, and one that dies
 * with it leaves it to the others, once the time is over for which it was taken.
 * The far side may therefore see a delivery twice, under one id; it never misses
 * one as long as it answers within the attempts that it is given.
 */
import { errorRecordOf, TelosError, secretMissing } from '@telos/core';
import type { Callback, CallbackOutcome, Clock, ErrorRecord, Store } from '@telos/core';
import { standardHeaders, standardSignature } from '../signatures/standard-webhook.ts';
import { callbackMessage } from './callback-message.ts';
import { deliveryIdOf, shownUrl } from './callback-view.ts';

/** Sends one request through the guarded client. @throws TelosError what that client throws. */
export type Post = (request: {
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}) => Promise<{ readonly status: number; readonly headers: { readonly [name: string]: string } }>;

export type CallbackDeps = {
  readonly store: Pick<Store, 'callbacks' | 'journal' | 'blobs' | 'programs'>;
  readonly clock: Clock;
  readonly post: Post;
  readonly secret: (name: string) => string | undefined;
  /** Hosts that the installation lets have private data. */
  readonly privateHosts: readonly string[];
  /** Told of callbacks that were given up, and of what keeps all of them from being sent. */
  readonly tell: (message: string) => void;
};

export interface CallbackSender {
  /** To be called when a run has ended: its callback goes out now rather than at the next look. Returns at once. */
  ended(): void;
  /** Lines in the Prometheus text format. */
  metrics(): readonly string[];
  /** Takes no more; lets those under way end for at most `ms` milliseconds, and leaves the rest to others. */
  stop(ms: number): Promise<void>;
}

/** What other processes owe, and what was to be tried again, is looked for this often. */
const lookMs = 5_000;
const answerMs = 15_000;
/** Taken for longer than an attempt can last. */
const takenMs = 60_000;
const atOnce = 16;
/** Pauses after the first attempt, the second, and so on: some three days in all. Then it is given up. */
const pausesMs = [5, 30, 120, 600, 1800, 7200, 18_000, 36_000, 72_000, 86_400].map((seconds) => seconds * 1000);
const longestMs = 86_400_000;
/** What no further attempt would change. */
const isHopeless = new Set(['HTTP_ADDRESS_REFUSED', 'HTTP_URL_INVALID', 'HTTP_REDIRECT_REFUSED', 'RUN_NOT_FOUND']);

export function startCallbacks(deps: CallbackDeps): CallbackSender {
  const { store, clock, tell } = deps;
  const stopping = new AbortController();
  const givingUp = new AbortController();
  const underWay = new Set<Promise<void>>();
  const counts = { delivered: 0, failed: 0, given_up: 0 };
  let bell = new AbortController();
  let isAway = false;

  function ring(): void {
    bell.abort();
  }

  async function attempt(callback: Callback): Promise<void> {
    const outcome = await outcomeOf(callback);
    if (outcome === undefined) return;
    if (outcome.status === 'delivered') counts.delivered += 1;
    if (outcome.status === 'owed') counts.failed += 1;
    if (outcome.status === 'given_up') {
      counts.given_up += 1;
      const { message } = outcome.problem;
      tell(`The end of run ${callback.run} could not be posted to ${shownUrl(callback.url)}: ${message}`);
    }
    await store.callbacks.settle(callback, outcome);
  }

  /** Undefined when it was broken off here: whoever takes it next sends it. */
  async function outcomeOf(callback: Callback): Promise<CallbackOutcome | undefined> {
    try {
      const message = await callbackMessage(deps, callback.run, callback.url);
      if (!callback.events.includes(message.data.status)) return { status: 'unwanted' };
      const body = new TextEncoder().encode(JSON.stringify(message));
      const { status, headers } = await post(callback, body);
      if (status >= 200 && status < 300) return { status: 'delivered' };
      const problem = errorRecordOf(
        new TelosError('CALLBACK_REFUSED', `${new URL(callback.url).host} answered ${status}.`, {
          details: { status },
        }),
        'BUG',
      );
      // Gone, as RFC 9110 means it: it will not be there again.
      return failed(callback, problem, status === 410, secondsIn(headers['retry-after']));
    } catch (error) {
      if (givingUp.signal.aborted) return undefined;
      const problem = errorRecordOf(error, 'BUG');
      return failed(callback, problem, isHopeless.has(problem.code));
    }
  }

  async function post({ run, url, secret: name }: Callback, body: Uint8Array): ReturnType<Post> {
    const id = deliveryIdOf({ run });
    const secret = name === undefined ? undefined : deps.secret(name);
    if (name !== undefined && secret === undefined) {
      throw secretMissing(name, `The secret ${name}, which signs the callback, is not set.`);
    }
    const now = clock.now();
    const signed =
      secret === undefined
        ? { [standardHeaders.id]: id, [standardHeaders.timestamp]: String(Math.floor(now / 1000)) }
        : standardSignature(secret, { id, at: now, body });
    const answered = new AbortController();
    const late = new AbortController();
    void clock.sleep(answerMs, answered.signal).then(() => late.abort());
    try {
      return await deps.post({
        url,
        headers: { 'content-type': 'application/json', ...signed },
        body,
        signal: AbortSignal.any([givingUp.signal, late.signal]),
      });
    } catch (error) {
      if (!late.signal.aborted || givingUp.signal.aborted) throw error;
      throw new TelosError('HTTP_TIMEOUT', `${new URL(url).host} did not answer within ${answerMs} ms.`);
    } finally {
      answered.abort();
    }
  }

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      bell = new AbortController();
      const room = atOnce - underWay.size;
      const taken = room === 0 ? [] : await takeSome(room);
      for (const callback of taken) {
        const sending = attempt(callback)
          .catch((error: unknown) => tell(`The callback of run ${callback.run}: ${messageOf(error)}`))
          .finally(() => {
            underWay.delete(sending);
            ring();
          });
        underWay.add(sending);
      }
      if (room > 0 && taken.length === room) continue;
      await clock.sleep(lookMs, AbortSignal.any([stopping.signal, bell.signal]));
    }
  }

  async function takeSome(room: number): Promise<readonly Callback[]> {
    try {
      const taken = await store.callbacks.take(room, takenMs);
      isAway = false;
      return taken;
    } catch (error) {
      // Said once: the store tells of itself.
      if (!isAway) tell(`Callbacks cannot be read: ${messageOf(error)}`);
      isAway = true;
      return [];
    }
  }

  const working = work();
  return {
    ended: ring,
    metrics: () => [
      '# HELP telos_callbacks_total Attempts to post the end of a run: taken by the far side, to be tried again, given up.',
      '# TYPE telos_callbacks_total counter',
      ...Object.entries(counts).map(([outcome, count]) => `telos_callbacks_total{outcome="${outcome}"} ${count}`),
    ],
    async stop(ms) {
      stopping.abort();
      await working;
      const over = new AbortController();
      const left = Promise.all(underWay).then(() => over.abort());
      await clock.sleep(ms, over.signal);
      givingUp.abort();
      await left;
    },
  };
}

function failed({ attempts }: Callback, problem: ErrorRecord, isForGood: boolean, retryAfterMs = 0): CallbackOutcome {
  const pause = pausesMs[attempts - 1];
  if (isForGood || pause === undefined) return { status: 'given_up', problem };
  return { status: 'owed', afterMs: Math.max(pause, Math.min(retryAfterMs, longestMs)), problem };
}

/** `Retry-After` in seconds; one that names a date is passed over. */
function secondsIn(retryAfter: string | undefined): number | undefined {
  return retryAfter !== undefined && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
