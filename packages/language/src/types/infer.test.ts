import { describe, expect, it } from 'vitest';
import { parseExpression } from '../cel/expression.ts';
import { inferType } from './infer.ts';
import type { Inferred } from './infer.ts';
import { jsonOf } from './json-of.ts';
import { typeOfJsonSchema } from './of-json-schema.ts';
import { anyJson, isNever } from './type.ts';
import { wordsOf } from './words.ts';

const names = new Map(
  Object.entries({
    q: { type: 'string' },
    n: { type: 'number' },
    b: { type: 'boolean' },
    z: { type: 'null' },
    maybe: { type: ['string', 'null'] },
    l: { type: 'array', items: { type: 'number' } },
    hits: {
      type: 'array',
      items: {
        type: 'object',
        properties: { title: { type: 'string' }, score: { type: 'number' } },
        required: ['title'],
        additionalProperties: false,
      },
    },
    m: { type: 'object', properties: { results: { type: 'array' } }, additionalProperties: false },
    open: { type: 'object', properties: { results: { type: 'array' } } },
    kind: { enum: ['good', 'bad'] },
  }).map(([name, schema]) => [name, typeOfJsonSchema(schema)] as const),
);

function infer(source: string): Inferred {
  const parsed = parseExpression(source);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return inferType(source, parsed.expression.tree, (name) => names.get(name) ?? anyJson);
}

describe('an expression that fails whatever the values', () => {
  it.each([
    ['q + 1', '0 `+` does not take text and a whole number; write "1"'],
    ['n + q', '0 `+` does not take a number and text; write string(n)'],
    ['q < 3', '0 `<` does not take text and a whole number; write double(q)'],
    ['now() - q', '0 `-` does not take a timestamp and text; write timestamp(q)'],
    ['n - now()', '0 `-` does not take a number and a timestamp'],
    ['m.reslts', '2 `m` has no `reslts`; did you mean `results`?'],
    ['m["reslts"]', '0 `m` has no `reslts`; did you mean `results`?'],
    ['1 + m . reslts.x', '8 `m` has no `reslts`; did you mean `results`?'],
    ['hits[0].autor', '8 `hits[0]` has no `autor`; it has title, score'],
    ['q.length', '2 `q` is text and has no field `length`; write size(q)'],
    ['l.length > 2', '2 `l` is a list and has no field `length`; write size(l)'],
    ['hits.title', '5 `hits` is a list and has no field `title`; write hits[0].title, or hits.map(x, x.title)'],
    ['q.foo', '2 `q` is text and has no field `foo`'],
    ['z.foo', '2 `z` is null and has no field `foo`'],
    ['maybe.foo', '6 `maybe` is text or null and has no field `foo`'],
    ['n[0]', '0 `n` is a number and has no items'],
    ['l["a"]', '0 `l` is a list, and its items are counted from 0: the text `a` names none'],
    ['q.substring(n)', '0 `substring` takes a whole number, and `n` is a number; write int(n)'],
    ['q.contains(n)', '0 `contains` takes text, and `n` is a number; write string(n)'],
    ['n.startsWith("a")', '0 `startsWith` is asked of text, and `n` is a number; write string(n)'],
    ['q.getHours()', '0 `getHours` is asked of a timestamp or a duration, and `q` is text; write timestamp(q)'],
    ['timestamp(n)', '0 `timestamp` takes a whole number or text, and `n` is a number; write int(n)'],
    ['q.matches(n)', '0 `matches` takes text, and `n` is a number; write string(n)'],
    ['size(n)', '0 `size` takes text, bytes, a list or a map, and `n` is a number'],
    ['int(z)', '0 `int` takes a whole number, a number or text, and `z` is null'],
    ['q in q', '5 `in` looks into a list or a map, and `q` is text; write q.contains(q)'],
    ['q ? 1 : 2', '0 `q` must be true or false here, and is text'],
    ['!n', '0 `!` takes true or false, and `n` is a number'],
    ['-q', '0 `-` takes a number, and `q` is text'],
    ['q && n', '0 `q` must be true or false here, and is text'],
    ['n.map(x, x)', '0 `map` walks through a list or a map, and `n` is a number'],
    ['cel.bind(x, n, x.foo)', '17 `x` is a number and has no field `foo`'],
    ['has(q.foo.bar)', '6 `q` is text and has no field `foo`'],
    ['[q + 1]', '1 `+` does not take text and a whole number; write "1"'],
    ['{"a": q.x}', '8 `q` is text and has no field `x`'],
    ['dyn(q) + 1', '0 `+` does not take text and a whole number; write "1"'],
  ])('%s', (source, expected) => {
    const { type, troubles } = infer(source);
    const [first] = troubles.filter(({ what }) => what === 'fails');
    expect(`${first?.offset} ${first?.message}${first?.hint === undefined ? '' : `; ${first.hint}`}`).toBe(expected);
    expect(isNever(type)).toBe(true);
  });
});

