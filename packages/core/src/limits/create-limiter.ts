/**
 * A limiter over a register that processes share.
 *
 * Each limit has a line in this process: who waits, by flow, in order of arrival. The
 * line alone asks, with the first of each flow, and sleeps between its questions; those
 * who wait hold nothing.
 */
import { TelosError } from '../errors/telos-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Grant, Limit, Limiter } from '../ports/limiter.ts';
import { flowOf, turnsOf } from '../ports/turn.ts';
import type { Turn } from '../ports/turn.ts';
import type { Register } from './register.ts';
import { Window, ask, askForMany, correct, emptyWindow } from './window.ts';
import type { Ask } from './window.ts';

export type LimiterOptions = {
  readonly register: Register;
  readonly clock: Clock;
  /** Names this limiter among all that use the register. */
  readonly place: string;
};

type Waiter = {
  readonly limit: Limit;
  readonly amount: number;
  readonly turn: Turn;
  readonly since: number;
  readonly grant: (grant: Grant) => void;
  readonly refuse: (error: unknown) => void;
  isOver: boolean;
};

type Line = {
  /** By flow, in order of arrival; no list is empty. */
  readonly flows: Map<string, Waiter[]>;
  /** Ends the sleep of the line. */
  nap: AbortController;
  served: Promise<void>;
};

/** Of those who wait in one line, in one step. */
const grantsAtOnce = 50;

export function createLimiter({ register, clock, place }: LimiterOptions): Limiter {
  const lines = new Map<string, Line>();
  let isClosed = false;

  /** One step of a limit's window. */
  function step<T>(
    key: string,
    act: (window: Window, now: number) => { readonly window: Window; readonly result: T },
  ): Promise<T> {
    return register.update(key, (text, now) => {
      const { window, result } = act(readWindow(text), now);
      return { text: JSON.stringify(window), result };
    });
  }

  /** Serves one line until nobody is in it. */
  async function serve(key: string, line: Line): Promise<void> {
    try {
      while (line.flows.size > 0) {
        let isNoted = false;
        while (line.flows.size > 0) isNoted = await serveSome(key, line);
        if (isNoted)
          await step(key, (before, now) => ({ window: ask(before, 1, now, place, []).window, result: undefined }));
      }
    } catch (error) {
      for (const waiters of line.flows.values()) for (const waiter of waiters) waiter.refuse(error);
    }
    lines.delete(key);
  }

  /** Asks for as many as can be granted now, and sleeps when that is not all; whether the place is noted as waiting. */
  async function serveSome(key: string, line: Line): Promise<boolean> {
    // One more than are granted, so that it is known whether somebody stands behind the last of them.
    const asks = [...line.flows.values()].map((waiters) => waiters.slice(0, grantsAtOnce + 1).map(askOf));
    const perMinute = Math.min(...asks.map(([head]) => head?.waiter.limit.perMinute ?? Infinity));
    const { granted, waitMs, isNoted, now } = await step(key, (before, now) => {
      const { window, ...answer } = askForMany(before, perMinute, now, place, asks, grantsAtOnce);
      return { window, result: { ...answer, now } };
    });
    for (const { waiter } of granted) await hand(line, waiter, now);
    if (waitMs > 0) await nap(line, waitMs);
    return isNoted;
  }

  async function hand(line: Line, head: Waiter, at: number): Promise<void> {
    const grant: Grant = { limit: head.limit, amount: head.amount, at, turn: head.turn };
    if (head.isOver) {
      // It was withdrawn while it was granted.
      await give(grant, 0);
      return;
    }
    leave(line, head);
    head.grant(grant);
  }

  async function nap(line: Line, ms: number): Promise<void> {
    await clock.sleep(ms, line.nap.signal);
    if (line.nap.signal.aborted) line.nap = new AbortController();
  }

  function join(waiter: Waiter): void {
    const { key } = waiter.limit;
    let line = lines.get(key);
    const isNew = line === undefined;
    if (line === undefined)
      lines.set(key, (line = { flows: new Map(), nap: new AbortController(), served: Promise.resolve() }));
    const flow = flowOf(waiter.turn);
    const waiters = line.flows.get(flow);
    if (waiters === undefined) line.flows.set(flow, [waiter]);
    else waiters.push(waiter);
    if (isNew) line.served = serve(key, line);
    else if (waiters === undefined) line.nap.abort();
  }

  function leave(line: Line, waiter: Waiter): void {
    waiter.isOver = true;
    const flow = flowOf(waiter.turn);
    const waiters = line.flows.get(flow) ?? [];
    const at = waiters.indexOf(waiter);
    if (at >= 0) waiters.splice(at, 1);
    if (waiters.length === 0) line.flows.delete(flow);
  }

  async function give({ limit, amount, at, turn }: Grant, actual: number): Promise<void> {
    if (actual === amount || isClosed) return;
    await step(limit.key, (before) => ({
      window: correct(before, at, flowOf(turn), weightOf(turn), actual - amount),
      result: undefined,
    }));
    if (actual < amount) lines.get(limit.key)?.nap.abort();
  }

  return {
    async take(limit, amount, { signal, ...turn } = {}) {
      if (!(limit.perMinute > 0) || !(amount >= 0)) {
        throw new TelosError('BUG', `${amount} of ${limit.perMinute} a minute is no amount of ${limit.key}.`);
      }
      return new Promise((resolve, reject) => {
        const withdraw = (): void => {
          const line = lines.get(limit.key);
          if (line !== undefined) leave(line, waiter);
          waiter.isOver = true;
          line?.nap.abort();
          waiter.refuse(signal?.reason);
        };
        const end = (): void => signal?.removeEventListener('abort', withdraw);
        const waiter: Waiter = {
          limit,
          amount,
          turn,
          since: clock.now(),
          isOver: false,
          grant: (grant) => {
            end();
            resolve(grant);
          },
          refuse: (error) => {
            end();
            reject(error);
          },
        };
        if (signal?.aborted === true) reject(signal.reason);
        else if (isClosed) reject(closed());
        else {
          signal?.addEventListener('abort', withdraw);
          join(waiter);
        }
      });
    },
    give,
    async close() {
      isClosed = true;
      for (const line of lines.values()) {
        for (const waiters of line.flows.values()) for (const waiter of waiters) waiter.refuse(closed());
        line.flows.clear();
        line.nap.abort();
      }
      await Promise.all([...lines.values()].map(({ served }) => served));
    },
  };
}

function closed(): TelosError {
  return new TelosError('CANCELLED', 'The process stops while a request waited for its turn.');
}

function askOf(waiter: Waiter): Ask & { readonly waiter: Waiter } {
  const { amount, turn, since } = waiter;
  return { flow: flowOf(turn), amount, weight: weightOf(turn), since, waiter };
}

function weightOf({ priority = 'normal' }: Turn): number {
  return turnsOf[priority];
}

/** What nobody can read counts as nothing: limits are kept for a minute only. */
function readWindow(text: string | undefined): Window {
  if (text === undefined) return emptyWindow;
  try {
    return Window.parse(JSON.parse(text));
  } catch {
    return emptyWindow;
  }
}
