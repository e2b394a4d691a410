/**
 * A labelled row becomes a case. Sets come in many shapes; a row is recognised
 * by the fields it has, in the order of `shapes`. Any field may be written in
 * base64 under its name with `_b64` behind it.
 */
import type { Json, JsonObject, Subject } from '@telos/core';
import { z } from 'zod';
import type { Label, LabelledCase, Preference } from './labelled-case.ts';

/** A row before its label is known to be a class or a mark: that takes the other rows too. */
export type RawCase = Omit<LabelledCase, 'label'> & { readonly label: RawLabel };

export type RawLabel =
  | Exclude<Label, { readonly kind: 'class' }>
  | { readonly kind: 'plain'; readonly label: string | number | boolean };

type Parts = {
  readonly value: Json;
  readonly input?: Json | undefined;
  readonly sources?: Json | undefined;
  readonly offers?: JsonObject;
};

/** Reads the parts of a subject when the row has this shape. */
type Shape = (row: JsonObject) => Parts | undefined;

const shapes: readonly Shape[] = [
  (row) => (row.subject === undefined ? undefined : subjectParts(row, row.subject)),
  // Before a plain output: the two outputs of a comparison.
  (row) => {
    const [first, second] = pair(row);
    if (first === undefined || second === undefined) return undefined;
    return { value: first, input: inputOf(row), offers: { against: second } };
  },
  (row) => (row.broken === undefined ? undefined : { value: row.broken, offers: { schema: {}, parse: true } }),
  (row) => (row.claim === undefined ? undefined : { value: row.claim, sources: sourcesOf(row), input: row.question }),
  (row) => {
    const answer = row.answer ?? row.output ?? row.response ?? row.completion;
    if (answer === undefined) return undefined;
    const reference = row.golden ?? row.reference ?? row.golds ?? row.gold ?? row.expected;
    // Checks that compare with sources lean on the reference when the row has no sources.
    const offers =
      reference === undefined ? {} : { reference, ...(sourcesOf(row) === undefined ? { against: reference } : {}) };
    return { value: answer, input: inputOf(row) ?? row.source, sources: sourcesOf(row), offers };
  },
  (row) => (row.text === undefined ? undefined : { value: row.text, input: inputOf(row), sources: sourcesOf(row) }),
  (row) => (row.content === undefined ? undefined : { value: row.content, input: inputOf(row) }),
  ({ name, description, input_schema, inputSchema }) =>
    name === undefined || description === undefined
      ? undefined
      : { value: { name, description, input_schema: input_schema ?? inputSchema ?? {} } },
];

const Spans = z.array(
  z.object({ type: z.string().min(1), start: z.int().min(0), end: z.int().min(0), value: z.string().optional() }),
);

/**
 * @param labelField Where the label stands, `a.b` for a field within a field; undefined: found by the row's shape.
 * @returns What is wrong with the row, in words, when it cannot be read.
 */
export function readRow(written: JsonObject, at: string, labelField: string | undefined): RawCase | string {
  const row = decoded(written);
  const parts = shapes.map((shape) => shape(row)).find((found) => found !== undefined);
  if (parts === undefined) {
    return 'there is nothing in it to judge: it needs `text`, `subject`, `content`, `answer`, `output`, `claim`, `broken`, `output_1` and `output_2`, or `name` and `description`';
  }
  const subject: Subject = {
    value: parts.value,
    text: textOf(parts.value),
    input: parts.input ?? null,
    sources: asObject(parts.sources, 'sources'),
  };
  const label = labelOf(row, subject.text, labelField);
  if (typeof label === 'string') return label;
  const own = asObject(row.params, 'params');
  return { id: typeof row.id === 'string' ? row.id : at, subject, label, offers: { ...parts.offers, ...own } };
}

function labelOf(row: JsonObject, text: string, field: string | undefined): RawLabel | string {
  if (field !== undefined) {
    const label = fieldAt(row, field);
    if (label === undefined || label === null || typeof label === 'object')
      return `its field \`${field}\` holds no label`;
    return typeof label === 'number' && label !== 0 && label !== 1
      ? { kind: 'rating', rating: label }
      : { kind: 'plain', label };
  }
  if (row.spans !== undefined) {
    const spans = Spans.safeParse(row.spans);
    if (!spans.success) return 'its `spans` are not a list of { type, start, end }';
    return spansIn(text, spans.data);
  }
  if (row.broken !== undefined && row.gold !== undefined) return { kind: 'value', value: row.gold };
  const { label } = row;
  if (pair(row)[1] !== undefined) {
    const better = typeof label === 'string' || typeof label === 'number' ? preferences.get(String(label)) : undefined;
    return better === undefined ? 'its `label` is not 1, 2 or tie' : { kind: 'preference', better };
  }
  if (typeof label === 'string' || typeof label === 'number' || typeof label === 'boolean')
    return { kind: 'plain', label };
  const rating = ratingOf(row.human ?? row.rating);
  return rating === undefined ? 'it has no `label`, `spans`, `gold` or `human`' : { kind: 'rating', rating };
}

