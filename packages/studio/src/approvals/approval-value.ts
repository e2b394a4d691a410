/** What a person fills in or edits before they decide. */
import type { ApprovalView, InputView } from '@telos/contract';
import { fieldOf, readField } from '../start/input-form.ts';
import type { Field } from '../start/input-form.ts';

/** `text`: what is shown is text, and edited as such; `json`: any other value. */
export type Editable =
  | { readonly kind: 'form'; readonly fields: readonly Field[] }
  | { readonly kind: 'text' | 'json'; readonly first: string };

/** Undefined when nothing can be edited. */
export function editableOf({ kind, path, form, show }: ApprovalView): Editable | undefined {
  // The input of a run is let in as it is, or not.
  if (path === '@input') return undefined;
  if (kind !== 'approval') return { kind: 'json', first: '' };
  const shown = show !== undefined && 'value' in show ? show.value : undefined;
  if (form !== undefined) {
    const fields = formFields(form, shown);
    return fields.length > 0 ? { kind: 'form', fields } : { kind: 'json', first: textOf(shown ?? {}) };
  }
  if (shown === undefined) return undefined;
  return typeof shown === 'string' ? { kind: 'text', first: shown } : { kind: 'json', first: textOf(shown) };
}

/**
 * A field for each property of a form; it begins with what is shown under the same name, for that is what is given when
 * nothing else is. None for a form that is no map of named values.
 */
export function formFields(form: NonNullable<ApprovalView['form']>, shown?: unknown): readonly Field[] {
  const { properties, required } = form;
  if (!isRecord(properties)) return [];
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  const given = isRecord(shown) ? shown : {};
  return Object.entries(properties).map(([name, written]) => {
    const schema = isRecord(written) ? written : {};
    const view: InputView = { name, schema, required: needed.includes(name) };
    const field = fieldOf({ ...view, ...('default' in schema ? { default: schema['default'] ?? null } : {}) });
    return fits(field, given[name]) ? fieldOf(view, given[name]) : field;
  });
}

export type ReadValue =
  | { readonly value?: unknown }
  /** What is wrong, by the name of the field; `''`: with the value as a whole. */
  | { readonly faults: Readonly<Record<string, string>> };

/** @param texts What stands in each field. */
export function readForm(fields: readonly Field[], texts: Readonly<Record<string, string>>): ReadValue {
  const value: Record<string, unknown> = {};
  const faults: Record<string, string> = {};
  for (const field of fields) {
    const read = readField(field, texts[field.name] ?? '');
    if (read.kind === 'fault') faults[field.name] = read.message;
    else if (read.kind === 'value') value[field.name] = read.value;
  }
  return Object.keys(faults).length > 0 ? { faults } : { value };
}

/** @returns nothing when the text was left as it was: then what is shown is meant. */
export function readText({ kind, first }: Exclude<Editable, { kind: 'form' }>, text: string): ReadValue {
  if (text === first) return {};
  if (kind === 'text') return { value: text };
  if (text.trim() === '') return {};
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { faults: { '': `This is not JSON: ${error instanceof Error ? error.message : String(error)}` } };
  }
}

function fits({ kind }: Field, value: unknown): boolean {
  switch (kind) {
    case 'text':
    case 'long-text':
    case 'choice':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'flag':
      return typeof value === 'boolean';
    case 'lines':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'json':
      return value !== undefined;
  }
}

function textOf(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
