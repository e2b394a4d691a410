import type { At } from '@telos/core';
import type { Desk } from '../desk/desk.ts';

/** Calls `then` with what is found out meanwhile, unless the step is not wanted any more. Held under its path until then. */
export function whenKnown<T>(
  desk: Desk,
  { path }: Pick<At, 'path'>,
  coming: Promise<T>,
  then: (value: T) => void,
): void {
  let dropped = false;
  desk.hold(path, () => (dropped = true));
  coming
    .then((value) => {
      if (dropped) return;
      desk.release(path);
      then(value);
    })
    .catch((error: unknown) => desk.fail(error));
}
