import type { Json } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { parseExpression } from './expression.ts';
import { limits } from './limits.ts';

function evaluate(source: string, scope: { readonly [name: string]: Json } = {}): Json {
  const parsed = parseExpression(source);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.expression.evaluate(scope, () => 0);
}

const numbers = (count: number): Json => Array.from({ length: count }, (_, index) => index);

describe('an expression', () => {
  it('runs patterns in linear time, however they are nested', () => {
    const text = `${'a'.repeat(50_000)}b`;
    expect(evaluate('text.matches("^(a+)+$")', { text })).toBe(false);
    expect(evaluate('text.matches("(x+x+)+y")', { text: 'x'.repeat(5000) })).toBe(false);
  });

  it('refuses patterns that cannot be run in linear time', () => {
    expect(() => evaluate('"aa".matches("(a)\\\\1")')).toThrow('cannot be used');
    expect(() => evaluate('"aa".matches("(?=a)a")')).toThrow('cannot be used');
    expect(() => evaluate('"aa".matches(p)', { p: 'a'.repeat(2001) })).toThrow('2000 characters');
  });

  it.each(['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'])(
    'sees nothing behind %s',
    (name) => {
      expect(evaluate(`has(o.${name === '__proto__' || name === 'prototype' ? 'x' : name})`, { o: {} })).toBe(false);
      expect(evaluate(`"${name}" in o`, { o: {} })).toBe(false);
      expect(() => evaluate(`o["${name}"]`, { o: {} })).toThrow(`No such key: ${name}`);
      expect(() => evaluate(`"text"["${name}"]`)).toThrow();
      expect(() => evaluate(`[1]["${name}"]`)).toThrow();
      expect(() => evaluate(name)).toThrow();
      expect(() => evaluate(`${name}("return 1")`)).toThrow();
      expect(() => evaluate(`o.${name}("return 1")`, { o: {} })).toThrow();
    },
  );

  it('reads keys of such names when the data has them', () => {
    const o = JSON.parse(
      '{"constructor": "Ferrari", "__proto__": {"a": 1}, "list": [{"constructor": null, "n": 2}]}',
    ) as Json;
    expect(evaluate('o.constructor', { o })).toBe('Ferrari');
    expect(evaluate('o["__proto__"].a', { o })).toBe(1);
    expect(evaluate('o.list[0].n + 1', { o })).toBe(3);
    expect(evaluate('o.list', { o })).toEqual([{ constructor: null, n: 2 }]);
    expect(evaluate('[o]', { o })).toEqual([o]);
  });

  it('makes no object with a prototype of its own from a literal', () => {
    const made = evaluate('{"__proto__": {"polluted": true}, "a": 1}');
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
    expect(made).not.toHaveProperty('polluted');
  });

  it('walks through lists up to a bound', () => {
    expect(evaluate('l.all(x, x >= 0)', { l: numbers(limits.items) })).toBe(true);
    expect(() => evaluate('l.all(x, x >= 0)', { l: numbers(limits.items + 1) })).toThrow('items');
    expect(() => evaluate('l.map(x, x)', { l: numbers(limits.items + 1) })).toThrow('items');
  });

  it.each([
    ['nested macros', 'l.map(a, l.map(b, a + b))'],
    ['quantifiers, which absorb errors', 'l.exists(a, l.exists(b, l.exists(c, false)))'],
    ['a bound hidden behind ||', 'l.all(a, l.all(b, true)) || true'],
    ['large comparisons in a macro', 'l.filter(a, l == m)'],
    ['membership in a macro', 'l.filter(a, -1 in l)'],
    ['text searched in a macro', 'l.filter(a, text.contains("z"))'],
    [
      'a list that doubles',
      `cel.bind(a, l + l, cel.bind(b, a + a, cel.bind(c, b + b, cel.bind(d, c + c, cel.bind(e, d + d, cel.bind(f, e + e, cel.bind(g, f + f, size(g + g))))))))`,
    ],
    ['references that unfold', 'l.map(a, l)'],
  ])('stops at its cost: %s', (_title, source) => {
    const scope = { l: numbers(9000), m: numbers(9000), text: 'a'.repeat(100_000) };
    expect(() => evaluate(source, scope)).toThrow('too much work');
  });

  it('is free to read large values by their path', () => {
    const large = numbers(200_000);
    expect(evaluate('o.large', { o: { large } })).toBe(large);
    expect(evaluate('size(o.large)', { o: { large } })).toBe(200_000);
  });

  it('may not be long, large or deep', () => {
    const problem = (source: string): string => {
      const parsed = parseExpression(source);
      return parsed.ok ? 'none' : parsed.problem.message;
    };
    expect(problem(`"${'a'.repeat(limits.sourceLength)}"`)).toContain('8192 characters');
    expect(problem(Array.from({ length: 1500 }, () => '1').join('+'))).toContain('maxAstNodes');
    expect(problem('('.repeat(100) + '1' + ')'.repeat(100))).toContain('maxDepth');
    expect(problem('!'.repeat(8000) + 'true')).not.toBe('none');
    expect(problem('')).toBe('the expression is empty');
  });

  it('is never host code', () => {
    for (const source of [
      'this.constructor',
      'process.exit(1)',
      'require("fs")',
      '(() => 1)()',
      '`x`',
      'new Date()',
      'globalThis',
      'eval("1")',
    ]) {
      expect(() => evaluate(source, { o: {} })).toThrow();
    }
  });
});

describe('references', () => {
  const roots = (source: string): readonly string[] => {
    const parsed = parseExpression(source);
    const references = parsed.ok ? parsed.expression.references : parsed.references;
    return references.map(({ path, open }) => path.join('.') + (open ? '[]' : ''));
  };

  it.each([
    ['steps.a.output.b', ['steps.a.output.b']],
    ['steps["a"].output[i].x', ['steps.a.output[]', 'i']],
    ['has(inputs.x) ? inputs.x : vars.y', ['inputs.x', 'inputs.x', 'vars.y']],
    ['inputs.l.map(x, x.a + y)', ['inputs.l', 'y']],
    ['inputs.l.map(x, x.ok, x.a)', ['inputs.l']],
    ['x.exists(x, x > 0)', ['x']],
    ['cel.bind(t, steps.a, t.output + u)', ['steps.a', 'u']],
    ['{"k": item, "l": [index]}', ['item', 'index']],
    ['size(steps.a.output) > int(run.n)', ['steps.a.output', 'run.n']],
    ['foo(bar.baz)', ['bar.baz']],
  ])('of %s are %j', (source, expected) => {
    expect(roots(source)).toEqual(expected);
  });
});
