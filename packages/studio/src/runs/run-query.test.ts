import { describe, expect, it } from 'vitest';
import { countQuery, runQuery } from './run-query.ts';

describe('a search', () => {
  it.each([
    ['acme', 'q=acme'],
    ['nightly export', 'q=nightly+export'],
    ['cost > 0.5', 'where=cost+%3E+0.5'],
    ['"nightly" in tags', 'where=%22nightly%22+in+tags'],
  ])('for %s is for words, or for what fits a condition', (text, query) => {
    expect(runQuery({ status: [], text }, 10)).toBe(`/v1/runs?${query}&limit=10`);
    expect(countQuery({ status: ['failed'], text })).toBe(`/v1/runs/counts?${query}`);
  });
});
