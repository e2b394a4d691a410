import { createFakeClock } from '@telos/testkit';
import { expect, it } from 'vitest';
import { HeldWork } from './held-work.ts';

/** Work of a run that goes on or not, as the test says; `begun` has what began, in order. */
function opened() {
  const clock = createFakeClock();
  const run = { isGoing: true };
  const begun: string[] = [];
  const held = new HeldWork(clock, {
    turn: () => undefined,
    afterCommit: (act) => act(),
    isGoing: () => run.isGoing,
    fail: (error) => void begun.push(String(error)),
  });
  const begin = (name: string) => (): void => void begun.push(name);
  return { clock, run, begun, held, begin };
}

it('of two that wait for a time under one path knows the later one alone, and when that is due', async () => {
  const { clock, begun, held, begin } = opened();
  const now = clock.now();
  held.later('a', now + 1000, begin('first'));
  held.later('a', now + 3000, begin('second'));
  expect(held.idleUntil()).toBe(now + 3000);
  await clock.advance(2000);
  expect(begun).toEqual([]);
  // What waits for a slot is no idleness: had the first one gone on, nobody would know of this any more.
  held.hold('a', begin('dropped'));
  expect(held.idleUntil()).toBeUndefined();
  await clock.advance(2000);
  expect(begun).toEqual([]);
  expect(held.drop('a')).toBe(true);
  expect(begun).toEqual(['dropped']);
});

it('takes back what was held under a path when something else is held there', async () => {
  const { begun, held, begin } = opened();
  held.hold('a', begin('dropped'));
  held.hold('a', begin('dropped too'));
  expect(begun).toEqual(['dropped']);
  held.dropAll();
  expect(begun).toEqual(['dropped', 'dropped too']);
});

it('forgets a value that was on its way to what was replaced, and tells whoever waited for it', async () => {
  const { clock, begun, held, begin } = opened();
  held.whenCome(Promise.resolve('come'), begin('first'), { path: 'a', onDrop: begin('dropped') });
  held.later('a', clock.now() + 1000, begin('second'));
  await clock.advance(0);
  expect(begun).toEqual(['dropped']);
  expect(held.idleUntil()).toBe(clock.now() + 1000);
  await clock.advance(1000);
  expect(begun).toEqual(['dropped', 'second']);
  expect(held.idleUntil()).toBe(Number.POSITIVE_INFINITY);
});

it('begins once, when the run goes on, what was held back twice', () => {
  const { run, begun, held, begin } = opened();
  run.isGoing = false;
  held.whenGoing('a', begin('first'));
  held.whenGoing('a', begin('second'));
  expect(held.idleUntil()).toBe(Number.POSITIVE_INFINITY);
  run.isGoing = true;
  expect(held.goOn()).toBe(true);
  expect(begun).toEqual(['second']);
  expect(held.goOn()).toBe(false);
});

it('keeps back the rest when one of what goes on stops the run, or takes another back', () => {
  const { run, begun, held, begin } = opened();
  run.isGoing = false;
  held.whenGoing('a', () => void held.drop('b'));
  held.whenGoing('b', begin('taken back'));
  held.whenGoing('c', () => void (run.isGoing = false));
  held.whenGoing('d', begin('kept back'));
  run.isGoing = true;
  held.goOn();
  expect(begun).toEqual([]);
  run.isGoing = true;
  held.goOn();
  expect(begun).toEqual(['kept back']);
});