/** A span that brings its `value` may count characters instead of UTF-16 units: what it says of itself decides. */
function spansIn(text: string, spans: z.infer<typeof Spans>): RawLabel | string {
  const units = unitsOf(text);
  const placed: z.infer<typeof Spans> = [];
  for (const span of spans) {
    const { type, start, end, value } = span;
    const fits = start < end && end <= text.length;
    if (fits && (value === undefined || text.slice(start, end) === value)) {
      placed.push(span);
      continue;
    }
    const [from, to] = [units[start], units[end]];
    const counted = value !== undefined && from !== undefined && to !== undefined && text.slice(from, to) === value;
    if (!counted) {
      return `its span ${type} from ${start} to ${end} ${fits ? 'is not the `value` that it gives' : 'does not stand in the text'}`;
    }
    placed.push({ ...span, start: from, end: to });
  }
  return { kind: 'spans', spans: placed };
}

/** Where each character begins, and where the last one ends; empty where characters and units are the same. */
function unitsOf(text: string): readonly number[] {
  if (!/[\uD800-\uDBFF]/.test(text)) return [];
  let at = 0;
  return [...Array.from(text, (character) => (at += character.length) - character.length), text.length];
}

const preferences: ReadonlyMap<string, Preference> = new Map([
  ['1', 'first'],
  ['a', 'first'],
  ['A', 'first'],
  ['output_1', 'first'],
  ['2', 'second'],
  ['b', 'second'],
  ['B', 'second'],
  ['output_2', 'second'],
  ['tie', 'tie'],
]);

/** One mark, `overall` of several, or else their mean. */
function ratingOf(human: Json | undefined): number | undefined {
  if (typeof human === 'number') return human;
  if (human === undefined || human === null || typeof human !== 'object') return undefined;
  if ('overall' in human && typeof human.overall === 'number') return human.overall;
  const marks = Object.values(human).filter((mark) => typeof mark === 'number');
  return marks.length === 0 ? undefined : marks.reduce((sum, mark) => sum + mark, 0) / marks.length;
}

/** `subject` is what is judged, or the parts of it by their names in a check. */
function subjectParts(row: JsonObject, subject: Json): Parts {
  const fields = asObject(subject, '');
  if (fields.value === undefined && fields.text === undefined)
    return { value: subject, input: inputOf(row), sources: sourcesOf(row) };
  const value = fields.value ?? fields.text ?? null;
  return { value, input: fields.input ?? inputOf(row), sources: fields.sources ?? sourcesOf(row) };
}

function pair(row: JsonObject): readonly [Json | undefined, Json | undefined] {
  return [row.output_1 ?? row.response_1 ?? row.response_a, row.output_2 ?? row.response_2 ?? row.response_b];
}

function inputOf(row: JsonObject): Json | undefined {
  return row.input ?? row.question ?? row.user_question ?? row.prompt ?? row.instruction;
}

function sourcesOf(row: JsonObject): Json | undefined {
  return row.sources ?? row.document ?? row.documents ?? row.context;
}

/** An object as it is; anything else under a name. */
function asObject(value: Json | undefined, name: string): JsonObject {
  if (value === undefined || value === null) return {};
  return typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : { [name]: value }; // neither null nor a list
}

function fieldAt(row: JsonObject, path: string): Json | undefined {
  let at: Json | undefined = row;
  for (const name of path.split('.')) at = asObject(at, '')[name];
  return at;
}

function decoded(row: JsonObject): JsonObject {
  const fields = Object.entries(row).flatMap(([name, value]): [string, Json][] =>
    name.endsWith('_b64') && typeof value === 'string'
      ? [[name.slice(0, -4), Buffer.from(value, 'base64').toString('utf8')]]
      : [[name, value]],
  );
  return Object.fromEntries(fields);
}

function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string')
    return value.text;
  return JSON.stringify(value);
}
