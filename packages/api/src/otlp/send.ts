/** One request after the other to a collector, each tried again while it may pass. */
import type { Clock } from '@telos/core';
import type { OtlpRequest } from './otlp-json.ts';

export type Endpoint = {
  /** Of the collector, without `/v1/traces`. */
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
};

export interface Sender {
  /** Whether the collector has taken it. */
  send(request: OtlpRequest): Promise<boolean>;
  /** Nothing is tried again from now on, and what is under way is aborted. */
  giveUp(): void;
}

const answerMs = 10_000;
const firstPauseMs = 1000;
const longestPauseMs = 60_000;
/** Before what one request carries is given up: some five minutes. */
const mostAttempts = 10;
/** The statuses that the protocol lets a client try again after. */
const passing = new Set([429, 502, 503, 504]);

type Answer = { readonly taken: true } | { readonly taken: false; readonly why: string; readonly againMs?: number };

export function createSender({ url, headers }: Endpoint, clock: Clock, report: (message: string) => void): Sender {
  const target = `${url.replace(/\/+$/, '')}/v1/traces`;
  const shown = new URL(target).host;
  const stopped = new AbortController();
  /** A collector that stays away is said to be once. */
  let isAway = false;

  function tell(why: string): void {
    if (!isAway) report(`The collector at ${shown} does not take traces: ${masked(why)}`);
    isAway = true;
  }

  /** A collector may say what it was sent, and what is sent to it are keys. */
  const keys = Object.values(headers).flatMap((value) => [value, ...value.split(/\s+/)]);
  const withheld = keys.flatMap((key) => (key.length < 6 ? [] : [key, JSON.stringify(key).slice(1, -1)]));
  const masked = (text: string): string => withheld.reduce((left, key) => left.replaceAll(key, '***'), text);

  async function ask(body: string): Promise<Answer> {
    try {
      const answer = await fetch(target, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body,
        redirect: 'error',
        signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(answerMs)]),
      });
      // Masked before it is cut: half a key is still one.
      const said = masked(await answer.text()).slice(0, 300);
      if (answer.ok) return { taken: true };
      const why = `status ${answer.status}${said === '' ? '' : `, ${said}`}`;
      if (!passing.has(answer.status)) return { taken: false, why };
      const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
      return { taken: false, why, againMs: Number.isFinite(seconds) ? seconds * 1000 : 0 };
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      return { taken: false, why: cause instanceof Error ? cause.message : String(cause), againMs: 0 };
    }
  }

  return {
    async send(request) {
      const body = JSON.stringify(request);
      for (let attempt = 1; ; attempt += 1) {
        const answer = await ask(body);
        if (answer.taken) {
          isAway = false;
          return true;
        }
        tell(answer.why);
        if (answer.againMs === undefined || attempt === mostAttempts || stopped.signal.aborted) return false;
        const pause = Math.min(Math.max(answer.againMs, firstPauseMs * 2 ** (attempt - 1)), longestPauseMs);
        await clock.sleep(pause, stopped.signal);
        if (stopped.signal.aborted) return false;
      }
    },
    giveUp: () => stopped.abort(),
  };
}
