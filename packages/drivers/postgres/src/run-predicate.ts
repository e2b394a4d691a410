/** What is asked of a run as a condition of SQL that is true or false, never neither. */
import type { RunNumber, RunPredicate, RunText } from '@telos/core';

/** What stands for a value in the statement, and the condition that a run has a tag. */
export type PredicateParts = {
  value(given: string | number): string;
  list(given: readonly string[]): string;
  hasTag(condition: string): string;
};

// An error is kept as text in which some characters are written that `json` gives nobody: it begins with its code and kind.
const errorText = (key: 'code' | 'kind') => `substring(runs.error from '"${key}":"([A-Za-z0-9_]+)"')`;

const columns: { readonly [field in RunText | RunNumber]: string } = {
  id: 'runs.id',
  workflow: 'runs.workflow',
  status: 'runs.status',
  priority: 'runs.priority',
  forkOf: 'runs.fork_of',
  errorCode: errorText('code'),
  errorKind: errorText('kind'),
  usd: 'runs.usd',
  tokens: '(runs.input_tokens + runs.output_tokens)',
  inputTokens: 'runs.input_tokens',
  outputTokens: 'runs.output_tokens',
  calls: 'runs.calls',
  score: '(CASE WHEN runs.gates > 0 THEN runs.gate_score / runs.gates END)',
  createdAt: 'runs.created_at',
  startedAt: 'runs.started_at',
  endedAt: 'runs.ended_at',
  duration: '(runs.ended_at - runs.started_at)',
};

export function predicateSql(asked: RunPredicate, parts: PredicateParts): string {
  const all = (of: readonly RunPredicate[]) => of.map((one) => predicateSql(one, parts));
  switch (asked.test) {
    case 'all':
      return asked.of.length === 0 ? 'true' : `(${all(asked.of).join(' AND ')})`;
    case 'any':
      return asked.of.length === 0 ? 'false' : `(${all(asked.of).join(' OR ')})`;
    case 'not':
      return `NOT ${predicateSql(asked.of, parts)}`;
    case 'has':
      return `(${columns[asked.field]} IS NOT NULL)`;
    case 'among':
      return certain(`${columns[asked.field]} = ${parts.list(asked.values)}`);
    case 'holds':
      return certain(`position(${parts.value(asked.text)}::text in ${columns[asked.field]}) > 0`);
    case 'begins':
      return certain(`starts_with(${columns[asked.field]}, ${parts.value(asked.text)}::text)`);
    case 'ends': {
      const text = `${parts.value(asked.text)}::text`;
      return certain(`right(${columns[asked.field]}, length(${text})) = ${text}`);
    }
    case 'tagged':
      return parts.hasTag(`t.tag = ${parts.value(asked.tag)}`);
    case 'compared': {
      const how = asked.how === '==' ? '=' : asked.how;
      return certain(`${columns[asked.field]} ${how} ${parts.value(asked.with)}::float8`);
    }
  }
}

/** A comparison with what a run does not have does not hold. */
function certain(text: string): string {
  return `((${text}) IS TRUE)`;
}
