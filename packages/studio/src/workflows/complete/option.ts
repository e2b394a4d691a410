import type { CheckView, ModelView, ToolView, WorkflowSchema } from '@telos/contract';

/** One thing that can be written at a place. */
export type Option = {
  readonly label: string;
  /** What it is for, in a line. */
  readonly about: string;
  /** What is written instead of what was typed of it. */
  readonly insert: string;
};

/** What workflows of this server may name. */
export type Vocabulary = {
  readonly schema: WorkflowSchema;
  readonly tools: readonly ToolView[];
  readonly checks: readonly CheckView[];
  readonly models: readonly ModelView[];
};

/** A name that is written as it is. */
export function named(label: string, about: string): Option {
  return { label, about, insert: label };
}

/** Those that what was typed may become: what begins with it stands before what only holds it. */
export function fitting(options: readonly Option[], typed: string): readonly Option[] {
  const wanted = typed.toLowerCase();
  const ranked = options.flatMap((option) => {
    const at = option.label.toLowerCase().indexOf(wanted);
    return at === -1 ? [] : [{ option, rank: at === 0 ? 0 : 1 }];
  });
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ option }) => option);
}
