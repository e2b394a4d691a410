import { TelosError } from '@telos/core';

/** One of a few words. @throws TelosError USAGE */
export function choice<const W extends string>(
  option: string,
  given: string | undefined,
  words: readonly W[],
): W | undefined {
  if (given === undefined) return undefined;
  const chosen = words.find((word) => word === given);
  if (chosen !== undefined) return chosen;
  throw new TelosError('USAGE', `--${option} ${given} is none of ${words.join(', ')}.`, {
    next: `Write --${option} ${words[0] ?? ''}.`,
  });
}

/** A number between two, both included. @throws TelosError USAGE */
export function numberIn(option: string, given: string, least: number, most: number): number {
  const number = given.trim() === '' ? Number.NaN : Number(given);
  if (number >= least && number <= most) return number;
  throw new TelosError('USAGE', `--${option} ${given} is no number from ${least} to ${most}.`, {
    next: `Write it like --${option} 0.5.`,
  });
}

/** `a,b`. */
export function listOf(given: string | undefined): readonly string[] | undefined {
  return given
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** `from=to`. @throws TelosError USAGE */
export function pairOf(option: string, given: string): readonly [string, string] {
  const [from = '', to = ''] = given.split('=');
  if (from !== '' && to !== '') return [from, to];
  throw new TelosError('USAGE', `--${option} ${given} is no pair.`, {
    next: `Write it like --${option} EMAIL=EMAIL_ADDRESS.`,
  });
}
