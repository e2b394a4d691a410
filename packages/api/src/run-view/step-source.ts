import { bodyProgramOf } from '@telos/core';
import type { Store } from '@telos/core';
import type { StepSourceView } from '@telos/contract';
import { writtenStep } from '@telos/language';
import type { FoldedRun } from './folded-run.ts';

/** Where a step of a run is written: in the run's own workflow, or in the one that a block around it carried out. */
export async function stepSource(
  programs: Pick<Store['programs'], 'get'>,
  run: FoldedRun,
  path: string,
): Promise<StepSourceView | undefined> {
  const body = bodyAround(run, path);
  const program = body?.program ?? run.created.program;
  const stored = await programs.get(program);
  if (stored?.source === undefined) return undefined;
  const written = writtenStep(stored.source, body === undefined ? path : path.slice(body.prefix.length));
  return written === undefined ? undefined : { workflow: stored.id, program, ...written };
}

/** The innermost program that a block carried out around the step, and what its path has before the part that is written there. */
function bodyAround(run: FoldedRun, path: string) {
  let at = run.steps.get(path)?.place;
  while (at?.parent !== undefined) {
    const block = run.steps.get(at.parent);
    const round = /#(\d+)$/.exec(at.frame ?? '')?.[1];
    const program =
      block?.plans?.[Number(round ?? 1) - 1]?.program ??
      (block?.opening === undefined ? undefined : bodyProgramOf(block.opening));
    if (program !== undefined) return { program, prefix: `${at.frame}.` };
    at = block?.place;
  }
  return undefined;
}
