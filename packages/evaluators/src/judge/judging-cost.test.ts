import { noUsage } from '@telos/core';
import type { Models, Subject } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { createChecks } from '../create-checks.ts';

/** One call a question; its tokens are the characters it is shown. */
const models: Models = {
  generate: () => Promise.reject(new Error('nobody is asked')),
  embed: () => Promise.reject(new Error('nobody is asked')),
  estimate: ({ messages }) =>
    Promise.resolve({ ...noUsage, input_tokens: messages[0]?.text.length ?? 0, output_tokens: 10, usd: 1, calls: 1 }),
  problem: () => Promise.resolve(undefined),
  list: () => Promise.resolve([]),
};
const checks = createChecks({ models, schemas: { issues: () => [] }, evaluateCondition: () => true });
const subject = (length: number): Subject => ({ value: '', text: 'x'.repeat(length), input: null, sources: {} });

async function costOf(name: string, given: object, length = 100) {
  const check = checks.get(name);
  return check?.estimate?.(subject(length), check.params.parse(given));
}

describe('what a check may cost', () => {
  it.each([
    ['judge', { rubric: ['is short'] }, 1],
    ['moderation', {}, 1],
    ['pairwise', { against: 'y' }, 2],
    ['ranking', { against: ['a', 'b', 'c'] }, 12],
    ['relevance', { model: 'openai/m' }, 1],
    ['relevance', {}, 0],
    ['length', { max: 3 }, 0],
  ])('of %s with %j is that of its questions: %i', async (name, given, calls) => {
    expect(await costOf(name, given)).toMatchObject({ calls, usd: calls, output_tokens: 10 * calls });
  });

  it('grows with what is judged', async () => {
    const [short, long] = [
      await costOf('judge', { rubric: ['x'] }, 100),
      await costOf('judge', { rubric: ['x'] }, 5100),
    ];
    expect((long?.input_tokens ?? 0) - (short?.input_tokens ?? 0)).toBe(5000);
  });
});
