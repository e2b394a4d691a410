import type { Job, Turn } from '@telos/core';
import { describe, expect, it } from 'vitest';
import type { Arrival, Places } from './backend.ts';
import { createPlacer } from './places.ts';

/** A server's scale on which nothing is served. */
function scale() {
  const ends = new Map<string, number>();
  const waiting = new Set<string>();
  const asked: (readonly Arrival[])[] = [];
  const place = async (arrivals: readonly Arrival[]): Promise<Places> => {
    asked.push(arrivals);
    const starts = arrivals.map(({ id, flow, size }) => {
      if (waiting.has(id)) return undefined;
      waiting.add(id);
      const start = ends.get(flow) ?? 0;
      ends.set(flow, start + size);
      return start;
    });
    return { now: 0, starts };
  };
  return { asked, placer: createPlacer(place) };
}

let runs = 0;
const aJob = (turn: Turn): Job => ({ kind: 'run', queue: 'default', run: `r${(runs += 1)}`, ...turn });
const share = (name: string, count: number): readonly Job[] =>
  Array.from({ length: count }, () => aJob({ share: name }));

describe('the places of jobs', () => {
  it('grow with what a share has brought, four normal jobs to a priority', async () => {
    const { placer } = scale();
    expect(await placer.priorities(share('a', 9))).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2]);
    expect(await placer.priorities([...share('b', 1), ...share('a', 1)])).toEqual([0, 2]);
  });

  it('are the same whether the server was waited for or not', async () => {
    const [waited, guessed] = [scale(), scale()];
    const all = await waited.placer.priorities(share('a', 40));
    const single: (number | undefined)[] = [];
    for (let count = 0; count < 40; count += 1) single.push(...(await guessed.placer.priorities(share('a', 1))));
    expect(single).toEqual(all);
    expect(guessed.asked).toHaveLength(40);
  });

  it('come from the server when there are many at once', async () => {
    const { asked, placer } = scale();
    await placer.priorities(share('a', 1));
    const other = asked.length;
    await placer.priorities([...share('a', 100), aJob({ share: 'b', priority: 'low' })]);
    expect(asked[other]).toHaveLength(101);
    expect(asked[other]?.at(-1)).toMatchObject({ flow: 'low:b', size: 16 });
  });

  it('are given once: a job that waits already takes no second', async () => {
    const { placer } = scale();
    const jobs = share('a', 8);
    await placer.priorities(jobs);
    expect(await placer.priorities(jobs)).toEqual(jobs.map(() => undefined));
    expect(await placer.priorities(share('a', 5))).toEqual([2, 2, 2, 2, 3]);
  });

  it('end at the last priority that BullMQ has', async () => {
    const placer = createPlacer(async (arrivals) => ({ now: 0, starts: arrivals.map(() => 1e12) }));
    expect(await placer.priorities(share('a', 1))).toEqual([2_097_151]);
  });
});
