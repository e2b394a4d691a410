/** Values as an expression writes them. Each throws Refused where something else stands. */
import { runStatuses } from '@telos/core';
import type { Instant, RunStatus } from '@telos/core';
import { isNode } from '../cel/syntax-tree.ts';
import type { SyntaxNode } from '../cel/syntax-tree.ts';
import { durationMs } from '../text/duration.ts';
import { Refused } from './refused.ts';

export function statusOf(node: SyntaxNode): RunStatus {
  const text = textOf(node);
  const status = runStatuses.find((one) => one === text);
  if (status === undefined) throw new Refused(node, `there is no status ${text}; there are ${runStatuses.join(', ')}`);
  return status;
}

export function textOf(node: SyntaxNode): string {
  if (node.op !== 'value' || typeof node.args !== 'string' || node.args === '')
    throw new Refused(node, 'expected a text, such as "nightly"');
  return node.args;
}

/** @param what Of which it is a number, as one reads it. */
export function numberOf(node: SyntaxNode, what: string): number {
  const { op, args } = node;
  if (op === 'value' && (typeof args === 'number' || typeof args === 'bigint') && Number(args) >= 0)
    return Number(args);
  throw new Refused(node, `expected a number${what}, 0 or more`);
}

export function itemsOf(node: SyntaxNode): readonly SyntaxNode[] {
  if (node.op !== 'list' || nodesOf(node).length === 0)
    throw new Refused(node, 'expected a list, such as ["failed", "cancelled"]');
  return nodesOf(node);
}

export function isNull(node: SyntaxNode): boolean {
  return node.op === 'value' && node.args === null;
}

/** `duration("5m")`. */
export function durationOf(node: SyntaxNode): number {
  const ms = durationMs(calledWith(node, 'duration') ?? '');
  if (ms === undefined)
    throw new Refused(node, 'expected a duration: duration("90s"), duration("5m"), duration("1h30m")');
  return ms;
}

/** `timestamp("…")`, `now()`, and either of them less or more a `duration("…")`. */
export function instantOf(node: SyntaxNode, now: Instant): Instant {
  if (node.op === '-' || node.op === '+') {
    const [from, by] = nodesOf(node);
    const written = by === undefined ? undefined : calledWith(by, 'duration');
    const ms = written === undefined ? undefined : durationMs(written);
    if (from !== undefined && ms !== undefined) return instantOf(from, now) + (node.op === '-' ? -ms : ms);
  }
  if (node.op === 'call' && Array.isArray(node.args) && node.args[0] === 'now') return now;
  const at = Date.parse(calledWith(node, 'timestamp') ?? '');
  if (Number.isNaN(at))
    throw new Refused(node, 'expected a time: timestamp("2026-01-31T00:00:00Z"), or now() - duration("24h")');
  return at;
}

/** The text that a function is called with. */
function calledWith(node: SyntaxNode, name: string): string | undefined {
  if (node.op !== 'call' || !Array.isArray(node.args) || node.args[0] !== name) return undefined;
  const given: unknown = node.args[1];
  const [only] = Array.isArray(given) ? (given as readonly unknown[]) : [];
  return isNode(only) && only.op === 'value' && typeof only.args === 'string' ? only.args : undefined;
}

export function nodesOf({ args }: SyntaxNode): readonly SyntaxNode[] {
  return Array.isArray(args) ? args.filter((one) => isNode(one)) : isNode(args) ? [args] : [];
}
