/**
 * Groups: which of the writes that wait go out together.
 *
 * Appends of one run that follow on each other make a chain. What cannot stand
 * in one group with an earlier write of its run, because its outcome depends on
 * the other's, waits for the next, and so does what comes behind it.
 */
import type { RunId } from '@telos/core';
import type { AcquireWrite, AppendWrite, CreateWrite, PostWrite, ReleaseWrite, RenewWrite, Write } from './write.ts';

export type Chain = readonly AppendWrite[];

export type Group = {
  readonly create: readonly CreateWrite[];
  readonly acquire: readonly AcquireWrite[];
  readonly renew: readonly RenewWrite[];
  readonly chains: readonly Chain[];
  readonly post: readonly PostWrite[];
  readonly release: readonly ReleaseWrite[];
};

/** Events of a group at most, in letters of JSON, so that no commit takes long; one append may be longer. */
const maxLetters = 4_000_000;

export function formGroup(waiting: readonly Write[]): { readonly group: Group; readonly left: readonly Write[] } {
  const create: CreateWrite[] = [];
  const acquire = new Map<RunId, AcquireWrite>();
  const renew: RenewWrite[] = [];
  const chains = new Map<RunId, AppendWrite[]>();
  const post: PostWrite[] = [];
  const release: ReleaseWrite[] = [];
  const left: Write[] = [];
  /** Runs of which an append is left. */
  const held = new Set<RunId>();
  let letters = 0;

  function joins(write: AppendWrite): boolean {
    const { run } = write.lease;
    if (held.has(run)) return false;
    const chain = chains.get(run);
    if (letters > 0 && letters + write.text.length > maxLetters) return false;
    if (chain === undefined) chains.set(run, [write]);
    else if (follows(write, chain)) chain.push(write);
    else return false;
    letters += write.text.length;
    return true;
  }

  for (const write of waiting) {
    switch (write.kind) {
      case 'create':
        create.push(write);
        break;
      case 'acquire':
        if (acquire.has(write.run)) left.push(write);
        else acquire.set(write.run, write);
        break;
      case 'renew':
        renew.push(write);
        break;
      case 'append':
        if (!joins(write)) {
          held.add(write.lease.run);
          left.push(write);
        }
        break;
      case 'post':
        post.push(write);
        break;
      case 'release':
        release.push(write);
        break;
    }
  }
  const group = { create, acquire: [...acquire.values()], renew, chains: [...chains.values()], post, release };
  return { group, left };
}

export function writesOf(group: Group): readonly Write[] {
  return [...group.create, ...group.acquire, ...group.renew, ...group.chains.flat(), ...group.post, ...group.release];
}

/** Whether an append goes on where the chain ends. */
function follows(write: AppendWrite, chain: Chain): boolean {
  const end = chain.at(-1);
  return (
    end !== undefined &&
    end.alone === undefined &&
    write.alone === undefined &&
    !end.ends &&
    write.lease.epoch === end.lease.epoch &&
    write.after === end.after + end.count
  );
}
