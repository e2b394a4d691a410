/**
 * Holds what a workflow writes down against a tool's or check's zod schema.
 *
 * Fields that hold expressions are known only at run time, so issues about
 * them, or about a whole that they decide, are left to the run.
 */
import type { AnyTool, Json } from '@telos/core';
import type { z } from 'zod';
import { fieldOf, isList, kindOf, kindWords } from '../text/json-shape.ts';
import { suggestion } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import { holdsExpression } from './expressions.ts';
import type { Finding } from './finding.ts';

type Issue = z.core.$ZodIssue;
/** Of a tool's input or a check's parameters; both are any zod type. */
type Schema = AnyTool['input'];

/** Findings of code TOOL_INPUT. `what` names the tool or check: "`web.search`". */
export function literalFindings(schema: Schema, value: Json, place: Place, what: string): readonly Finding[] {
  let issues: readonly Issue[];
  try {
    issues = schema.safeParse(value).error?.issues ?? [];
  } catch {
    return []; // a schema that reads elsewhere (async) can be asked only at run time
  }
  const known = keysOf(schema);
  return certain(issues, value).flatMap((issue) => findingsOf(issue, value, place, what, known));
}

/** The keys that an object schema declares; empty for others. */
export function keysOf(schema: Schema): readonly string[] {
  const shape: unknown = (schema as { readonly shape?: unknown }).shape; // present on z.object only
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : [];
}

function certain(issues: readonly Issue[], value: Json): readonly Issue[] {
  return issues.flatMap((issue): readonly Issue[] => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code === 'unrecognized_keys') return [issue];
    const found = valueAt(value, path);
    if (found === undefined) return path.length > 0 && insideExpression(value, path) ? [] : [issue];
    if (issue.code === 'invalid_union') {
      const branches = issue.errors.map((errors) => certain(errors, found));
      if (branches.some((errors) => errors.length === 0)) return [];
    }
    return holdsExpression(found) ? [] : [issue];
  });
}

function findingsOf(
  issue: Issue,
  value: Json,
  place: Place,
  what: string,
  known: readonly string[],
): readonly Finding[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const at = [...place, ...path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      code: 'TOOL_INPUT',
      place: [...at, key],
      at: 'key',
      message: `${what} takes no \`${key}\``,
      hint:
        path.length === 0
          ? (suggestion(key, known) ?? (known.length > 0 ? `it takes ${known.join(', ')}` : undefined))
          : undefined,
    }));
  }
  const found = valueAt(value, path);
  if (found === undefined)
    return [{ code: 'TOOL_INPUT', place: at, at: 'key', message: `${what} needs \`${String(path.at(-1) ?? '')}\`` }];
  const shown = path.length === 0 ? '' : ` for \`${path.join('.')}\``;
  const message =
    issue.code === 'invalid_type'
      ? `${what} expects ${kindWords[issue.expected] ?? issue.expected}${shown}, found ${kindOf(found)}`
      : `${what} does not take this${shown}: ${issue.message}`;
  return [{ code: 'TOOL_INPUT', place: at, message }];
}

function valueAt(value: Json, path: Place): Json | undefined {
  let current: Json | undefined = value;
  for (const part of path)
    current = typeof part === 'number' ? (isList(current) ? current[part] : undefined) : fieldOf(current, part);
  return current;
}

/** Whether something on the way is text with an expression, of which nobody knows the fields yet. */
function insideExpression(value: Json, path: Place): boolean {
  return path.some((_, length) => {
    const part = valueAt(value, path.slice(0, length));
    return typeof part === 'string' && holdsExpression(part);
  });
}
