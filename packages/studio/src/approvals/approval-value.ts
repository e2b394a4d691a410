/** What a person edits before they decide, as JSON text. */
import type { ApprovalView } from '@telos/contract';

/** What the field holds at first: the form to be filled in, else what is shown. Undefined when nothing can be edited. */
export function firstText({ kind, path, form, show }: ApprovalView): string | undefined {
  // The input of a run is let in as it is, or not.
  if (path === '@input') return undefined;
  if (kind !== 'approval') return kind === 'in_doubt' || kind === 'quarantined' ? '' : undefined;
  if (form !== undefined) return JSON.stringify(blankOf(form), null, 2);
  return show !== undefined && 'value' in show ? JSON.stringify(show.value, null, 2) : undefined;
}

export type ReadValue = { readonly value?: unknown } | { readonly problem: string };

/**
 * Reads the field.
 *
 * @returns nothing when it was left as it was and there is no form: then what is shown is meant.
 */
export function readValue(text: string, first: string, hasForm: boolean): ReadValue {
  if ((!hasForm && text === first) || text.trim() === '') return {};
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { problem: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function blankOf(form: NonNullable<ApprovalView['form']>): unknown {
  const { properties, required } = form;
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return {};
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  const fields = Object.entries(properties).filter(([name]) => needed.includes(name));
  return Object.fromEntries(fields.map(([name, schema]) => [name, blankField(schema)]));
}

function blankField(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return null;
  if ('default' in schema) return schema.default;
  if (!('type' in schema)) return null;
  return schema.type === 'string' ? '' : schema.type === 'boolean' ? false : schema.type === 'array' ? [] : null;
}

export type FormField = { readonly name: string; readonly takes: string; readonly about?: string };

/** What each field of a form takes, in words; the text of the form shows only which there are. */
export function formFields(form: NonNullable<ApprovalView['form']>): readonly FormField[] {
  const { properties, required } = form;
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return [];
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.entries(properties).map(([name, schema]) => {
    const rest = needed.includes(name) ? '' : ', may be left out';
    const fields = typeof schema === 'object' && schema !== null ? schema : {};
    const about =
      'description' in fields && typeof fields.description === 'string' ? { about: fields.description } : {};
    return { name, takes: `${takesOf(fields)}${rest}`, ...about };
  });
}

const kinds: { readonly [type: string]: string } = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  null: 'nothing',
};

function takesOf(schema: object): string {
  if ('enum' in schema && Array.isArray(schema.enum)) {
    return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  }
  const types: readonly unknown[] = 'type' in schema ? [schema.type].flat() : [];
  return types.map((type) => kinds[String(type)] ?? String(type)).join(' or ') || 'any JSON';
}
