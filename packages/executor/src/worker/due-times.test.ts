import type { Job } from '@telos/core';
import { createFakeClock } from '@telos/testkit';
import { expect, it } from 'vitest';
import { createDueTimes } from './due-times.ts';

function opened() {
  const clock = createFakeClock();
  const from = clock.now();
  const stopping = new AbortController();
  const offered: string[] = [];
  const times = createDueTimes(clock, stopping.signal, (jobs) => {
    offered.push(`${clock.now() - from}: ${jobs.map(({ run }) => run).join(' ')}`);
  });
  const job = (run: string): Job => ({ kind: 'run', queue: 'default', run });
  return { clock, stopping, offered, times, expectIn: (run: string, ms: number) => times.expect(job(run), from + ms) };
}

it('are each offered in their own millisecond, and together when they share it', async () => {
  const { clock, offered, expectIn } = opened();
  for (const [run, ms] of [['c', 7] as const, ['a', 3] as const, ['b', 7] as const, ['z', 0] as const])
    expectIn(run, ms);
  await clock.advance(10);
  expect(offered).toEqual(['0: z', '3: a', '7: c b']);
});

it('offer a run at the time that was named last, and not at all when it was taken before', async () => {
  const { clock, offered, times, expectIn } = opened();
  expectIn('a', 3);
  expectIn('a', 5);
  expectIn('b', 4);
  times.forget('b');
  await clock.advance(10);
  expect(offered).toEqual(['5: a']);
  expectIn('b', 20);
  await clock.advance(20);
  expect(offered.at(-1)).toBe('20: b');
});

it('offer nothing once they are ended', async () => {
  const { clock, stopping, offered, expectIn } = opened();
  expectIn('a', 3);
  stopping.abort();
  await clock.advance(10);
  expect(offered).toEqual([]);
});
