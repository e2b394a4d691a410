import type { Effect, Json, Policies, RetrySpec } from '@telos/core';
import { defined } from '../text/defined.ts';
import { durationMs } from '../text/duration.ts';
import { fieldOf, isObject, listField, textField } from '../text/json-shape.ts';
import type { Place } from '../text/place.ts';
import type { Type } from '../types/type.ts';
import { budgetOf } from './budget.ts';
import { errorNames } from './error-names.ts';
import { checkCondition, checkTemplate } from './expressions.ts';
import { resolveGate } from './gate.ts';
import { resolveStepRails } from './rails.ts';
import type { Resolution } from './resolution.ts';
import type { Sight } from './sight.ts';

const strictness: readonly Effect[] = ['read', 'write', 'irreversible'];
const errorPolicies: readonly Policies['onError'][] = ['fail', 'continue', 'quarantine'];

/** Policies that start a step again; a block whose body has begun cannot be. */
export function refuseOnBlock(step: Json, place: Place, block: string, resolution: Resolution): void {
  if (fieldOf(step, 'retry') !== undefined) {
    resolution.report({
      code: 'UNSUPPORTED',
      place: [...place, 'retry'],
      at: 'key',
      message: `\`retry\` on a \`${block}\` cannot be carried out yet`,
      hint: 'put it on the steps inside',
    });
  }
  refuseRemedies(step, place, block, resolution);
}

/** Remedies of a gate that would have a body run again. */
export function refuseRemedies(step: Json, place: Place, block: string, resolution: Resolution): void {
  const ladder = listField(fieldOf(step, 'gate') ?? null, 'on_fail') ?? [];
  for (const [index, remedy] of ladder.entries()) {
    for (const key of ['repair', 'escalate']) {
      if (fieldOf(remedy, key) === undefined) continue;
      const message = `the gate of a \`${block}\` cannot ${key} its body`;
      const at = [...place, 'gate', 'on_fail', index, key];
      resolution.report({
        code: 'UNSUPPORTED',
        place: at,
        at: 'key',
        message,
        hint: 'gate the steps inside, give a fallback, or ask a person',
      });
    }
  }
}

export type Own = {
  /** What its tool or its body gives. */
  readonly output: Type;
  /** What its tool declares. */
  readonly toolEffect?: Effect | undefined;
};

/** Reads the keys beside a step's `uses` or block. */
export function resolvePolicies(
  step: Json,
  place: Place,
  sight: Sight,
  resolution: Resolution,
  reads: Set<string>,
  own: Own,
): Policies {
  const key = fieldOf(step, 'idempotency_key');
  const budget = budgetOf(fieldOf(step, 'budget'));
  return defined({
    when: checkCondition(fieldOf(step, 'when'), [...place, 'when'], sight, resolution, reads),
    retry: retryOf(fieldOf(step, 'retry'), [...place, 'retry'], resolution),
    timeoutMs: sooner(durationMs(textField(step, 'timeout') ?? ''), budget?.wallMs),
    gate: resolveGate(step, place, sight, resolution, reads, own.output),
    rails: resolveStepRails(step, place, sight, resolution, reads, own.output),
    effect: effectOf(step, place, resolution, own.toolEffect),
    idempotencyKey:
      typeof key === 'string' ? checkTemplate(key, [...place, 'idempotency_key'], sight, resolution, reads) : undefined,
    onError: errorPolicies.find((policy) => policy === fieldOf(step, 'on_error')) ?? 'fail',
    trust: fieldOf(step, 'trust') === 'trusted' ? ('trusted' as const) : undefined,
    budget,
  });
}

/** The time that a step's budget gives it bounds it as its timeout does. */
function sooner(timeoutMs: number | undefined, wallMs: number | undefined): number | undefined {
  return timeoutMs === undefined ? wallMs : Math.min(timeoutMs, wallMs ?? timeoutMs);
}

function effectOf(
  step: Json,
  place: Place,
  resolution: Resolution,
  toolEffect: Effect | undefined,
): Effect | undefined {
  const stated = strictness.find((effect) => effect === fieldOf(step, 'effect'));
  if (stated === undefined || toolEffect === undefined) return stated;
  if (strictness.indexOf(stated) < strictness.indexOf(toolEffect)) {
    resolution.report({
      code: 'INVALID_VALUE',
      place: [...place, 'effect'],
      message: `the tool's effect is \`${toolEffect}\`, and a step may only state a stricter one than that`,
      hint: 'leave `effect` out',
    });
  }
  return stated;
}

function retryOf(written: Json | undefined, place: Place, resolution: Resolution): RetrySpec | undefined {
  const max = typeof written === 'number' ? written : fieldOf(written, 'max');
  if (typeof max !== 'number') return undefined;
  const delayMs = durationMs(textField(written, 'delay') ?? '') ?? 1000;
  const errors = listField(written, 'errors');
  return defined({
    max,
    backoff: fieldOf(written, 'backoff') === 'constant' ? ('constant' as const) : ('exponential' as const),
    delayMs,
    maxDelayMs: Math.max(delayMs, durationMs(textField(written, 'max_delay') ?? '') ?? 60_000),
    jitter: !isObject(written) || fieldOf(written, 'jitter') !== false,
    errors: errors === undefined ? undefined : errorNames(errors, [...place, 'errors'], resolution),
  });
}
