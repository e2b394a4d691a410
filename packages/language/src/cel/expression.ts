/**
 * One CEL expression: parsed and checked once, evaluated many times.
 */
import type { Json } from '@telos/core';
import { celEnvironment, linearMatches } from './environment.ts';
import { instrument } from './instrument.ts';
import { jsonOfValue } from './json-of-value.ts';
import { limits } from './limits.ts';
import { startMeter, stopMeter } from './meter.ts';
import { referencesOf } from './references.ts';
import type { Reference } from './references.ts';
import type { SyntaxNode } from './syntax-tree.ts';
import { withoutConstructors } from './without-constructors.ts';

export type Expression = {
  readonly source: string;
  readonly references: readonly Reference[];
  /** With what meters it put in; for reading alone. */
  readonly tree: SyntaxNode;
  /** What it reads, when it is a path with every key written down and nothing else. */
  readonly path?: readonly string[];
  /**
   * @param now Milliseconds since the epoch, for `now()`.
   * @throws Error that says what went wrong: a missing key, types that do not go together, a limit.
   */
  evaluate(scope: { readonly [name: string]: Json }, now: () => number): Json;
};

/** Why an expression cannot be used. */
type ExpressionProblem = {
  readonly kind: 'syntax' | 'function' | 'types';
  readonly message: string;
  /** Where in the expression, from 0. */
  readonly offset: number;
  /** The function that is not known, for kind `function`. */
  readonly name?: string;
};

export type ParsedExpression =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly problem: ExpressionProblem; readonly references: readonly Reference[] };

type Evaluable = {
  (scope: { readonly [name: string]: Json }): unknown;
  check(): { readonly valid: boolean; readonly error?: unknown };
  readonly ast: SyntaxNode;
};

/** The tree of an expression as it is written, for reading it as something else than what is evaluated. */
export type ParsedSyntax =
  | { readonly ok: true; readonly tree: SyntaxNode }
  | { readonly ok: false; readonly problem: ExpressionProblem };

export function parseSyntax(source: string): ParsedSyntax {
  const parsed = parseEvaluable(source);
  return parsed.ok ? { ok: true, tree: parsed.evaluable.ast } : parsed;
}

function parseEvaluable(
  source: string,
): { readonly ok: true; readonly evaluable: Evaluable } | { readonly ok: false; readonly problem: ExpressionProblem } {
  if (source.trim() === '')
    return { ok: false, problem: { kind: 'syntax', message: 'the expression is empty', offset: 0 } };
  if (source.length > limits.sourceLength) {
    const message = `an expression may have ${limits.sourceLength} characters, and this one has ${source.length}`;
    return { ok: false, problem: { kind: 'syntax', message, offset: 0 } };
  }
  try {
    // the published type leaves out `meta` and `clone` of its nodes; see syntax-tree.ts
    return { ok: true, evaluable: celEnvironment().parse(source) as unknown as Evaluable };
  } catch (error) {
    return { ok: false, problem: { kind: 'syntax', ...readError(error) } };
  }
}

export function parseExpression(source: string): ParsedExpression {
  const refuse = (problem: ExpressionProblem, references: readonly Reference[] = []): ParsedExpression => ({
    ok: false,
    problem,
    references,
  });
  const parsed = parseEvaluable(source);
  if (!parsed.ok) return refuse(parsed.problem);
  const { evaluable } = parsed;
  const references = referencesOf(evaluable.ast);
  const fromScope = isPath(evaluable.ast);
  instrument(evaluable.ast);
  const checked = evaluable.check();
  if (!checked.valid) return refuse(typeProblem(checked.error), references);
  const evaluate: Expression['evaluate'] = (scope, now) => {
    startMeter(now);
    let value: unknown;
    try {
      value = evaluable(scope);
    } catch (error) {
      if (!isConstructorTrouble(error)) throw plainError(error);
      value = again(evaluable, scope, now);
    }
    stopMeter();
    // a path into the scope is JSON already, unless its objects were rebuilt
    if (typeof value === 'boolean' || typeof value === 'string') return value;
    return fromScope && !(value instanceof Map) ? (value as Json) : jsonOfValue(value);
  };
  const [only] = references;
  const path = fromScope && only?.open === false ? { path: only.path } : {};
  return {
    ok: true,
    expression: { source, references, tree: evaluable.ast, ...path, evaluate },
  };
}

function again(evaluable: Evaluable, scope: { readonly [name: string]: Json }, now: () => number): unknown {
  startMeter(now);
  try {
    return jsonOfValue(evaluable(withoutConstructors(scope)));
  } catch (error) {
    throw plainError(error);
  }
}

/** Data may have a key named `constructor`, which the library takes for a class. */
function isConstructorTrouble(error: unknown): boolean {
  return error instanceof TypeError || codeOf(error) === 'unsupported_type';
}

/** Names and keys alone, so that the value is a part of the scope. */
function isPath(node: SyntaxNode): boolean {
  if (node.op === 'id') return true;
  if ((node.op !== '.' && node.op !== '[]') || !Array.isArray(node.args)) return false;
  return isPath(node.args[0] as SyntaxNode); // the library's shape of an access
}

function typeProblem(error: unknown): ExpressionProblem {
  const read = readError(error);
  const unknownFunction = /^there is no function `(?:any\.)?([A-Za-z_]\w*)\(/.exec(read.message)?.[1];
  if (codeOf(error) === 'no_matching_overload' && unknownFunction !== undefined) {
    return { kind: 'function', name: unknownFunction, ...read };
  }
  return { kind: 'types', ...read };
}

function readError(error: unknown): { readonly message: string; readonly offset: number } {
  const fields = error as { readonly summary?: unknown; readonly range?: { readonly start?: unknown } }; // read with care below
  const start = fields?.range?.start;
  const summary =
    typeof fields?.summary === 'string' ? fields.summary : error instanceof Error ? error.message : String(error);
  return { message: plainWords(summary), offset: typeof start === 'number' ? start : 0 };
}

function plainError(error: unknown): Error {
  return new Error(readError(error).message, { cause: error });
}

/** The library's messages in the words of the language. */
function plainWords(message: string): string {
  return message
    .replaceAll(linearMatches, 'matches')
    .replaceAll(/\bdyn<(\w+)>/g, '$1')
    .replace(/^Unexpected token: EOF$/, 'the expression ends too early')
    .replace(
      /^Expected (\w+), got EOF$/,
      (_, token: string) => `the expression ends and ${brackets[token] ?? token} is missing`,
    )
    .replace(/^Unexpected character: '?(.)'?$/, '`$1` is not expected here')
    .replace(/^found no matching overload for '(.*)'$/, (_, call: string) => `there is no function \`${asAny(call)}\``)
    .replace(/^no such overload: (.*)$/, (_, types: string) => `these types do not go together: ${asAny(types)}`);
}

const brackets: { readonly [token: string]: string } = { RPAREN: '`)`', RBRACKET: '`]`', RBRACE: '`}`', COLON: '`:`' };

function asAny(types: string): string {
  return types.replaceAll(/\bdyn\b/g, 'any');
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
