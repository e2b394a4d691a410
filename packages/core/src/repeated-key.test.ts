import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatedKeyIn } from './repeated-key.ts';

describe('a key that stands twice in one object of a JSON text', () => {
  it.each<[string, readonly (string | number)[]]>([
    ['{"a":1,"a":1}', ['a']],
    ['{"a":{"b":[1,{"c":"}","d":{},"c":2}]}}', ['a', 'b', 1, 'c']],
    [String.raw`{"a\u0062":1,"ab":2}`, ['ab']],
    [String.raw`{"\"":1,"\\":2,"\"":3}`, ['"']],
    ['[0, {"x": 1 , "x" :2}]', [1, 'x']],
    ['{"":1,"":2}', ['']],
    ['{"__proto__":1,"__proto__":2}', ['__proto__']],
  ])('is found in %s', (text, path) => {
    expect(repeatedKeyIn(text)).toEqual(path);
  });

  it.each(['{"a":{"a":{"a":1}},"b":"a"}', '[{"a":1},{"a":1}]', '"a"', '{"a":"a","b":["a","a"]}', '{}', '12'])(
    'is none in %s',
    (text) => {
      expect(repeatedKeyIn(text)).toBeUndefined();
    },
  );

  it('is none in anything that was written from a value, and is found wherever one is put in twice', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, key) => {
        const text = JSON.stringify(value, undefined, 1);
        expect(repeatedKeyIn(text)).toBeUndefined();
        const name = JSON.stringify(key);
        expect(repeatedKeyIn(`[0,{${name}:${text},"${'x'.repeat(200)}":${text},${name}:1}]`)).toEqual([1, key]);
      }),
    );
  });
});
