/**
 * Rows of a dataset file: one JSON object a line, or CSV with a header.
 *
 * A row is `{ id?, inputs, expected? }`, or flat: then every field but `id`,
 * `expected` and `expected.<name>` is an input.
 */
import { isJson } from '@telos/core';
import type { InputSpec, Json, JsonObject } from '@telos/core';
import type { Fault } from '../fault.ts';
import { isObject, kindOf } from '../text/json-shape.ts';
import { suggestion } from '../text/nearest.ts';
import { readCsv } from './read-csv.ts';

export type DatasetRow = {
  readonly id: string;
  readonly inputs: JsonObject;
  /** Null when the row expects nothing. */
  readonly expected: Json;
  /** From 1. */
  readonly line: number;
};

export type Dataset = { readonly rows: readonly DatasetRow[]; readonly faults: readonly Fault[] };

type Report = (line: number, code: Fault['code'], message: string, more?: Partial<Fault>) => void;

const rowKeys = ['id', 'inputs', 'expected'];

/** @param specs Of the inputs, so that text of a CSV file becomes what they take. */
export function readDataset(text: string, file: string, specs: { readonly [name: string]: InputSpec }): Dataset {
  const faults: Fault[] = [];
  const report: Report = (line, code, message, more = {}) =>
    void faults.push({ code, file, line, column: 1, path: '', message, ...more });
  const written = file.toLowerCase().endsWith('.csv') ? csvRows(text, specs, report) : jsonRows(text, report);
  const rows = written.flatMap(({ line, fields }, index) => rowOf(fields, line, index, report) ?? []);
  const seen = new Map<string, number>();
  for (const { id, line } of rows) {
    const first = seen.get(id);
    if (first === undefined) seen.set(id, line);
    else report(line, 'DUPLICATE_ID', `the row \`${id}\` stands on line ${first} already`, { path: 'id' });
  }
  if (rows.length === 0 && faults.length === 0) report(1, 'INVALID_VALUE', 'the dataset has no rows');
  return { rows, faults };
}

type WrittenRow = { readonly line: number; readonly fields: JsonObject };

function jsonRows(text: string, report: Report): readonly WrittenRow[] {
  return text.split('\n').flatMap((written, index) => {
    const line = index + 1;
    if (written.trim() === '') return [];
    try {
      const value: unknown = JSON.parse(index === 0 ? written.replace(/^\uFEFF/, '') : written);
      if (isJson(value) && isObject(value)) return [{ line, fields: value }];
      report(line, 'WRONG_TYPE', `a row is a map, and this is ${kindOf(value)}`);
    } catch (error) {
      report(line, 'YAML_SYNTAX', `the line is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
        hint: 'a .jsonl file has one JSON object on each line',
      });
    }
    return [];
  });
}

function csvRows(text: string, specs: { readonly [name: string]: InputSpec }, report: Report): readonly WrittenRow[] {
  const records = readCsv(text);
  if ('unclosed' in records) {
    report(records.unclosed, 'YAML_SYNTAX', 'a quote is opened here and never closed');
    return [];
  }
  const [header, ...rest] = records;
  const names = header?.fields.map((name) => name.trim()) ?? [];
  return rest.flatMap(({ line, fields }) => {
    if (fields.length !== names.length) {
      report(line, 'INVALID_VALUE', `the row has ${fields.length} fields, and the header has ${names.length}`, {
        hint: 'put a field that holds a comma in quotes',
      });
      return [];
    }
    const row: { [name: string]: Json } = {};
    const inputs: { [name: string]: Json } = {};
    const expected: { [name: string]: Json } = {};
    for (const [at, name] of names.entries()) {
      const value = fields[at] ?? '';
      if (name === 'id') row['id'] = value;
      else if (name === 'expected') row['expected'] = value;
      else if (name.startsWith('expected.')) expected[name.slice('expected.'.length)] = value;
      else {
        const input = name.startsWith('inputs.') ? name.slice('inputs.'.length) : name;
        // An empty field is one that was not given, so that the default holds.
        if (value !== '') inputs[input] = typed(value, specs[input]);
      }
    }
    if (Object.keys(expected).length > 0) row['expected'] = expected;
    return [{ line, fields: { ...row, inputs } }];
  });
}

/** Text where the input takes text, else the JSON that it is; text all the same where it is none. */
function typed(value: string, spec: InputSpec | undefined): Json {
  const type = spec?.schema['type'];
  const types = Array.isArray(type) ? type : [type];
  if (spec === undefined || types.includes('string')) return value;
  try {
    // Safe: what JSON.parse gives is Json.
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

function rowOf(fields: JsonObject, line: number, index: number, report: Report): DatasetRow | undefined {
  const { id, inputs, expected } = fields;
  if (id !== undefined && typeof id !== 'string' && typeof id !== 'number') {
    report(line, 'WRONG_TYPE', `expected text or a number, found ${kindOf(id)}`, { path: 'id' });
    return undefined;
  }
  const named = { id: id === undefined || id === '' ? String(index + 1) : String(id), line };
  if (!isObject(inputs)) {
    const flat = Object.entries(fields).filter(([name]) => name !== 'id' && !/^expected(?:$|\.)/.test(name));
    const parts = Object.entries(fields).filter(([name]) => name.startsWith('expected.'));
    const whole = Object.fromEntries(parts.map(([name, value]) => [name.slice('expected.'.length), value]));
    return { ...named, inputs: Object.fromEntries(flat), expected: expected ?? (parts.length === 0 ? null : whole) };
  }
  const unknown = Object.keys(fields).filter((name) => !rowKeys.includes(name));
  for (const name of unknown) {
    const hint = suggestion(name, rowKeys) ?? `known here: ${rowKeys.join(', ')}`;
    report(line, 'UNKNOWN_KEY', `the key \`${name}\` is not known here`, { path: name, hint });
  }
  return unknown.length > 0 ? undefined : { ...named, inputs, expected: expected ?? null };
}
