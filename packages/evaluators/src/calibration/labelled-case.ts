import type { Json, Subject } from '@telos/core';

/** What people said of a subject. Which of them a set holds decides which figures mean something. */
export type Label =
  /** Of two classes. `positive`: of the class that the evaluator is for, see orientation.ts. */
  | { readonly kind: 'class'; readonly positive: boolean }
  /** A mark on any scale, higher is better. */
  | { readonly kind: 'rating'; readonly rating: number }
  /** Which of two outputs is better; the subject is the first. */
  | { readonly kind: 'preference'; readonly better: Preference }
  /** Where in the text something stands. */
  | { readonly kind: 'spans'; readonly spans: readonly Span[] }
  /** What the value becomes once it is mended. */
  | { readonly kind: 'value'; readonly value: Json };

export type Preference = 'first' | 'second' | 'tie';

/** Of `text`, in UTF-16 units, the end exclusive. */
export type Span = { readonly type: string; readonly start: number; readonly end: number };

export type LabelledCase = {
  readonly id: string;
  readonly subject: Subject;
  readonly label: Label;
  /** Parameters that the row brings, for the checks that have them: `reference` for a golden answer, `against` for the other output. */
  readonly offers: { readonly [parameter: string]: Json };
};
