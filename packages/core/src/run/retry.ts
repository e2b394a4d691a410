import type { ErrorRecord } from '../errors/telos-error.ts';
import type { RetrySpec } from '../program/program.ts';

/** Names for groups of error codes that `retry.errors` may use beside the codes themselves. */
const families: ReadonlyMap<string, (code: string) => boolean> = new Map([
  ['rate_limit', (code) => code.endsWith('RATE_LIMITED')],
  ['timeout', (code) => code.endsWith('TIMEOUT')],
  ['unavailable', (code) => code.endsWith('UNAVAILABLE')],
  ['invalid_output', (code) => code === 'OUTPUT_INVALID'],
]);

/** The names of those groups. */
export const errorFamilies: readonly string[] = [...families.keys()];

/** Whether a policy retries this error. Without a list, every error whose kind is `retryable`. */
export function isRetried(error: ErrorRecord, retry: RetrySpec): boolean {
  if (retry.errors === undefined) return error.kind === 'retryable';
  return retry.errors.some((name) => isOfFamily(error.code, name));
}

/** Whether an error's code is what `name` says: the code itself, or a family of codes. */
export function isOfFamily(code: string, name: string): boolean {
  return families.get(name)?.(code) ?? name.toUpperCase() === code;
}

/**
 * How long to wait before the next attempt, in milliseconds.
 *
 * Exponential backoff doubles from `delayMs` up to `maxDelayMs`; with jitter the
 * wait is uniform in [half of it, all of it] ("equal jitter", M. Brooker, AWS
 * Architecture Blog, 2015). A server's own `retryAfterMs` is a floor.
 *
 * @param failures Failed attempts so far, >= 1.
 * @param random In [0, 1).
 */
export function retryDelay(retry: RetrySpec, failures: number, error: ErrorRecord, random: number): number {
  const grown = retry.backoff === 'exponential' ? retry.delayMs * 2 ** Math.min(failures - 1, 40) : retry.delayMs;
  const whole = Math.min(grown, retry.maxDelayMs);
  const wait = retry.jitter ? whole * (0.5 + random / 2) : whole;
  const asked = error.details?.['retryAfterMs'];
  return Math.round(typeof asked === 'number' && Number.isFinite(asked) && asked > wait ? asked : wait);
}
