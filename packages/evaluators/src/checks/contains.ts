import { z } from 'zod';
import { defineCheck, quoted } from '../define-check.ts';

const list = z.array(z.string().min(1)).min(1).max(1000);
const Params = z
  .strictObject({
    all: list.optional().describe('Each of these must occur.'),
    any: list.optional().describe('At least one of these must occur.'),
    none: list.optional().describe('None of these may occur.'),
    ignore_case: z.boolean().default(false),
  })
  .refine(({ all, any, none }) => (all ?? any ?? none) !== undefined, { message: 'give `all`, `any` or `none`' });

/** Score: the part of the demands that is met, where each text of `all` and `none` is one, and `any` is one. */
export const contains = defineCheck<z.infer<typeof Params>>({
  name: 'contains',
  description: 'Texts that the output must or must not hold.',
  params: Params,
  needs: 'local',
  async score({ text }, { all = [], any = [], none = [], ignore_case: ignoreCase }) {
    const comparable = (value: string): string =>
      ignoreCase ? value.normalize('NFC').toLowerCase() : value.normalize('NFC');
    const content = comparable(text);
    const occurs = (wanted: string): boolean => content.includes(comparable(wanted));
    const missing = all.filter((wanted) => !occurs(wanted));
    const unwanted = none.filter(occurs);
    const anyMissing = any.length > 0 && !any.some(occurs);

    const demands = all.length + none.length + (any.length > 0 ? 1 : 0);
    const unmet = missing.length + unwanted.length + (anyMissing ? 1 : 0);
    if (unmet === 0)
      return { score: 1, verdict: 'pass', reason: 'The output holds what it must and nothing it must not.' };
    const named = (texts: readonly string[]): string =>
      texts
        .slice(0, 10)
        .map((each) => quoted(each, 60))
        .join(', ');
    const faults = [
      ...(missing.length > 0 ? [`It lacks ${named(missing)}.`] : []),
      ...(anyMissing ? [`It holds none of ${named(any)}.`] : []),
      ...(unwanted.length > 0 ? [`It must not hold ${named(unwanted)}.`] : []),
    ];
    return {
      score: 1 - unmet / demands,
      verdict: 'fail',
      reason: faults.join(' '),
      evidence: { missing: anyMissing ? [...missing, ...any] : missing, unwanted },
    };
  },
});
