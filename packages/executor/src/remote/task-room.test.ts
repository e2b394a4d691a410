import { expect, it } from 'vitest';
import { createTaskRoom } from './task-room.ts';

function room(free: number) {
  const slots = { free };
  return { slots, room: createTaskRoom(slots) };
}

it('is there for as many steps as slots are free, and no more', () => {
  const { room: three } = room(3);
  expect([three.take(), three.take(), three.take(), three.take()]).toEqual([true, true, true, false]);
});

it('is there for one when no slot is free, and for another once that has its slot', async () => {
  const { room: none } = room(0);
  expect([none.take(), none.take()]).toEqual([true, false]);
  const next = none.free(new AbortController().signal);
  none.entered();
  await next;
  expect([none.take(), none.take()]).toEqual([true, false]);
});

it('comes back with a step that has ended, and with one that never came', async () => {
  const { slots, room: one } = room(1);
  expect(one.take()).toBe(true);
  one.give();
  expect(one.take()).toBe(true);
  one.entered();
  slots.free = 0;
  expect(one.take()).toBe(true);
  const next = one.free(new AbortController().signal);
  one.left();
  one.give();
  slots.free = 1;
  one.entered();
  await next;
  expect(one.take()).toBe(true);
});

it('is waited for no longer when its server stops', async () => {
  const { room: none } = room(0);
  none.take();
  const stopping = new AbortController();
  const wait = none.free(stopping.signal);
  stopping.abort();
  await wait;
});
