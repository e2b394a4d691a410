/**
 * Where to look for orders to a model, and as what: a user may order a model
 * about, a document may not.
 */
import type { Subject } from '@telos/core';
import { textsOf } from '@telos/core';
import type { PlacedText } from '@telos/core';
import type { HeadName } from './model/heads.ts';
import { layoutOf } from './text/layout.ts';

export type PlaceToLook = PlacedText & { readonly heads: readonly HeadName[] };

/** A pretext for a harmful wish alone is no injection: see `jailbreak`. */
const message: readonly HeadName[] = ['message'];
const document: readonly HeadName[] = ['document'];
/** A long text may be a page that was pasted, or a message that tells a long story as a pretext. */
const longText: readonly HeadName[] = ['document', 'jailbreak'];

/** In UTF-16 units: what is shorter is taken for a message, whatever its form. */
const shortestDocument = 400;
/** The part of a text that has to be table, code, JSON or markup. */
const mostlyStructured = 0.5;
const longestMessage = 3000;
/** The beginning of a text tells its form. */
const looked = 20_000;

export function placesToLook(subject: Subject, as: 'auto' | 'message' | 'document'): readonly PlaceToLook[] {
  const texts = textsOf(subject.value).filter(({ text, isNumber }) => !isNumber && /\p{L}/u.test(text));
  return texts.map((placed) => ({
    ...placed,
    heads: as === 'auto' ? seenAs(placed, subject) : as === 'message' ? message : document,
  }));
}

/** What a step gave for a task is something that was read; without a task, the form of the text tells. */
function seenAs({ text }: PlacedText, { input }: Subject): readonly HeadName[] {
  if (input !== null) return document;
  if (text.length < shortestDocument) return message;
  if (layoutOf(text.slice(0, looked).toLowerCase()).structured > mostlyStructured) return document;
  return text.length > longestMessage ? longText : message;
}
