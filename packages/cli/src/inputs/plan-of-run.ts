/** The plan that a run has carried out, of several the one whose result it gave. */
import { generousLimits, loadPayloads, readFold } from '@telos/api/trace';
import { isJsonObject, TelosError } from '@telos/core';
import type { Store } from '@telos/core';
import { findRun } from './find-run.ts';

/** @throws TelosError USAGE when the run has carried out no plan. */
export async function planOfRun(store: Store, word: string): Promise<{ readonly source: string }> {
  const run = await findRun(store, word);
  const read = await readFold(store.journal, run);
  const block = [...(read?.folded.steps.values() ?? [])].find(({ plans }) => plans !== undefined);
  if (block?.plans === undefined)
    throw new TelosError('USAGE', `The run ${run} has carried out no plan.`, {
      next: 'Name a run of a workflow with a `plan` block, or of an objective.',
    });
  const output = block.attempts.at(-1)?.output;
  const shown = output === undefined ? undefined : (await loadPayloads(store.blobs, [output], generousLimits))(output);
  const value = shown !== undefined && 'value' in shown ? shown.value : undefined;
  const best = isJsonObject(value) && typeof value['plan'] === 'string' ? value['plan'] : undefined;
  const stored = await store.programs.get(best ?? block.plans.at(-1)?.program ?? '');
  if (stored?.source === undefined) throw new TelosError('STORE_CORRUPT', `The plan of ${run} is not in the store.`);
  return { source: stored.source };
}
