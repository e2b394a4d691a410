/** The part of a search for which a store looks at runs one by one. */
import type { Instant, RunPredicate } from '@telos/core';
import { isNode } from '../cel/syntax-tree.ts';
import type { SyntaxNode } from '../cel/syntax-tree.ts';
import { comparisonIn } from './comparison.ts';
import type { Comparison, Operator } from './comparison.ts';
import { durationOf, instantOf, isNull, itemsOf, nodesOf, numberOf, statusOf, textOf } from './literals.ts';
import { Refused } from './refused.ts';
import { fieldOf, isFieldLike } from './run-fields.ts';
import type { RunField } from './run-fields.ts';

const within = { contains: 'holds', startsWith: 'begins', endsWith: 'ends' } as const;

/** @throws Refused for what cannot be asked of a run. */
export function predicateOf(node: SyntaxNode, now: Instant): RunPredicate {
  const below = nodesOf(node);
  if (node.op === '&&' || node.op === '||')
    return { test: node.op === '&&' ? 'all' : 'any', of: chainOf(node, node.op).map((one) => predicateOf(one, now)) };
  if (node.op === '!_' && below[0] !== undefined) return notOf(predicateOf(below[0], now));
  if (node.op === 'in') return amongOf(node);
  if (node.op === 'call' || node.op === 'rcall') return calledOf(node);
  const compared = comparisonIn(node);
  if (compared === undefined)
    throw new Refused(
      node,
      'runs are searched by comparisons, joined with `&&` and `||` or turned about with `!`: status == "failed" && (cost > 0.5 || score < 0.7)',
    );
  return comparedOf(compared, node, now);
}

/** `a || b || c` as one list: what is written side by side is no deeper for being long. */
function chainOf(node: SyntaxNode, op: string): readonly SyntaxNode[] {
  const links: SyntaxNode[] = [];
  let rest: SyntaxNode | undefined = node;
  while (rest?.op === op) {
    const [left, right]: readonly SyntaxNode[] = nodesOf(rest);
    if (right !== undefined) links.push(right);
    rest = left;
  }
  if (rest !== undefined) links.push(rest);
  return links.toReversed();
}

function notOf(asked: RunPredicate): RunPredicate {
  return asked.test === 'not' ? asked.of : { test: 'not', of: asked };
}

function amongOf(node: SyntaxNode): RunPredicate {
  const [left, right] = nodesOf(node);
  if (left !== undefined && right !== undefined) {
    if (isFieldLike(right) && fieldOf(right).kind === 'tags') return { test: 'tagged', tag: textOf(left) };
    const field = isFieldLike(left) ? fieldOf(left) : undefined;
    if (field?.kind === 'text') return { test: 'among', field: field.of, values: itemsOf(right).map(valueOf(field)) };
  }
  throw new Refused(
    node,
    '`in` asks for one of several: status in ["failed", "cancelled"]; or for a tag: "nightly" in tags',
  );
}

function calledOf(node: SyntaxNode): RunPredicate {
  const [name, ...given]: readonly unknown[] = Array.isArray(node.args) ? node.args : [];
  const [of] = given;
  const [only, ...more]: readonly unknown[] =
    (given.findLast((one) => Array.isArray(one)) as unknown[] | undefined) ?? [];
  if (name === 'has' && node.op === 'call' && isNode(only) && isFieldLike(only)) return hasOf(fieldOf(only), only);
  const test =
    typeof name === 'string' && Object.hasOwn(within, name) ? within[name as keyof typeof within] : undefined;
  const field = isNode(of) && isFieldLike(of) ? fieldOf(of) : undefined;
  if (test === undefined || field?.kind !== 'text' || !isNode(only) || more.length > 0)
    throw new Refused(
      node,
      'of texts can be asked `contains`, `startsWith` and `endsWith`: workflow.startsWith("brief"); of anything, whether a run has it: has(error.code), score != null',
    );
  return { test, field: field.of, text: textOf(only) };
}

function comparedOf({ field, how, value }: Comparison, node: SyntaxNode, now: Instant): RunPredicate {
  if (isNull(value) && (how === '==' || how === '!='))
    return how === '!=' ? hasOf(field, node) : { test: 'not', of: hasOf(field, node) };
  if (how === '!=') return notOf(comparedOf({ field, how: '==', value }, node, now));
  if (field.kind === 'text' && how === '==') return { test: 'among', field: field.of, values: [valueOf(field)(value)] };
  if (field.kind === 'number')
    return {
      test: 'compared',
      field: field.of,
      how,
      with: numberOf(value, field.name === 'cost' ? ' of US dollars' : ''),
    };
  if (field.kind === 'instant') return { test: 'compared', field: field.of, how, with: instantOf(value, now) };
  if (field.kind === 'duration') return lasting(how, durationOf(value), now);
  throw new Refused(node, `\`${field.name}\` cannot be asked for in this way; what can: ${field.example}`);
}

const back = { '<': '>', '<=': '>=', '==': '==', '>=': '<=', '>': '<' } as const;

/** A run that goes on has lasted until now. */
function lasting(how: Exclude<Operator, '!='>, ms: number, now: Instant): RunPredicate {
  const hasEnded: RunPredicate = { test: 'has', field: 'endedAt' };
  const started: RunPredicate = { test: 'compared', field: 'startedAt', how: back[how], with: now - ms };
  return {
    test: 'any',
    of: [
      { test: 'compared', field: 'duration', how, with: ms },
      { test: 'all', of: [{ test: 'not', of: hasEnded }, started] },
    ],
  };
}

function hasOf(field: RunField, node: SyntaxNode): RunPredicate {
  if (field.kind === 'tags') throw new Refused(node, `a run always has its tags; what can be asked: ${field.example}`);
  return { test: 'has', field: field.kind === 'duration' ? 'startedAt' : field.of };
}

function valueOf(field: RunField): (node: SyntaxNode) => string {
  return field.name === 'status' ? statusOf : textOf;
}
