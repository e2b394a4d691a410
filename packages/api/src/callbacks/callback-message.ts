/** What is posted of a run that has ended. */
import { defaultNamespace, TelosError } from '@telos/core';
import type { Ending, Program, RunId, Store } from '@telos/core';
import { locations } from '@telos/contract';
import type { CallbackMessage } from '@telos/contract';
import { mayHavePrivate } from '@telos/language';
import type { FoldedRun } from '../run-view/folded-run.ts';
import { generousLimits, loadPayloads } from '../run-view/payloads.ts';
import { readRun } from '../run-view/read-run.ts';
import { valueOrReference } from '../run-view/run-detail.ts';
import { timestamp } from '../run-view/timestamp.ts';

export type CallbackMessageDeps = {
  readonly store: Pick<Store, 'journal' | 'blobs' | 'programs'>;
  /** Hosts that the installation lets have private data. */
  readonly privateHosts: readonly string[];
};

/** @throws TelosError RUN_NOT_FOUND, RUN_UNFINISHED; what reading the store throws. */
export async function callbackMessage(deps: CallbackMessageDeps, run: RunId, url: string): Promise<CallbackMessage> {
  const read = await readRun(deps.store, run);
  if (read === undefined) throw new TelosError('RUN_NOT_FOUND', `There is no run ${run}.`, { details: { run } });
  const { folded, program } = read;
  const { created, status, endedAt, error, reason } = folded;
  if (!isEnding(status) || endedAt === undefined) {
    throw new TelosError('RUN_UNFINISHED', `Run ${run} has not ended.`, { details: { run } });
  }
  const isWithheld = isPrivate(folded) && !mayHave(deps, program, url);
  const show = await loadPayloads(deps.store.blobs, [folded.outputs], generousLimits);
  return {
    type: `run.${status}`,
    timestamp: timestamp(endedAt),
    data: {
      id: run,
      workflow: created.workflow,
      program: created.program,
      status,
      namespace: created.namespace ?? defaultNamespace,
      tags: [...(created.tags ?? [])],
      created_at: timestamp(created.at),
      ended_at: timestamp(endedAt),
      usage: folded.usage,
      ...(isWithheld ? { withheld: true as const } : valueOrReference('outputs', folded.outputs, show)),
      ...(error === undefined ? {} : { error: isWithheld ? bare(error) : error }),
      ...(reason === undefined ? {} : { reason }),
      links: { self: locations.run(run), events: locations.events(run), trace: locations.trace(run) },
    },
  };
}

function isEnding(status: FoldedRun['status']): status is Ending {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

/** Whether anything in the run is: what the outputs were made of is not told field by field. */
function isPrivate({ created, steps }: FoldedRun): boolean {
  return (
    created.labels?.includes('private') === true ||
    [...steps.values()].some(({ labels, restored }) => labels.includes('private') || restored === true)
  );
}

function mayHave({ privateHosts }: CallbackMessageDeps, program: Program | undefined, url: string): boolean {
  return mayHavePrivate([...privateHosts, ...(program?.permissions.hosts ?? [])], { host: new URL(url).host });
}

/** A message may quote what it is about. */
function bare({ code, kind }: NonNullable<FoldedRun['error']>): NonNullable<CallbackMessage['data']['error']> {
  return { code, kind, message: 'What failed is told at the run.' };
}
