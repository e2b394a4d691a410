import type { Json } from '@telos/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { celEnvironment } from '../cel/environment.ts';
import { parseExpression } from '../cel/expression.ts';
import type { Expression } from '../cel/expression.ts';
import { expression, typedValue } from '../testing/typed-values.ts';
import { inferType } from './infer.ts';
import { createSchemas } from '../schemas/create-schemas.ts';
import { jsonOf } from './json-of.ts';
import { meet } from './join.ts';
import { misfitOf } from './misfit.ts';
import { typeOfJsonSchema, typeOfValue } from './of-json-schema.ts';
import { anyJson, fieldIn, isNever } from './type.ts';
import type { Kind, Type } from './type.ts';

const isLong = process.env['TELOS_TEST_LONG'] === 'yes';
const runs = isLong ? 100_000 : 1000;
const timeout = isLong ? 3_600_000 : 60_000;

/** Whether the value is one of the type. */
function isOf(value: Json, type: Type): boolean {
  const [kind] = typeOfValue(value).kinds;
  if (kind === undefined || !type.kinds.has(kind)) return false;
  if (typeof value === 'string') return type.texts?.has(value) ?? true;
  if (Array.isArray(value)) return value.every((item: Json) => type.items === undefined || isOf(item, type.items));
  if (typeof value !== 'object' || value === null || type.shape === undefined) return true;
  const given = Object.entries(value).every(([name, item]) => {
    const field = fieldIn(type, name);
    return field !== undefined && isOf(item, field.type);
  });
  return (
    given &&
    [...type.shape.fields.keys()].every((name) => Object.hasOwn(value, name) || fieldIn(type, name)?.optional === true)
  );
}

type Outcome = { readonly value: Json } | { readonly failed: string };

function outcomeOf(parsed: Expression, scope: { readonly [name: string]: Json }): Outcome {
  try {
    return { value: parsed.evaluate(scope, () => 0) };
  } catch (error) {
    return { failed: String(error) };
  }
}

describe('a type', () => {
  it('holds every value of the schema that it is made of', { timeout }, () => {
    fc.assert(
      fc.property(typedValue, ({ schema, value }) => isOf(value, typeOfJsonSchema(schema))),
      { numRuns: runs },
    );
  });

  it('of two that a value is of both holds it', { timeout }, () => {
    fc.assert(
      fc.property(typedValue, typedValue, (one, other) => {
        const [left, right] = [typeOfJsonSchema(one.schema), typeOfJsonSchema(other.schema)];
        return !isOf(one.value, right) || isOf(one.value, meet(left, right));
      }),
      { numRuns: runs },
    );
  });
});

describe('a value of one schema that fits another', () => {
  it('is never of a type that is said not to fit', { timeout }, () => {
    const schemas = createSchemas();
    let fitting = 0;
    let refused = 0;
    fc.assert(
      fc.property(typedValue, typedValue, ({ schema, value }, other) => {
        const misfit = misfitOf(typeOfJsonSchema(schema), typeOfJsonSchema(other.schema));
        if (misfit !== undefined) refused++;
        if (schemas.issues(other.schema, value).length > 0) return;
        fitting++;
        expect(misfit).toBeUndefined();
      }),
      { numRuns: runs },
    );
    // The property says nothing unless both happen.
    expect(fitting).toBeGreaterThan(runs / 20);
    expect(refused).toBeGreaterThan(runs / 20);
  });
});

describe('the type of an expression', () => {
  const given = fc.record({ source: expression, p: typedValue, q: typedValue, r: typedValue });
  const namesOf = (values: { readonly [name: string]: { readonly schema: Json } }) => {
    const types = new Map(Object.entries(values).map(([name, { schema }]) => [name, typeOfJsonSchema(schema)]));
    return (name: string): Type => types.get(name) ?? anyJson;
  };

  it(
    'holds whatever evaluating it gives: what is refused always fails, and what works is never refused',
    { timeout },
    () => {
      let worked = 0;
      let refused = 0;
      fc.assert(
        fc.property(given, ({ source, ...values }) => {
          const parsed = parseExpression(source);
          if (!parsed.ok) return;
          const { type } = inferType(source, parsed.expression.tree, namesOf(values));
          const outcome = outcomeOf(parsed.expression, {
            p: values.p.value,
            q: values.q.value,
            r: values.r.value,
          });
          if (isNever(type)) refused++;
          if ('failed' in outcome) return;
          worked++;
          // what leaves an expression is JSON, whatever it held inside
          const value = JSON.parse(JSON.stringify(outcome.value)) as Json;
          expect({ source, value, isOf: isOf(value, jsonOf(type)) }).toEqual({ source, value, isOf: true });
        }),
        { numRuns: runs * 5 },
      );
      // The property says nothing unless both happen.
      expect(worked).toBeGreaterThan(runs / 5);
      expect(refused).toBeGreaterThan(runs / 20);
    },
  );
});

