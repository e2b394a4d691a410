/** The part of a search that a store finds by an index, however many runs there are. */
import { runStatuses } from '@telos/core';
import type { Instant, RunFilter, RunStatus } from '@telos/core';
import type { SyntaxNode } from '../cel/syntax-tree.ts';
import { comparisonIn } from './comparison.ts';
import { instantOf, isNull, itemsOf, nodesOf, numberOf, statusOf, textOf } from './literals.ts';
import { nextAfter } from './next-after.ts';
import { fieldOf, isFieldLike } from './run-fields.ts';

/** @returns undefined for what no index answers. */
export function indexedOf(node: SyntaxNode, now: Instant): RunFilter | undefined {
  const among = statusesIn(node);
  if (among !== undefined) return { status: among };
  if (node.op === 'in') {
    const [text, tags] = nodesOf(node);
    if (text === undefined || tags === undefined || !isFieldLike(tags) || fieldOf(tags).kind !== 'tags')
      return undefined;
    return { tag: textOf(text) };
  }
  const compared = comparisonIn(node);
  if (compared === undefined || isNull(compared.value)) return undefined;
  const { field, how, value } = compared;
  if (how === '==') {
    if (field.name === 'workflow') return { workflow: textOf(value) };
    if (field.name === 'fork_of') return { forkOf: textOf(value) };
  }
  if (field.name === 'cost' && how === '>=') return { minUsd: numberOf(value, ' of US dollars') };
  if (field.name === 'cost' && how === '>') return { minUsd: nextAfter(numberOf(value, ' of US dollars')) };
  if (field.name === 'created_at') {
    if (how === '>=') return { since: instantOf(value, now) };
    if (how === '>') return { since: nextAfter(instantOf(value, now)) };
    if (how === '<') return { until: instantOf(value, now) };
    if (how === '<=') return { until: nextAfter(instantOf(value, now)) };
  }
  return undefined;
}

/** The statuses that an expression over nothing else leaves; undefined for any other. */
function statusesIn(node: SyntaxNode): readonly RunStatus[] | undefined {
  const [left, right] = nodesOf(node);
  if (left === undefined) return undefined;
  if (node.op === '!_') {
    const among = statusesIn(left);
    return among && runStatuses.filter((status) => !among.includes(status));
  }
  if (right === undefined) return undefined;
  if (node.op === '||') {
    const one = statusesIn(left);
    const other = one && statusesIn(right);
    return other && [...new Set([...(one ?? []), ...other])];
  }
  if (node.op === 'in') return isStatus(left) ? itemsOf(right).map(statusOf) : undefined;
  if (node.op !== '==' && node.op !== '!=') return undefined;
  const value = isStatus(left) ? right : isStatus(right) ? left : undefined;
  if (value === undefined || isNull(value)) return undefined;
  const status = statusOf(value);
  return node.op === '==' ? [status] : runStatuses.filter((one) => one !== status);
}

function isStatus(node: SyntaxNode): boolean {
  return node.op === 'id' && node.args === 'status';
}
