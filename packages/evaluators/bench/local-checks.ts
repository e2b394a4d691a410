import type { AnyCheck } from '@telos/core';
import { TelosError } from '@telos/core';
import { createChecks } from '../src/create-checks.ts';

/** The checks as they are where no model can be reached. */
export const localChecks: ReadonlyMap<string, AnyCheck> = createChecks({
  models: {
    generate: () => Promise.reject(new TelosError('MODEL_UNAVAILABLE', 'There is no model here.')),
    estimate: () => Promise.resolve({ input_tokens: 0, output_tokens: 0, usd: 0, ms: 0, calls: 1 }),
    embed: async () => undefined,
    problem: async () => undefined,
    list: async () => [],
  },
  schemas: { issues: () => [] },
  evaluateCondition: () => true,
});
