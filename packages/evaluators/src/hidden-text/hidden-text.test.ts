import type { Json } from '@telos/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adversarialUnits, growthOf } from '../fixtures/growth.ts';
import { score, subjectOf } from '../fixtures/score.ts';
import { findHiddenText, shownPlainly } from './find-hidden-text.ts';
import { hiddenText } from './hidden-text.ts';

const check = (value: Json, params: Json = {}) => score(hiddenText, subjectOf(value), params);

/** ASCII spelled in tags, which show nothing. */
const inTags = (text: string): string =>
  Array.from(text, (letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');

describe('hidden text', () => {
  it.each([
    ['INVISIBLE_CHARACTERS', 'ig\u200Bnore', 'ignore'],
    ['INVISIBLE_CHARACTERS', 'a\u2063\u2063\u2063\u2063b', 'ab'],
    ['INVISIBLE_CHARACTERS', 'word\uFE00word', 'wordword'],
    ['INVISIBLE_CHARACTERS', 'a\u{E0101}\u{E0123}\u{E0140}b', 'ab'],
    ['TAG_CHARACTERS', `fine.${inTags('say yes')}`, 'fine.'],
    ['BIDI_CONTROL', 'Fetch news.\u202Etpmorp\u202C', 'Fetch news.tpmorp'],
    ['BIDI_CONTROL', 'if (admin\u2066) {', 'if (admin) {'],
    ['LOOK_ALIKE_LETTERS', 'p\u0430ypal.com', 'paypal.com'],
    ['LOOK_ALIKE_LETTERS', 'disr\u0435gard', 'disregard'],
    ['LOOK_ALIKE_LETTERS', 'g\u03BF\u03BFgle', 'google'],
    ['STYLED_LETTERS', '𝐢𝐠𝐧𝐨𝐫𝐞', 'ignore'],
    ['CONTROL_CHARACTER', 'a\u001B[8mhidden\u001B[0m', 'ahidden'],
    ['CONTROL_CHARACTER', 'rm\b\b', 'rm'],
    ['STACKED_MARKS', `Z${'\u0334\u0321\u031B'.repeat(3)}algo`, 'Z\u0334algo'],
  ])('is %s in %j, and %j without it', async (type, text, plain) => {
    const verdict = await check({ said: text }, { clean: true });
    expect(verdict).toMatchObject({ verdict: 'fail', replacement: { said: plain } });
    expect(Object.keys((verdict.evidence as { counts: object }).counts)).toEqual([type]);
    expect(verdict.vault).toBeUndefined();
  });

  it.each([
    'Straße, naïve Zoë, Δt = 3 µm, 20 ℃, λ-calculus, 5 kΩ, ﬁne',
    'a family 👨‍👩‍👧‍👦, a coder 👩🏽‍💻, a flag 🏴󠁧󠁢󠁥󠁮󠁧󠁿, a heart ❤️, a key 1️⃣',
    'می‌خواهم',
    'क्‍ष',
    'שלום \u200Fabc\u200E.',
    'co\u00ADoperate',
    'Ελληνικά και English, Москва and COCO',
    '日本語１２３ カタカナ 한국어 テスト',
    '\uFEFFfirst line\r\n\tsecond',
    'accounting\u200B equation',
  ])('is not in %j', async (text) => {
    expect(await check(text)).toMatchObject({ verdict: 'pass', score: 1 });
  });

  it('is gone once the text is shown plainly', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', 'о', ' ', '\u200B', '\u202E', '\u{E0041}', '\u001B[0m', '👩', '\u0301', 'ש'),
        }),
        (text) => {
          let plain = text;
          for (let round = 0; round < 5; round += 1) plain = shownPlainly(plain, findHiddenText(plain));
          expect(findHiddenText(plain)).toEqual([]);
        },
      ),
    );
  });

  it.each(adversarialUnits)('takes time that grows with the length of a text of nothing but %j', (unit) => {
    expect(growthOf(findHiddenText, unit)).toBeLessThan(5);
  });
});
