import { catalog } from '@telos/core';
import type { Json } from '@telos/core';
import { suggestion } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import type { Resolution } from './resolution.ts';

/** Names for several error codes at once, as `retry.errors` and `catch.match` take them. */
const families: readonly string[] = ['rate_limit', 'timeout', 'unavailable', 'invalid_output'];

/** Reads a list of error codes and families; what is neither is reported. */
export function errorNames(written: readonly Json[], place: Place, resolution: Resolution): readonly string[] {
  return written.flatMap((error, index) => {
    if (typeof error !== 'string') return [];
    if (!families.includes(error) && !Object.hasOwn(catalog, error)) {
      const hint =
        suggestion(error, [...families, ...Object.keys(catalog)]) ?? `known: ${families.join(', ')}, and error codes`;
      resolution.report({
        code: 'INVALID_VALUE',
        place: [...place, index],
        message: `there is no error \`${error}\``,
        hint,
      });
    }
    return [error];
  });
}
