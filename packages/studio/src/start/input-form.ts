/**
 * A form for the inputs of a workflow, made from their JSON Schemas.
 *
 * Each field holds text as it is typed (or a tick). `readField` turns it into a
 * value, or says what is wrong with it; whether the value fits is the server's
 * word, because it checks against the whole schema.
 */
import type { InputView } from '@telos/contract';

export type FieldKind =
  | { readonly kind: 'text' }
  | { readonly kind: 'long-text' }
  | { readonly kind: 'number'; readonly whole: boolean }
  | { readonly kind: 'flag' }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'lines' }
  | { readonly kind: 'json' };

export type Field = {
  readonly name: string;
  /** What it is called where a person reads it. */
  readonly label: string;
  readonly required: boolean;
  readonly description?: string;
  readonly hint: string;
  readonly initial: string;
} & FieldKind;

/** `absent`: nothing was entered and nothing need be. */
export type FieldValue =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'absent' }
  | { readonly kind: 'fault'; readonly message: string };

/** The fields of a workflow: those that must be filled in come first. */
export function formOf(
  inputs: readonly InputView[],
  given: { readonly [name: string]: unknown } = {},
  nameOf?: (name: string) => string,
): readonly Field[] {
  return inputs
    .toSorted((left, right) => Number(right.required) - Number(left.required))
    .map((input) => fieldOf(input, given[input.name], nameOf));
}

/** @param given A value to start from, such as that of an earlier run; it stands before the default. */
export function fieldOf(input: InputView, given?: unknown, nameOf = (name: string) => name): Field {
  const kind = kindOf(input.schema);
  const { title, description } = input.schema;
  const start = given === undefined ? input.default : given;
  return {
    name: input.name,
    label: typeof title === 'string' ? title : nameOf(input.name),
    required: input.required,
    ...(typeof description === 'string' ? { description } : {}),
    hint: hintOf(kind, input),
    initial: start === undefined ? '' : textOf(kind, start),
    ...kind,
  };
}

export function readField(field: Field, text: string): FieldValue {
  if (field.kind === 'flag') return { kind: 'value', value: text === 'true' };
  if (text.trim() === '') {
    return field.required ? { kind: 'fault', message: `${field.label} is needed.` } : { kind: 'absent' };
  }
  switch (field.kind) {
    case 'number': {
      const value = Number(text);
      if (!Number.isFinite(value)) return { kind: 'fault', message: `${text} is not a number.` };
      if (field.whole && !Number.isInteger(value)) return { kind: 'fault', message: `${text} is not a whole number.` };
      return { kind: 'value', value };
    }
    case 'lines':
      return { kind: 'value', value: text.split('\n').filter((line) => line.trim() !== '') };
    case 'json':
      try {
        return { kind: 'value', value: JSON.parse(text) };
      } catch (error) {
        return {
          kind: 'fault',
          message: `This is not JSON: ${error instanceof Error ? error.message : String(error)}`,
        };
      }
    case 'text':
    case 'long-text':
    case 'choice':
      return { kind: 'value', value: text };
  }
}

function kindOf(schema: InputView['schema']): FieldKind {
  const { type, enum: options, items, maxLength } = schema;
  if (Array.isArray(options) && options.every((option) => typeof option === 'string'))
    return { kind: 'choice', options };
  if (type === 'boolean') return { kind: 'flag' };
  if (type === 'integer' || type === 'number') return { kind: 'number', whole: type === 'integer' };
  if (type === 'string') {
    return typeof maxLength === 'number' && maxLength > 200 ? { kind: 'long-text' } : { kind: 'text' };
  }
  const ofText = typeof items === 'object' && items !== null && 'type' in items && items['type'] === 'string';
  return type === 'array' && ofText ? { kind: 'lines' } : { kind: 'json' };
}

const formatWords: { readonly [format: string]: string } = {
  uri: 'a whole address: https://...',
  email: 'an e-mail address',
  date: 'a date: 2026-01-31',
};

function hintOf(kind: FieldKind, { schema }: InputView): string {
  const { format } = schema;
  const bounds = boundsOf(schema);
  const noun = {
    text: typeof format === 'string' ? (formatWords[format] ?? format) : '',
    'long-text': '',
    number: kind.kind === 'number' && kind.whole ? 'whole number' : 'number',
    flag: '',
    choice: '',
    lines: 'one a line',
    json: 'JSON',
  }[kind.kind];
  return [noun, bounds].filter((part) => part !== '').join(', ');
}

function boundsOf({ minimum, maximum }: InputView['schema']): string {
  if (typeof minimum === 'number' && typeof maximum === 'number') return `${minimum} to ${maximum}`;
  if (typeof minimum === 'number') return `at least ${minimum}`;
  return typeof maximum === 'number' ? `at most ${maximum}` : '';
}

function textOf(kind: FieldKind, value: unknown): string {
  if (kind.kind === 'lines' && Array.isArray(value)) return value.join('\n');
  if (typeof value === 'string' && kind.kind !== 'json') return value;
  return kind.kind === 'json' ? JSON.stringify(value, null, 2) : String(value);
}
