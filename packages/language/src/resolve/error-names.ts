import { catalog, errorFamilies } from '@telos/core';
import type { Json } from '@telos/core';
import { suggestion } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import type { Resolution } from './resolution.ts';

/** Reads a list of error codes and families of them; what is neither is reported. */
export function errorNames(written: readonly Json[], place: Place, resolution: Resolution): readonly string[] {
  return written.flatMap((error, index) => {
    if (typeof error !== 'string') return [];
    if (!errorFamilies.includes(error) && !Object.hasOwn(catalog, error)) {
      const hint =
        suggestion(error, [...errorFamilies, ...Object.keys(catalog)]) ??
        `known: ${errorFamilies.join(', ')}, and error codes`;
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
