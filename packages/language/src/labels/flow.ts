/**
 * Flows: what the value of a template is made of, as far as labels go. A map
 * keeps its fields apart, a bare path hands on what it reads, and everything
 * else carries all that its expressions read.
 */
import { joinLabellings, labellingOfFields, unlabelled, wholeOf } from '@telos/core';
import type { Condition, Labelling, Template } from '@telos/core';
import type { ExpressionCache } from '../cel/compiled-template.ts';
import { mayHoldExpression, splitTemplate } from '../cel/template.ts';
import { isList, isObject } from '../text/json-shape.ts';

/** What the value at a path carries: a root name, then its keys. */
export type LabellingAt = (path: readonly string[]) => Labelling;

export type Flow = (at: LabellingAt) => Labelling;

/** Undefined when the template holds no expression, so that its value carries nothing. */
export function flowOf(template: Template, expressions: ExpressionCache): Flow | undefined {
  if (typeof template === 'string') return flowOfText(template, expressions);
  if (isList(template)) {
    const flows = template.flatMap((item) => flowOf(item, expressions) ?? []);
    return flows.length === 0 ? undefined : (at) => joined(flows.map((flow) => flow(at)));
  }
  if (!isObject(template)) return undefined;
  const fields = Object.entries(template).map(([key, value]) => [key, flowOf(value, expressions)] as const);
  if (fields.every(([, flow]) => flow === undefined)) return undefined;
  return (at) => labellingOfFields(Object.fromEntries(fields.map(([key, flow]) => [key, flow?.(at) ?? unlabelled])));
}

/** Of the answer of a condition, and of what it says when it cannot be evaluated: all that it reads. */
export function flowOfCondition(condition: Condition, expressions: ExpressionCache): Flow {
  const paths = expressions(condition).references.map(({ path }) => path);
  return (at) => joined(paths.map(at));
}

function flowOfText(text: string, expressions: ExpressionCache): Flow | undefined {
  if (!mayHoldExpression(text)) return undefined;
  const { parts, whole } = splitTemplate(text);
  const written = parts.flatMap((part) => ('expression' in part ? [expressions(part.expression)] : []));
  const path = whole ? written[0]?.path : undefined;
  if (path !== undefined) return (at) => at(path);
  const paths = written.flatMap(({ references }) => references.map((reference) => reference.path));
  return paths.length === 0 ? undefined : (at) => joined(paths.map(at));
}

/** Of several values put together nobody can tell any more which field came from where. */
function joined(labellings: readonly Labelling[]): Labelling {
  return wholeOf(joinLabellings(...labellings.map(wholeOf)));
}
