import type { Queue } from 'bullmq';
import type { Fetcher } from './fetcher.ts';

/** Of a queue of BullMQ, what is used. */
export type BullQueue = Pick<Queue, 'name' | 'toKey' | 'addBulk' | 'remove'>;

/** The size of what one offer adds to a flow. */
export type Arrival = { readonly flow: string; readonly size: number };

/**
 * What the queue needs of Redis or PostgreSQL, beside what BullMQ does with it.
 * Everything rejects soon when the backend is away; nothing is kept for later.
 */
export interface Backend {
  /** Resolves when it answers, connecting first when that has not been done. */
  probe(): Promise<void>;
  /** The producing side of a queue; the same one for the same name. Rejects when it cannot be made now. */
  queue(name: string): Promise<BullQueue>;
  /** A new consuming side of a queue; the caller closes it. Rejects when it cannot be made now. */
  fetcher(name: string): Promise<Fetcher>;
  /**
   * Where these arrivals begin on the common scale of the queue's flows, in their order
   * (see `Turns` in core). One flow stands at most once in a call.
   */
  place(queue: BullQueue, arrivals: readonly Arrival[]): Promise<readonly number[]>;
  /** Tells every process that listens, this one too. */
  announce(message: string): Promise<void>;
  /** From now on, calls `listener` with what is announced; connects again by itself. */
  listen(listener: (message: string) => void): void;
  /** For `telos doctor`: name and version of the server, and what about it will not go well. */
  facts(): Promise<{ readonly server: string; readonly worries: readonly string[] }>;
  close(): Promise<void>;
}
