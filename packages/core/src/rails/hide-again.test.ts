import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hideAgain } from './hide-again.ts';

const name = '<EMAIL_1_qzkfhw>';
const vault = { [name]: 'anna@acme.example', '<PERSON_2_abcdef>': 'Al' };

describe('a text that was put back', () => {
  it('is hidden again where it stands as a word, however it is written', () => {
    const hide = hideAgain({ ...vault, '<CARD_1_cccccc>': 4111111111111111, '<PERSON_1_dddddd>': 'Anna "A" Berg' });
    expect(hide({ said: 'Sent to ANNA@acme.example, not xanna@acme.example', 'anna@acme.example': 1 })).toEqual({
      said: `Sent to ${name}, not xanna@acme.example`,
      [name]: 1,
    });
    expect(hide('https://acme.example/?to=anna%40acme.example&x')).toBe(`https://acme.example/?to=${name}&x`);
    expect(hide(JSON.stringify('Anna "A" Berg'))).toBe('"<PERSON_1_dddddd>"');
    expect(hide([4111111111111111, 4, 'card 4111111111111111'])).toEqual([
      '<CARD_1_cccccc>',
      4,
      'card <CARD_1_cccccc>',
    ]);
  });

  it('is left where it is too short to be told from a word', () => {
    expect(hideAgain(vault)('Al and also')).toBe('Al and also');
    const hides = hideAgain({ '<PERSON_1_dddddd>': 'Ann' });
    expect(hides('Ann sent an annex')).toBe('<PERSON_1_dddddd> sent an annex');
  });

  const anna = 'anna+news@acme.example';
  const phone = '+49 170 1234567';
  const iban = 'DE02 1203 0000 0000 2020 51';
  const person = "Zoë O'Hara";
  const all = { [name]: anna, '<PHONE_1_aaaaaa>': phone, '<IBAN_1_aaaaaa>': iban, '<PERSON_1_aaaaaa>': person };
  const inPercents = (text: string): string => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');
  const inCodes = (text: string): string =>
    Array.from(text, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

  it.each<[string, (text: string) => string]>([
    ['in JSON inside JSON', (text) => JSON.stringify(JSON.stringify({ text }))],
    ['as HTML writes it', (text) => text.replaceAll('@', '&#64;').replaceAll("'", '&#x27;').replaceAll(' ', '&nbsp;')],
    ['as an address writes it', (text) => `https://a.example/?to=${encodeURIComponent(text).replaceAll('%20', '+')}`],
    ['percent by percent', inPercents],
    ['by the codes of its letters', inCodes],
    ['decomposed', (text) => text.normalize('NFD')],
    ['without accents, in large letters', (text) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toUpperCase()],
    ['without blanks', (text) => text.replaceAll(' ', '')],
    ['with other signs between its parts', (text) => `(${text.replaceAll(' ', '-')})`],
    ['with blanks of another kind', (text) => text.replaceAll(' ', '\u00a0')],
    ['over several lines', (text) => `: ${text.replaceAll(' ', '\n')}`],
    ['over several lines inside JSON', (text) => `: ${text.replaceAll(' ', '\\n')}`],
    ['with characters of no width', (text) => text.split('').join('\u200b')],
    ['behind the name of a domain', (text) => `ACME\\${text}`],
  ])('is hidden again %s', (_title, says) => {
    const hide = hideAgain(all);
    for (const [placeholder, text] of Object.entries(all)) {
      const hidden = hide(`see ${says(text)}.`);
      expect([text, hidden.replaceAll(placeholder, '').toLowerCase()]).toEqual([
        text,
        expect.not.stringMatching(/anna|170|123|1203|2020|hara|%31|\\u003/),
      ]);
      expect(hidden).toContain(placeholder);
      // What it stands in is left.
      expect(hidden).toMatch(/^see .*\.$/s);
    }
  });

  it.each([
    ['base64', (text: string) => Buffer.from(text).toString('base64')],
    ['base64 in an address', (text: string) => Buffer.from(text).toString('base64url')],
    ['hexadecimal', (text: string) => Buffer.from(text).toString('hex').toUpperCase()],
  ])('is hidden again in %s, wherever in it', (title, encodes) => {
    const hide = hideAgain(all);
    for (const before of ['', 'a', 'ab', 'abc'])
      for (const [placeholder, text] of Object.entries(all)) {
        const hidden = hide(encodes(`${before}${text}; and so on`));
        expect(hidden).toContain(placeholder);
        const [left = '', right = ''] = hidden.split(placeholder);
        const kind = title === 'hexadecimal' ? 'hex' : 'base64';
        expect(Buffer.from(left, kind).toString()).not.toContain(text.slice(0, 3));
        expect(Buffer.from(right, kind).toString()).not.toContain(text.slice(-3));
      }
  });

  it('takes the signs at its ends with it, so that it comes back as it was', () => {
    const hide = hideAgain({ ...all, '<PERSON_4_aaaaaa>': 'Sammy Davis (Jr.)' });
    expect(hide('call +491701234567, or +49 170 1234567')).toBe('call <PHONE_1_aaaaaa>, or <PHONE_1_aaaaaa>');
    expect(hide('?to=%2B491701234567&a')).toBe('?to=<PHONE_1_aaaaaa>&a');
    expect(hide('by SAMMY DAVIS (JR.), 1960')).toBe('by <PERSON_4_aaaaaa>, 1960');
  });

  it('is hidden again as it is dialled at home', () => {
    expect(hideAgain(all)('0170/1234567 or 0049 170 1234567')).not.toMatch(/12345/);
  });

  it('is found in text that puts no blanks between words', () => {
    expect(hideAgain({ '<PERSON_1_aaaaaa>': '王小明' })('我是王小明。')).toBe('我是<PERSON_1_aaaaaa>。');
  });

  it('is no part of another number or word, nor of what a placeholder is called', () => {
    const hide = hideAgain({ ...all, '<PERSON_2_aaaaaa>': 'Ann Email' });
    const others =
      'joanna+news@acme.example 1DE02120300000000202051 DE021203000000002020519 <EMAIL_1_ann> Ann ---- Email';
    expect(hide(others)).toBe(others);
    expect(hide(`${name} ann`)).toBe(`${name} ann`);
  });

  it('leaves all else as it is, whatever it holds', () => {
    const hide = hideAgain(all);
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        expect(hide(text)).toBe(text);
      }),
    );
    const value = { a: [1, null, 'b'] };
    expect(hide(value)).toEqual(value);
  });

  it('takes time by the length of the text, whatever that is made of', () => {
    const hide = hideAgain({ ...all, '<PERSON_3_aaaaaa>': 'aaa', '<PERSON_4_aaaaaa>': 'a-a-a-a' });
    const timed = (text: string): number => {
      const began = process.cpuUsage();
      hide(text);
      const { user, system } = process.cpuUsage(began);
      return user + system;
    };
    for (const piece of ['a', 'anna', '%61', '\\n', '&#', '<A_1', '\u200b', '+49 170 123456', 'DE02 '])
      expect([piece, timed(piece.repeat(Math.ceil(100_000 / piece.length))) < 1_000_000]).toEqual([piece, true]);
  });
});
