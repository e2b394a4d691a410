// Public names of this package.
export { createChecks } from './create-checks.ts';
export type { ChecksOptions } from './create-checks.ts';
export type { EvaluateCondition } from './checks/cel.ts';
export { restore } from '@telos/core';
export { redact } from './findings/redact.ts';
export type { Redacted } from './findings/redact.ts';
export type { Finding } from './findings/finding.ts';
