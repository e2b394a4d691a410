/** `rate_limits` of telos.yaml: what a minute allows, by model or by provider. */
import type { Json } from '@telos/core';
import { isObject, nearest, sizeOf } from '@telos/language/text';
import type { RateLimits, RateLimitSpec } from '@telos/models';

export const rateLimitsKey = 'rate_limits';

const fields = { requests_per_minute: 'requestsPerMinute', tokens_per_minute: 'tokensPerMinute' } as const;
type Field = keyof typeof fields;
const fieldNames: readonly string[] = Object.keys(fields);

/** `place`: keys from `rate_limits` on. */
export type RateLimitProblem = { readonly place: readonly string[]; readonly message: string };

/** @param providers Names of all providers there are. */
export function readRateLimits(
  written: Json,
  providers: readonly string[],
): { readonly limits: RateLimits; readonly problems: readonly RateLimitProblem[] } {
  if (!isObject(written)) {
    const message = 'expected a map like { openai: { requests_per_minute: 500, tokens_per_minute: 200k } }';
    return { limits: {}, problems: [{ place: [], message }] };
  }
  const limits: { [name: string]: RateLimitSpec } = {};
  const problems: RateLimitProblem[] = [];
  for (const [name, spec] of Object.entries(written)) {
    const problem = nameProblem(name, providers);
    if (problem !== undefined) problems.push({ place: [name], message: problem });
    limits[name] = readSpec(name, spec, problems);
  }
  return { limits, problems };
}

function readSpec(name: string, written: Json, problems: RateLimitProblem[]): RateLimitSpec {
  const spec: { -readonly [K in keyof RateLimitSpec]: RateLimitSpec[K] } = {};
  const entries = isObject(written) ? Object.entries(written) : [];
  if (entries.length === 0) problems.push({ place: [name], message: `expected ${fieldNames.join(' or ')}` });
  for (const [key, value] of entries) {
    const amount = amountOf(value);
    if (!isField(key)) problems.push({ place: [name, key], message: unknownField(key) });
    else if (amount === undefined)
      problems.push({ place: [name, key], message: 'expected a count above 0, like 500 or 200k' });
    else spec[fields[key]] = amount;
  }
  return spec;
}

function nameProblem(name: string, providers: readonly string[]): string | undefined {
  const [provider = '', ...model] = name.split('/');
  if (providers.includes(provider) && (model.length === 0 || model.join('/') !== '')) return undefined;
  const near = nearest(provider, providers);
  const meant = near === undefined ? '' : `; did you mean ${[near, ...model].join('/')}?`;
  return `expected a provider (${providers.join(', ')}) or a model like openai/gpt-5.2${meant}`;
}

function isField(key: string): key is Field {
  return fieldNames.includes(key);
}

function unknownField(key: string): string {
  const near = nearest(key, fieldNames);
  return near === undefined ? `there may be ${fieldNames.join(' and ')}` : `did you mean ${near}?`;
}

function amountOf(value: Json): number | undefined {
  const amount = typeof value === 'string' ? sizeOf(value) : value;
  return typeof amount === 'number' && Number.isSafeInteger(amount) && amount > 0 ? amount : undefined;
}
