/**
 * Private values, kept out of cassettes: what calls gave that is private is
 * replaced by marks of the same form, the same text by the same mark.
 */
import type { FoldedRun } from '@telos/api/trace';
import { hideAgain, isJsonObject, partsOfPlaceholder } from '@telos/core';
import type { Json, JsonObject, Labelling, Program, Vault } from '@telos/core';
import type { AnsweredCall } from './answers.ts';

export type Masks = {
  /** Which texts became which marks. */
  readonly marks: Map<string, string>;
};

export function createMasks(): Masks {
  return { marks: new Map() };
}

/**
 * What calls gave, without what was private: of a tool, what the labels of its step's output say; of a model, what it
 * wrote where its step was given anything private.
 */
export function maskedCalls(
  masks: Masks,
  calls: readonly AnsweredCall[],
  steps: FoldedRun['steps'] | undefined,
): readonly AnsweredCall[] {
  return calls.map((call) => {
    const labelling = steps?.get(call.step)?.labelling;
    if (labelling?.private === undefined || call.gives === undefined) return call;
    const gives =
      call.kind === 'tool'
        ? maskedBy(masks, call.gives, labelling)
        : maskedAnswer(masks, call.gives, fieldOf(call.with, 'schema'));
    return { ...call, gives };
  });
}

/**
 * What calls gave, without what rails have hidden of it: it is not in the journal, and is to be in no file. What stands
 * in the inputs of the case is there to be read. An address becomes another one, so that rails find it again.
 */
export function withoutHidden(
  masks: Masks,
  calls: readonly AnsweredCall[],
  hidden: Vault,
  inputs: JsonObject,
): readonly AnsweredCall[] {
  const known = JSON.stringify(inputs);
  const standIns = Object.entries(hidden).flatMap(([placeholder, text]): [string, string | number][] =>
    placeholder === text || known.includes(JSON.stringify(String(text)).slice(1, -1))
      ? []
      : [[standInFor(masks, placeholder, String(text)), text]],
  );
  if (standIns.length === 0) return calls;
  const hide = hideAgain(Object.fromEntries(standIns));
  return calls.map(({ gives, error, ...call }) => ({
    ...call,
    ...(gives === undefined ? {} : { gives: hide(gives) }),
    ...(error === undefined ? {} : { error: hide(error) }),
  }));
}

function standInFor(masks: Masks, placeholder: string, text: string): string {
  const { marks } = masks;
  const known = marks.get(text);
  if (known !== undefined || !partsOfPlaceholder(placeholder).name.startsWith('EMAIL'))
    return known ?? markOf(masks, text);
  const address = `private.${marks.size + 1}@example.org`;
  marks.set(text, address);
  return address;
}

/** Inputs, without the values of those that the program calls private. */
export function maskedInputs(masks: Masks, inputs: JsonObject, specs: Program['inputs']): JsonObject {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      name,
      specs[name]?.private === true ? maskedValue(masks, value) : value,
    ]),
  );
}

/** A value, all of it private. */
export function maskedValue(masks: Masks, value: Json): Json {
  return maskedAll(masks, value, noWords, false);
}

function maskedBy(masks: Masks, value: Json, labelling: Labelling): Json {
  const { fields, ...whole } = labelling;
  if (fields === undefined || !isJsonObject(value))
    return labelling.private === undefined ? value : maskedAll(masks, value, noWords, false);
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      maskedBy(masks, field, (Object.hasOwn(fields, name) ? fields[name] : undefined) ?? whole),
    ]),
  );
}

/** Its numbers stay, and the words that its schema allows: by these a judge says what it says. */
function maskedAnswer(masks: Masks, gives: Json, schema: Json | undefined): Json {
  if (!isJsonObject(gives)) return gives;
  const words = wordsOf(schema);
  return Object.fromEntries(
    Object.entries(gives).map(([name, field]) => {
      if (name === 'text' || name === 'value') return [name, maskedAll(masks, field, words, true)];
      if (name !== 'tool_calls' || !Array.isArray(field)) return [name, field];
      // As the model called them: each has its input.
      const calls = (field as readonly JsonObject[]).map((call) => ({
        ...call,
        input: maskedAll(masks, call['input'] ?? null, words, true),
      }));
      return [name, calls];
    }),
  );
}

function maskedAll(masks: Masks, value: Json, kept: ReadonlySet<string>, keepsNumbers: boolean): Json {
  if (typeof value === 'string')
    return value === '' || kept.has(value) || /^<private \d+>$/.test(value) ? value : markOf(masks, value);
  if (typeof value === 'number') return keepsNumbers ? value : 0;
  // A list of JSON.
  if (Array.isArray(value)) return value.map((item) => maskedAll(masks, item as Json, kept, keepsNumbers));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, maskedAll(masks, field, kept, keepsNumbers)]),
  );
}

function markOf({ marks }: Masks, text: string): string {
  const mark = marks.get(text) ?? `<private ${marks.size + 1}>`;
  marks.set(text, mark);
  return mark;
}

const noWords: ReadonlySet<string> = new Set();

/** The texts that a schema names under `enum` and `const`. */
function wordsOf(schema: Json | undefined): ReadonlySet<string> {
  const words = new Set<string>();
  const walk = (value: Json | undefined): void => {
    if (Array.isArray(value)) for (const item of value) walk(item as Json);
    if (!isJsonObject(value)) return;
    for (const [key, field] of Object.entries(value)) {
      if (key === 'enum' || key === 'const')
        for (const word of Array.isArray(field) ? field : [field]) if (typeof word === 'string') words.add(word);
      walk(field);
    }
  };
  walk(schema);
  return words;
}

function fieldOf(value: Json, name: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
