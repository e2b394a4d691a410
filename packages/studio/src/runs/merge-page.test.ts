import type { RunSummaryView } from '@telos/contract';
import { describe, expect, it } from 'vitest';
import { timestamp } from '../run/sample-run.ts';
import { appendPage, mergeNewest } from './merge-page.ts';
import type { HeldRuns } from './merge-page.ts';
import { runQuery } from './run-query.ts';

function run(number: number, status: RunSummaryView['status'] = 'running'): RunSummaryView {
  return {
    id: `run-${number}`,
    workflow: 'brief',
    program: 'ab'.repeat(32),
    status,
    created_at: timestamp(number * 1000),
    tags: [],
    namespace: 'default',
    usage: { input_tokens: 0, output_tokens: 0, usd: 0, ms: 0, calls: 0 },
    seq: 1,
  };
}

const runs = (...numbers: readonly number[]) => numbers.map((number) => run(number));
const ids = ({ runs }: HeldRuns) => runs.map(({ id }) => Number(id.slice(4)));

describe('the newest page, read again', () => {
  it('puts new runs on top and keeps what lies below it', () => {
    const held = { runs: runs(5, 4, 3, 2, 1), next: 'older' };
    const merged = mergeNewest(held, { items: runs(7, 6, 5, 4), next: 'from-4' });
    expect(ids(merged)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(merged.next).toBe('older');
  });

  it('brings runs up to date, and takes out those that fit no longer', () => {
    const merged = mergeNewest({ runs: runs(5, 4, 3, 2) }, { items: [run(5, 'failed'), run(3)], next: 'from-3' });
    expect(ids(merged)).toEqual([5, 3, 2]);
    expect(merged.runs[0]?.status).toBe('failed');
  });

  it('is everything when no page follows it', () => {
    expect(mergeNewest({ runs: runs(5, 4, 3), next: 'older' }, { items: runs(6) })).toEqual({ runs: runs(6) });
    expect(mergeNewest({ runs: runs(5) }, { items: [] })).toEqual({ runs: [] });
  });

  it('keeps what was found below a search that paused before it had a page', () => {
    const paused = { items: runs(9), next: 'from-8', scanned: { runs: 20_000, back_to: timestamp(8000) } };
    const first = mergeNewest(undefined, { ...paused, items: [] });
    expect(first).toEqual({ runs: [], next: 'from-8', searchedTo: timestamp(8000) });
    const further = appendPage(first, {
      items: runs(4),
      next: 'from-2',
      scanned: { runs: 20_000, back_to: timestamp(2000) },
    });
    const merged = mergeNewest(further, paused);
    expect(ids(merged)).toEqual([9, 4]);
    expect(merged).toMatchObject({ next: 'from-2', searchedTo: timestamp(2000) });
    const all = appendPage(merged, { items: runs(1) });
    expect(mergeNewest(all, paused)).toEqual({ runs: runs(9, 4, 1) });
    expect(mergeNewest({ runs: [] }, { ...paused, items: [] })).toEqual({ runs: [] });
  });

  it('lets go of what lies below when so many runs began that there may be a gap', () => {
    const merged = mergeNewest({ runs: runs(3, 2, 1), next: 'older' }, { items: runs(99, 98), next: 'from-98' });
    expect(ids(merged)).toEqual([99, 98]);
    expect(merged.next).toBe('from-98');
  });
});

describe('the page that follows', () => {
  it('goes below, without what has come already', () => {
    expect(appendPage({ runs: runs(3, 2), next: 'a' }, { items: runs(2, 1) })).toEqual({ runs: runs(3, 2, 1) });
  });
});

describe('the address of a page of runs', () => {
  it('says the filter as the API reads it', () => {
    expect(runQuery({ status: ['running', 'failed'], workflow: 'brief', text: 'a&b' }, 50, 'c=')).toBe(
      '/v1/runs?status=running%2Cfailed&workflow=brief&q=a%26b&limit=50&cursor=c%3D',
    );
    expect(runQuery({ status: [] }, 100)).toBe('/v1/runs?limit=100');
  });
});
