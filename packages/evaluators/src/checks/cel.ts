import { z } from 'zod';
import type { Check, Json } from '@telos/core';
import { defineCheck, quoted } from '../define-check.ts';

/** @throws TelosError EXPRESSION_FAILED. */
export type EvaluateCondition = (expression: string, scope: { readonly [name: string]: Json }) => boolean;

const Params = z.strictObject({
  expression: z.string().min(1).describe('CEL that yields a boolean; `output`, `input` and `sources` are in scope.'),
});

export function cel(evaluateCondition: EvaluateCondition): Check<z.infer<typeof Params>> {
  return defineCheck<z.infer<typeof Params>>({
    name: 'cel',
    description: 'A condition (CEL) on the output, the input and the sources.',
    params: Params,
    needs: 'local',
    async score({ value, input, sources }, { expression }) {
      const holds = evaluateCondition(expression, { output: value, input, sources });
      return holds
        ? { score: 1, verdict: 'pass', reason: `${quoted(expression)} holds.` }
        : { score: 0, verdict: 'fail', reason: `The output must satisfy ${quoted(expression)}, and does not.` };
    },
  });
}
