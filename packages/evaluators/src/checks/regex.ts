import { z } from 'zod';
import { defineCheck, errorVerdict, quoted } from '../define-check.ts';

/** In UTF-16 units. Matching is linear in the text, but not free. */
const longestText = 2_000_000;

const Params = z.strictObject({
  pattern: z.string().min(1).max(2000).describe('RE2 syntax: no look-around, no back-references.'),
  flags: z
    .string()
    .regex(/^[ims]*$/, 'the flags are i, m and s')
    .default(''),
  match: z.boolean().default(true).describe('false: the pattern must not occur.'),
});

/** A pattern that the output must or must not match somewhere. RE2 never backtracks, so no pattern can hang. */
export const regex = defineCheck<z.infer<typeof Params>>({
  name: 'regex',
  description: 'A pattern that the output must, or must not, match.',
  params: Params,
  needs: 'local',
  async score({ text }, { pattern, flags, match }) {
    if (text.length > longestText) {
      return errorVerdict(`The output has ${text.length} characters; a pattern is tried on at most ${longestText}.`);
    }
    const { RE2JS } = await import('re2js');
    const bits = { i: RE2JS.CASE_INSENSITIVE, m: RE2JS.MULTILINE, s: RE2JS.DOTALL };
    const flagBits = flags
      .split('')
      .reduce((all, flag) => all | (flag === 'i' ? bits.i : flag === 'm' ? bits.m : bits.s), 0);
    let compiled;
    try {
      compiled = RE2JS.compile(pattern, flagBits);
    } catch (error) {
      return errorVerdict(
        `The pattern ${quoted(pattern)} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    const matcher = compiled.matcher(text);
    const found = matcher.find();
    const evidence = found
      ? { match: (matcher.group() ?? '').slice(0, 500).toWellFormed(), start: matcher.start() }
      : null;
    if (found === match) {
      return {
        score: 1,
        verdict: 'pass',
        reason: found ? 'The output matches the pattern.' : 'The pattern does not occur.',
        evidence,
      };
    }
    const reason = found
      ? `The output must not match ${quoted(pattern)}, but ${quoted(matcher.group() ?? '')} does.`
      : `The output must match the pattern ${quoted(pattern)}, but nothing in it does.`;
    return { score: 0, verdict: 'fail', reason, evidence };
  },
});
