/**
 * When a schedule fires: found by the library, and with the options, that
 * judged its text when the workflow was compiled.
 *
 * An hour that a night skips is made up at its end, so a daily schedule fires
 * every day; of an hour that comes twice a fixed time takes the first, and a
 * schedule of every hour or part of it takes both.
 */
import { Cron } from 'croner';
import type { Instant, ScheduleSpec } from '@telos/core';

/** @throws Error for text that is no cron text. */
export function cronOf(text: string, timezone: string): Cron {
  return new Cron(text, { paused: true, timezone, mode: '5-or-6-parts' });
}

export interface Firings {
  /** The first after this instant; undefined when there is none. */
  next(after: Instant): Instant | undefined;
  /** The last ones after `after` and up to `until`, `most` at most, oldest first. Costs what it gives, however long that was. */
  between(after: Instant, until: Instant, most: number): readonly Instant[];
}

export function firingsOf({ cron, timezone }: Pick<ScheduleSpec, 'cron' | 'timezone'>): Firings {
  const pattern = cronOf(cron, timezone);
  return {
    next: (after) => pattern.nextRun(new Date(after))?.getTime(),
    between(after, until, most) {
      // What stands before the next whole second is at `until` at the latest: firings stand at whole seconds.
      const end = new Date(Math.floor(until / 1000) * 1000 + 1000);
      const found = pattern.previousRuns(most, end).map((date) => date.getTime());
      return found.filter((at) => at > after && at <= until).toSorted((a, b) => a - b);
    },
  };
}
