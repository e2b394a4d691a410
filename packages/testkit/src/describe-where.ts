import { describe, it } from 'vitest';

/**
 * `describe` for tests that need something which may not be there; where it is not, one skipped test that says why.
 *
 * @param missing "pgbouncer is not installed".
 */
export function describeWhere(isThere: boolean, missing: string): (title: string, body: () => void) => void {
  return (title, body) => {
    if (isThere) describe(title, body);
    else it.skip(`${title} (skipped: ${missing})`, () => {});
  };
}
