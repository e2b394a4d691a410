import type { ErrorCode } from '@telos/core';
import type { Place } from '../text/place.ts';

/** What is wrong with a text, before it is a document. */
export type SourceFault = {
  readonly code: ErrorCode;
  readonly place: Place;
  readonly message: string;
  readonly hint?: string;
  /** Offset in the text; absent: where `place` stands. */
  readonly offset?: number;
};
