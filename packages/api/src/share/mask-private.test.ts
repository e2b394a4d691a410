import { describe, expect, it } from 'vitest';
import { PrivateValues } from './mask-private.ts';

const from = ['inputs.a'];

describe('masking what is private', () => {
  it('leaves fields that carry nothing, at any depth, and masks those that do', () => {
    const hidden = new PrivateValues();
    const labelling = { private: from, fields: { title: {}, author: { private: from, fields: { role: {} } } } };
    expect(
      hidden.masked(
        { title: 'Valves', body: 'secret text', author: { name: 'Grace Hopper', role: 'editor' } },
        labelling,
      ),
    ).toEqual({ title: 'Valves', body: '[private]', author: { name: '[private]', role: 'editor' } });
    expect(hidden.masked(['untouched'], undefined)).toEqual(['untouched']);
    expect(hidden.masked('from outside', { untrusted: from })).toBe('from outside');
  });

  it('masks texts of masked values elsewhere, the longest first, whatever marks are in them', () => {
    const hidden = new PrivateValues();
    hidden.masked(['Hopper', 'Grace Hopper', 'a+b (c)', 1906_12_09, 'of'], { private: from });
    expect(hidden.scrubbed('Grace Hopper, a+b (c), 19061209, one of them')).toBe(
      '[private], [private], [private], one of them',
    );
  });

  it('masks a text also as it stands inside JSON', () => {
    const hidden = new PrivateValues();
    hidden.hide('said "no"\nand left');
    expect(hidden.scrubbed(JSON.stringify({ note: 'He said "no"\nand left.' }))).toBe('{"note":"He [private]."}');
  });
});
