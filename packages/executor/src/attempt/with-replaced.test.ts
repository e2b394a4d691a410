import { describe, expect, it } from 'vitest';
import { withGiven } from './given-input.ts';
import { withRailed } from './railed-input.ts';

const rendered = {
  shown: { text: 'Hello', list: [{ key: '***' }, 'a'], header: 'Bearer ***' },
  input: { text: 'Hello', list: [{ key: 's3cret-value' }, 'a'], header: 'Bearer s3cret-value' },
};

describe.each([
  ['a person', withGiven, 'VALUE_INVALID'],
  ['a rail', withRailed, 'RAIL_FAILED'],
])('what %s writes in place of an input', (_who, replace, code) => {
  it('is what the tool gets, also where it holds three stars and no secret was there', () => {
    const shown = { text: 'It is ***bold***' };
    expect(replace({ shown: { text: 'Hello' }, input: { text: 'Hello' } }, shown)).toEqual({ shown, input: shown });
    const same = { text: 'Hello' };
    expect(replace({ shown: same, input: same }, shown)).toEqual({ shown, input: shown });
  });

  it('has the secrets of the texts that were left alone, in lists too, and shows none', () => {
    const given = { ...rendered.shown, list: [{ key: '***' }, 'b'] };
    expect(replace(rendered, given)).toEqual({
      shown: given,
      input: { text: 'Hello', list: [{ key: 's3cret-value' }, 'b'], header: 'Bearer s3cret-value' },
    });
  });

  it('may leave a secret out', () => {
    const given = { ...rendered.shown, header: 'none' };
    expect(replace(rendered, given).input).toEqual({ ...rendered.input, header: 'none' });
  });

  it('may not change a text that holds a secret', () => {
    expect(() => replace(rendered, { ...rendered.shown, header: 'Basic ***' })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