describe('an expression that fails only when it is reached', () => {
  it.each([
    'hits.map(h, h.autor)',
    'l.filter(x, x.foo > 1)',
    'l.all(x, x)',
    'b ? q.foo : q',
    'b && q',
    'q.foo || b',
    'b || q.foo == 1',
    'hits.exists(h, h.title == 1 + q)',
  ])('%s has a type all the same', (source) => {
    const { type, troubles } = infer(source);
    expect(isNever(type)).toBe(false);
    expect(troubles.map(({ what }) => what)).toContain('fails');
  });
});

describe('an expression that may work and is seldom meant', () => {
  it.each([
    ['open.reslts', '`open` declares no `reslts`'],
    ['kind == "god"', 'one of `good`, `bad` never equals the text `god`: this is always false'],
    ['q == 3', 'text never equals a whole number: this is always false'],
    ['l == m', 'a list never equals a map: this is always false'],
    ['n != "3"', 'a number never equals the text `3`: this is always true'],
    ['has(m.reslts)', '`m` never has `reslts`: this is always false'],
  ])('%s', (source, message) => {
    expect(infer(source)).toMatchObject({ troubles: [{ what: 'odd', message }] });
  });

  it('suggests the text that was meant', () => {
    expect(infer('kind == "god"').troubles[0]?.hint).toBe('did you mean `good`?');
  });
});

describe('an expression that may work', () => {
  it.each([
    ['n + 1', 'a number'],
    ['size(q) + 1', 'a number'],
    ['q + string(n)', 'text'],
    ['open.whatever.goes', 'true or false, a number, text, a list, a map or null'],
    ['maybe + "a"', 'text'],
    ['maybe == null ? 0 : size(maybe)', 'a number'],
    ['has(open.x) && open.x > 3', 'true or false'],
    ['l[n]', 'a number'],
    ['l[0] + n % 2', 'a number'],
    ['hits.filter(h, h.score > 0.5).map(h, h.title)', 'a list'],
    ['hits.filter(h, h.score > 0.5)[0].title', 'text'],
    ['m.map(key, key + "x")[0]', 'text'],
    ['{"a": n, "b": q}.b', 'text'],
    ['{q: n}["x"] + 1', 'a number'],
    ['m["results"]', 'a list'],
    ['m[q]', 'a list'],
    ['n in l', 'true or false'],
    ['q in m', 'true or false'],
    ['l == l', 'true or false'],
    ['z != null', 'true or false'],
    ['now() - timestamp(q) < duration("1h")', 'true or false'],
    ['timestamp(q).getHours()', 'a number'],
    ['json(q).a.b', 'true or false, a number, text, a list, a map or null'],
    ['q.split(",")[0].trim()', 'text'],
    ['l + [1]', 'a list'],
    ['type(q) == string', 'true or false'],
    ['cel.bind(x, l, x + x)', 'a list'],
    ['n == 3', 'true or false'],
    ['kind', 'one of `good`, `bad`'],
  ])('%s gives %s', (source, words) => {
    const { type, troubles } = infer(source);
    expect(troubles).toEqual([]);
    expect(wordsOf(jsonOf(type))).toBe(words);
  });
});
