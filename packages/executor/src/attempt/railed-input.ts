import { TelosError } from '@telos/core';
import type { Json } from '@telos/core';
import type { Rendered } from '../scope/rendering.ts';
import { withReplaced } from './with-replaced.ts';

/**
 * What a call is given once rails have looked at what may be seen of it.
 *
 * @throws TelosError RAIL_FAILED when a text with a secret in it was changed.
 */
export function withRailed(rendered: Rendered, railed: Json): Rendered {
  return withReplaced(
    rendered,
    railed,
    () =>
      new TelosError('RAIL_FAILED', 'A rail replaced something in a text that holds a secret.', {
        next: 'Write the secret into a field of its own, or have the rail block instead.',
      }),
  );
}
