import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffText } from './diff-text.ts';

const written = (a: string, b: string) =>
  diffText(a, b)
    .map(({ kind, text }) => (kind === 'same' ? text : kind === 'removed' ? `[-${text}-]` : `{+${text}+}`))
    .join('');

describe('the difference of two texts', () => {
  it.each([
    ['the same', 'the same', 'the same'],
    ['', 'all of it', '{+all of it+}'],
    ['all of it', '', '[-all of it-]'],
    ['It has 40 plants.', 'It has 41 plants.', 'It has [-40-]{+41+} plants.'],
    ['one two three', 'one three', 'one [-two -]three'],
    ['a b c', 'a x b c y', 'a {+x +}b c{+ y+}'],
  ])('of %j and %j names the words that changed', (a, b, expected) => {
    expect(written(a, b)).toBe(expected);
  });

  it('gives both texts again, whatever they are', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', ' ', '\n', 'cd', '.', 'é'), { maxLength: 40 })
      .map((of) => of.join(''));
    fc.assert(
      fc.property(text, text, (a, b) => {
        const parts = diffText(a, b);
        const without = (kind: string) =>
          parts
            .filter((part) => part.kind !== kind)
            .map((part) => part.text)
            .join('');
        expect(without('added')).toBe(a);
        expect(without('removed')).toBe(b);
        for (const [index, { kind }] of parts.entries()) expect(parts[index + 1]?.kind).not.toBe(kind);
      }),
    );
  });

  it('of two long texts without anything in common is one replacement', () => {
    const many = (word: string) => Array.from({ length: 3_000 }, (_, index) => `${word}${index}`).join('\n');
    expect(diffText(`x ${many('a')}`, `x ${many('b')}`).map(({ kind }) => kind)).toEqual(['same', 'removed', 'added']);
  });
});
