/**
 * Reads a workflow file: text in, a JSON value and its places in the text out.
 *
 * Nothing here knows the language of workflows. The parser mends what it can
 * and goes on, so faults may come together with a value.
 */
import { LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { Json } from '@telos/core';
import type { Place } from '../text/place.ts';
import { isJsonSource, blankComments } from './jsonc.ts';
import { jsonOfDocument } from './json-of-document.ts';
import { rangeOf } from './range-of.ts';
import { bracesHint, syntaxFaults } from './syntax-fault.ts';
import type { SourceFault } from './source-fault.ts';

/** The largest file that is read, in characters. */
const longestSource = 1_000_000;
/** Syntax faults that are reported. */
const mostSyntaxFaults = 4;

type Position = { readonly line: number; readonly column: number };

export type Source = {
  readonly value: Json;
  readonly faults: readonly SourceFault[];
  /** The parser lost its way here: what follows may have been misread. An offset. */
  readonly brokenAt?: number;
  /** Offset of a key, or of the value under it. The nearest place around it when there is none. */
  offsetOf(place: Place, at: 'key' | 'value'): number;
  /** Offset after the value at a place. */
  endOf(place: Place): number;
  /** Offset of a piece of a text value as it is written; the value's own when it cannot be told. */
  offsetWithin(place: Place, piece: string, into: number): number;
  positionOf(offset: number): Position;
};

export function readSource(text: string, file: string): Source {
  if (text.length > longestSource) {
    return unreadable(`the file has ${text.length} characters; at most ${longestSource} are read`);
  }
  const readable = isJsonSource(text, file) ? blankComments(text) : text;
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = parseDocument(readable, {
      lineCounter: lines,
      uniqueKeys: false, // the parser compares every key with every other; the conversion finds the same in one go
      strict: true,
      prettyErrors: false,
      logLevel: 'silent',
      schema: 'core',
      merge: false,
    });
  } catch (error) {
    return unreadable(error instanceof RangeError ? 'it is nested too deeply' : `it cannot be read: ${String(error)}`);
  }
  const { errors } = document;
  const converted = jsonOfDocument(document, readable, bracesHint);
  // Behind the first few the parser has lost its way, and a hostile file makes hundreds of thousands.
  const faults: SourceFault[] = syntaxFaults(errors.slice(0, 200), readable).slice(0, mostSyntaxFaults);
  return {
    value: converted.value,
    faults: faults.concat(converted.faults),
    ...(errors.length > 0 ? { brokenAt: errors.reduce((first, { pos }) => Math.min(first, pos[0]), Infinity) } : {}),
    offsetOf: (place, at) => rangeOf(document, place, at)[0],
    endOf: (place) => rangeOf(document, place, 'value')[1],
    offsetWithin(place, piece, into) {
      const [start, end] = rangeOf(document, place, 'value');
      const found = piece === '' ? -1 : readable.slice(start, end).indexOf(piece);
      if (found === -1) return start;
      return start + found + (piece.slice(0, into).includes('\n') ? 0 : into);
    },
    positionOf(offset) {
      const { line, col } = lines.linePos(Math.min(offset, readable.length));
      return line === 0 ? { line: 1, column: 1 } : { line, column: col };
    },
  };
}

function unreadable(message: string): Source {
  return {
    value: null,
    faults: [{ code: 'YAML_SYNTAX', place: [], message, offset: 0 }],
    brokenAt: 0,
    offsetOf: () => 0,
    endOf: () => 0,
    offsetWithin: () => 0,
    positionOf: () => ({ line: 1, column: 1 }),
  };
}
