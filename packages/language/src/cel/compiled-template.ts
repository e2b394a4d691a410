/**
 * Templates made ready: JSON whose strings may hold expressions becomes a
 * function of a scope. What holds no expression is handed out as it is.
 */
import { TelosError } from '@telos/core';
import type { Json, Template } from '@telos/core';
import { isList, isObject } from '../text/json-shape.ts';
import { parseExpression } from './expression.ts';
import type { Expression } from './expression.ts';
import { limits } from './limits.ts';
import { mayHoldExpression, splitTemplate } from './template.ts';

export type Scope = { readonly [name: string]: Json };
export type Rendering = (scope: Scope, now: () => number) => Json;

/** Expressions by their text, so that each is compiled once. */
export type ExpressionCache = (source: string) => Expression;

/** @throws TelosError EXPRESSION_FAILED for an expression that cannot be parsed. */
export function createExpressionCache(): ExpressionCache {
  const known = new Map<string, Expression>();
  return (source) => {
    const found = known.get(source);
    if (found !== undefined) return found;
    const parsed = parseExpression(source);
    if (!parsed.ok) throw failed(source, parsed.problem.message);
    known.set(source, parsed.expression);
    return parsed.expression;
  };
}

/** Evaluates an expression. @throws TelosError EXPRESSION_FAILED that names it. */
export function evaluate(expression: Expression, scope: Scope, now: () => number): Json {
  try {
    return expression.evaluate(scope, now);
  } catch (error) {
    throw failed(expression.source, error instanceof Error ? error.message : String(error), error);
  }
}

/** Undefined when the template holds no expression. */
export function compileTemplate(template: Template, expressions: ExpressionCache): Rendering | undefined {
  if (typeof template === 'string') return compileText(template, expressions);
  if (isList(template)) return compileList(template, expressions);
  if (isObject(template)) return compileFields(Object.entries(template), expressions);
  return undefined;
}

function compileText(text: string, expressions: ExpressionCache): Rendering | undefined {
  if (!mayHoldExpression(text)) return undefined;
  const { parts, whole, unclosed } = splitTemplate(text);
  if (unclosed !== undefined) throw failed(text.slice(unclosed, unclosed + 80), '`${{` is never closed by `}}`');
  const pieces = parts.map((part) => ('text' in part ? part.text : expressions(part.expression)));
  const [first] = pieces;
  if (whole && first !== undefined && typeof first !== 'string') return (scope, now) => evaluate(first, scope, now);
  return (scope, now) => {
    let result = '';
    for (const piece of pieces) {
      result += typeof piece === 'string' ? piece : textOf(evaluate(piece, scope, now));
      if (result.length > limits.text) throw failed(text.slice(0, 80), `the text grows past ${limits.text} characters`);
    }
    return result;
  };
}

function compileList(items: readonly Json[], expressions: ExpressionCache): Rendering | undefined {
  const compiled = items.map((item) => compileTemplate(item, expressions));
  if (compiled.every((item) => item === undefined)) return undefined;
  return (scope, now) =>
    items.map((item, index) => {
      const rendering = compiled[index];
      return rendering === undefined ? item : rendering(scope, now);
    });
}

function compileFields(
  fields: readonly (readonly [string, Json])[],
  expressions: ExpressionCache,
): Rendering | undefined {
  // Copied for each rendering, so that its fields keep their order; what is rendered replaces its template.
  const fixed: { readonly [key: string]: Json } = Object.fromEntries(fields);
  const changing = fields.flatMap(([key, value]) => {
    const rendering = compileTemplate(value, expressions);
    return rendering === undefined ? [] : [{ key, rendering }];
  });
  if (changing.length === 0) return undefined;
  return (scope, now) => {
    const result = { ...fixed };
    for (const { key, rendering } of changing) {
      const value = rendering(scope, now);
      if (key === '__proto__')
        Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
      else result[key] = value;
    }
    return result;
  };
}

/** A value inside longer text. */
function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}

function failed(expression: string, message: string, cause?: unknown): TelosError {
  return new TelosError('EXPRESSION_FAILED', `\`${expression}\`: ${message}`, {
    details: { expression },
    ...(cause === undefined ? {} : { cause }),
  });
}
