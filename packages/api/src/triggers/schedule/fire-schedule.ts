import type { Instant, JsonObject, Program, Store } from '@telos/core';
import { TelosError } from '@telos/core';
import { canonicalJson, hashOf, link } from '@telos/language';
import { currentProgram } from '../../current-program.ts';
import { timestamp } from '../../run-view/timestamp.ts';
import { startProgram } from '../../start-program.ts';
import type { StartedRun, StartProgramDeps } from '../../start-program.ts';
import { asInputs } from '../as-inputs.ts';
import { firingKey, schedulesOf } from './schedules-of.ts';
import type { Schedule } from './schedules-of.ts';

export type FireDeps = StartProgramDeps & { readonly store: Pick<Store, 'programs'> };

/**
 * Starts the run of one firing, of the version that is current at this moment. A second call gives the same run.
 *
 * @returns undefined when the workflow is withdrawn by now, or has no such schedule any more: then nothing is fired.
 * @throws TelosError as `startProgram` does; EXPRESSION_FAILED.
 */
export async function fireSchedule(
  deps: FireDeps,
  { workflow, key }: Pick<Schedule, 'workflow' | 'key'>,
  at: Instant,
): Promise<StartedRun | undefined> {
  const current = await currentProgram(deps.store, workflow);
  if (current === undefined) return undefined;
  const schedule = schedulesOf(current.program).find((one) => one.key === key);
  if (schedule === undefined) return undefined;
  return startProgram(deps, current, {
    inputs: scheduleInputs(current.program, schedule, at),
    trigger: { kind: 'schedule', key, at },
    idempotency: { key: firingKey(schedule, at), body: hashOf(canonicalJson({ schedule: key, at })) },
  });
}

/** @throws TelosError EXPRESSION_FAILED, INPUT_INVALID. */
export function scheduleInputs(program: Program, { spec, key }: Schedule, at: Instant): JsonObject {
  if (spec.inputs === undefined) return {};
  const rendered = link(program).render(spec.inputs, { event: { scheduled_at: timestamp(at) } });
  return asInputs(rendered, `the schedule ${key}`);
}

/** Whether a failed firing will fail at every other time and in every other process too. */
export function isForGood(error: unknown): boolean {
  return error instanceof TelosError && forGood.has(error.code);
}

/** What depends on this process, a secret or a model that another may have, is not among them. */
const forGood: ReadonlySet<string> = new Set([
  'INPUT_INVALID',
  'EXPRESSION_FAILED',
  'CONCURRENCY_FULL',
  'IDEMPOTENCY_MISMATCH',
  'PROGRAM_CORRUPT',
  'RECURSION',
  'UNSUPPORTED',
]);
