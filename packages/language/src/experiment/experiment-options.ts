import type { Catalog, Child } from '../compiled.ts';
import type { Fault } from '../fault.ts';

/** The text of a workflow that an experiment names. */
export type NamedWorkflow = {
  readonly source: string;
  /** As the user would name it; shown in faults. */
  readonly file: string;
  readonly readFile?: (path: string) => string | undefined;
  /** Workflows that its steps run. */
  readonly workflow?: (id: string) => Child | undefined;
};

export type ExperimentOptions = {
  readonly catalog: Catalog;
  /** Shown in faults. */
  readonly file: string;
  /** A workflow file by its path from the experiment's own folder; undefined when it cannot be read. */
  readonly workflow: (path: string) => Promise<NamedWorkflow | undefined>;
  /** Any other file, likewise, and its name to show. */
  readonly readFile: (path: string) => { readonly file: string; readonly text: string } | undefined;
  /** Of the rows, only so many. */
  readonly limit?: number;
};

/** Adds a fault of another file than the experiment's own. */
export type Located = (fault: Fault) => void;
