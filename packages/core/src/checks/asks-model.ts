import type { AnyCheck } from '../ports/check.ts';

/** Whether a check with these parameters, parsed or as written, calls a model. */
export function asksModel({ needs }: Pick<AnyCheck, 'needs'>, params: unknown): boolean {
  if (needs === 'model') return true;
  return typeof params === 'object' && params !== null && 'model' in params && params.model !== undefined;
}
