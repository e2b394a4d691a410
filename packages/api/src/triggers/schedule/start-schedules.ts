/**
 * The scheduler: fires the schedules of every published workflow, in any number
 * of processes, each firing once.
 *
 * A run is created first, under a key made of the schedule and its instant, and
 * then the mark says how far the schedule has fired. A process that dies in
 * between leaves a firing that the next one makes again: the key gives it the
 * run that is there. Clocks may differ: who is early fires early, and nobody
 * fires again.
 */
import type { Clock, Hash, Instant, Program, Store } from '@telos/core';
import { firingsOf, loadProgram } from '@telos/language';
import type { Firings } from '@telos/language';
import { timestamp } from '../../run-view/timestamp.ts';
import { dueFirings } from './due-firings.ts';
import { fireSchedule, isForGood } from './fire-schedule.ts';
import type { FireDeps } from './fire-schedule.ts';
import { droppedMark, firedMark, schedulesOf } from './schedules-of.ts';
import type { Schedule } from './schedules-of.ts';

/** Workflows are published and withdrawn by other processes: looked at this often. */
const lookMs = 15_000;
/** After a failure that may pass. */
const againMs = 5_000;
/** A mark this far ahead was set by a clock that was wrong. */
const aheadMs = 3_600_000;
const atOnce = 16;

export type SchedulesDeps = FireDeps & {
  readonly store: Pick<Store, 'programs' | 'journal' | 'blobs' | 'marks'>;
  readonly clock: Clock;
  /** Told of firings that were left out, and of what stands in their way. */
  readonly tell: (message: string) => void;
};

export interface Schedules {
  /** Fires what is due; gives the milliseconds until it is to be called again. Never throws. */
  look(): Promise<number>;
}

type Timed = Schedule & { readonly firings: Firings };

export function createSchedules(deps: SchedulesDeps): Schedules {
  const { store, clock, tell } = deps;
  const { marks } = store;
  let known = new Map<Hash, readonly Timed[]>();
  /** What has been told of each schedule, so that it is told once. */
  const told = new Map<string, string>();

  async function published(): Promise<readonly Timed[]> {
    const current = new Map<Hash, readonly Timed[]>();
    for (const { hash, program } of await store.programs.published()) {
      current.set(hash, known.get(hash) ?? timed(loadProgram(program, hash)));
    }
    known = current;
    return [...current.values()].flat();
  }

  /** @returns the instant up to which it has fired. */
  async function firedOf(schedule: Timed, now: Instant): Promise<Instant> {
    const name = firedMark(schedule);
    const fired = await marks.get(name);
    if (fired !== undefined && fired <= now + aheadMs) return fired;
    if (fired !== undefined) {
      tell(`${nameOf(schedule)}: it had fired up to ${timestamp(fired)}, which lies ahead; it goes on from now.`);
    }
    return (await marks.advance(name, fired, now)) ? now : ((await marks.get(name)) ?? now);
  }

  async function lookAt(schedule: Timed): Promise<number> {
    const now = clock.now();
    const fired = await firedOf(schedule, now);
    const first = schedule.firings.next(fired);
    if (first === undefined) return lookMs;
    if (first > now) return first - now;
    const { fire, leftOut } = dueFirings(schedule.spec.missed, schedule.firings, fired, now);
    let mark = fired;
    if (leftOut !== undefined) {
      tell(`${nameOf(schedule)}: nobody was there at ${timestamp(leftOut)}; what was missed is left out.`);
      mark = await advanced(schedule, mark, leftOut);
    }
    for (const at of fire) {
      if (!(await settle(schedule, at))) return againMs;
      mark = await advanced(schedule, mark, at);
    }
    const next = schedule.firings.next(Math.max(mark, now));
    return next === undefined ? lookMs : next - clock.now();
  }

  /** Starts the run of a firing, or drops it; false when it is to be tried again. */
  async function settle(schedule: Timed, at: Instant): Promise<boolean> {
    try {
      await fireSchedule(deps, schedule, at);
      told.delete(firedMark(schedule));
      return true;
    } catch (error) {
      const why = messageOf(error);
      if (!isForGood(error)) {
        tellOnce(schedule, `${nameOf(schedule)}: no run can be started here for ${timestamp(at)}: ${why}`);
        return false;
      }
      tell(`${nameOf(schedule)}: no run for ${timestamp(at)}: ${why}`);
      const name = droppedMark(schedule);
      await marks.advance(name, await marks.get(name), at);
      return true;
    }
  }

  /** Where somebody else was faster, it has fired as far as they say. */
  async function advanced(schedule: Schedule, from: Instant, to: Instant): Promise<Instant> {
    const name = firedMark(schedule);
    if (to <= from) return from;
    if (await marks.advance(name, from, to)) return to;
    const now = (await marks.get(name)) ?? from;
    return now >= to || (await marks.advance(name, now, to)) ? Math.max(now, to) : from;
  }

  function tellOnce(schedule: Schedule, message: string): void {
    if (told.get(firedMark(schedule)) === message) return;
    told.set(firedMark(schedule), message);
    tell(message);
  }

  return {
    async look() {
      try {
        const schedules = await published();
        const waits: number[] = [];
        for (let from = 0; from < schedules.length; from += atOnce) {
          const some = schedules.slice(from, from + atOnce);
          waits.push(
            ...(await Promise.all(
              some.map((schedule) =>
                lookAt(schedule).catch((error: unknown) => {
                  tellOnce(schedule, `${nameOf(schedule)}: ${messageOf(error)}`);
                  return againMs;
                }),
              ),
            )),
          );
        }
        return Math.max(1, Math.min(lookMs, ...waits));
      } catch (error) {
        tell(`Schedules cannot be read: ${messageOf(error)}`);
        return againMs;
      }
    },
  };
}

/** Looks at what is due now and ever after, until it is stopped. */
export function startSchedules(deps: SchedulesDeps): { stop(): Promise<void> } {
  const schedules = createSchedules(deps);
  const stopping = new AbortController();
  const loop = (async () => {
    while (!stopping.signal.aborted) await deps.clock.sleep(await schedules.look(), stopping.signal);
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

function timed(program: Program): readonly Timed[] {
  return schedulesOf(program).map((schedule) => ({ ...schedule, firings: firingsOf(schedule.spec) }));
}

function nameOf({ workflow, key }: Schedule): string {
  return `Schedule \`${key}\` of ${workflow}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
