import type { Instant, Program, Store } from '@telos/core';
import { firedMark, schedulesOf } from './schedules-of.ts';

/**
 * Lets the schedules that a version adds begin now: what passed while the workflow was withdrawn, or had no such
 * schedule, was not missed. To be called before the version is published.
 *
 * @param before The version that is current so far.
 */
export async function beginSchedules(
  { marks }: Pick<Store, 'marks'>,
  before: Program | undefined,
  program: Program,
  now: Instant,
): Promise<void> {
  const running = new Set(before === undefined ? [] : schedulesOf(before).map(({ key }) => key));
  for (const schedule of schedulesOf(program)) {
    if (running.has(schedule.key)) continue;
    const name = firedMark(schedule);
    const fired = await marks.get(name);
    if (fired === undefined || fired < now) await marks.advance(name, fired, now);
  }
}
