import type { Message, RunId } from '@telos/core';
import { blobsNamedIn } from '@telos/core/store';
import { booleanArray, integerArray, textArray } from './binary-array.ts';
import { creationsOf, detailsOf, plain } from './group-details.ts';
import type { Statement } from '../database.ts';
import type { Chain, Group } from './form-group.ts';

/** The statement that stores a group; see schema/group.ts. @param now The store's time; its own when absent. */
export function groupStatement(schema: string, group: Group, now?: number): Statement {
  const { chains } = group;
  const rows = chains.flatMap((chain, index) =>
    chain.filter(({ count }) => count > 0).map((write) => ({ index, write })),
  );
  const firsts = chains.flatMap((chain) => chain.slice(0, 1));
  return {
    name: 'telos_commit_1',
    text: `SELECT ${schema}.commit_group($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) AS answer`,
    values: [
      textArray(headsOf(group)),
      now ?? null,
      textArray(firsts.map(({ lease }) => lease.run)),
      integerArray(firsts.map(({ lease }) => lease.epoch)),
      integerArray(firsts.map(({ after }) => after)),
      integerArray(chains.map(lastOf)),
      booleanArray(chains.map((chain) => chain.at(-1)?.ends ?? false)),
      integerArray(rows.map(({ index }) => index + 1)),
      integerArray(rows.map(({ write }) => write.after + write.count)),
      textArray(rows.map(({ write }) => write.text)),
      detailsOf(chains),
      othersOf(group),
    ],
  };
}

function lastOf(chain: Chain): number {
  const end = chain.at(-1);
  return end === undefined ? 0 : end.after + end.count;
}

/** Runs whose heads the group checks or changes. */
function headsOf({ acquire, renew, chains, post, release }: Group): readonly RunId[] {
  const runs = new Set<RunId>();
  for (const { run } of acquire) runs.add(run);
  for (const { leases } of renew) for (const { run } of leases) runs.add(run);
  for (const [first] of chains) if (first !== undefined) runs.add(first.lease.run);
  for (const { run } of post) runs.add(run);
  for (const { lease } of release) runs.add(lease.run);
  return [...runs].map(plain);
}

/** Writes other than appends, by kind, as JSON. Each is numbered from 1 among its kind. */
function othersOf({ create, acquire, renew, post, claim, callOff, forget, release }: Group): string | null {
  const parts = [
    ...creationsOf(create),
    ...part(
      'acquire',
      acquire.map(({ run, owner, ttlMs }, n) => ({ n: n + 1, run: plain(run), owner: plain(owner), ttl: ttlMs })),
    ),
    ...part(
      'renew',
      renew
        .flatMap(({ leases, ttlMs }) => leases.map((lease) => ({ lease, ttlMs })))
        .map(({ lease, ttlMs }, n) => ({ n: n + 1, ...held(lease), ttl: ttlMs })),
    ),
    ...part('post', post.map(posted)),
    ...part(
      'claim',
      claim.map(({ task, worker }, n) => ({ n: n + 1, ...plainTask(task), worker: plain(worker) })),
    ),
    ...part(
      'callOff',
      callOff.flatMap(({ tasks }) => tasks.map(plainTask)),
    ),
    ...part(
      'forget',
      forget.flatMap(({ tasks }) => tasks.map(plainTask)),
    ),
    ...part(
      'release',
      release.map(({ lease, forMs }) => ({ ...held(lease), for_ms: forMs })),
    ),
  ];
  return parts.length === 0 ? null : `{${parts.join(',')}}`;
}

function part(name: string, entries: readonly object[]): readonly string[] {
  return entries.length === 0 ? [] : [`"${name}":${JSON.stringify(entries)}`];
}

function held({ run, owner, epoch }: { readonly run: RunId; readonly owner: string; readonly epoch: number }): object {
  return { run: plain(run), owner: plain(owner), epoch };
}

function posted({ run, message }: { readonly run: RunId; readonly message: Message }, n: number): object {
  const cancels = message.kind === 'cancel';
  const text = JSON.stringify(message);
  const named = blobsNamedIn(text);
  const blobs = named.length === 0 ? {} : { blobs: named };
  return { n: n + 1, run: plain(run), message_id: plain(message.id), message: text, cancels, ...blobs };
}

function plainTask({ run, path, attempt }: { readonly run: RunId; readonly path: string; readonly attempt: number }) {
  return { run: plain(run), path: plain(path), attempt };
}
