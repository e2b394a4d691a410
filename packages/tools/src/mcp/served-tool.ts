/** What a server says of a tool, as it is accepted: pinned, or held back with the reason. */
import { createHash } from 'node:crypto';
import { canonicalJson, isJson, isJsonObject, TelosError } from '@telos/core';
import type { Effect, Json, JsonObject, Schemas, ServedTool } from '@telos/core';

/** As its server lists it. */
export type ListedTool = {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema: unknown;
  readonly outputSchema?: unknown;
  readonly annotations?:
    | {
        readonly readOnlyHint?: boolean | undefined;
        readonly destructiveHint?: boolean | undefined;
        readonly idempotentHint?: boolean | undefined;
      }
    | undefined;
};

/** Why what is said of a tool may not be shown to a model; undefined when it may. */
export type Examine = (tool: Json) => Promise<string | undefined>;

/** What can be written behind `uses: crm.`, and called by a model. */
const namePattern = /^[A-Za-z0-9_][A-Za-z0-9_./-]{0,99}$/;
const longestDescription = 20_000;
const largestSchema = 100_000;

export function pinOf({ name, description, input }: { name: string; description: string; input: JsonObject }): string {
  return createHash('sha256').update(canonicalJson({ name, description, input })).digest('hex');
}

/** The tool as a program would have it, whatever is to be said of it. @throws TelosError MCP_ANSWER_INVALID when its input schema is none. */
export function servedTool(listed: ListedTool): ServedTool {
  const { name, description = '', inputSchema, outputSchema, annotations } = listed;
  const input = plainSchema(name, inputSchema);
  const output = outputSchema === undefined ? undefined : plainSchema(name, outputSchema);
  return {
    description,
    input,
    ...(output === undefined ? {} : { output }),
    effect: effectOf(annotations),
    ...(annotations?.idempotentHint === true ? { idempotent: true as const } : {}),
    pin: pinOf({ name, description, input }),
  };
}

/** Why it is not offered; undefined when it is. */
export async function reasonAgainst(
  { name, title, description }: ListedTool,
  { input, output }: ServedTool,
  { schemas, examine }: { readonly schemas: Schemas; readonly examine: Examine },
): Promise<string | undefined> {
  if (!namePattern.test(name)) return 'its name cannot be written';
  if ((description ?? '').length > longestDescription)
    return `its description has more than ${longestDescription} characters`;
  for (const [what, schema] of [
    ['input', input],
    ['output', output],
  ] as const) {
    if (schema === undefined) continue;
    if (JSON.stringify(schema).length > largestSchema)
      return `its ${what} schema has more than ${largestSchema} characters`;
    try {
      schemas.issues(schema, {});
    } catch (error) {
      return `its ${what} schema is none: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  const said = { name, ...(title === undefined ? {} : { title }), description: description ?? '', inputSchema: input };
  return examine(output === undefined ? said : { ...said, outputSchema: output });
}

function effectOf(hints: ListedTool['annotations']): Effect {
  if (hints?.readOnlyHint === true) return 'read';
  return hints?.destructiveHint === true ? 'irreversible' : 'write';
}

function plainSchema(name: string, schema: unknown): JsonObject {
  // What came as JSON may have passed a parser that leaves undefined fields behind.
  const plain: unknown = JSON.parse(JSON.stringify(schema ?? null));
  if (isJson(plain) && isJsonObject(plain)) return plain;
  throw new TelosError('MCP_ANSWER_INVALID', `The tool ${name} has no schema of its input or output.`);
}
