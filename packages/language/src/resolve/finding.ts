import type { ErrorCode } from '@telos/core';
import type { Place } from '../text/place.ts';

/** Something wrong, before its place has become a line and a column. */
export type Finding = {
  readonly code: ErrorCode;
  readonly place: Place;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Which of the two stands where it is wrong; default the value. */
  readonly at?: 'key' | 'value';
  /** A piece of the text value, and how far into the piece. */
  readonly within?: { readonly piece: string; readonly into: number };
};

export type Report = (finding: Finding) => void;
