import type { Instant, Store } from '@telos/core';
import { TelosError } from '@telos/core';
import { firingsOf, link, loadProgram } from '@telos/language';
import { requirementProblems } from '../../requirement-problems.ts';
import type { RequirementDeps } from '../../requirement-problems.ts';
import { scheduleInputs } from './fire-schedule.ts';
import { droppedMark, firedMark, schedulesOf } from './schedules-of.ts';

/** How one schedule of a published workflow stands. */
export type ScheduleReport = {
  readonly workflow: string;
  readonly key: string;
  readonly nextAt?: Instant;
  /** Absent: no process has looked at it yet. */
  readonly firedUpTo?: Instant;
  /** The last firing for which no run could be started. */
  readonly droppedAt?: Instant;
  /** Why the next firing would start no run, as far as it can be known here and now. */
  readonly problem?: TelosError;
};

export async function scheduleReports(
  deps: RequirementDeps & { readonly store: Pick<Store, 'programs' | 'marks'> },
  now: Instant,
): Promise<readonly ScheduleReport[]> {
  const { programs, marks } = deps.store;
  const reports: ScheduleReport[] = [];
  for (const { program: stored, hash } of await programs.published()) {
    const program = loadProgram(stored, hash);
    for (const schedule of schedulesOf(program)) {
      const nextAt = firingsOf(schedule.spec).next(now);
      const firedUpTo = await marks.get(firedMark(schedule));
      const droppedAt = await marks.get(droppedMark(schedule));
      const [problem] = [
        ...inputProblem(() => link(program).inputs(scheduleInputs(program, schedule, nextAt ?? now))),
        ...(await requirementProblems(deps, program.requires)),
      ];
      reports.push({
        workflow: program.id,
        key: schedule.key,
        ...(nextAt === undefined ? {} : { nextAt }),
        ...(firedUpTo === undefined ? {} : { firedUpTo }),
        ...(droppedAt === undefined ? {} : { droppedAt }),
        ...(problem === undefined ? {} : { problem }),
      });
    }
  }
  return reports;
}

function inputProblem(render: () => unknown): readonly TelosError[] {
  try {
    render();
    return [];
  } catch (error) {
    if (error instanceof TelosError) return [error];
    throw error;
  }
}
