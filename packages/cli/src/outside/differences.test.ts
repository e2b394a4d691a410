import { describe, expect, it } from 'vitest';
import { differencesOf, differenceText } from './differences.ts';

const texts = (...given: Parameters<typeof differencesOf>): readonly string[] =>
  differencesOf(...given).map((difference) => `${difference.path}: ${differenceText(difference)}`);

describe('differences', () => {
  it('name each place where two values are not equal', () => {
    expect(texts({ a: 1, b: [1, 2], c: 'x' }, { a: 1, b: [1, 3, 4], d: null })).toEqual([
      'b[1]: expected 2, got 3',
      'b[2]: expected nothing, got 4',
      'c: expected "x", got nothing',
      'd: expected nothing, got null',
    ]);
    expect(texts({ a: { b: 1 } }, { a: { b: 1 } })).toEqual([]);
    expect(texts('a', ['a'])).toEqual([': expected "a", got ["a"]']);
  });

  it('within a value look at the fields that are expected alone', () => {
    expect(texts({ a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }, 'within')).toEqual([]);
    expect(texts({ a: [1] }, { a: [1, 2] }, 'within')).toEqual(['a[1]: expected nothing, got 2']);
  });

  it('of long texts show what stands around where they begin to differ', () => {
    const [text] = texts(`${'a'.repeat(300)}b${'c'.repeat(300)}`, `${'a'.repeat(300)}d${'c'.repeat(300)}`);
    expect(text).toMatch(/^: expected "…a{20}bc{59}…", got "…a{20}dc{59}…"$/);
  });

  it('are no more than so many', () => {
    expect(differencesOf([1, 2, 3, 4], [0, 0, 0, 0], 'equal', 2)).toHaveLength(2);
  });
});
