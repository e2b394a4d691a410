import { describe, expect, it } from 'vitest';
import { tracestateIn } from './tracestate.ts';

const member = (key: string, length: number) => `${key}=${'v'.repeat(length - key.length - 1)}`;

describe('a tracestate', () => {
  it.each([
    ['rojo=00f067aa0ba902b7,congo=t61rcWkgMzE'],
    ['fw529a3039@dt=FfffffeX,1a-_*/=a b c'],
    ['a= leading space is of the value'],
  ])('is passed on as it came: %s', (text) => {
    expect(tracestateIn(text)).toBe(text);
  });

  it('is passed on without what only parts its members', () => {
    expect(tracestateIn(' a=1 , ,\tb=2,, ')).toBe('a=1,b=2');
  });

  it.each([
    ['nothing', ''],
    ['no member', ' , '],
    ['a key in capitals', 'Rojo=1'],
    ['a key without a value', 'rojo'],
    ['an empty value', 'rojo='],
    ['an equals sign in a value', 'rojo=a=b'],
    ['a letter outside ASCII', 'rojo=é'],
    ['a line break', 'rojo=a\r\nx-evil: 1'],
    ['a key twice', 'a=1,b=2,a=3'],
    ['a key that is too long', `${'k'.repeat(257)}=1`],
    ['a value that is too long', `k=${'v'.repeat(257)}`],
    ['more than 32 members', Array.from({ length: 33 }, (_, n) => `k${n}=1`).join(',')],
  ])('is dropped whole with %s in it', (_what, text) => {
    expect(tracestateIn(text)).toBeUndefined();
  });

  it('holds 32 members', () => {
    const text = Array.from({ length: 32 }, (_, n) => `k${n}=1`).join(',');
    expect(tracestateIn(text)).toBe(text);
  });

  it('that is longer than 512 characters loses its long members first, then its last', () => {
    const [a, long, b, c] = [member('a', 120), member('long', 200), member('b', 120), member('c', 120)];
    expect(tracestateIn([a, long, b, c].join(','))).toBe([a, b, c].join(','));
    const short = ['k', 'l', 'm', 'n', 'o'].map((key) => member(key, 120));
    expect(tracestateIn(short.join(','))).toBe(short.slice(0, 4).join(','));
  });
});
