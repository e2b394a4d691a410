import { setImmediate as turn } from 'node:timers/promises';
import type { ErrorCode, Recorded, Store } from '@telos/core';
import { TelosError } from '@telos/core';
import { expect } from 'vitest';
import type { SuiteTest } from '../suite.ts';

/** A store under test, with an empty database of its own or one shared with other tests. */
export type OpenStore = {
  readonly store: Store;
  /** Moves the store's clock forward. */
  advance(ms: number): void | Promise<void>;
  /** Another handle on the same data, as another process would have one. Closed by the driver's `close`. */
  second?(): Promise<Store>;
  /** Closes the store and opens it anew on the same data. Closed by the driver's `close`. */
  reopen?(): Promise<Store>;
  close(): Promise<void>;
};

export type StoreTest = SuiteTest<OpenStore>;

export function secondOf(opened: OpenStore): Promise<Store> {
  if (opened.second === undefined) throw new Error('The driver gives no `second`: skip this test with a reason.');
  return opened.second();
}

export function reopened(opened: OpenStore): Promise<Store> {
  if (opened.reopen === undefined) throw new Error('The driver gives no `reopen`: skip this test with a reason.');
  return opened.reopen();
}

/** Lets the store's time pass until `promise` settles: for what a driver may notice by looking now and then. */
export async function inTime<T>(opened: OpenStore, promise: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const end = () => settled.abort();
  promise.then(end, end);
  while (!settled.signal.aborted) {
    await opened.advance(100);
    await turn();
  }
  return promise;
}

export async function expectCode(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  const outcome = await promise.then(
    () => 'it was fulfilled',
    (error: unknown) => (error instanceof TelosError ? error.code : error),
  );
  expect(outcome).toBe(code);
}

export async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  return Array.fromAsync(items);
}

export function sequences(recorded: readonly Recorded[]): readonly number[] {
  return recorded.map(({ seq }) => seq);
}

/** 1, 2, ... `last`, or from `first` on. */
export function upTo(last: number, first = 1): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
