/** Checks as they are, for tests of what the engine does about what they find. Those that need a model have none. */
import { createChecks } from '@telos/evaluators';
import { createSchemas } from '@telos/language';
import { createModels } from '@telos/models';
import { systemClock } from '@telos/driver-local';
import type { AnyCheck } from '@telos/core';

const schemas = createSchemas();
const all = createChecks({
  models: createModels({ schemas, clock: systemClock }),
  schemas,
  evaluateCondition: () => {
    throw new Error('The rails of these tests are no conditions.');
  },
});

export function realCheck(name: string): AnyCheck {
  const check = all.get(name);
  if (check === undefined) throw new Error(`There is no check ${name}.`);
  return check;
}

export const realChecks = Object.fromEntries(
  ['pii', 'secrets', 'hidden_text', 'exfiltration', 'json_schema', 'topic'].map((name) => [name, realCheck(name)]),
);
