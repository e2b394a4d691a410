import type { BulkDecisionResult } from '@telos/contract';
import { TelosError } from '@telos/core';
import type { WaitFilter } from '@telos/core';
import { approvalId } from './approvals.ts';
import { decideWait } from './decide.ts';
import type { DecideDeps, DecisionSent } from './decide.ts';

/** Decided by one request at most. */
const decidedAtMost = 1000;
const refusalsTold = 100;

/** The same decision about everything that the filter finds, longest waiting first. */
export async function decideAll(
  deps: DecideDeps,
  filter: WaitFilter,
  sent: Omit<DecisionSent, 'id'>,
  newId: () => string,
): Promise<BulkDecisionResult> {
  const refused: BulkDecisionResult['refused'] = [];
  let decided = 0;
  let seen = 0;
  let cursor: string | undefined;
  do {
    const page = await deps.store.waits.list(filter, 100, cursor);
    for (const wait of page.items) {
      seen += 1;
      try {
        await decideWait(deps, wait, { ...sent, id: newId() });
        decided += 1;
      } catch (error) {
        if (!(error instanceof TelosError) || error.kind !== 'terminal') throw error;
        const { code, message } = error;
        if (refused.length < refusalsTold) refused.push({ id: approvalId(wait), code, message });
      }
    }
    cursor = page.next;
  } while (cursor !== undefined && seen < decidedAtMost);
  return { decided, refused, more: cursor !== undefined };
}
