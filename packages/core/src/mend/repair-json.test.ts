import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../json.ts';
import { repairJson } from './repair-json.ts';

const mended = (text: string): Json | undefined => repairJson(text)?.value;

describe('repaired JSON', () => {
  it('is what any JSON is by itself, and says that nothing was repaired', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(repairJson(text)).toEqual({ value: JSON.parse(text) as unknown, repaired: false });
      }),
    );
  });

  it('is the same within a fence and prose, within a call, and behind an assignment', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (value) => {
        const json = JSON.stringify(value, null, 2);
        const wanted: unknown = JSON.parse(json);
        for (const text of [
          `Here it is:\n\`\`\`json\n${json}\n\`\`\`\nThat was it.`,
          `submit(${json})`,
          `const x = ${json};`,
        ]) {
          expect(mended(text)).toEqual(wanted);
        }
      }),
    );
  });

  it('is the same with its last brackets cut off', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), { minKeys: 1 }), (value) => {
        const json = JSON.stringify({ value, last: 'word' });
        expect(mended(json.replace(/[\]}]+$/, ''))).toEqual(JSON.parse(json));
      }),
    );
  });

  it('never throws, whatever is cut out of JSON or put into it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), fc.nat(10), fc.string(), (value, place, length, more) => {
        const json = JSON.stringify(value, null, 1);
        const at = place % (json.length + 1);
        repairJson(json.slice(0, at) + more + json.slice(at + length));
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, string, Json]>([
    ['quotes left unescaped', '{"a": "he said "yes", and left", "b": 1}', { a: 'he said "yes", and left', b: 1 }],
    ['quotes within markup', '{"html": "<a href="x">y</a>", "n": 1}', { html: '<a href="x">y</a>', n: 1 }],
    ['quotes within code', '{"code": "if (x) { return "y"; }", "b": 1}', { code: 'if (x) { return "y"; }', b: 1 }],
    ['an end of a string that is missing', '{"a": "text, "b": 1}', { a: 'text', b: 1 }],
    ['an end of a string at the end of a line', '{"a": "text\n "b": 1}', { a: 'text', b: 1 }],
    ['an end of a string before the last bracket', '{"a": "text}', { a: 'text' }],
    [
      'single quotes with an apostrophe',
      "{'a': 'it's fine', 'b': None, 'c': True}",
      { a: "it's fine", b: null, c: true },
    ],
    ['typographic quotes', '{“a”: “b”, ‘c’: ‘d’}', { a: 'b', c: 'd' }],
    ['backticks and three quotes', '{"a": `b`, "c": """d "e"\nf"""}', { a: 'b', c: 'd "e"\nf' }],
    [
      'no quotes',
      '{a: hello world, b: 2024-01-02, c: http://x.y/z?q=1}',
      { a: 'hello world', b: '2024-01-02', c: 'http://x.y/z?q=1' },
    ],
    ['commas missing', '{"a": 1 "b": ["c" "d"]\n"e": [1 2]}', { a: 1, b: ['c', 'd'], e: [1, 2] }],
    ['commas too many', '{,"k": "v",, "z": [, 1,, 2,],}', { k: 'v', z: [1, 2] }],
    [
      'commas and colons of Chinese',
      '{"甲"：1，"乙"： "二，三"，"丙"：[1，2、3]，"丁"：null}',
      { 甲: 1, 乙: '二，三', 丙: [1, 2, 3], 丁: null },
    ],
    ['colons missing or other', '{"a" 1, "b" = 2, "c" => 3}', { a: 1, b: 2, c: 3 }],
    ['brackets of the wrong kind', '{"a": 1, "b": {"c": [1, 2}, "d": 4}', { a: 1, b: { c: [1, 2] }, d: 4 }],
    ['a bracket too many', '{"a": [1]], "b": 2}}', { a: [1], b: 2 }],
    ['two brackets for one', '{{"a": 1}}', { a: 1 }],
    ['no first bracket', '"a": 1, "b": [2]}', { a: 1, b: [2] }],
    ['comments', '{"a": "b", // c\n # d\n "e": 1 /* f */ }', { a: 'b', e: 1 }],
    ['dots for more', '{"a": [1, 2, ...], "b": 3, ...}', { a: [1, 2], b: 3 }],
    [
      'literals of other languages',
      '{"a": TRUE, "b": NaN, "c": -Infinity, "d": undefined}',
      { a: true, b: null, c: null, d: null },
    ],
    [
      'numbers of other languages',
      '{"a": +5, "b": .5, "c": 5., "d": 0x1F, "e": 1_000}',
      { a: 5, b: 0.5, c: 5, d: 31, e: 1000 },
    ],
    ['numbers that are names', '{"a": 007, "b": 10%, "c": 3 kg}', { a: '007', b: '10%', c: '3 kg' }],
    ['strings in parts', '{"a": "x" + "y" + \'z\'}', { a: 'xyz' }],
    [
      'constructors and tuples',
      '{"a": ObjectId("5"), "b": new Date("2020"), "c": (1, 2), "d": u"x"}',
      { a: '5', b: '2020', c: [1, 2], d: 'x' },
    ],
    [
      'escapes that JSON does not know',
      '{"a": "it\\\'s", "b": "\\d+", "c": "\\x41"}',
      { a: "it's", b: '\\d+', c: 'A' },
    ],
    ['raw line breaks and tabs', '{"a": "one\ntwo\tthree"}', { a: 'one\ntwo\tthree' }],
    ['quotes as HTML writes them', '{&quot;a&quot;: &quot;x &lt; y&quot;}', { a: 'x < y' }],
    ['quotes as in a string literal', '{\\"a\\": \\"b\\", \\"c\\": [1]}', { a: 'b', c: [1] }],
    ['a byte order mark and hard blanks', '\uFEFF{\u00A0"a":\u00A01}', { a: 1 }],
    ['a name that was cut off', '{"a": "x", "b', { a: 'x' }],
    ['a value that was cut off', '{"a": [{"b": "c"}, {"b": "d', { a: [{ b: 'c' }, { b: 'd' }] }],
    ['no value yet', '{"a": "x", "b":', { a: 'x', b: null }],
    ['a literal, a number, an escape cut off', '[[tr', [[true]]],
    ['an escape that was cut off', '{"a": "x\\u00', { a: 'x' }],
    ['prose with brackets of its own', 'I used {curly} words. {"a": true} Use { with care, see [2].', { a: true }],
    ['drafts before it', 'Draft: {"a": 0}\nFinal:\n~~~\n{"a": 1}\n~~~', { a: 1 }],
    ['thoughts before it', '<think>{"x": 1, "y": [1, 2, 3, 4]}</think>{"a": 2}', { a: 2 }],
    ['a fence in a string', 'Here:\n```json\n{"code": "say:\\n```js\\n1\\n```"}\n```', { code: 'say:\n```js\n1\n```' }],
    ['a bare value in a fence', '```json\n42\n```', 42],
  ])('is had from %s', (_, text, value) => {
    expect(repairJson(text)).toEqual({ value, repaired: true });
  });

  it.each([
    '',
    'no JSON here',
    'one, two, three',
    'As [1] and [2] say, no.',
    'See [draft] for the details.',
    '{',
    '- item\n- other',
    'a: 1\nb: 2',
  ])('is not to be had from %j', (text) => {
    expect(repairJson(text)).toBeUndefined();
  });

  it('keeps a field by the name of a prototype a field', () => {
    expect(Object.hasOwn(mended("{'__proto__': 1}") as object, '__proto__')).toBe(true);
  });

  // Models do fall into repeating one character; a step of the engine must not stand still for it.
  it.each([
    ['line breaks after a fence', `\`\`\`json\n{"a": 1}${'\n'.repeat(2_000_000)}`],
    ['line breaks within a fence', `\`\`\`json\n${'\n '.repeat(1_000_000)}{"a": 1}\n\`\`\``],
    ['fences', '```'.repeat(1_000_000)],
    ['strings', `{${'"a" '.repeat(1_000_000)}`],
    ['brackets', '['.repeat(2_000_000)],
    ['brackets in prose', '[x '.repeat(700_000)],
    ['quotes', `{"a": "${'"'.repeat(1_000_000)}`],
    ['quotes with blanks', `{"a": "${`"${' '.repeat(150)}`.repeat(20_000)}`],
    ['comments', `[${'/*'.repeat(1_000_000)}`],
    ['backslashes', `{"a": "${'\\'.repeat(2_000_000)}`],
    ['objects', '{} '.repeat(500_000)],
    ['names', `{${'a b '.repeat(500_000)}`],
    ['digits', `[${'1'.repeat(2_000_000)}`],
    ['plus signs', `["a"${'+"a"'.repeat(500_000)}`],
  ])('takes no longer than the text is long: %s without end', (_what, text) => {
    if (text.includes('{"a": 1}')) expect(mended(text)).toEqual({ a: 1 });
    else repairJson(text);
  });
});
