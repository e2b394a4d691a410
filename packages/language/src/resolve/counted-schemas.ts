import { TelosError } from '@telos/core';
import type { Schemas } from '@telos/core';
import { isPlainSchema } from '../schemas/plain-schema.ts';

/** Each takes about a millisecond, in which nothing else happens. */
const mostCompiled = 500;

/** For one compilation: refuses more schemas than a workflow has use for. Plain ones, which need no schema compiler, do not count. */
export function countedSchemas(schemas: Schemas): Schemas {
  const seen = new WeakSet<object>();
  let compiled = 0;
  return {
    issues(schema, value) {
      if (!seen.has(schema)) {
        seen.add(schema);
        if (!isPlainSchema(schema) && ++compiled > mostCompiled) {
          throw new TelosError(
            'SCHEMA_INVALID',
            `the workflow holds more than ${mostCompiled} JSON Schemas with rules`,
          );
        }
      }
      return schemas.issues(schema, value);
    },
  };
}
