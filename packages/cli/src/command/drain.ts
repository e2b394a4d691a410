/** `--drain`: how long a process that is told to stop waits for the steps that it has begun. */
import { TelosError } from '@telos/core';
import { durationMs } from '@telos/language';

export const drainOption = {
  type: 'value',
  value: 'duration',
  about: 'when it is told to stop, how long steps under way may go on before they are handed over; 10s when absent',
} as const;

const defaultMs = 10_000;

/** @throws TelosError USAGE. */
export function drainOf(text: string | undefined): number {
  const ms = text === undefined ? defaultMs : text === '0' ? 0 : durationMs(text);
  if (ms !== undefined) return ms;
  throw new TelosError('USAGE', `--drain ${text ?? ''} is no duration.`, {
    next: 'Write one like `--drain 30s`, or 0.',
  });
}
