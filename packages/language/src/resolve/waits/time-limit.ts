import type { Json } from '@telos/core';
import { durationMs } from '../../text/duration.ts';
import { fieldOf, textField } from '../../text/json-shape.ts';
import type { Place } from '../../text/place.ts';
import type { Resolution } from '../resolution.ts';

/** A hundred years: what is longer is a slip, and would leave the calendar. */
const longestMs = 36_500 * 86_400_000;

/** The milliseconds of a duration that a run waits; undefined when there is none, and reported when it is too long. */
export function waitingMs(written: string, place: Place, resolution: Resolution): number | undefined {
  const ms = durationMs(written);
  if (ms === undefined || ms <= longestMs) return ms;
  const message = `a run can wait a hundred years, and \`${written}\` is longer`;
  resolution.report({ code: 'INVALID_VALUE', place, message, hint: 'leave it out to wait without end' });
  return undefined;
}

/** `timeout` inside a wait or an approval. `on_timeout` without one would never happen. */
export function timeLimit(block: Json, place: Place, resolution: Resolution): number | undefined {
  if (fieldOf(block, 'on_timeout') !== undefined && fieldOf(block, 'timeout') === undefined) {
    resolution.report({
      code: 'MISSING_KEY',
      place: [...place, 'on_timeout'],
      at: 'key',
      message: '`on_timeout` says what follows a `timeout`, and there is none',
      hint: 'write timeout: 2d beside it',
    });
  }
  return waitingMs(textField(block, 'timeout') ?? '', [...place, 'timeout'], resolution);
}
