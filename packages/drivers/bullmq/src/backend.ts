import type { Queue } from 'bullmq';
import type { Fetcher } from './fetcher.ts';

/** Of a queue of BullMQ, what is used. */
export type BullQueue = Pick<Queue, 'name' | 'toKey' | 'addBulk' | 'remove'>;

/** A job that is offered: its id in BullMQ, its flow, and how much of a turn it takes. */
export type Arrival = { readonly id: string; readonly flow: string; readonly size: number };

/** The place that is served now, and where each arrival stands, in their order; undefined for one that is waiting already. */
export type Places = { readonly now: number; readonly starts: readonly (number | undefined)[] };

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
  /** Gives each arrival its place on the common scale of the queue's flows: see `Turns` in core. */
  place(queue: BullQueue, arrivals: readonly Arrival[]): Promise<Places>;
  /** Tells every process that listens, this one too. */
  announce(message: string): Promise<void>;
  /** From now on, calls `listener` with what is announced; connects again by itself. */
  listen(listener: (message: string) => void): void;
  /** For `telos doctor`: name and version of the server, and what about it will not go well. */
  facts(): Promise<{ readonly server: string; readonly worries: readonly string[] }>;
  close(): Promise<void>;
}
