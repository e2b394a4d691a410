import { scheduleReports } from '@telos/api/triggers';
import type { RequirementDeps } from '@telos/api/runs';
import type { ScheduleReport } from '@telos/api/triggers';
import type { Instant, Store } from '@telos/core';
import { broken } from './finding.ts';
import type { Finding } from './finding.ts';

/** When each schedule of a published workflow fires next, and what would stand in its way here. */
export async function examineTriggers(
  opening: Promise<Store>,
  here: RequirementDeps,
  now: Instant,
): Promise<Finding[]> {
  try {
    const reports = await scheduleReports({ ...here, store: await opening }, now);
    return reports.map(finding);
  } catch (error) {
    return [broken('schedules', error)];
  }
}

function finding({ workflow, key, nextAt, firedUpTo, droppedAt, problem }: ScheduleReport): Finding {
  const about = `schedule ${workflow}`;
  const next = nextAt === undefined ? 'never again' : shown(nextAt);
  const message = `\`${key}\` fires next ${next}.`;
  if (problem !== undefined) {
    return { about, verdict: 'broken', message: `${message} ${problem.message}`, next: problem.next };
  }
  if (droppedAt !== undefined) {
    const dropped = `For ${shown(droppedAt)} no run could be started; the log of that time says why.`;
    return { about, verdict: 'worth_knowing', message: `${message} ${dropped}` };
  }
  if (firedUpTo !== undefined) return { about, verdict: 'sound', message };
  const advice = 'Start `telos serve` or `telos worker` without --no-triggers.';
  return { about, verdict: 'worth_knowing', message: `${message} No process has looked at it yet.`, next: advice };
}

function shown(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
