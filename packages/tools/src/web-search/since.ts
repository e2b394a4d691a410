import type { Instant } from '@telos/core';

const dayMs = 86_400_000;
const units: { readonly [unit: string]: number } = {
  h: 3_600_000,
  d: dayMs,
  w: 7 * dayMs,
  m: 30 * dayMs,
  y: 365 * dayMs,
};

/** What `since` may be: an ISO 8601 date or time, or an age: `12h`, `7d`, `2w`, `6m` (months), `1y`. */
export const sincePattern = /^(\d{4}-\d{2}-\d{2}([T ][\d:.]+(Z|[+-]\d{2}:?\d{2})?)?|\d{1,4}[hdwmy])$/;

/** The instant that `since` names, or undefined when it names no real one. */
export function sinceOf(text: string, now: Instant): Instant | undefined {
  const age = /^(\d{1,4})([hdwmy])$/.exec(text);
  if (age !== null) return now - Number(age[1]) * (units[age[2] ?? ''] ?? 0);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** The smallest of the four windows that search engines offer which covers everything since then; undefined when it is more than a year. */
export function windowOf(since: Instant, now: Instant): 'day' | 'week' | 'month' | 'year' | undefined {
  const days = (now - since) / dayMs;
  if (days <= 1) return 'day';
  if (days <= 7) return 'week';
  if (days <= 31) return 'month';
  return days <= 366 ? 'year' : undefined;
}

/** `2026-11-23`, in UTC. */
export function dateOf(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10);
}
