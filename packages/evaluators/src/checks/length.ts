import { z } from 'zod';
import type { Subject } from '@telos/core';
import { defineCheck } from '../define-check.ts';
import { countCharacters, countSentences, countWords } from '../text/segments.ts';

const Unit = z.enum(['characters', 'words', 'sentences', 'items']);
const Params = z
  .strictObject({
    min: z.int().min(0).optional().describe('Fewest, inclusive.'),
    max: z.int().min(0).optional().describe('Most, inclusive.'),
    unit: Unit.default('characters').describe('`items`: of a list, or the list lines of a text.'),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, { message: 'give `min`, `max` or both' })
  .refine(({ min = 0, max = Infinity }) => min <= max, { message: '`min` must not be greater than `max`' });

/** Score outside the limits: how near the count comes to the limit, as a ratio. */
export const length = defineCheck<z.infer<typeof Params>>({
  name: 'length',
  description: 'How long the output may be, in characters, words, sentences or items.',
  params: Params,
  needs: 'local',
  async score(subject, { min = 0, max = Infinity, unit }) {
    const count = counted(subject, unit);
    const evidence = { count, unit };
    if (count < min) {
      return {
        score: count / min,
        verdict: 'fail',
        reason: `The output has ${count} ${unit}; at least ${min} are wanted, ${min - count} more.`,
        evidence,
      };
    }
    if (count > max) {
      return {
        score: max / count,
        verdict: 'fail',
        reason: `The output has ${count} ${unit}; at most ${max} are wanted, ${count - max} fewer.`,
        evidence,
      };
    }
    return { score: 1, verdict: 'pass', reason: `The output has ${count} ${unit}, as wanted.`, evidence };
  },
});

function counted({ value, text }: Subject, unit: z.infer<typeof Unit>): number {
  if (unit === 'characters') return countCharacters(text);
  if (unit === 'words') return countWords(text);
  if (unit === 'sentences') return countSentences(text);
  if (Array.isArray(value)) return value.length;
  return text.split('\n').filter((line) => /^\s*(?:[-*+•]|\d{1,3}[.)])\s+\S/.test(line)).length;
}
