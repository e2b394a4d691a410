/**
 * Reads a workflow file: text in, a JSON value and its places in the text out.
 *
 * Nothing here knows the language of workflows. The parser mends what it can
 * and goes on, so faults may come together with a value.
 */
import { LineCounter, parseDocument } from 'yaml';
import type { Document, YAMLError } from 'yaml';
import type { ErrorCode, Json } from '@telos/core';
import { isJsonSource, blankComments } from './jsonc.ts';
import { jsonOfDocument } from './json-of-document.ts';
import { rangeOf } from './range-of.ts';
import type { Place } from '../text/place.ts';

/** The largest file that is read, in characters. */
const longestSource = 8_000_000;

export type SourceFault = {
  readonly code: ErrorCode;
  readonly place: Place;
  readonly message: string;
  readonly hint?: string;
  /** Offset in the text; absent: where `place` stands. */
  readonly offset?: number;
};

type Position = { readonly line: number; readonly column: number };

export type Source = {
  readonly value: Json;
  readonly faults: readonly SourceFault[];
  /** The parser lost its way here: what follows may have been misread. An offset. */
  readonly brokenAt?: number;
  /** Offset of a key, or of the value under it. The nearest place around it when there is none. */
  offsetOf(place: Place, at: 'key' | 'value'): number;
  /** Offset of a piece of a text value as it is written; the value's own when it cannot be told. */
  offsetWithin(place: Place, piece: string, into: number): number;
  positionOf(offset: number): Position;
};

const bracesHint = 'YAML reads unquoted `{{` as a map: put quotes around the whole value, "${{ ... }}"';

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
      uniqueKeys: true,
      strict: true,
      prettyErrors: false,
      logLevel: 'silent',
      schema: 'core',
      merge: false,
    });
  } catch (error) {
    return unreadable(error instanceof RangeError ? 'it is nested too deeply' : `it cannot be read: ${String(error)}`);
  }
  const syntax = document.errors.filter((error) => error.code !== 'DUPLICATE_KEY');
  const faults: SourceFault[] = document.errors.map((error) => syntaxFault(error, readable));
  const converted = jsonOfDocument(document, readable, bracesHint);
  faults.push(...converted.faults);
  const broken = syntax.map((error) => error.pos[0]);
  return {
    value: converted.value,
    faults: syntax.length > 4 ? faults.filter((fault, index) => fault.code !== 'YAML_SYNTAX' || index < 4) : faults,
    ...(broken.length > 0 ? { brokenAt: Math.min(...broken) } : {}),
    offsetOf: (place, at) => rangeOf(document, place, at)[0],
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

function syntaxFault(error: YAMLError, text: string): SourceFault {
  const offset = error.pos[0];
  if (error.code === 'DUPLICATE_KEY') {
    const key = text.slice(error.pos[0], error.pos[1]);
    return { code: 'DUPLICATE_KEY', place: [], offset, message: `the key \`${key}\` stands twice in this map` };
  }
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, (text + '\n').indexOf('\n', offset));
  const message = error.message.replace(/; please use YAML\.parseAllDocuments\(\)$/, '');
  return {
    code: 'YAML_SYNTAX',
    place: [],
    offset,
    message: message.charAt(0).toLowerCase() + message.slice(1),
    ...(/(?:^|[^"'])\$?\{\{/.test(line) ? { hint: bracesHint } : {}),
  };
}

function unreadable(message: string): Source {
  return {
    value: null,
    faults: [{ code: 'YAML_SYNTAX', place: [], message, offset: 0 }],
    brokenAt: 0,
    offsetOf: () => 0,
    offsetWithin: () => 0,
    positionOf: () => ({ line: 1, column: 1 }),
  };
}
