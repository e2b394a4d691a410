import { locations } from '@telos/contract';
import type { RunReceipt } from '@telos/contract';
import { noUsage, TelosError } from '@telos/core';
import type { Instant, RunId, Store } from '@telos/core';
import type { StartedRun } from '../start-program.ts';
import { generousLimits, loadPayloads } from './payloads.ts';
import { readFold } from './read-run.ts';
import { valueOrReference } from './run-detail.ts';
import { timestamp } from './timestamp.ts';

/** What whoever started a run is told of it: of one that has just been stored, without reading it. */
export function newRunReceipt({ run, existing, workflow, program }: StartedRun, createdAt: Instant): RunReceipt {
  return {
    id: run,
    workflow,
    program,
    status: 'pending',
    created_at: timestamp(createdAt),
    existing,
    usage: noUsage,
    links: linksOf(run),
  };
}

/** What whoever started a run is told of it as it stands now. */
export async function runReceipt(
  store: Pick<Store, 'journal' | 'blobs'>,
  id: RunId,
  existing: boolean,
): Promise<RunReceipt> {
  const run = await readFold(store.journal, id);
  if (run === undefined) throw new TelosError('BUG', `Run ${id} was stored and cannot be read.`);
  const { folded } = run;
  return {
    id,
    workflow: folded.created.workflow,
    program: folded.created.program,
    status: folded.status,
    created_at: timestamp(folded.created.at),
    existing,
    usage: folded.usage,
    ...(folded.endedAt === undefined ? {} : { ended_at: timestamp(folded.endedAt) }),
    ...valueOrReference('outputs', folded.outputs, await loadPayloads(store.blobs, [folded.outputs], generousLimits)),
    ...(folded.error === undefined ? {} : { error: folded.error }),
    links: linksOf(id),
  };
}

function linksOf(id: RunId): RunReceipt['links'] {
  return { self: locations.run(id), events: locations.events(id), trace: locations.trace(id) };
}
