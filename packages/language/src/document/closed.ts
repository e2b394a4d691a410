import { z } from 'zod';

/** Between the known keys in the message of an `unrecognized_keys` issue. */
export const keySeparator = ' ';

/**
 * A map with these keys and no others. The issue for an unknown key carries the
 * known ones in its message, from which schema-faults.ts picks the nearest.
 */
export function closed<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(keySeparator);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined),
  });
}
