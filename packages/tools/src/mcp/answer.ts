/** What a tool's server answered, as the output of a step. */
import { isJson, isJsonObject, TelosError } from '@telos/core';
import type { Json, JsonObject, Schemas, ServedTool } from '@telos/core';

/** As the client gives it. */
export type ToolAnswer = {
  readonly content?: readonly { readonly type: string; readonly [field: string]: unknown }[] | undefined;
  readonly structuredContent?: unknown;
  readonly isError?: boolean | undefined;
};

const longestComplaint = 4000;

/**
 * The structured value of a tool that says which form it has; else `{ text }`, with `data` when it gave a structured
 * value all the same, and `content` for what is no text.
 * @throws TelosError MCP_TOOL_FAILED when it says that it failed, MCP_ANSWER_INVALID when it does not have the form.
 */
export function outputOf(answer: ToolAnswer, what: string, { output }: ServedTool, schemas: Schemas): Json {
  const content = plain(answer.content ?? [], what);
  const blocks = Array.isArray(content) ? content.filter(isJsonObject) : [];
  const text = blocks.flatMap((block) => textOf(block) ?? []).join('\n');
  if (answer.isError === true) {
    const said = text === '' ? 'it does not say why' : text.slice(0, longestComplaint);
    throw new TelosError('MCP_TOOL_FAILED', `${what} failed: ${said}`);
  }
  const data = answer.structuredContent === undefined ? undefined : plain(answer.structuredContent, what);
  if (output !== undefined) {
    if (data === undefined)
      throw new TelosError('MCP_ANSWER_INVALID', `${what} gave no value of the form that its server states.`);
    const [issue] = schemas.issues(output, data);
    if (issue === undefined) return data;
    const where = issue.path === '' ? '' : `\`${issue.path}\`: `;
    throw new TelosError(
      'MCP_ANSWER_INVALID',
      `${what} gave a value of another form than its server states: ${where}${issue.message}.`,
    );
  }
  const others = blocks.filter((block) => textOf(block) === undefined);
  return {
    text,
    ...(data === undefined ? {} : { data }),
    ...(others.length === 0 ? {} : { content: others }),
  };
}

/** Of a block that is text, or a text resource that is given whole. */
function textOf(block: JsonObject): string | undefined {
  const { type, text, resource } = block;
  if (type === 'text' && typeof text === 'string') return text;
  if (type !== 'resource' || !isJsonObject(resource)) return undefined;
  return typeof resource['text'] === 'string' ? resource['text'] : undefined;
}

function plain(value: unknown, what: string): Json {
  // The client may leave fields undefined.
  const copy: unknown = JSON.parse(JSON.stringify(value));
  if (isJson(copy)) return copy;
  throw new TelosError('MCP_ANSWER_INVALID', `${what} gave what is no JSON, or is nested too deep.`);
}
