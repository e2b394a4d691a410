import type { Json, JsonSchema } from '../json.ts';

/** One way in which a value does not fit a schema. */
export type SchemaIssue = {
  /** Where in the value: `citations[2].url`, or '' for the value itself. */
  readonly path: string;
  /** What was expected and what was found: "expected integer, found string". */
  readonly message: string;
};

/** JSON Schema (draft 2020-12) validation. Compiled schemas are remembered; patterns run in linear time. */
export interface Schemas {
  /** Every issue, in document order; empty when the value fits. @throws TelosError SCHEMA_INVALID when the schema is none. */
  issues(schema: JsonSchema, value: Json): readonly SchemaIssue[];
}
