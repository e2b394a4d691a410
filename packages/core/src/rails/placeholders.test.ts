import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../json.ts';
import { isDrawn, partsOfPlaceholder, restore, restoreIn } from './placeholders.ts';

const name = '<EMAIL_1_qzkfhw>';
const vault = { [name]: 'anna@acme.example', '<PERSON_2_abcdef>': 'Al' };

describe('a placeholder', () => {
  it('is one that nobody can guess when it ends in letters that were drawn', () => {
    expect([name, '<EMAIL_1>', '<EMAIL_1_ABCDEF>', '<EMAIL_1_abc>', `x${name}`].map(isDrawn)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('says what it stands for, and which one it is', () => {
    expect(partsOfPlaceholder('<EMAIL_ADDRESS_12_qzkfhw>')).toEqual({ name: 'EMAIL_ADDRESS', number: 12 });
    expect(partsOfPlaceholder('<CARD_3>')).toEqual({ name: 'CARD', number: 3 });
  });
});

describe('what placeholders stand for', () => {
  it('is put back wherever they stand, in texts, lists and keys, and nowhere else', () => {
    expect(restore({ to: [name], [`of ${name}`]: 'x <EMAIL_1> <EMAIL_2_qzkfhw>' }, vault)).toEqual({
      to: ['anna@acme.example'],
      'of anna@acme.example': 'x <EMAIL_1> <EMAIL_2_qzkfhw>',
    });
  });

  it('is put back in the fields that are named alone', () => {
    const mail = { to: name, text: name, body: { cc: [{ mail: name }, { mail: name, text: name }] } };
    expect(restoreIn(mail, vault, ['to'])).toEqual({ ...mail, to: 'anna@acme.example' });
    expect(restoreIn(mail, vault, ['body.cc.mail', 'none.such'])).toEqual({
      ...mail,
      body: { cc: [{ mail: 'anna@acme.example' }, { mail: 'anna@acme.example', text: name }] },
    });
    expect(restoreIn(mail, vault, [])).toEqual(restore(mail, vault));
  });

  it('comes back whole, whatever was hidden, and is never looked into for more', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 3 }), { maxLength: 5 }), fc.jsonValue(), (texts, value) => {
        const hidden = Object.fromEntries(texts.map((text, index) => [`<EMAIL_${index}_abcdef>`, text]));
        const names = Object.keys(hidden);
        expect(restore(names, hidden)).toEqual(texts);
        const given = value as Json; // fast-check makes JSON and calls it unknown
        expect(restore(given, {})).toEqual(given);
      }),
    );
    expect(restore('<EMAIL_1_aaaaaa>', { '<EMAIL_1_aaaaaa>': name, ...vault })).toBe(name);
  });
});
