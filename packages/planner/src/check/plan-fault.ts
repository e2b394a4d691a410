import type { ErrorCode } from '@telos/core';
import type { Fault } from '@telos/language';

/** The name of a draft in its faults. */
export const planFile = 'plan.yaml';

export type FoundInPlan = {
  readonly code: ErrorCode;
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
};

/** A fault of a plan beyond those that the compiler finds. Without a place it stands at the beginning. */
export function planFault(found: FoundInPlan, at = { line: 1, column: 1 }): Fault {
  return { ...found, file: planFile, line: at.line, column: at.column };
}
