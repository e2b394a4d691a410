import { errorRecordOf } from '@telos/core';

/** One thing that `telos doctor` has looked at. */
export type Finding = {
  readonly about: string;
  readonly verdict: 'sound' | 'worth_knowing' | 'broken';
  readonly message: string;
  /** What to do; present when there is something to do. */
  readonly next?: string;
};

/** What an error says, as a finding. */
export function broken(about: string, error: unknown): Finding {
  const { message, next } = errorRecordOf(error, 'BUG');
  return { about, verdict: 'broken', message, ...(next === undefined ? {} : { next }) };
}
