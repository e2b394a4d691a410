import type { Json } from '@telos/core';
import { isList } from '../text/json-shape.ts';

/** Names of people or roles: one, or a list. Empty when nobody is named, so that anybody may. */
export function peopleOf(written: Json | undefined): readonly string[] {
  if (typeof written === 'string') return [written];
  return isList(written) ? written.filter((name) => typeof name === 'string') : [];
}
