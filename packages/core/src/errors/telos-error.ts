import { catalog } from './catalog.ts';
import type { CatalogEntry, ErrorCode, ErrorKind } from './catalog.ts';
import type { JsonObject } from '../json.ts';

/**
 * A deliberate failure with a stable code.
 *
 * The message says what happened and to which thing; `next` says what to do.
 * `details` carries ids, paths and numbers, never secrets or whole payloads.
 */
export class TelosError extends Error {
  override readonly name = 'TelosError';
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly next: string;
  readonly details: JsonObject;
  readonly effect: ErrorRecord['effect'] | undefined;

  /**
   * @param options.effect `none` when it is certain that the call changed nothing: nobody was reached, or the far side
   *   took nothing on. `unknown` when the far side ended in the middle of it, as when the process that made it dies.
   */
  constructor(
    code: ErrorCode,
    message: string,
    options: {
      readonly details?: JsonObject;
      readonly next?: string;
      readonly kind?: ErrorKind;
      readonly cause?: unknown;
      readonly effect?: 'none' | 'unknown';
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const entry: CatalogEntry = catalog[code];
    this.code = code;
    this.kind = options.kind ?? entry.kind;
    this.next = options.next ?? entry.next;
    this.details = options.details ?? {};
    this.effect = options.effect;
  }
}

/** A failure as events, traces and HTTP answers carry it. */
export type ErrorRecord = {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
  readonly next?: string;
  /** The step it happened in, with item and iteration: `findings[3].search`. */
  readonly path?: string;
  readonly details?: JsonObject;
  /**
   * `none`: it is certain that the call changed nothing, so that it may be made again whatever its effect.
   * `unknown`: the far side ended in the middle of it: what became of it has to be found out.
   */
  readonly effect?: 'none' | 'unknown';
};

/** Turns anything thrown into a record. What is not a TelosError keeps its message under the given code. */
export function errorRecordOf(error: unknown, fallback: ErrorCode = 'TOOL_FAILED'): ErrorRecord {
  if (error instanceof TelosError) {
    return {
      code: error.code,
      kind: error.kind,
      message: error.message,
      next: error.next,
      ...(Object.keys(error.details).length > 0 ? { details: error.details } : {}),
      ...(error.effect === undefined ? {} : { effect: error.effect }),
    };
  }
  const entry: CatalogEntry = catalog[fallback];
  const message = error instanceof Error ? error.message : typeof error === 'string' ? error : '';
  return { code: fallback, kind: entry.kind, message: message === '' ? entry.title : message, next: entry.next };
}
