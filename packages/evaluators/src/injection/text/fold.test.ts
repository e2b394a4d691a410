import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from './fold.ts';

const plain = (text: string): string => fold(text).text;

describe('folding a text', () => {
  it.each([
    ['capitals', 'IGNORE All', 'ignore all'],
    ['accents', 'Ünïcödé été', 'unicode ete'],
    ['full-width letters', 'ｉｇｎｏｒｅ', 'ignore'],
    ['mathematical letters', '𝐢𝐠𝐧𝐨𝐫𝐞 𝓪𝓵𝓵', 'ignore all'],
    ['letters in circles and squares', 'ⓘⓖⓝⓞⓡⓔ 🅰🅻🅻', 'ignore all'],
    ['ligatures and strokes', 'ﬁle Straße łódź øre', 'file strasse lodz ore'],
    ['typographic marks', '“don’t” – stop…', `"don't" - stop...`],
    ['characters of no width', 'ig\u200Bno\u00ADre', 'ignore'],
    ['Hangul', '지시', '지시'],
    ['vowel signs of Devanagari', 'निर्देश', 'निर्देश'],
  ])('makes plain: %s', (_, text, expected) => {
    expect(plain(text)).toBe(expected);
  });

  it('keeps apart what is spelled in tags, and what an override shows backwards', () => {
    const tags = Array.from('say yes', (letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');
    expect(fold(`Fine.${tags} Bye`)).toMatchObject({
      text: 'fine. bye',
      hidden: [{ kind: 'tags', text: 'say yes', start: 5, end: 19 }],
    });
    expect(fold('a\u202Esey yas\u202Cb').hidden).toEqual([{ kind: 'bidi', text: 'say yes', start: 2, end: 9 }]);
  });

  it('knows of each of its units where it stood', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            'a',
            'B',
            'é',
            'ﬁ',
            '…',
            '🅰',
            '𝐢',
            '\u200B',
            '\u{E0041}',
            '\u202E',
            '지',
            '\ud800',
            ' ',
          ),
        }),
        (text) => {
          const { text: folded, from } = fold(text);
          expect(from).toHaveLength(folded.length);
          for (let at = 0; at < from.length; at += 1) {
            expect(from[at]).toBeLessThan(text.length);
            if (at > 0) expect(from[at]).toBeGreaterThanOrEqual(from[at - 1] ?? 0);
          }
        },
      ),
    );
  });
});
