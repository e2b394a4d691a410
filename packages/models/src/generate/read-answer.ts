/** Whether an answer can be used: it is there, it is whole, and it fits its schema. */
import { deepestValue, isWithinDepth, repairJson } from '@telos/core';
import type { Exchange, Json, JsonSchema, Schemas } from '@telos/core';

export type ReadAnswer =
  | { readonly usable: true; readonly value?: Json }
  /** Each reason is a sentence for the model that is to do better, and for a person. */
  | { readonly usable: false; readonly reasons: readonly string[] };

/** Issues that are told to the model; the rest would repeat them. */
const mostReasons = 12;

/** @param offered Whether the model was offered tools: a call of one that nobody offered is no answer. */
export function readAnswer(
  exchange: Pick<Exchange, 'text' | 'finish' | 'toolCalls'>,
  asked: { readonly schema: JsonSchema | undefined; readonly offered: boolean },
  schemas: Schemas,
): ReadAnswer {
  const { text, finish, toolCalls } = exchange;
  const { schema, offered } = asked;
  if (finish === 'length') return unusable('The answer was cut off at the token limit: give a shorter one.');
  if (toolCalls.length > 0 && offered) return { usable: true };
  if (text.trim() === '')
    return unusable(toolCalls.length > 0 ? 'There is no tool to call here.' : 'The answer was empty.');
  if (schema === undefined) return { usable: true };

  // A schema of plain text is met by the text itself.
  if (schema.type === 'string' && !text.trim().startsWith('"')) return checked(schema, text.trim(), schemas);
  const parsed = repairJson(text);
  if (parsed === undefined) return unusable('The answer is not JSON.');
  if (!isWithinDepth(parsed.value)) return unusable(`The answer is nested more than ${deepestValue} levels deep.`);
  return checked(schema, parsed.value, schemas);
}

function checked(schema: JsonSchema, value: Json, schemas: Schemas): ReadAnswer {
  const issues = schemas.issues(schema, value);
  if (issues.length === 0) return { usable: true, value };
  const reasons = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return { usable: false, reasons: reasons.slice(0, mostReasons) };
}

function unusable(reason: string): ReadAnswer {
  return { usable: false, reasons: [reason] };
}
