/**
 * What one limit remembers: the amounts of the last minute by second, the turns of
 * those who take, and who waits. Plain data, so that it can be kept anywhere; each
 * step is a pure function of it.
 *
 * A *place* is a process with its own line of those who wait. It asks with the first
 * of each of its flows. It is granted one when no other place has one whose turn
 * comes before, and the amount fits. Otherwise the place is noted as waiting, for a
 * few seconds: one that dies holds nobody up for longer.
 */
import { z } from 'zod';
import type { Instant } from '../ids.ts';

/** The first of a flow, who asks. */
export type Ask = {
  readonly flow: string;
  readonly amount: number;
  /** Turns of the flow beside others. */
  readonly weight: number;
  /** Since when it has been waiting; decides between those whose turn has come alike. */
  readonly since: Instant;
  /** The one behind it in its flow. */
  readonly next?: { readonly amount: number; readonly since: Instant };
};

const Waiting = z.object({ flow: z.string(), amount: z.number(), since: z.number() });

/** How it is kept: short names, for it is read and written at every step. */
export const Window = z.object({
  /** Amounts by second since the epoch, in order. */
  spent: z.array(z.tuple([z.number(), z.number()])),
  /** Virtual time, and where each flow's last amount ends on it: see `Turns`. */
  now: z.number(),
  ends: z.record(z.string(), z.number()),
  /** Places that wait, each until when it is believed. */
  places: z.record(z.string(), z.object({ until: z.number(), asks: z.array(Waiting) })),
});
export type Window = z.output<typeof Window>;

export const emptyWindow: Window = { spent: [], now: 0, ends: {}, places: {} };

export type Step = {
  readonly window: Window;
  /** Which of the asks was granted. */
  readonly granted?: number;
  /** When to ask again, when none was. */
  readonly waitMs: number;
};

const windowMs = 60_000;
/** A place that waits asks again within this time: another may have used less than it was granted. */
const pollMs = 1000;
/** A place that has not asked for this long is taken for dead. */
const believedMs = 3000;
/** Flows remembered while others wait; beyond them, those that were granted something first begin anew. */
const endsKept = 500;
/** Of one place, noted for the others to see. */
const asksNoted = 32;

/** @param asks Of one place, of different flows. None: the place waits no longer. */
export function ask(before: Window, perMinute: number, at: Instant, place: string, asks: readonly Ask[]): Step {
  const window = forget(before, at, place);
  const mine = firstOf(window, asks);
  if (mine === undefined) return { window, waitMs: 0 };
  const rivals = Object.values(window.places).flatMap((other) => other.asks);
  const rival = firstOf(window, rivals);
  const isMyTurn = rival === undefined || !comesBefore(window, rival, mine);
  const wait = untilFits(window, perMinute, at, isMyTurn ? mine.amount : rival.amount);
  if (isMyTurn && wait === 0) {
    // Its place goes on asking for those that are left: until then others see what they are.
    const left = asks.flatMap((one) =>
      one === mine ? (one.next === undefined ? [] : [{ ...one, ...one.next }]) : [one],
    );
    const isAlone = rival === undefined && left.length === 0;
    return { window: note(grant(window, at, mine, isAlone), at, place, left), granted: asks.indexOf(mine), waitMs: 0 };
  }
  return {
    window: note(window, at, place, asks),
    // Whoever waits for another's turn looks a little after the other does.
    waitMs: Math.min(pollMs, isMyTurn ? wait : wait + pollMs / 20),
  };
}

