/** What of a run can be asked for: the fields of an expression, and how each is asked about. */
import type { RunNumber, RunText } from '@telos/core';
import { suggestion } from '../text/nearest.ts';
import { Refused } from './refused.ts';
import type { SyntaxNode } from '../cel/syntax-tree.ts';
import { isNode } from '../cel/syntax-tree.ts';

type Field =
  | { readonly kind: 'text'; readonly of: RunText; readonly example: string }
  | { readonly kind: 'number' | 'instant' | 'duration'; readonly of: RunNumber; readonly example: string }
  | { readonly kind: 'tags'; readonly example: string };
export type RunField = Field & { readonly name: string };

const fields = {
  status: { kind: 'text', of: 'status', example: 'status == "failed", status in ["failed", "cancelled"]' },
  workflow: { kind: 'text', of: 'workflow', example: 'workflow == "brief", workflow.startsWith("brief")' },
  tags: { kind: 'tags', example: '"nightly" in tags' },
  priority: { kind: 'text', of: 'priority', example: 'priority == "high"' },
  id: { kind: 'text', of: 'id', example: 'id.startsWith("019a")' },
  fork_of: { kind: 'text', of: 'forkOf', example: 'fork_of == "019a…"' },
  cost: { kind: 'number', of: 'usd', example: 'cost > 0.5' },
  tokens: { kind: 'number', of: 'tokens', example: 'tokens > 100000' },
  input_tokens: { kind: 'number', of: 'inputTokens', example: 'input_tokens > 100000' },
  output_tokens: { kind: 'number', of: 'outputTokens', example: 'output_tokens > 10000' },
  calls: { kind: 'number', of: 'calls', example: 'calls > 20' },
  score: { kind: 'number', of: 'score', example: 'score < 0.7, score == null' },
  duration: { kind: 'duration', of: 'duration', example: 'duration > duration("5m")' },
  created_at: { kind: 'instant', of: 'createdAt', example: 'created_at > now() - duration("24h")' },
  started_at: { kind: 'instant', of: 'startedAt', example: 'started_at < now() - duration("1h")' },
  ended_at: { kind: 'instant', of: 'endedAt', example: 'ended_at >= timestamp("2026-01-31T00:00:00Z")' },
  'error.code': { kind: 'text', of: 'errorCode', example: 'error.code == "TOOL_TIMEOUT"' },
  'error.kind': { kind: 'text', of: 'errorKind', example: 'error.kind == "terminal"' },
} as const satisfies { readonly [name: string]: Field };

const names = Object.keys(fields);

/** Whether the node is written as a field is, whatever its name. */
export function isFieldLike(node: SyntaxNode): boolean {
  return (
    node.op === 'id' ||
    (node.op === '.' && Array.isArray(node.args) && isNode(node.args[0]) && node.args[0].op === 'id')
  );
}

/** @throws Refused when the node names no field. */
export function fieldOf(node: SyntaxNode): RunField {
  if (!isFieldLike(node)) throw new Refused(node, `expected a field of the run: ${names.join(', ')}`);
  const name = nameOf(node);
  if (!Object.hasOwn(fields, name))
    throw new Refused(
      node,
      `runs cannot be searched by \`${name}\`; ${suggestion(name, names) ?? `they can by ${names.join(', ')}`}`,
    );
  return { name, ...fields[name as keyof typeof fields] }; // it is a key of them
}

function nameOf({ op, args }: SyntaxNode): string {
  if (op === 'id' || !Array.isArray(args)) return String(args);
  const [of, key]: readonly unknown[] = args;
  return `${isNode(of) ? String(of.args) : ''}.${String(key)}`;
}
