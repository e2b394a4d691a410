/** What values of options mean, and what is said of those that mean nothing. */
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

/** A whole number between two, both included, written in digits. @throws TelosError USAGE */
export function wholeNumberIn(option: string, given: string, least: number, most: number): number {
  const number = Number(given);
  if (/^\d+$/.test(given) && number >= least && number <= most) return number;
  throw new TelosError('USAGE', `--${option} ${given} is no number from ${least} to ${most}.`, {
    next: `Write it like --${option} ${Math.min(most, Math.max(least, 50))}.`,
  });
}

/** 0: any that is free. @throws TelosError USAGE */
export function portOf(option: string, given: string): number {
  if (/^\d+$/.test(given) && Number(given) <= 65_535) return Number(given);
  throw new TelosError('USAGE', `--${option} ${given} is no port.`, {
    next: `Write a number from 0 to 65535, like --${option} 7420.`,
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
