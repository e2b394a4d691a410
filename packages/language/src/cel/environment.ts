/**
 * The one CEL environment: the library's functions, made safe, and ours.
 *
 * JSON numbers are doubles and CEL's literals are integers, so arithmetic
 * between the two is declared here; the result is a double. `matches` is
 * replaced (see instrument.ts), because the library's uses the host's engine.
 */
import { Environment } from '@marcbachmann/cel-js';
import { deepestValue, isWithinDepth } from '@telos/core';
import type { Json } from '@telos/core';
import { jsonOfValue } from './json-of-value.ts';
import { limits } from './limits.ts';
import { linearPattern } from './linear-pattern.ts';
import { charge, meterTime } from './meter.ts';

/** What `text.matches(pattern)` becomes before it is checked. */
export const linearMatches = 'matchesLinear';

/** Functions that take no receiver, for suggestions. */
export const globalFunctions: readonly string[] = [
  'batches',
  'bool',
  'bytes',
  'double',
  'duration',
  'dyn',
  'has',
  'int',
  'json',
  'now',
  'size',
  'string',
  'timestamp',
  'toJson',
  'type',
  'uint',
];

/** Names that CEL itself gives a meaning; a loop variable cannot have one of them. */
export const takenNames: ReadonlySet<string> = new Set(
  [
    'bool bytes cel double dyn google int list map null null_type string type uint',
    'as break const continue else false for function if import in let loop',
    'namespace optional package prototype return true var void while',
  ].flatMap((line) => line.split(' ')),
);

let made: Environment | undefined;

/** Made when first needed: a program without expressions pays nothing. */
export function celEnvironment(): Environment {
  return (made ??= makeEnvironment());
}

function makeEnvironment(): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    limits: {
      maxAstNodes: limits.nodes,
      maxDepth: limits.depth,
      maxListElements: 1000,
      maxMapEntries: 1000,
      maxCallArguments: 16,
    },
  });
  const mixed: readonly [string, (left: number, right: number) => number][] = [
    ['+', (left, right) => left + right],
    ['-', (left, right) => left - right],
    ['*', (left, right) => left * right],
    ['/', (left, right) => left / right],
    ['%', (left, right) => left % right],
  ];
  for (const [operator, apply] of mixed) {
    const handler = (left: number | bigint, right: number | bigint) => apply(Number(left), Number(right));
    environment.registerOperator(`double ${operator} int: double`, handler);
    environment.registerOperator(`int ${operator} double: double`, handler);
    if (operator === '%') environment.registerOperator('double % double: double', handler);
  }
  environment.registerFunction(
    `string.${linearMatches}(string): bool`,
    (text: string, pattern: string) => {
      charge(text.length >> 1);
      return linearPattern(pattern).test(text);
    },
    { async: false },
  );
  environment.registerFunction('now(): google.protobuf.Timestamp', () => new Date(meterTime()), { async: false });
  environment.registerFunction('batches(list<dyn>, int): list<dyn>', batchesOf, { async: false });
  environment.registerFunction('json(string): dyn', jsonOfText, { async: false });
  environment.registerFunction('toJson(dyn): string', (value: unknown) => JSON.stringify(jsonOfValue(value)), {
    async: false,
  });
  return environment;
}

/** Lists of so many items, the last of what is left. */
function batchesOf(list: readonly unknown[], most: bigint): readonly (readonly unknown[])[] {
  if (most < 1n) throw new Error(`a batch has at least one item, not ${most}`);
  charge(list.length);
  const size = Number(most);
  return Array.from({ length: Math.ceil(list.length / size) }, (_, n) => list.slice(n * size, (n + 1) * size));
}

function jsonOfText(text: string): Json {
  const value = JSON.parse(text) as Json; // JSON.parse yields nothing but JSON
  if (!isWithinDepth(value)) throw new Error(`the JSON text is nested more than ${deepestValue} levels deep`);
  return value;
}
