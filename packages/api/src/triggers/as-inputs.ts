import { TelosError } from '@telos/core';
import type { Json, JsonObject } from '@telos/core';
import { isObject } from '@telos/language/text';

/** What a trigger gives to the run that it starts. @throws TelosError INPUT_INVALID when it is no map. */
export function asInputs(rendered: Json, from: string): JsonObject {
  if (isObject(rendered)) return rendered;
  const message = `what ${from} gives is no map of inputs`;
  throw new TelosError('INPUT_INVALID', `The inputs do not fit: ${message}.`, {
    details: { problems: [{ path: 'inputs', message }] },
  });
}
