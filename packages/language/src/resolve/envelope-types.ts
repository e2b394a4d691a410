/** The types of what the engine itself puts into scope: `steps.<id>`, `run`, `error`. */
import { join } from '../types/join.ts';
import { anyJson, listOf, mapOf, nothing, number, oneOf, text, truth } from '../types/type.ts';
import type { Field, Type } from '../types/type.ts';
import type { StepTypes } from './sight.ts';

/** As docs/language.md lists them. */
const statuses = [
  'pending',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
  'in_doubt',
  'quarantined',
];

const usage = mapOf({ input_tokens: number, output_tokens: number, usd: number, ms: number, calls: number });

/** An `ErrorRecord`. */
export const errorType = mapOf(
  new Map<string, Field>([
    ['code', { type: text, optional: false }],
    ['kind', { type: oneOf(['retryable', 'terminal', 'bug']), optional: false }],
    ['message', { type: text, optional: false }],
    ['next', { type: text, optional: true }],
    ['path', { type: text, optional: true }],
    ['details', { type: mapOf({}, anyJson), optional: true }],
  ]),
);

const verdict = mapOf(
  new Map<string, Field>([
    ['check', { type: text, optional: false }],
    ['uses', { type: text, optional: false }],
    ['score', { type: number, optional: false }],
    ['verdict', { type: oneOf(['pass', 'fail', 'error']), optional: false }],
    ['reason', { type: text, optional: false }],
    ['evidence', { type: anyJson, optional: true }],
    ['usage', { type: anyJson, optional: true }],
  ]),
);

/** A `GateResult`. */
const gate = mapOf({ passed: truth, score: number, verdicts: listOf(verdict), attempts: number });

const common = {
  status: oneOf(statuses),
  error: join([errorType, nothing]),
  usage,
  attempt: number,
};

/** `steps.<id>`. Fields that it does not have are reported as names that are not known. */
export function envelope({ output, hasGate }: StepTypes): Type {
  return mapOf({ ...common, output, gate: hasGate ? join([gate, nothing]) : nothing }, anyJson);
}

const run = mapOf({ id: text, workflow: text, started_at: text, usage }, anyJson);

export function runType(): Type {
  return run;
}
