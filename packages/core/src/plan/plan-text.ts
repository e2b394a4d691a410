import type { Json } from '../json.ts';

/** The text of a plan that a person edited: the value itself, or `plan` in what was shown. Undefined when it is neither. */
export function planTextOf(value: Json): string | undefined {
  if (typeof value === 'string') return value;
  const text = typeof value === 'object' && value !== null && 'plan' in value ? value.plan : undefined;
  return typeof text === 'string' ? text : undefined;
}
