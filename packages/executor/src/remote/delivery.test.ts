import { noLabels, TelosError, unlabelled } from '@telos/core';
import type { Message, Store } from '@telos/core';
import { createFakeClock } from '@telos/testkit';
import { expect, it } from 'vitest';
import { createValues } from '../scope/values.ts';
import { createDelivery } from './delivery.ts';
import type { StepJob } from './delivery.ts';

const job: StepJob = { kind: 'step', queue: 'default', run: 'r', path: 'a', attempt: 1 };
const ended = {
  result: { ended: 'succeeded', output: 'paid for' },
  calls: [],
  usage: undefined,
  did: { effect: 'read', repeatable: true },
  labels: noLabels,
  brought: unlabelled,
  hide: <T>(value: T): T => value,
  answers: [],
} as const;

/**
 * A store that is away until it is told to be back.
 * @param answers Whether it answers the worker all else meanwhile.
 */
function opened({ answers = false } = {}) {
  const clock = createFakeClock();
  const posted: Message[] = [];
  const store = { away: true, tries: [] as number[] };
  const from = clock.now();
  const inbox: Pick<Store['inbox'], 'post'> = {
    async post(_run, message) {
      store.tries.push(clock.now() - from);
      if (store.away) throw new TelosError('STORE_UNAVAILABLE', 'The store is away.');
      posted.push(message);
    },
  };
  const blobs = {
    put: () => Promise.reject(new TelosError('STORE_UNAVAILABLE', 'That is too slow.')),
    get: () => Promise.resolve(undefined),
  };
  const values = createValues(blobs);
  const delivery = createDelivery({ inbox: inbox as Store['inbox'] }, values, clock, () =>
    answers ? clock.now() : Number.NEGATIVE_INFINITY,
  );
  return { clock, store, posted, delivery };
}

it('keeps what a step gave for as long as the store is away', async () => {
  const { clock, store, posted, delivery } = opened();
  const outcome = delivery.outcome(job, ended);
  await clock.advance(600_000);
  expect(posted).toEqual([]);
  store.away = false;
  await clock.advance(1000);
  await outcome;
  expect(posted).toMatchObject([{ kind: 'outcome', path: 'a', outcome: { ended: 'succeeded' } }]);
});

it('tries once more when its worker leaves, and waits for the store no longer', async () => {
  const { clock, store, delivery } = opened();
  const outcome = delivery.outcome(job, ended);
  const refused = expect(outcome).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await clock.advance(1500);
  expect(store.tries).toHaveLength(2);
  delivery.end();
  await refused;
  expect(store.tries).toHaveLength(3);
  await expect(delivery.message(job, { id: 'm', kind: 'pause' })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

it('gives up what a store does not take for ten minutes that answers all else', async () => {
  const { clock, store, delivery } = opened({ answers: true });
  const refused = expect(delivery.message(job, { id: 'm', kind: 'pause' })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  });
  await clock.advance(590_000);
  expect(store.tries).toHaveLength(591);
  await clock.advance(20_000);
  await refused;
  expect(store.tries).toHaveLength(601);
});

it('says that what a step gave is lost, and what it may have done, when the store takes only that', async () => {
  const { clock, store, posted, delivery } = opened({ answers: true });
  store.away = false;
  const did = { effect: 'irreversible', repeatable: false } as const;
  const large = { ended: 'succeeded', output: 'z'.repeat(9000) } as const;
  const outcome = delivery.outcome(job, { ...ended, did, result: large });
  await clock.advance(610_000);
  await outcome;
  const error = { code: 'STORE_UNAVAILABLE', effect: 'unknown' };
  expect(posted).toMatchObject([{ kind: 'outcome', path: 'a', did, outcome: { ended: 'failed', error } }]);
});
