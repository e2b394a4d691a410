/** Inputs of a run as they stand on the command line: `--input name=value`, `--inputs file.json`. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { repeatedKeyIn, TelosError } from '@telos/core';
import type { InputSpec, Json, JsonObject } from '@telos/core';
import { nearest } from '@telos/language/text';
import { z } from 'zod';
import { readTextFile } from './text-file.ts';

type Specs = { readonly [name: string]: InputSpec };

// What JSON.parse gives is JSON; how deep it may be is for the workflow's inputs to say.
const JsonFile = z.record(z.string(), z.unknown()) as z.ZodType<JsonObject>;

/**
 * Reads `assignments` over the values of `file`. A value is text where the
 * input's schema takes text, else JSON.
 *
 * @param file A JSON file with an object, relative to `folder`.
 * @throws TelosError INPUT_INVALID with every problem, USAGE, FILE_UNREADABLE.
 */
export function readInputs(
  assignments: readonly string[],
  file: string | undefined,
  folder: string,
  specs: Specs,
): JsonObject {
  const inputs: Record<string, Json> = file === undefined ? {} : { ...readInputsFile(file, folder) };
  const problems: string[] = [];
  const assigned = new Set<string>();
  for (const assignment of assignments) {
    const [name, text] = split(assignment);
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined) continue;
    if (assigned.has(name)) problems.push(`${name}: given twice`);
    assigned.add(name);
    const value = valueOf(text, spec);
    if (value === undefined) problems.push(`${name}: ${notJson(text, spec)}`);
    else inputs[name] = value;
  }
  for (const name of new Set([...Object.keys(inputs), ...assignments.map((assignment) => split(assignment)[0])])) {
    if (!Object.hasOwn(specs, name)) problems.push(`${name}: ${unknown(name, specs)}`);
  }
  const [first] = problems;
  if (first === undefined) return inputs;
  throw new TelosError(
    'INPUT_INVALID',
    problems.length === 1 ? `Input ${first}` : `${problems.length} inputs do not fit the workflow.`,
    problems.length === 1 ? {} : { details: { problems } },
  );
}

function readInputsFile(file: string, folder: string): JsonObject {
  if (/^[a-z][a-z0-9_]*=/.test(file) && !existsSync(resolve(folder, file))) {
    const message = `--inputs takes a JSON file, and ${file} is none.`;
    throw new TelosError('USAGE', message, { next: `Write --input ${file}.` });
  }
  const text = readTextFile(file, folder);
  if (text.trim() === '')
    throw new TelosError('INPUT_INVALID', `${file} is empty.`, {
      next: 'Write a JSON object, one field an input: {}.',
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TelosError('INPUT_INVALID', `${file} is not JSON: ${error instanceof Error ? error.message : ''}`, {
      next: 'Write a JSON object, one field an input.',
      cause: error,
    });
  }
  const repeated = repeatedKeyIn(text);
  if (repeated !== undefined)
    throw new TelosError('INPUT_INVALID', `${file}: ${repeated.join('.')} stands twice in one object.`, {
      next: 'Keep the one that is meant.',
    });
  const parsed = JsonFile.safeParse(value);
  if (!parsed.success) throw new TelosError('INPUT_INVALID', `${file} must hold a JSON object, one field an input.`);
  return parsed.data;
}

function split(assignment: string): readonly [string, string] {
  const equals = assignment.indexOf('=');
  if (equals > 0) return [assignment.slice(0, equals), assignment.slice(equals + 1)];
  const next = assignment.startsWith('{')
    ? 'Write --input name=value for each, or --inputs with a JSON file.'
    : 'Write --input name=value.';
  throw new TelosError('USAGE', `--input ${assignment} has no value.`, { next });
}

/** Undefined when the text had to be JSON and is not. */
function valueOf(text: string, { schema }: InputSpec): Json | undefined {
  if (takesText(schema['type'])) return text;
  try {
    // Safe: what JSON.parse gives is Json.
    return JSON.parse(text) as Json;
  } catch {
    return schema['type'] === undefined ? text : undefined;
  }
}

function takesText(type: Json | undefined): boolean {
  return typesOf(type).includes('string');
}

/** The types that a schema's `type` names: one, or a list. */
function typesOf(type: Json | undefined): readonly string[] {
  const types = Array.isArray(type) ? type : [type];
  return types.filter((name) => typeof name === 'string');
}

function notJson(text: string, { schema }: InputSpec): string {
  const type = typesOf(schema['type']).join(' or ');
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  const examples: { readonly [type: string]: string } = {
    array: '["a", "b"]',
    object: '{"key": "value"}',
    boolean: 'true',
  };
  const example = examples[type];
  return `expected ${type}, found "${shown}"${example === undefined ? '' : `; write it as JSON, like '${example}'`}`;
}

function unknown(name: string, specs: Specs): string {
  const names = Object.keys(specs);
  const near = nearest(name, names);
  if (near !== undefined) return `the workflow has no such input; did you mean ${near}?`;
  return names.length === 0
    ? 'the workflow takes no inputs'
    : `the workflow has no such input; it takes ${names.join(', ')}`;
}
