/**
 * Runs searched by CEL: `status == "failed" && cost > 0.5 && "nightly" in tags`.
 *
 * What a store finds by an index, however many runs there are, can be asked, and
 * nothing else: an expression becomes a filter of the store, or is refused at
 * the place that cannot. So conditions are joined by `&&`, and each compares one
 * field with one value.
 */
import type { Instant, RunFilter, RunStatus } from '@telos/core';
import { parseSyntax } from '../cel/expression.ts';
import { isNode } from '../cel/syntax-tree.ts';
import type { SyntaxNode } from '../cel/syntax-tree.ts';
import { durationMs } from '../text/duration.ts';
import { suggestion } from '../text/nearest.ts';
import { nextAfter } from './next-after.ts';

export type ReadRunFilter =
  | { readonly ok: true; readonly filter: RunFilter }
  /** `offset`: where in the expression, from 0. */
  | { readonly ok: false; readonly offset: number; readonly message: string };

const statuses: readonly RunStatus[] = ['pending', 'running', 'waiting', 'paused', 'succeeded', 'failed', 'cancelled'];

/** What can be asked of each field, as an example. */
const examples = {
  status: 'status == "failed", status in ["failed", "cancelled"]',
  workflow: 'workflow == "brief"',
  tags: '"nightly" in tags',
  fork_of: 'fork_of == "019a…"',
  cost: 'cost > 0.5',
  created_at: 'created_at > now() - duration("24h")',
} as const;
type Field = keyof typeof examples;

class Refused extends Error {
  readonly node: SyntaxNode;
  constructor(node: SyntaxNode, message: string) {
    super(message);
    this.node = node;
  }
}

/**
 * @param given What is asked besides; the filter holds both.
 * @param now For `now()`.
 */
export function readRunFilter(source: string, now: Instant, given: RunFilter = {}): ReadRunFilter {
  const parsed = parseSyntax(source);
  if (!parsed.ok) return { ok: false, offset: parsed.problem.offset, message: parsed.problem.message };
  try {
    const filter = conditionsOf(parsed.tree).reduce((held, node) => both(held, partOf(node, now), node), given);
    return { ok: true, filter };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, offset: error.node.start, message: error.message };
  }
}

function conditionsOf(node: SyntaxNode): readonly SyntaxNode[] {
  return node.op === '&&' ? nodesOf(node).flatMap(conditionsOf) : [node];
}

const turned: { readonly [operator: string]: string } = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
};

function partOf(node: SyntaxNode, now: Instant): RunFilter {
  const [left, right] = nodesOf(node);
  if (left === undefined || right === undefined || (node.op !== 'in' && turned[node.op] === undefined))
    throw new Refused(
      node,
      `runs are searched by comparisons joined with \`&&\`, such as ${examples.status} && ${examples.cost}`,
    );
  if (node.op === 'in') {
    if (right.op === 'id' && fieldOf(right) === 'tags') return { tag: textOf(left) };
    if (left.op === 'id' && fieldOf(left) === 'status') return { status: itemsOf(right).map(statusOf) };
    throw new Refused(node, `\`in\` asks for one of several: ${examples.status}; or for a tag: ${examples.tags}`);
  }
  return right.op === 'id' && left.op !== 'id'
    ? compared(right, turned[node.op] ?? node.op, left, node, now)
    : compared(left, node.op, right, node, now);
}

function compared(named: SyntaxNode, operator: string, value: SyntaxNode, node: SyntaxNode, now: Instant): RunFilter {
  const field = fieldOf(named);
  if (operator === '==') {
    if (field === 'workflow') return { workflow: textOf(value) };
    if (field === 'fork_of') return { forkOf: textOf(value) };
    if (field === 'status') return { status: [statusOf(value)] };
  }
  if (operator === '!=' && field === 'status') {
    const other = statusOf(value);
    return { status: statuses.filter((status) => status !== other) };
  }
  if (field === 'cost' && operator === '>=') return { minUsd: numberOf(value) };
  if (field === 'cost' && operator === '>') return { minUsd: nextAfter(numberOf(value)) };
  if (field === 'created_at') {
    if (operator === '>=') return { since: instantOf(value, now) };
    if (operator === '>') return { since: nextAfter(instantOf(value, now)) };
    if (operator === '<') return { until: instantOf(value, now) };
    if (operator === '<=') return { until: nextAfter(instantOf(value, now)) };
  }
  throw new Refused(node, `\`${field}\` cannot be asked for in this way; what can: ${examples[field]}`);
}

function both(held: RunFilter, part: RunFilter, node: SyntaxNode): RunFilter {
  for (const key of ['workflow', 'tag', 'forkOf'] as const)
    if (held[key] !== undefined && part[key] !== undefined && held[key] !== part[key])
      throw new Refused(
        node,
        key === 'tag' ? 'one tag can be asked for at a time' : `the ${key} is asked to be ${held[key]} already`,
      );
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

function fieldOf(node: SyntaxNode): Field {
  const fields = Object.keys(examples);
  if (node.op !== 'id') throw new Refused(node, `expected a field of the run: ${fields.join(', ')}`);
  const name = String(node.args);
  if (!Object.hasOwn(examples, name)) {
    const near = suggestion(name, fields);
    throw new Refused(node, `runs cannot be searched by \`${name}\`; ${near ?? `they can by ${fields.join(', ')}`}`);
  }
  return name as Field; // it is a key of the examples
}

function statusOf(node: SyntaxNode): RunStatus {
  const text = textOf(node);
  const status = statuses.find((one) => one === text);
  if (status === undefined) throw new Refused(node, `there is no status ${text}; there are ${statuses.join(', ')}`);
  return status;
}

function textOf(node: SyntaxNode): string {
  if (node.op !== 'value' || typeof node.args !== 'string' || node.args === '')
    throw new Refused(node, 'expected a text, such as "nightly"');
  return node.args;
}

function numberOf(node: SyntaxNode): number {
  const { op, args } = node;
  if (op === 'value' && (typeof args === 'number' || typeof args === 'bigint') && Number(args) >= 0)
    return Number(args);
  throw new Refused(node, 'expected a number of US dollars, 0 or more');
}

function itemsOf(node: SyntaxNode): readonly SyntaxNode[] {
  if (node.op !== 'list' || nodesOf(node).length === 0)
    throw new Refused(node, 'expected a list, such as ["failed", "cancelled"]');
  return nodesOf(node);
}

/** `timestamp("…")`, `now()`, and either of them less or more a `duration("…")`. */
function instantOf(node: SyntaxNode, now: Instant): Instant {
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

function nodesOf({ args }: SyntaxNode): readonly SyntaxNode[] {
  return Array.isArray(args) ? args.filter((one) => isNode(one)) : isNode(args) ? [args] : [];
}
