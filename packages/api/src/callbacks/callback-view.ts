import type { Callback } from '@telos/core';
import type { CallbackView } from '@telos/contract';
import { timestamp } from '../run-view/timestamp.ts';

/** Of every attempt at a callback, the first and those that are asked for later. */
export function deliveryIdOf({ run }: Pick<Callback, 'run'>): string {
  return `end_${run}`;
}

export function callbackView(callback: Callback): CallbackView {
  const { url, events, secret, status, attempts, nextAt, settledAt, problem } = callback;
  return {
    id: deliveryIdOf(callback),
    url: shownUrl(url),
    events: [...events],
    ...(secret === undefined ? {} : { secret }),
    status,
    attempts,
    ...(nextAt === undefined ? {} : { next_at: timestamp(nextAt) }),
    ...(settledAt === undefined ? {} : { settled_at: timestamp(settledAt) }),
    ...(problem === undefined ? {} : { error: problem }),
  };
}

/** A query may hold a key. */
export function shownUrl(url: string): string {
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname}${search === '' ? '' : '?...'}`;
}
