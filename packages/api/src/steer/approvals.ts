/** Approvals: what waits for a person, among all runs. */
import { TelosError } from '@telos/core';
import type { ListedWait, RunId, Store, WaitFilter } from '@telos/core';
import type { ApprovalKind, Decision } from '@telos/contract';

const kinds: readonly ApprovalKind[] = ['approval', 'in_doubt', 'quarantined'];

export function approvalId({ run, id }: Pick<ListedWait, 'run' | 'id'>): string {
  return `${run}~${id}`;
}

/** Takes an approval's id apart; undefined for what is none. */
export function approvalOf(approval: string): Pick<ListedWait, 'run' | 'id'> | undefined {
  const [, run, id] = /^(.+)~(\d{1,15})$/.exec(approval) ?? [];
  return run === undefined ? undefined : { run, id: Number(id) };
}

/** What may be decided about a wait. */
export function decisionsOf({ kind }: Pick<ListedWait, 'kind'>): readonly Decision[] {
  return kind === 'approval' ? ['approve', 'reject'] : ['retry', 'succeed', 'fail'];
}

/** @throws TelosError WAIT_NOT_FOUND */
export async function findWait(
  { store }: { readonly store: Pick<Store, 'waits'> },
  approval: string,
): Promise<ListedWait> {
  const named = approvalOf(approval);
  const wait = named === undefined ? undefined : await store.waits.get(named.run, named.id);
  if (wait === undefined || !kinds.some((kind) => kind === wait.kind)) throw nothingWaits(approval);
  return wait;
}

/** The waits that `GET /v1/approvals` and `telos approvals` list. */
export function approvalFilter(
  kind: readonly ApprovalKind[] | undefined,
  rest: { readonly workflow?: string; readonly run?: RunId; readonly namespace?: string; readonly code?: string },
): WaitFilter {
  return { ...rest, kind: kind ?? kinds };
}

export function nothingWaits(approval: string): TelosError {
  return new TelosError('WAIT_NOT_FOUND', `Nothing waits as ${approval}; it may have been decided already.`, {
    details: { approval },
  });
}
