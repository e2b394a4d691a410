import { TelosError } from '@telos/core';
import { appendRefusal, earlierRun, inboxClosed, runNotFound, storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { Group } from './form-group.ts';
import type { AppendWrite } from './write.ts';

const Answer = z.object({
  created: z
    .array(z.object({ n: z.int(), run: z.string(), body: z.string().optional(), existing: z.boolean() }))
    .default([]),
  acquired: z
    .object({
      given: z.array(z.object({ n: z.int(), epoch: z.int() })).default([]),
      found: z.array(z.object({ n: z.int(), owner: z.string().optional(), until: z.number() })).default([]),
    })
    .default({ given: [], found: [] }),
  lost: z.array(z.int()).default([]),
  refused: z
    .array(
      z.object({
        chain: z.int(),
        epoch: z.int().optional(),
        last: z.int().optional(),
        finished: z.boolean().optional(),
        stands: z.boolean(),
      }),
    )
    .default([]),
  unposted: z.array(z.object({ n: z.int(), finished: z.boolean().optional() })).default([]),
});
type Answer = z.output<typeof Answer>;

/**
 * Tells every write of a stored group its outcome.
 *
 * @param answer What `commit_group` gave.
 * @returns Appends that were refused with their chain: each is to be judged by itself.
 */
export function settleGroup(group: Group, answer: unknown): readonly AppendWrite[] {
  const read = storedRow(Answer, answer ?? {}, 'the answer to a commit');
  settleCreations(group, read);
  settleAcquisitions(group, read);
  settleRenewals(group, read);
  const posts = new Map(read.unposted.map(({ n, finished }) => [n, finished]));
  for (const [n, { run, resolve, reject }] of group.post.entries()) {
    if (!posts.has(n)) resolve();
    else reject(posts.get(n) === true ? inboxClosed(run) : runNotFound(run));
  }
  for (const { resolve } of group.release) resolve();
  return settleAppends(group, read);
}

function settleCreations({ create }: Group, { created }: Answer): void {
  const answers = new Map(created.map((one) => [one.n, one]));
  for (const [n, { run, resolve, reject }] of create.entries()) {
    const found = answers.get(n);
    if (found === undefined) reject(unanswered('creation of run', run.id));
    else if (!found.existing || run.idempotency === undefined) resolve({ run: found.run, existing: false });
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
  for (const [n, { run, owner, resolve, reject }] of acquire.entries()) {
    const epoch = given.get(n);
    const held = found.get(n);
    if (epoch !== undefined) resolve({ run, owner, epoch });
    else if (held?.owner !== undefined) resolve({ heldBy: held.owner, until: held.until });
    else reject(runNotFound(run));
  }
}

function settleRenewals({ renew }: Group, { lost }: Answer): void {
  const gone = new Set(lost);
  let before = 0;
  for (const { leases, resolve } of renew) {
    const first = before;
    resolve(leases.filter((_, index) => gone.has(first + index)));
    before += leases.length;
  }
}

function settleAppends({ chains }: Group, { refused }: Answer): readonly AppendWrite[] {
  const refusals = new Map(refused.map((one) => [one.chain, one]));
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
