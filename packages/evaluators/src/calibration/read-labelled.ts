import { TelosError } from '@telos/core';
import type { JsonObject } from '@telos/core';
import type { Label, LabelledCase } from './labelled-case.ts';
import { isPositiveLabel } from './orientation.ts';
import type { Orientation } from './orientation.ts';
import { readRow } from './read-row.ts';
import type { RawCase, RawLabel } from './read-row.ts';

export type ReadOptions = {
  readonly orientation: Orientation;
  /** Where the label stands; absent: found by the row's shape. */
  readonly labelField?: string;
  /** Labels of the positive class; absent: 1, true, and the words that orientation.ts knows. */
  readonly positive?: readonly string[];
};

/** Lines as they come: a file is never held as one text. */
export type LabelledFile = { readonly name: string; readonly lines: Iterable<string> };

/**
 * Reads labelled rows, one JSON object a line, of all files together.
 *
 * @throws TelosError LABELS_UNREADABLE with the file and line of the first row that cannot be read.
 */
export function readLabelled(files: readonly LabelledFile[], options: ReadOptions): readonly LabelledCase[] {
  const rows = files.flatMap((file) => [...rowsOf(file, options.labelField)]);
  if (rows.length === 0) throw unreadable(files.map(({ name }) => name).join(', '), 'there is no row in it');
  const marks = rows.some(({ label }) => isMark(label));
  const kinds = new Set(rows.map(({ label }) => (label.kind !== 'plain' ? label.kind : marks ? 'rating' : 'class')));
  if (kinds.size > 1) {
    throw unreadable(
      files.map(({ name }) => name).join(', '),
      `there are labels of several kinds (${[...kinds].join(', ')}): calibrate with each kind by itself`,
    );
  }
  return rows.map(({ label, ...row }) => ({ ...row, label: labelOf(label, row.id, marks, options) }));
}

function* rowsOf({ name, lines }: LabelledFile, labelField: string | undefined): Generator<RawCase> {
  let number = 0;
  for (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const at = `${name}:${number}`;
    const row = readRow(objectOf(line, at), at, labelField);
    if (typeof row === 'string') throw unreadable(at, row);
    yield row;
  }
}

/** A number that is neither 0 nor 1 makes marks of all numbers of the set. */
function isMark(label: RawLabel): boolean {
  return label.kind === 'plain' && typeof label.label === 'number' && label.label !== 0 && label.label !== 1;
}

function labelOf(raw: RawLabel, id: string, marks: boolean, { orientation, positive }: ReadOptions): Label {
  if (raw.kind !== 'plain') return raw;
  const { label } = raw;
  if (positive !== undefined) return { kind: 'class', positive: positive.includes(String(label)) };
  if (marks && typeof label === 'number') return { kind: 'rating', rating: label };
  if (marks) throw unreadable(`row ${id}`, `\`${String(label)}\` is no number, and other labels are marks`);
  const isPositive = isPositiveLabel(label, orientation);
  if (isPositive === undefined) {
    throw unreadable(`row ${id}`, `\`${String(label)}\` may be a label of either class: say --positive <label>`);
  }
  return { kind: 'class', positive: isPositive };
}

function objectOf(line: string, at: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw unreadable(at, 'it is no JSON', error);
  }
  if (Array.isArray(value)) throw unreadable(at, 'it is a list: write each row as an object on a line of its own');
  if (typeof value !== 'object' || value === null) throw unreadable(at, 'it is no object');
  return value as JsonObject; // JSON.parse gives nothing but JSON
}

function unreadable(at: string, problem: string, cause?: unknown): TelosError {
  return new TelosError('LABELS_UNREADABLE', `${at}: ${problem}.`, cause === undefined ? {} : { cause });
}
