/** Spans that other services have told of traces that runs are part of. */
import type { Instant } from '../ids.ts';
import type { JsonObject } from '../json.ts';

export type ForeignSpan = {
  /** 32 hexadecimal digits. */
  readonly trace: string;
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** A span of a run, of the same or of another service, known here or not. */
  readonly parent?: string;
  /** The service that told of it. */
  readonly service: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly status: 'unset' | 'ok' | 'error';
  readonly message?: string;
  readonly attributes: JsonObject;
};

/** Of one trace; what comes after them is not kept. */
export const mostForeignSpans = 5_000;

export interface ForeignSpans {
  /**
   * Keeps spans, durable when it resolves; one that is told again is kept once, as it was told last.
   * @returns How many were not kept, for their traces have `mostForeignSpans` already.
   */
  put(spans: readonly ForeignSpan[], at: Instant): Promise<number>;
  /** Of one trace, in the order of their beginnings. */
  of(trace: string): Promise<readonly ForeignSpan[]>;
  /** Removes at most `limit` that were put before this instant; gives how many. */
  removeBefore(at: Instant, limit: number): Promise<number>;
}
