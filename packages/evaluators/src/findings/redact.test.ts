import { mapTexts, restore, textsOf } from '@telos/core';
import type { Json } from '@telos/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from './finding.ts';
import { createRedactor, redact } from './redact.ts';

const finding = (type: string, start: number, end: number, confidence = 1): Finding => ({
  type,
  start,
  end,
  confidence,
});

describe('redaction', () => {
  it('puts a placeholder where something was found and keeps it in the vault', () => {
    expect(redact('Write to a@b.c today.', [finding('EMAIL', 9, 14)])).toEqual({
      text: 'Write to <EMAIL_1> today.',
      vault: { '<EMAIL_1>': 'a@b.c' },
    });
  });

  it('gives the same text the same placeholder and another text another', () => {
    const findings = [finding('EMAIL', 0, 5), finding('EMAIL', 6, 11), finding('EMAIL', 12, 17)];
    expect(redact('a@b.c d@e.f a@b.c', findings).text).toBe('<EMAIL_1> <EMAIL_2> <EMAIL_1>');
  });

  it('names a placeholder as it is told to', () => {
    expect(
      redact('a@b.c', [finding('EMAIL_ADDRESS', 0, 5)], { names: new Map([['EMAIL_ADDRESS', 'EMAIL']]) }).text,
    ).toBe('<EMAIL_1>');
  });

  it('hides findings that share characters as one, by the name of the surest', () => {
    const { text, vault } = redact('u:pw@host.example', [finding('EMAIL', 2, 17, 0.6), finding('LOGIN', 0, 4, 0.9)]);
    expect(text).toBe('<LOGIN_1>');
    expect(vault).toEqual({ '<LOGIN_1>': 'u:pw@host.example' });
  });

  it('never gives a placeholder that the text holds already, so nobody can have it restored to a secret', () => {
    const { text, vault } = redact('<EMAIL_1> a@b.c', [finding('EMAIL', 10, 15)]);
    expect(text).toBe('<EMAIL_1> <EMAIL_2>');
    expect(restore(text, vault)).toBe('<EMAIL_1> a@b.c');
  });

  it('goes on from what was hidden before, so that no placeholder stands for two things', () => {
    const earlier = redact('a@b.c', [finding('EMAIL', 0, 5)]).vault;
    const { text, vault } = redact('d@e.f a@b.c', [finding('EMAIL', 0, 5), finding('EMAIL', 6, 11)], { earlier });
    expect(text).toBe('<EMAIL_2> <EMAIL_1>');
    expect(vault).toEqual({ '<EMAIL_2>': 'd@e.f', '<EMAIL_1>': 'a@b.c' });
  });

  it('leaves placeholders that the vault does not know', () => {
    expect(restore('<EMAIL_7> and <EMAIL_1>', { '<EMAIL_1>': 'a@b.c' })).toBe('<EMAIL_7> and a@b.c');
  });

  it('restores what a secret looks like, and looks into no secret for placeholders', () => {
    expect(restore('<AA_1>', { '<AA_1>': '$& $1 <BB_1>', '<BB_1>': 'x' })).toBe('$& $1 <BB_1>');
  });

  it('brings a number that was hidden whole back as a number', () => {
    const value = { card: 4111111111111111, note: 'x' };
    const redactor = createRedactor(value);
    const hidden = mapTexts(value, ({ text, isNumber }) =>
      isNumber ? redactor.redact(text, [finding('CARD', 0, 16)], isNumber) : text,
    );
    expect(hidden).toEqual({ card: '<CARD_1>', note: 'x' });
    expect(restore(hidden, redactor.vault())).toEqual(value);
  });

  it('gives every value back as it was, whatever was found in it', () => {
    const anyCuts = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 4 });
    fc.assert(
      fc.property(fc.jsonValue(), anyCuts, (value, cuts) => {
        const given = value as Json; // fast-check makes JSON and calls it unknown
        const redactor = createRedactor(given);
        const hidden = mapTexts(given, ({ text, isNumber }) => {
          const findings = cuts.map(([from, length], index) =>
            finding(index % 2 === 0 ? 'AA' : 'BB', Math.min(from, text.length), Math.min(from + length, text.length)),
          );
          return isNumber ? text : redactor.redact(text, findings);
        });
        expect(restore(hidden, redactor.vault())).toEqual(given);
      }),
    );
  });
});

describe('the texts of a value', () => {
  it('are its strings, its keys and its long numbers, each with its place and the field it is in', () => {
    const value = { 'a/b': ['x', { c: 12345678 }], n: 7, ok: true, none: null };
    expect(textsOf(value).map(({ text, pointer, isKey, field }) => [text, pointer, isKey, field])).toEqual([
      ['a/b', '/a~1b', true, ''],
      ['x', '/a~1b/0', false, 'a/b'],
      ['c', '/a~1b/1/c', true, ''],
      ['12345678', '/a~1b/1/c', false, 'c'],
      ['n', '/n', true, ''],
      ['ok', '/ok', true, ''],
      ['none', '/none', true, ''],
    ]);
  });

  it('may be called __proto__', () => {
    const value = JSON.parse('{"__proto__":"x"}') as Json; // JSON is Json
    expect(JSON.stringify(mapTexts(value, ({ text }) => `${text}!`))).toBe('{"__proto__!":"x!"}');
  });
});

describe('redaction of what may be put back', () => {
  const drawn = (text: string, earlier = {}) => {
    const redactor = createRedactor(text, { drawn: true, earlier });
    const found = [...text.matchAll(/[a-z]@b\.c/g)].map(({ index }) => finding('EMAIL', index, index + 5));
    return { text: redactor.redact(text, found), vault: redactor.vault() };
  };

  it('gives placeholders that nobody can guess, of one text the same throughout a run', () => {
    const first = drawn('x@b.c y@b.c x@b.c');
    expect(first.text).toMatch(/^(<EMAIL_1_[a-z]{6}>) <EMAIL_2_[a-z]{6}> \1$/);
    const second = drawn('z@b.c y@b.c', first.vault);
    const [, third = '', again = ''] = /^(\S+) (\S+)$/.exec(second.text) ?? [];
    expect(third).toMatch(/^<EMAIL_3_[a-z]{6}>$/);
    expect(first.text).toContain(again);
    expect(Object.keys(drawn('x@b.c').vault)).not.toEqual(Object.keys(drawn('x@b.c').vault));
  });

  it('gives a text another name than one that somebody has written into it, and than one that can be guessed', () => {
    const { text, vault } = drawn('x@b.c');
    const planted = drawn(`Send it to ${text}! x@b.c`, vault);
    expect(planted.text).toMatch(/^Send it to <EMAIL_1_[a-z]{6}>! <EMAIL_2_[a-z]{6}>$/);
    expect(restore(planted.text, planted.vault)).toBe(`Send it to ${text}! x@b.c`);
    expect(drawn('x@b.c', { '<EMAIL_1>': 'x@b.c' }).text).toMatch(/^<EMAIL_2_[a-z]{6}>$/);
  });

  it('is not made to count on by numbers that somebody has written', () => {
    expect(drawn('<EMAIL_999999_abcdef> x@b.c').text).toMatch(/ <EMAIL_1_[a-z]{6}>$/);
  });

  it('takes its letters from whoever needs two runs to be the same', () => {
    const redactor = createRedactor('x@b.c', { drawn: true, letters: () => 'aaaaaa' });
    expect(redactor.redact('x@b.c', [finding('EMAIL', 0, 5)])).toBe('<EMAIL_1_aaaaaa>');
  });
});
