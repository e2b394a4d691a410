import { errorRecordOf, TelosError } from '@telos/core';
import type { ErrorRecord, Json, JsonSchema } from '@telos/core';
import { createSchemas } from '@telos/language';

const schemas = createSchemas();

/** Why the payload of a signal is not what a step waits for; undefined when it is. */
export function misfitOf(path: string, name: string, schema: JsonSchema, payload: Json): ErrorRecord | undefined {
  try {
    const [first] = schemas.issues(schema, payload);
    if (first === undefined) return undefined;
    const at = first.path === '' || first.path.startsWith('[') ? `payload${first.path}` : `payload.${first.path}`;
    const message = `The signal \`${name}\` does not fit what ${path} waits for: ${at} ${first.message}.`;
    return errorRecordOf(
      new TelosError('VALUE_INVALID', message, { next: 'Send it again as the schema of the wait asks.' }),
    );
  } catch (error) {
    return errorRecordOf(error);
  }
}
