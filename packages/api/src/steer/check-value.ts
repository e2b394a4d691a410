import { TelosError } from '@telos/core';
import type { Json, JsonSchema } from '@telos/core';
import { createSchemas } from '@telos/language';

const schemas = createSchemas();

/**
 * Refuses a value that does not fit what a step waits for.
 *
 * @param name How the caller knows the value: `value`, `payload`.
 * @throws TelosError VALUE_INVALID with every problem in `details.problems`.
 */
export function checkValue(what: string, name: string, schema: JsonSchema, value: Json): void {
  const issues = schemas.issues(schema, value);
  if (issues.length === 0) return;
  const problems = issues.map(({ path, message }) => ({
    path: path === '' || path.startsWith('[') ? `${name}${path}` : `${name}.${path}`,
    message,
  }));
  const first = problems[0];
  throw new TelosError('VALUE_INVALID', `The ${name} does not fit ${what}: ${first?.path} ${first?.message}.`, {
    details: { problems },
  });
}