/** An expression for a value of each kind, that the library cannot see through before it runs. */
const samples: { readonly [kind in Kind]: string } = {
  null: 'values.nothing',
  bool: 'values.truth',
  double: 'values.number',
  string: 'values.text',
  list: 'values.list',
  map: 'values.map',
  int: 'dyn(7)',
  uint: 'dyn(7u)',
  bytes: 'dyn(b"a")',
  timestamp: 'dyn(now())',
  duration: 'dyn(duration("1s"))',
  type: 'dyn(type(1))',
};
const values: Json = { nothing: null, truth: true, number: 2, text: 'a', list: [], map: { a: 1 } };
const valueTypes = typeOfValue(values);
const kinds = Object.keys(samples) as Kind[]; // the keys of a record of kinds

/** Whether it fails because of the kinds of its operands. */
function failsByKind(source: string): boolean {
  const parsed = parseExpression(`type(${source}) == type(0) || true`);
  if (!parsed.ok) throw new Error(`${source}: ${parsed.problem.message}`);
  const outcome = evaluatedAlone(source);
  return /do not go together|there is no function|must be bool|requires bool|range of a comprehension/.test(outcome);
}

function evaluatedAlone(source: string): string {
  try {
    celEnvironment(); // made once
    const parsed = parseExpression(source);
    if (!parsed.ok) return parsed.problem.message;
    parsed.expression.evaluate({ values }, () => 0);
    return '';
  } catch (error) {
    return String(error);
  }
}

function isRefused(source: string): boolean {
  const parsed = parseExpression(source);
  if (!parsed.ok) throw new Error(`${source}: ${parsed.problem.message}`);
  return isNever(inferType(source, parsed.expression.tree, () => valueTypes).type);
}

describe('for each pair of kinds', () => {
  const operators = ['+', '-', '*', '/', '%', '<', '<=', '>', '>=', '==', '!=', 'in'];

  it.each(operators)('`%s` is refused exactly where the run refuses it', (operator) => {
    const pairs = kinds.flatMap((left) => kinds.map((right) => `${samples[left]} ${operator} ${samples[right]}`));
    expect(pairs.filter(isRefused)).toEqual(pairs.filter(failsByKind));
  });
});

describe('for each kind', () => {
  it.each(['!', '-'])('`%s` is refused exactly where the run refuses it', (operator) => {
    const all = kinds.map((kind) => `${operator}(${samples[kind]})`);
    expect(all.filter(isRefused)).toEqual(all.filter(failsByKind));
  });

  const functions = celEnvironment()
    .getDefinitions()
    .functions.filter(
      ({ name, params }) =>
        params.every(({ type }) => type !== 'ast') && !/^(?:value|hasValue|none|of|matchesLinear)$/.test(name),
    )
    .map(({ name, receiverType, params }) => ({ name, isMethod: receiverType !== null, count: params.length }));
  const calls = [...new Map(functions.map((one) => [JSON.stringify(one), one])).values()];

  it.each(calls)(
    '$name with $count arguments is refused exactly where the run refuses it',
    ({ name, isMethod, count }) => {
      const operands = (left: number): string[][] =>
        left === 0 ? [[]] : operands(left - 1).flatMap((some) => kinds.map((kind) => [...some, samples[kind]]));
      const all = operands(count + (isMethod ? 1 : 0)).map((given) =>
        isMethod ? `${given[0] ?? ''}.${name}(${given.slice(1).join(', ')})` : `${name}(${given.join(', ')})`,
      );
      const wrong = all.filter((source) => isRefused(source) !== failsByKind(source));
      expect(wrong).toEqual([]);
    },
  );
});
