// Public names of this package.
export { createChecks } from './create-checks.ts';
export type { ChecksOptions } from './create-checks.ts';
export type { EvaluateCondition } from './checks/cel.ts';
