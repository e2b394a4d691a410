/**
 * `cache` beside an action: what an equal call has given stands for making it.
 *
 *   cache: 1h
 *   cache: { ttl: 1h, scope: namespace, key: "${{ inputs.vendor }}" }
 */
import type { CacheSpec, Effect, Json } from '@telos/core';
import { defined } from '../text/defined.ts';
import { durationMs } from '../text/duration.ts';
import { fieldOf, textField } from '../text/json-shape.ts';
import { checkTemplate } from './expressions.ts';
import type { StepSite } from './step-site.ts';
import { railsReplace } from './step-types.ts';
import type { WrittenUse } from './tool-use.ts';

/** @param effect Of this very call; undefined when its tool is not known. */
export function cacheOf(
  step: Json,
  site: StepSite,
  reads: Set<string>,
  { written }: WrittenUse,
  effect: Effect | undefined,
): CacheSpec | undefined {
  const given = fieldOf(step, 'cache');
  if (given === undefined) return undefined;
  const { resolution, sight } = site;
  const place = [...site.place, 'cache'];
  const refuse = (code: 'INVALID_VALUE' | 'NOT_IN_PLAN', message: string, hint: string): undefined => {
    resolution.report({ code, place, at: 'key', message, hint });
  };
  if (resolution.options.subset === 'plan')
    return refuse('NOT_IN_PLAN', 'what a plan finds out it keeps for its own rounds alone', 'leave it out');
  if (effect !== undefined && effect !== 'read')
    return refuse(
      'INVALID_VALUE',
      `only a call that reads can be left out, and the effect of \`${written}\` here is \`${effect}\``,
      'leave `cache` out, or cache the step that looks something up',
    );
  const rails = fieldOf(step, 'rails');
  if (site.isReplaced || ['tool_result', 'output'].some((name) => railsReplace(rails, name)))
    return refuse(
      'INVALID_VALUE',
      'rails may put something else in place of what it gives, and another run would get that',
      'have the rail block or flag, or put it on the input of the steps that read it',
    );
  const ttlMs = durationMs(typeof given === 'string' ? given : (textField(given, 'ttl') ?? ''));
  const key = fieldOf(given, 'key');
  const template = key === undefined ? undefined : checkTemplate(key, [...place, 'key'], sight, resolution, reads);
  // What is no duration is a fault of its own.
  if (ttlMs === undefined) return undefined;
  if (ttlMs === 0)
    return refuse('INVALID_VALUE', 'it would keep nothing', 'leave it out, or write how long: `cache: 1h`');
  return defined({
    ttlMs,
    scope: fieldOf(given, 'scope') === 'namespace' ? ('namespace' as const) : ('workflow' as const),
    key: template,
  });
}
