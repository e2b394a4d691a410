/** What is asked of a run as a condition of SQL that is true or false, never neither. */
import type { RunNumber, RunPredicate, RunText } from '@telos/core';
import { joined, sql } from './sql.ts';
import type { Sql } from './sql.ts';

const columns: { readonly [field in RunText | RunNumber]: string } = {
  id: 'runs.id',
  workflow: 'runs.workflow',
  status: 'runs.status',
  priority: 'runs.priority',
  forkOf: 'runs.fork_of',
  errorCode: "runs.error ->> '$.code'",
  errorKind: "runs.error ->> '$.kind'",
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

export function predicateSql(asked: RunPredicate): Sql {
  switch (asked.test) {
    case 'all':
      return asked.of.length === 0 ? sql('true') : grouped(asked.of, ' AND ');
    case 'any':
      return asked.of.length === 0 ? sql('false') : grouped(asked.of, ' OR ');
    case 'not': {
      const { text, values } = predicateSql(asked.of);
      return { text: `NOT ${text}`, values };
    }
    case 'has':
      return sql(`(${columns[asked.field]} IS NOT NULL)`);
    case 'among':
      return certain(`${columns[asked.field]} IN (SELECT value FROM json_each(?))`, JSON.stringify(asked.values));
    case 'holds':
      return certain(`instr(${columns[asked.field]}, ?) > 0`, asked.text);
    case 'begins':
      return certain(`substr(${columns[asked.field]}, 1, length(?)) = ?`, asked.text, asked.text);
    case 'ends':
      return certain(`substr(${columns[asked.field]}, -length(?)) = ?`, asked.text, asked.text);
    case 'tagged':
      return sql('EXISTS (SELECT 1 FROM json_each(runs.tags) WHERE value = ?)', asked.tag);
    case 'compared':
      return certain(`${columns[asked.field]} ${asked.how === '==' ? '=' : asked.how} ?`, asked.with);
  }
}

function grouped(of: readonly RunPredicate[], how: ' AND ' | ' OR '): Sql {
  const { text, values } = joined(of.map(predicateSql), how);
  return { text: `(${text})`, values };
}

/** A comparison with what a run does not have does not hold. */
function certain(text: string, ...values: readonly (string | number)[]): Sql {
  return sql(`((${text}) IS TRUE)`, ...values);
}
