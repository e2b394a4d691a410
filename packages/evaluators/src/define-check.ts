import type { Check, CheckContext, Subject, Verdict } from '@telos/core';

/**
 * A check that never throws: what goes wrong inside becomes an `error` verdict,
 * which is never a pass. An abort is not a verdict and rejects.
 */
export function defineCheck<P>(check: Check<P>): Check<P> {
  return {
    ...check,
    async score(subject: Subject, params: P, context: CheckContext): Promise<Verdict> {
      context.signal.throwIfAborted();
      try {
        return await check.score(subject, params, context);
      } catch (error) {
        context.signal.throwIfAborted();
        return errorVerdict(
          `${check.name} could not be carried out: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    },
  };
}

export function errorVerdict(reason: string): Verdict {
  return { score: 0, verdict: 'error', reason };
}

/** `pass` at or above `min`; a rounding error in the last digits does not count. */
export function verdictOf(score: number, min: number): 'pass' | 'fail' {
  return score + 1e-9 >= min ? 'pass' : 'fail';
}

/** A stretch of text, short enough for a sentence about it, in quotation marks. */
export function quoted(text: string, most = 120): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return `"${line.length <= most ? line : `${line.slice(0, most - 1).toWellFormed()}…`}"`;
}
