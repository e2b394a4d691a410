import { TelosError } from '@telos/core';
import type { RunId } from '@telos/core';
import {
  appendRefusal,
  createdRun,
  earlierRun,
  inboxClosed,
  never,
  placesTaken,
  runNotFound,
  storedRow,
} from '@telos/core/store';
import { z } from 'zod';
import type { Group } from './form-group.ts';
import type { AppendWrite } from './write.ts';

const Creation = z.object({
  n: z.int(),
  run: z.string(),
  body: z.string().optional(),
  existing: z.boolean(),
  refused: z.boolean(),
  leased: z.boolean().optional(),
});
const Refusal = z.object({
  chain: z.int(),
  epoch: z.int().optional(),
  last: z.int().optional(),
  finished: z.boolean().optional(),
  stands: z.boolean(),
});
const Found = z.object({
  n: z.int(),
  owner: z.string().optional(),
  until: z.number(),
  waits_for: z.string().optional(),
});

/** What `commit_group` gives. */
const Answer = z.object({
  created: z.object({ answers: z.array(Creation), woken: z.array(z.string()) }).default({ answers: [], woken: [] }),
  acquired: z
    .object({
      given: z.array(z.object({ n: z.int(), epoch: z.int() })).default([]),
      found: z.array(Found).default([]),
    })
    .default({ given: [], found: [] }),
  lost: z.array(z.int()).default([]),
  appended: z
    .object({ refused: z.array(Refusal).default([]), woken: z.array(z.string()) })
    .default({ refused: [], woken: [] }),
  unposted: z.array(z.object({ n: z.int(), finished: z.boolean().optional() })).default([]),
  claimed: z.array(z.int()).default([]),
});
export type Answer = z.output<typeof Answer>;

/** All appends of a group without other writes were stored. */
const nothingToSay = Answer.parse({});

export type Settled = {
  /** Appends that were refused with their chain: each is to be judged by itself. */
  readonly again: readonly AppendWrite[];
  /** Runs that have something to do now although nobody wrote to them: let in, or to be cancelled. */
  readonly woken: readonly RunId[];
};

/** What `commit_group` gave. @throws TelosError STORE_CORRUPT when it cannot be read. */
export function readAnswer(answer: unknown): Answer {
  return answer === null ? nothingToSay : storedRow(Answer, answer, 'the answer to a commit');
}

/** Whether nothing in the answer keeps writes of the same runs from going out before it is told. */
export function isFinal({ appended }: Answer): boolean {
  return appended.refused.length === 0;
}

/** Tells every write of a stored group its outcome. */
export function settleGroup(group: Group, read: Answer): Settled {
  settleCreations(group, read);
  settleAcquisitions(group, read);
  settleRenewals(group, read);
  const posts = new Map(read.unposted.map(({ n, finished }) => [n, finished]));
  for (const [index, { run, resolve, reject }] of group.post.entries()) {
    const n = index + 1;
    if (!posts.has(n)) resolve();
    else reject(posts.get(n) === true ? inboxClosed(run) : runNotFound(run));
  }
  const claimed = new Set(read.claimed);
  for (const [index, { resolve }] of group.claim.entries()) resolve(claimed.has(index + 1));
  for (const { resolve } of [...group.release, ...group.callOff, ...group.forget]) resolve();
  return { again: settleAppends(group, read), woken: [...read.created.woken, ...read.appended.woken] };
}

function settleCreations({ create }: Group, { created }: Answer): void {
  const answers = new Map(created.answers.map((one) => [one.n, one]));
  for (const [index, { run, resolve, reject }] of create.entries()) {
    const found = answers.get(index + 1);
    const { concurrency } = run.created;
    if (found === undefined) reject(unanswered('creation of run', run.id));
    else if (found.refused && concurrency !== undefined) reject(placesTaken(concurrency));
    else if (!found.existing || run.idempotency === undefined) resolve(createdRun(run, found.leased === true));
    else {
      try {
        resolve(earlierRun(run.idempotency, { run: found.run, body: found.body ?? '' }));
      } catch (error) {
        reject(error);
      }
    }
  }
}

function settleAcquisitions({ acquire }: Group, { acquired }: Answer): void {
  const given = new Map(acquired.given.map(({ n, epoch }) => [n, epoch]));
  const found = new Map(acquired.found.map((one) => [one.n, one]));
  for (const [index, { run, owner, resolve, reject }] of acquire.entries()) {
    const epoch = given.get(index + 1);
    const held = found.get(index + 1);
    if (epoch !== undefined) resolve({ run, owner, epoch });
    else if (held?.waits_for !== undefined) resolve({ heldBy: held.waits_for, until: never });
    else if (held?.owner !== undefined) resolve({ heldBy: held.owner, until: held.until });
    else reject(runNotFound(run));
  }
}

function settleRenewals({ renew }: Group, { lost }: Answer): void {
  const gone = new Set(lost);
  let before = 1;
  for (const { leases, resolve } of renew) {
    const first = before;
    resolve(leases.filter((_, index) => gone.has(first + index)));
    before += leases.length;
  }
}

function settleAppends({ chains }: Group, { appended }: Answer): readonly AppendWrite[] {
  const refusals = new Map(appended.refused.map((one) => [one.chain, one]));
  const again: AppendWrite[] = [];
  for (const [index, chain] of chains.entries()) {
    const refusal = refusals.get(index + 1);
    for (const write of chain) {
      const { lease, after, count, resolve, reject } = write;
      if (refusal === undefined || (refusal.stands && count > 0 && chain.length === 1)) resolve(after + count);
      else if (chain.length > 1) again.push({ ...write, alone: true });
      else {
        const { epoch, last, finished } = refusal;
        if (epoch === undefined || last === undefined || finished === undefined) reject(runNotFound(lease.run));
        else
          reject(
            appendRefusal({ epoch, last, finished }, lease, after, count) ?? unanswered('append to run', lease.run),
          );
      }
    }
  }
  return again;
}

function unanswered(what: string, run: string): TelosError {
  return new TelosError('BUG', `The store did not answer the ${what} ${run}.`, { details: { run } });
}
