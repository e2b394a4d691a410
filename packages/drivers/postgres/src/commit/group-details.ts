/** What new runs and appends bring beside their events, as JSON for schema/create.ts and schema/beside.ts. */
import { bothChanges, defaultNamespace, defaultPriority, summaryChange } from '@telos/core';
import type { SummaryChange, WaitingChange } from '@telos/core';
import { blobsNamedIn, replacedMessage } from '@telos/core/store';
import type { Chain } from './form-group.ts';
import type { CreateWrite } from './write.ts';

type Details = {
  readonly changes: object[];
  readonly waits: object[];
  readonly blobs: object[];
  readonly settles: object[];
};

/** Of appends; null when they bring nothing. */
export function detailsOf(chains: readonly Chain[]): string | null {
  const details: Details = { changes: [], waits: [], blobs: [], settles: [] };
  for (const [index, chain] of chains.entries()) {
    const number = index + 1;
    let change: SummaryChange | undefined;
    for (const write of chain) {
      if (write.change !== undefined) change = change === undefined ? write.change : bothChanges(change, write.change);
      if (write.waiting !== undefined && !write.waiting.all) addWaits(details, number, write.waiting);
      for (const hash of blobsNamedIn(write.text)) details.blobs.push({ chain: number, hash });
      for (const message of write.settles) details.settles.push({ chain: number, message: plain(message) });
    }
    if (change !== undefined) details.changes.push({ chain: number, ...columnsOf(change) });
  }
  return jsonOf(details);
}

/** Of new runs: the runs, and what they bring beside. Nothing when there are none. */
export function creationsOf(create: readonly CreateWrite[]): readonly string[] {
  if (create.length === 0) return [];
  const details: Details = { changes: [], waits: [], blobs: [], settles: [] };
  const runs = create.map(({ run, text }, index) => {
    const chain = index + 1;
    const { more = [], idempotency } = run;
    const { workflow, program, at, tags = [], namespace, priority, fork, concurrency } = run.created;
    const change = summaryChange(more);
    if (change !== undefined) details.changes.push({ chain, ...columnsOf(change) });
    for (const hash of blobsNamedIn(text)) details.blobs.push({ chain, hash });
    return {
      n: chain,
      id: plain(run.id),
      workflow: plain(workflow),
      program: plain(program),
      at,
      tags: JSON.stringify(tags),
      tag_names: tags.map(plain),
      namespace: plain(namespace ?? defaultNamespace),
      priority: priority ?? defaultPriority,
      fork_of: fork?.run,
      last: 1 + more.length,
      events: text,
      ...(concurrency === undefined
        ? {}
        : {
            shares: plain(concurrency.key),
            places: concurrency.max,
            rejects: concurrency.whenFull === 'reject',
            replaces:
              concurrency.whenFull === 'replace' ? JSON.stringify(replacedMessage(plain(concurrency.key))) : undefined,
          }),
      ...(idempotency === undefined ? {} : { key: plain(idempotency.key), body: idempotency.body }),
      ...(run.callback === undefined
        ? {}
        : {
            callback_url: plain(run.callback.url),
            callback_events: JSON.stringify(run.callback.events),
            callback_secret: run.callback.secret,
          }),
      ...(run.owner === undefined ? {} : { owner: plain(run.owner.id), ttl: run.owner.ttlMs }),
    };
  });
  const beside = jsonOf(details);
  return [`"create":${JSON.stringify(runs)}`, ...(beside === null ? [] : [`"create_details":${beside}`])];
}

/** Text as a column can hold it, without zeros and halves of surrogate pairs. Nothing that is stored equals one that has them. */
export function plain(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** A kind of which there is none is left out, and costs the server nothing. */
function jsonOf(details: Details): string | null {
  const some = Object.entries(details).filter(([, entries]) => entries.length > 0);
  return some.length === 0 ? null : JSON.stringify(Object.fromEntries(some));
}

function addWaits({ waits }: Details, chain: number, { begun, over }: WaitingChange): void {
  for (const path of over) waits.push({ n: waits.length, chain, path: plain(path) });
  for (const step of begun) {
    const { id, path, kind, since, wait, error } = step;
    const name = wait?.kind === 'signal' ? plain(wait.name) : undefined;
    waits.push({
      n: waits.length,
      chain,
      path: plain(path),
      id,
      kind,
      since,
      name,
      code: error?.code,
      step: JSON.stringify(step),
    });
  }
}

function columnsOf({ status, startedAt, endedAt, error, usage, gates }: SummaryChange): object {
  return {
    status,
    started_at: startedAt,
    ended_at: endedAt,
    error: error === undefined ? undefined : JSON.stringify(error),
    ...usage,
    gates: gates?.count,
    gate_score: gates?.score,
  };
}
