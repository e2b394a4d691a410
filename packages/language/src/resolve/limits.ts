/** `limits`: what a run may spend, and how many runs there may be at a time. */
import type { BudgetSpec, ConcurrencySpec, Json } from '@telos/core';
import { durationMs } from '../text/duration.ts';
import { fieldOf, isObject, textField } from '../text/json-shape.ts';
import { budgetOf } from './budget.ts';
import { checkTemplate } from './expressions.ts';
import type { Resolution } from './resolution.ts';
import { noNames } from './sight.ts';
import type { Sight } from './sight.ts';

/** `limits.timeout` is another word for the budget's `wall`, after which the run fails. */
export function runBudget(document: Json, resolution: Resolution): BudgetSpec | undefined {
  const limits = fieldOf(document, 'limits');
  const budget = budgetOf(fieldOf(limits, 'budget'));
  const timeoutMs = durationMs(textField(limits, 'timeout') ?? '');
  if (timeoutMs === undefined) return budget;
  if (budget?.wallMs !== undefined || budget?.onExceeded === 'pause') {
    const message =
      budget.wallMs === undefined
        ? '`timeout` fails a run, and what passes this budget pauses it'
        : '`timeout` and `budget.wall` say the same';
    const hint = budget.wallMs === undefined ? 'write it as `wall` of the budget' : 'keep `budget.wall`';
    resolution.report({ code: 'INVALID_VALUE', place: ['limits', 'timeout'], at: 'key', message, hint });
  }
  return { onExceeded: 'fail', ...budget, wallMs: timeoutMs };
}

const beforeRun: Sight = { names: noNames, roots: ['inputs'], secrets: false };
const whenFull: readonly ConcurrencySpec['whenFull'][] = ['queue', 'reject', 'replace'];

/** Runs with an equal `key` share the places; without one, all runs of the workflow do. */
export function resolveConcurrency(document: Json, resolution: Resolution): ConcurrencySpec | undefined {
  const written = fieldOf(fieldOf(document, 'limits'), 'concurrency');
  if (!isObject(written)) return undefined;
  const max = fieldOf(written, 'max');
  const key = textField(written, 'key') ?? resolution.id;
  checkTemplate(key, ['limits', 'concurrency', 'key'], beforeRun, resolution, new Set());
  return {
    key,
    max: typeof max === 'number' ? max : 1,
    whenFull: whenFull.find((word) => word === fieldOf(written, 'when_full')) ?? 'queue',
  };
}
