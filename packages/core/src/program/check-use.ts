import type { Template } from './template.ts';

/** One use of a check: which one, with what parameters, and the floor its score must reach. */
export type CheckUse = {
  /** Shown in verdicts; unique within its gate. */
  readonly name: string;
  readonly uses: string;
  readonly with: Template;
  /** Score in [0, 1] that passes, inclusive. Absent: the check's own verdict decides. */
  readonly min?: number;
};