/** @param lines Of one place, by flow, in order of arrival. @returns As `ask`, for as many as are granted, `atMost` of them. */
export function askForMany<T extends Ask>(
  before: Window,
  perMinute: number,
  at: Instant,
  place: string,
  lines: readonly (readonly T[])[],
  atMost: number,
): { readonly window: Window; readonly granted: readonly T[]; readonly waitMs: number; readonly isNoted: boolean } {
  const granted: T[] = [];
  const heads = lines.map(() => 0);
  let window = before;
  for (;;) {
    const asks = lines.flatMap((line, index) => {
      const head = line[heads[index] ?? 0];
      const next = line[(heads[index] ?? 0) + 1];
      return head === undefined ? [] : [{ ...head, ...(next === undefined ? {} : { next }), index, asked: head }];
    });
    if (asks.length === 0 || granted.length === atMost) return { window, granted, waitMs: 0, isNoted: asks.length > 0 };
    const answer = ask(window, perMinute, at, place, asks);
    window = answer.window;
    const chosen = answer.granted === undefined ? undefined : asks[answer.granted];
    if (chosen === undefined) return { window, granted, waitMs: answer.waitMs, isNoted: true };
    granted.push(chosen.asked);
    heads[chosen.index] = (heads[chosen.index] ?? 0) + 1;
  }
}

/** Counts `difference` more, or less, for what was granted at `grantedAt`. */
export function correct(window: Window, grantedAt: Instant, flow: string, weight: number, difference: number): Window {
  const second = Math.floor(grantedAt / 1000);
  const end = window.ends[flow];
  return {
    ...window,
    spent: window.spent.map(([when, amount]) => [when, when === second ? Math.max(0, amount + difference) : amount]),
    ends: end === undefined ? window.ends : { ...window.ends, [flow]: Math.max(window.now, end + difference / weight) },
  };
}

/** Without what no longer counts, and without what this place asked for before. */
function forget(window: Window, at: Instant, place: string): Window {
  const places = Object.entries(window.places).filter(([name, { until }]) => name !== place && until > at);
  return {
    ...window,
    spent: window.spent.filter(([second]) => freeAt(second) > at),
    places: Object.fromEntries(places),
  };
}

function note(window: Window, at: Instant, place: string, asks: readonly Ask[]): Window {
  if (asks.length === 0) return window;
  const noted = asks.slice(0, asksNoted).map(({ flow, amount, since }) => ({ flow, amount, since }));
  return { ...window, places: { ...window.places, [place]: { until: at + believedMs, asks: noted } } };
}

function grant(window: Window, at: Instant, { flow, amount, weight }: Ask, isAlone: boolean): Window {
  const second = Math.floor(at / 1000);
  const last = window.spent.at(-1);
  const spent: Window['spent'] =
    last?.[0] === second
      ? [...window.spent.slice(0, -1), [second, last[1] + amount]]
      : [...window.spent, [second, amount]];
  // When nobody else waits, all begin anew.
  if (isAlone) return { ...window, spent, now: 0, ends: {} };
  const start = startOf(window, flow);
  // Those that have fallen behind begin at `now` anyhow.
  const ends = Object.entries({ ...window.ends, [flow]: start + amount / weight }).filter(([, end]) => end > start);
  return { ...window, spent, now: start, ends: Object.fromEntries(ends.slice(-endsKept)) };
}

type Waiter = { readonly flow: string; readonly since: Instant };

function firstOf<T extends Waiter>(window: Window, asks: readonly T[]): T | undefined {
  let first: T | undefined;
  for (const one of asks) if (first === undefined || comesBefore(window, one, first)) first = one;
  return first;
}

function comesBefore(window: Window, a: Waiter, b: Waiter): boolean {
  const difference = startOf(window, a.flow) - startOf(window, b.flow);
  return difference < 0 || (difference === 0 && a.since < b.since);
}

function startOf({ now, ends }: Window, flow: string): number {
  return Math.max(now, ends[flow] ?? 0);
}

/** Milliseconds until so much of the window has passed that the amount fits; 0 when it fits now. */
function untilFits({ spent }: Window, perMinute: number, at: Instant, amount: number): number {
  let used = spent.reduce((sum, [, one]) => sum + one, 0);
  const room = perMinute - Math.min(amount, perMinute);
  if (used <= room) return 0;
  for (const [second, one] of spent) {
    used -= one;
    if (used <= room) return Math.max(1, freeAt(second) - at);
  }
  return 0;
}

/** When what was granted in a second counts no longer: all of it is a minute old then. */
function freeAt(second: number): Instant {
  return (second + 1) * 1000 + windowMs;
}
