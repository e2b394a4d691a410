import type { Lease, Leases } from '@telos/core';
import { createFakeClock } from '@telos/testkit';
import { expect, it } from 'vitest';
import { HeldLeases } from './held-leases.ts';

const leaseMs = 15_000;

/** Leases whose renewal is answered when the test says so: with those that it calls lost. */
function opened() {
  const clock = createFakeClock();
  const asked: { readonly leases: readonly Lease[]; answer(lost: readonly Lease[]): void }[] = [];
  const renew: Leases['renew'] = (leases) =>
    new Promise((resolve) => void asked.push({ leases, answer: (lost) => resolve(lost) }));
  // Nothing else of the port is asked for.
  const held = new HeldLeases({ renew } as Leases, clock, leaseMs);
  const take = (epoch: number): void => {
    held.begin('r');
    held.hold({ run: 'r', owner: 'o', epoch }, clock.now());
  };
  return { clock, asked, held, take };
}

const first: Lease = { run: 'r', owner: 'o', epoch: 1 };

it('is certain of a lease from when its renewal was asked for, not from when that was answered', async () => {
  const { clock, asked, held, take } = opened();
  take(1);
  await clock.advance(10_000);
  const renewed = held.renew();
  await clock.advance(4000);
  asked[0]?.answer([]);
  expect(await renewed).toEqual([]);
  await clock.advance(10_999);
  expect(held.isCertain('r')).toBe(true);
  await clock.advance(1);
  expect(held.isCertain('r')).toBe(false);
});

it('knows a run as lost whose lease the store calls lost, and is certain of it no more', async () => {
  const { asked, held, take } = opened();
  take(1);
  const renewed = held.renew();
  asked[0]?.answer([first]);
  expect(await renewed).toEqual(['r']);
  expect(held.isCertain('r')).toBe(false);
});

it.each([
  ['lost', [first]],
  ['renewed', []],
])('takes nothing for a later lease of the same run from an answer that calls the earlier one %s', async (_, lost) => {
  const { clock, asked, held, take } = opened();
  take(1);
  const renewed = held.renew();
  await clock.advance(1000);
  held.end('r');
  take(2);
  asked[0]?.answer(lost);
  expect(await renewed).toEqual([]);
  await clock.advance(leaseMs - 1);
  expect(held.isCertain('r')).toBe(true);
  await clock.advance(1);
  expect(held.isCertain('r')).toBe(false);
});

it('calls nothing lost of a run that was let go while its renewal was under way', async () => {
  const { asked, held, take } = opened();
  take(1);
  const renewed = held.renew();
  held.drop('r');
  asked[0]?.answer([first]);
  expect(await renewed).toEqual([]);
});
