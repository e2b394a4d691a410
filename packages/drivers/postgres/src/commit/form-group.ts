/**
 * Groups: which of the writes that wait go out together.
 *
 * Appends of one run that follow on each other make a chain. What cannot stand
 * in one group with an earlier write, because its outcome depends on the
 * other's, waits for the next, and so does what comes behind it.
 */
import type { RunId } from '@telos/core';
import type { AppendWrite, Write, WriteOf } from './write.ts';

export type Chain = readonly AppendWrite[];

/** Writes by kind; appends by chain. */
export type Group = { readonly [K in Exclude<Write['kind'], 'append'>]: readonly WriteOf<K>[] } & {
  readonly chains: readonly Chain[];
};

/** Events of a group at most, in letters of JSON, so that no commit takes long; one append may be longer. */
const maxLetters = 4_000_000;

type Formed = { readonly group: Group; readonly left: readonly Write[] };

const none: ReadonlySet<RunId> = new Set();

/** @param created Runs that another group is creating at this moment: what concerns them is left. */
export function formGroup(waiting: readonly Write[], created = none): Formed {
  const group: { readonly [K in Exclude<Write['kind'], 'append'>]: WriteOf<K>[] } = {
    create: [],
    acquire: [],
    renew: [],
    post: [],
    claim: [],
    callOff: [],
    forget: [],
    release: [],
  };
  const chains = new Map<RunId, AppendWrite[]>();
  const left: Write[] = [];
  /** Runs of which something is left that the rest of what is asked about them comes after. */
  const held = new Set<RunId>();
  /** Runs whose creation is left: there is no lease to renew yet. */
  const uncreated = new Set<RunId>();
  /** Runs whose lease is given up in this group, which comes last in it. */
  const released = new Set<RunId>();
  /** What only one write of a group may ask for: leases, tasks, and places from which it drives the others out. */
  const asked = new Set<string>();
  let letters = 0;

  function joins(write: AppendWrite): boolean {
    const { run } = write.lease;
    if (held.has(run) || released.has(run)) return false;
    if (letters > 0 && letters + write.text.length > maxLetters) return false;
    const chain = chains.get(run);
    if (chain === undefined) chains.set(run, [write]);
    else if (follows(write, chain)) chain.push(write);
    else return false;
    letters += write.text.length;
    return true;
  }

  /** A lease is granted before anything is appended, and given up behind that: what has to be the other way round waits. */
  function mayAcquire({ run }: WriteOf<'acquire'>): boolean {
    return !held.has(run) && !released.has(run) && !chains.has(run) && asksFirst(`lease ${run}`);
  }

  function mayRenew({ leases }: WriteOf<'renew'>): boolean {
    if (uncreated.size === 0 && released.size === 0) return true;
    return !leases.some(({ run }) => uncreated.has(run) || released.has(run));
  }

  function asksFirst(name: string): boolean {
    if (asked.has(name)) return false;
    asked.add(name);
    return true;
  }

  /** Of runs that share places, one that is to replace the others stands alone. */
  function isLetAsk(write: WriteOf<'create'>): boolean {
    const { concurrency } = write.run.created;
    if (concurrency === undefined) return true;
    const [any, alone] = [`places ${concurrency.key}`, `alone ${concurrency.key}`];
    if (asked.has(alone)) return false;
    if (concurrency.whenFull !== 'replace') {
      asked.add(any);
      return true;
    }
    asked.add(alone);
    return asksFirst(any);
  }

  for (const write of waiting) {
    if (created.size > 0 && runsOf(write).some((run) => created.has(run))) {
      left.push(write);
      continue;
    }
    switch (write.kind) {
      case 'create':
        if (isLetAsk(write)) group.create.push(write);
        else {
          left.push(write);
          // What its owner asks comes after the run.
          held.add(write.run.id);
          uncreated.add(write.run.id);
        }
        break;
      case 'acquire':
        if (mayAcquire(write)) group.acquire.push(write);
        else left.push(write);
        break;
      case 'claim':
        if (asksFirst(`task ${JSON.stringify(write.task)}`)) group.claim.push(write);
        else left.push(write);
        break;
      case 'append':
        if (joins(write)) break;
        held.add(write.lease.run);
        left.push(write);
        break;
      case 'renew':
        if (mayRenew(write)) group.renew.push(write);
        else left.push(write);
        break;
      case 'post':
        group.post.push(write);
        break;
      case 'callOff':
        group.callOff.push(write);
        break;
      case 'forget':
        group.forget.push(write);
        break;
      case 'release':
        if (held.has(write.lease.run)) {
          left.push(write);
          break;
        }
        released.add(write.lease.run);
        group.release.push(write);
        break;
    }
  }
  return { group: { ...group, chains: [...chains.values()] }, left };
}

/** New runs, with what their owners append to them, and nothing else: it depends on no other group. */
export function formBeginnings(waiting: readonly Write[]): Formed {
  const beginnings: Write[] = [];
  /** New runs of which nothing else was asked yet. */
  const runs = new Set<RunId>();
  for (const write of waiting) {
    if (write.kind === 'create') runs.add(write.run.id);
    if (write.kind === 'create' || (write.kind === 'append' && runs.has(write.lease.run))) beginnings.push(write);
    else for (const run of runsOf(write)) runs.delete(run);
  }
  const { group } = formGroup(beginnings);
  const taken = new Set(writesOf(group));
  return { group, left: waiting.filter((write) => !taken.has(write)) };
}

/** Runs that a write concerns. */
function runsOf(write: Write): readonly RunId[] {
  switch (write.kind) {
    case 'create':
      return [write.run.id];
    case 'acquire':
    case 'post':
      return [write.run];
    case 'append':
    case 'release':
      return [write.lease.run];
    case 'renew':
      return write.leases.map(({ run }) => run);
    case 'claim':
      return [write.task.run];
    case 'callOff':
    case 'forget':
      return write.tasks.map(({ run }) => run);
  }
}

export function writesOf({ chains, ...others }: Group): readonly Write[] {
  return [...Object.values(others).flat(), ...chains.flat()];
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
