/**
 * Runs searched by CEL: `status == "failed" && (cost > 0.5 || score < 0.7)`.
 *
 * Of conditions that are joined by `&&`, those that an index answers become
 * fields of the store's filter; for all others together the store looks at the
 * runs that are left, one by one. What cannot be asked of a run at all is
 * refused at its place.
 */
import type { Instant, RunFilter, RunPredicate } from '@telos/core';
import { parseSyntax } from '../cel/expression.ts';
import type { SyntaxNode } from '../cel/syntax-tree.ts';
import { nodesOf } from './literals.ts';
import { indexedOf } from './read-indexed.ts';
import { predicateOf } from './read-predicate.ts';
import { Refused } from './refused.ts';

export type ReadRunFilter =
  | { readonly ok: true; readonly filter: RunFilter }
  /** `offset`: where in the expression, from 0. */
  | { readonly ok: false; readonly offset: number; readonly message: string };

/**
 * @param given What is asked besides; the filter holds both.
 * @param now For `now()`.
 */
export function readRunFilter(source: string, now: Instant, given: RunFilter = {}): ReadRunFilter {
  const parsed = parseSyntax(source);
  if (!parsed.ok) return { ok: false, offset: parsed.problem.offset, message: parsed.problem.message };
  try {
    return { ok: true, filter: filterOf(conditionsOf(parsed.tree), now, given) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, offset: error.node.start, message: error.message };
  }
}

function filterOf(conditions: readonly SyntaxNode[], now: Instant, given: RunFilter): RunFilter {
  let filter = given;
  const rest: RunPredicate[] = given.where === undefined ? [] : [given.where];
  for (const node of conditions) {
    const part = indexedOf(node, now);
    // A walk goes along one tag.
    const isSecondTag = part?.tag !== undefined && filter.tag !== undefined && filter.tag !== part.tag;
    if (part === undefined || isSecondTag) rest.push(predicateOf(node, now));
    else filter = both(filter, part, node);
  }
  if (rest.length === 0) return filter;
  // Only runs that failed have an error: the others need not be looked at.
  const failed = rest.some(asksForAnError) && filter.status === undefined ? { status: ['failed'] as const } : {};
  return {
    ...filter,
    ...failed,
    where: rest.length === 1 && rest[0] !== undefined ? rest[0] : { test: 'all', of: rest },
  };
}

function asksForAnError(asked: RunPredicate): boolean {
  return 'field' in asked && (asked.field === 'errorCode' || asked.field === 'errorKind');
}

function conditionsOf(node: SyntaxNode): readonly SyntaxNode[] {
  return node.op === '&&' ? nodesOf(node).flatMap(conditionsOf) : [node];
}

function both(held: RunFilter, part: RunFilter, node: SyntaxNode): RunFilter {
  for (const [key, name] of [
    ['workflow', 'workflow'],
    ['forkOf', 'fork_of'],
  ] as const)
    if (held[key] !== undefined && part[key] !== undefined && held[key] !== part[key])
      throw new Refused(node, `the ${name} is asked to be ${held[key]} already`);
  const status =
    held.status !== undefined && part.status !== undefined
      ? held.status.filter((one) => part.status?.includes(one))
      : (part.status ?? held.status);
  if (status?.length === 0) throw new Refused(node, 'no run has a status that fits both');
  const since = highest(held.since, part.since);
  const minUsd = highest(held.minUsd, part.minUsd);
  const until =
    held.until !== undefined && part.until !== undefined
      ? Math.min(held.until, part.until)
      : (part.until ?? held.until);
  return {
    ...held,
    ...part,
    ...(status === undefined ? {} : { status }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(minUsd === undefined ? {} : { minUsd }),
  };
}

function highest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}
