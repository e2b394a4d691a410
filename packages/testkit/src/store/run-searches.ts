/** Searches of runs that no index answers: what they mean in the plainest words, and any of them. */
import type { RunNumber, RunPredicate, RunSummary, RunText } from '@telos/core';
import * as fc from 'fast-check';

/** What the predicate means, read from what the list shows. */
export function fitsPredicate(run: RunSummary, asked: RunPredicate): boolean {
  switch (asked.test) {
    case 'all':
      return asked.of.every((one) => fitsPredicate(run, one));
    case 'any':
      return asked.of.some((one) => fitsPredicate(run, one));
    case 'not':
      return !fitsPredicate(run, asked.of);
    case 'has':
      return valuesOf(run)[asked.field] !== undefined;
    case 'tagged':
      return run.tags.includes(asked.tag);
    case 'compared': {
      const value = valuesOf(run)[asked.field];
      if (value === undefined) return false;
      const holds = { '<': value < asked.with, '<=': value <= asked.with, '==': value === asked.with };
      return { ...holds, '>=': value >= asked.with, '>': value > asked.with }[asked.how];
    }
    default: {
      const text = valuesOf(run)[asked.field];
      if (text === undefined) return false;
      if (asked.test === 'among') return asked.values.includes(text);
      if (asked.test === 'holds') return text.includes(asked.text);
      return asked.test === 'begins' ? text.startsWith(asked.text) : text.endsWith(asked.text);
    }
  }
}

function valuesOf(run: RunSummary): { [field in RunNumber]?: number | undefined } & {
  [field in RunText]?: string | undefined;
} {
  const { usage, startedAt, endedAt, error } = run;
  const { id, workflow, status, priority, forkOf, createdAt, score } = run;
  return {
    id,
    workflow,
    status,
    priority,
    forkOf,
    createdAt,
    startedAt,
    endedAt,
    score,
    errorCode: error?.code,
    errorKind: error?.kind,
    usd: usage.usd,
    tokens: usage.input_tokens + usage.output_tokens,
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    calls: usage.calls,
    duration: startedAt === undefined || endedAt === undefined ? undefined : endedAt - startedAt,
  };
}

const texts: readonly RunText[] = [
  'id',
  'workflow',
  'status',

  'priority',
  'forkOf',
  'errorCode',
  'errorKind',
];
const numbers: readonly RunNumber[] = [
  'usd',
  'tokens',
  'inputTokens',
  'outputTokens',
  'calls',
  'score',
  'createdAt',
  'startedAt',
  'endedAt',
  'duration',
];

/** @param words Texts, tags and pieces of them that runs have, and others. */
export function anyPredicate(words: readonly string[], amounts: readonly number[]): fc.Arbitrary<RunPredicate> {
  const text = fc.constantFrom(...texts);
  const number = fc.constantFrom(...numbers);
  const word = fc.constantFrom(...words);
  const how = fc.constantFrom<Extract<RunPredicate, { test: 'compared' }>['how']>('<', '<=', '==', '>=', '>');
  const leaf = fc.oneof(
    fc.record({ test: fc.constant('has' as const), field: fc.oneof(text, number) }),
    fc.record({ test: fc.constant('among' as const), field: text, values: fc.array(word, { maxLength: 3 }) }),
    fc.record({ test: fc.constantFrom('holds' as const, 'begins' as const, 'ends' as const), field: text, text: word }),
    fc.record({ test: fc.constant('tagged' as const), tag: word }),
    fc.record({ test: fc.constant('compared' as const), field: number, how, with: fc.constantFrom(...amounts) }),
  );
  return fc.letrec<{ predicate: RunPredicate }>((tie) => ({
    predicate: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      fc.record({
        test: fc.constantFrom('all' as const, 'any' as const),
        of: fc.array(tie('predicate'), { maxLength: 3 }),
      }),
      fc.record({ test: fc.constant('not' as const), of: tie('predicate') }),
    ),
  })).predicate;
}
