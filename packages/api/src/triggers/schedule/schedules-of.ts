import type { Instant, Program, ScheduleSpec } from '@telos/core';

/** One schedule of a published workflow. */
export type Schedule = {
  readonly workflow: string;
  /** Its cron text and time zone: what it is known by from one version of the workflow to the next. */
  readonly key: string;
  readonly spec: ScheduleSpec;
};

export function schedulesOf(program: Program): readonly Schedule[] {
  const seen = new Map<string, number>();
  return (program.triggers?.schedule ?? []).map((spec) => {
    const text = `${spec.cron} ${spec.timezone}`;
    const count = (seen.get(text) ?? 0) + 1;
    seen.set(text, count);
    return { workflow: program.id, key: count === 1 ? text : `${text} #${count}`, spec };
  });
}

/** The mark that says up to which instant a schedule has fired. */
export function firedMark({ workflow, key }: Pick<Schedule, 'workflow' | 'key'>): string {
  return `schedule:${workflow}:${key}`;
}

/** The mark of the last firing that no run could be started for. */
export function droppedMark({ workflow, key }: Pick<Schedule, 'workflow' | 'key'>): string {
  return `schedule-dropped:${workflow}:${key}`;
}

/** What makes two firings one: the schedule and its instant, whoever fires it and whatever version is current then. */
export function firingKey({ workflow, key }: Pick<Schedule, 'workflow' | 'key'>, at: Instant): string {
  return `schedule:${workflow}:${key}:${new Date(at).toISOString()}`;
}
