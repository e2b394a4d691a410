import type { RunId, SummaryChange } from '@telos/core';
import { booleanArray, integerArray, textArray } from './binary-array.ts';
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
    name: `telos_commit_1`,
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

function detailsOf(chains: readonly Chain[]): string | null {
  const changes: object[] = [];
  const settles: object[] = [];
  for (const [index, chain] of chains.entries()) {
    const number = index + 1;
    for (const { change, settles: messages } of chain) {
      if (change !== undefined) changes.push({ chain: number, ...columnsOf(change) });
      for (const message of messages) settles.push({ chain: number, message: plain(message) });
    }
  }
  return changes.length + settles.length === 0 ? null : JSON.stringify({ changes, settles });
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

function othersOf({ create, acquire, renew, post, release }: Group): string | null {
  const parts: string[] = [];
  const add = (name: string, entries: readonly string[]): void => {
    if (entries.length > 0) parts.push(`"${name}":[${entries.join(',')}]`);
  };
  add(
    'create',
    create.map(({ run, event }, n) => {
      const { workflow, program, at, tags = [] } = run.created;
      const { key, body } = run.idempotency ?? {};
      const known = {
        n,
        id: plain(run.id),
        workflow: plain(workflow),
        program: plain(program),
        at,
        tags,
        tag_names: tags.map(plain),
        ...(key === undefined ? {} : { key: plain(key), body }),
      };
      // The event is text already; it is stored as it is.
      return `${JSON.stringify(known).slice(0, -1)},"event":${event}}`;
    }),
  );
  add(
    'acquire',
    acquire.map(({ run, owner, ttlMs }, n) => JSON.stringify({ n, run: plain(run), owner: plain(owner), ttl: ttlMs })),
  );
  const renewals = renew.flatMap(({ leases, ttlMs }) => leases.map((lease) => ({ ...lease, ttl: ttlMs })));
  add(
    'renew',
    renewals.map(({ run, owner, epoch, ttl }, n) =>
      JSON.stringify({ n, run: plain(run), owner: plain(owner), epoch, ttl }),
    ),
  );
  add(
    'post',
    post.map(({ run, message }, n) => JSON.stringify({ n, run: plain(run), message_id: plain(message.id), message })),
  );
  add(
    'release',
    release.map(({ lease: { run, owner, epoch } }) => JSON.stringify({ run: plain(run), owner: plain(owner), epoch })),
  );
  return parts.length === 0 ? null : `{${parts.join(',')}}`;
}

/** Text as a column can hold it, without zeros and halves of surrogate pairs. Nothing that is stored equals one that has them. */
export function plain(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
