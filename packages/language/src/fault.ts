/** One thing that is wrong with a workflow, and where. */
export type Fault = {
  /** Stable: `UNKNOWN_TOOL`, `CYCLE`, `NOT_AN_ANCESTOR` ... listed in docs/errors.md. */
  readonly code: string;
  /** As given to `compile`; '<source>' for text without a file. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** Of the key in the document: `steps[2].with.prompt`. */
  readonly path: string;
  readonly message: string;
  /** What to write instead: the nearest known name, or the usual mistake behind this. */
  readonly hint?: string;
};
