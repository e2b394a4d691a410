/** A million finished runs, and the pages, filters and counts that people ask of them. */
import { runIdOf } from '@telos/core';
import type { RunFilter, RunId, RunStatus, Store } from '@telos/core';

export const firstRunAt = Date.UTC(2026, 0, 1);
const apartMs = 20;

export type ListedRun = {
  readonly id: RunId;
  readonly at: number;
  readonly workflow: string;
  readonly status: RunStatus;
  readonly tags: readonly string[];
  readonly usd: number;
};

/** The same runs every time, oldest first. */
export function* listedRuns(count: number): Generator<ListedRun> {
  const next = random(7);
  for (let index = 0; index < count; index += 1) {
    const at = firstRunAt + index * apartMs;
    yield {
      id: runIdOf(
        at,
        Uint8Array.from({ length: 10 }, () => Math.floor(next() * 256)),
      ),
      at,
      workflow: index % 100_000 === 77 ? 'seldom_used' : `workflow_${Math.floor(next() * 40)}`,
      status: next() < 0.02 ? 'failed' : 'succeeded',
      tags: index % 50_000 === 5 ? ['customer_acme'] : next() < 0.5 ? ['prod'] : [],
      usd: next() < 0.6 ? next() ** 8 * 10 : 0,
    };
  }
}

/** Prints one JSON line per filter with the median and the worst time of a page, and of a count. */
export async function measureLists(store: Store, count: number): Promise<void> {
  for (const filter of await filtersOf(store, count)) {
    const times: number[] = [];
    let cursor: string | undefined;
    let items = 0;
    for (let page = 0; page < 12; page += 1) {
      const begun = performance.now();
      const given = await store.runs.list(filter, 50, cursor);
      times.push(performance.now() - begun);
      items += given.items.length;
      cursor = given.next;
    }
    const begun = performance.now();
    const found = await store.runs.count(filter);
    const countMs = performance.now() - begun;
    times.sort((left, right) => left - right);
    const [median = 0, worst = 0] = [times[6], times.at(-1)];
    const ms = (value: number) => Number(value.toFixed(2));
    process.stdout.write(
      `${JSON.stringify({ filter, items, pageMs: ms(median), worstMs: ms(worst), count: found, countMs: ms(countMs) })}\n`,
    );
  }
}

async function filtersOf(store: Store, count: number): Promise<readonly RunFilter[]> {
  const middle = firstRunAt + (count / 2) * apartMs;
  const someId = (await store.runs.list({ until: middle }, 1)).items[0]?.id ?? '';
  return [
    {},
    { status: ['failed'] },
    { status: ['failed', 'cancelled', 'running'] },
    { status: ['waiting'] },
    { workflow: 'workflow_7' },
    { workflow: 'workflow_7', status: ['failed'] },
    { workflow: 'seldom_used' },
    { tag: 'prod' },
    { tag: 'customer_acme' },
    { tag: 'customer_acme', workflow: 'workflow_7' },
    { tag: 'prod', workflow: 'seldom_used' },
    { tag: 'prod', status: ['waiting'] },
    { since: middle, until: middle + 3_600_000 },
    { minUsd: 1 },
    { minUsd: 9.9 },
    { minUsd: 11 },
    { minUsd: 5, status: ['failed'] },
    { text: 'seldom' },
    { text: 'WORKFLOW_1' },
    { text: 'acme' },
    { text: someId },
    { text: someId.slice(24) },
    { text: someId.slice(0, 6) },
    { text: 'no such thing' },
    { text: 'ffff-ffff' },
  ];
}

/** Repeatable pseudo-random numbers in [0, 1) (xorshift32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
