import type { AnyCheck } from '@telos/core';
import { TelosError } from '@telos/core';
import { createChecks } from '../src/create-checks.ts';
import { scriptedModels } from '../src/fixtures/scripted-models.ts';

/** The checks as they are where no model can be reached. */
export const localChecks: ReadonlyMap<string, AnyCheck> = createChecks({
  models: {
    ...scriptedModels().models,
    generate: () => Promise.reject(new TelosError('MODEL_UNAVAILABLE', 'There is no model here.')),
  },
  schemas: { issues: () => [] },
  evaluateCondition: () => true,
});
