import type { BudgetSpec, CheckUse, Hash, Json, JsonObject, Requirements, Template } from '@telos/core';
import type { Compiled } from '../compiled.ts';
import type { Fault } from '../fault.ts';

/** An experiment compiled: every workflow in hand, every row fit to be run. */
export type Experiment = {
  readonly name: string;
  readonly description?: string;
  /** One at least. */
  readonly variants: readonly Variant[];
  /** The name of the variant that the others are compared with. */
  readonly baseline: string;
  readonly rows: readonly ExperimentRow[];
  /** What the checks judge, over `outputs`, `inputs` and `expected`; absent: all outputs. */
  readonly subject?: Template;
  readonly checks: readonly CheckUse[];
  /** What the checks need. */
  readonly requires: Requirements;
  readonly repetitions: number;
  readonly concurrency: number;
  readonly budget?: BudgetSpec;
  readonly floor: { readonly score?: number; readonly pass_rate?: number };
  /** SHA-256 of all that decides what is run and how it is judged; not of how fast, or of floors. */
  readonly identity: Hash;
};

export type Variant = {
  readonly name: string;
  readonly compiled: Compiled;
  /** The text that was compiled: the file's own, or with what the variant puts in place. */
  readonly source: string;
  /** The workflow file, as the experiment names it. */
  readonly workflow: string;
  /** Reads files that the workflow names. */
  readonly readFile?: (path: string) => string | undefined;
  /** Go before those of a row. */
  readonly inputs: JsonObject;
};

export type ExperimentRow = { readonly id: string; readonly inputs: JsonObject; readonly expected: Json };

export type ExperimentResult =
  | { readonly ok: true; readonly experiment: Experiment }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** One run of an experiment. */
export type Cell = {
  /** The same each time the experiment is made: what a run that was started before is found by. */
  readonly key: string;
  readonly variant: Variant;
  readonly row: ExperimentRow;
  /** From 1. */
  readonly repetition: number;
  readonly inputs: JsonObject;
};

/** Every run, a row by all variants before the next: an experiment that is stopped half way compares what it has. */
export function cellsOf({
  rows,
  variants,
  repetitions,
}: Pick<Experiment, 'rows' | 'variants' | 'repetitions'>): Cell[] {
  return Array.from({ length: repetitions }, (_, index) => index + 1).flatMap((repetition) =>
    rows.flatMap((row) =>
      variants.map((variant) => ({
        key: JSON.stringify([row.id, variant.name, repetition]),
        variant,
        row,
        repetition,
        inputs: { ...row.inputs, ...variant.inputs },
      })),
    ),
  );
}
