import type { RunWorkflow } from '@telos/contract';
import { bodyProgramOf } from '@telos/core';
import type { Program } from '@telos/core';
import { stepOutlines } from '../workflow-view.ts';
import type { ReadRun } from './read-run.ts';

/** What a run carries out, with the bodies that its plans and its other workflows have had, each as it was last. */
export function runWorkflow(
  { folded, programs }: Pick<ReadRun, 'folded' | 'programs'>,
  program: Program,
  source: string | undefined,
): RunWorkflow {
  const bodies = [...folded.steps].flatMap(([path, { opening, plans }]) => {
    const hash = plans?.at(-1)?.program ?? (opening === undefined ? undefined : bodyProgramOf(opening));
    const body = hash === undefined ? undefined : programs.get(hash);
    return body === undefined ? [] : [{ path, body }];
  });
  return {
    id: program.id,
    hash: folded.created.program,
    ...(source === undefined ? {} : { source }),
    steps: stepOutlines(program, (paths) => bodies.findLast(({ path }) => paths.test(path))?.body),
  };
}
