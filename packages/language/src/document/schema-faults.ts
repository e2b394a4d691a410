/**
 * From zod's issues to faults: where, which kind, in plain words, with the
 * nearest known key or value.
 */
import type { ErrorCode, Json } from '@telos/core';
import type { z } from 'zod';
import { fieldOf, isList, kindOf, kindWords } from '../text/json-shape.ts';
import type { Place } from '../text/place.ts';
import { keySeparator } from './closed.ts';
import { asName, meant, quotedByMistake, shapeOf } from './habits.ts';
import { namePattern } from './scalars.ts';

export type SchemaFault = {
  readonly code: ErrorCode;
  readonly place: Place;
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly hint?: string;
};

type Issue = z.core.$ZodIssue;

export function schemaFaults(issues: readonly Issue[], document: Json): readonly SchemaFault[] {
  return issues.flatMap((issue) => faultsOf(issue, [], document));
}

function faultsOf(issue: Issue, around: Place, document: Json): readonly SchemaFault[] {
  const place: Place = [...around, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  const found = valueAt(document, place);
  const one = (
    code: ErrorCode,
    message: string,
    hint?: string,
    at: 'key' | 'value' = 'value',
  ): readonly SchemaFault[] => [{ code, place, at, message, ...(hint === undefined ? {} : { hint }) }];
  const missing = (): readonly SchemaFault[] =>
    one('MISSING_KEY', `the key \`${String(place.at(-1) ?? '')}\` is missing`, undefined, 'key');
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...place, key], key, issue.message.split(keySeparator)));
    case 'invalid_type':
      if (found === undefined) return missing();
      return one(
        'WRONG_TYPE',
        `expected ${kindWords[issue.expected] ?? issue.expected}, found ${kindOf(found)}`,
        shapeOf(place, found),
      );
    case 'invalid_value': {
      if (found === undefined) return missing();
      const quoted = quotedByMistake(found, issue.values);
      if (quoted !== undefined) return one('INVALID_VALUE', quoted, 'leave out the quotes');
      const allowed = issue.values.map(String);
      const message = `expected ${allowed.length > 1 ? 'one of ' : ''}${allowed.map((value) => `\`${value}\``).join(', ')}, found ${shown(found)}`;
      return one('INVALID_VALUE', message, typeof found === 'string' ? meant(found, allowed) : undefined);
    }
    case 'invalid_union':
      return found === undefined ? missing() : unionFaults(issue.errors, place, found, document);
    case 'invalid_key':
      return one(
        'INVALID_VALUE',
        issue.issues[0]?.message ?? issue.message,
        isOfName(issue.issues[0]) ? asName(String(place.at(-1))) : undefined,
        'key',
      );
    default:
      return one(
        'INVALID_VALUE',
        `${issue.message}; found ${shown(found ?? null)}`,
        isOfName(issue) && typeof found === 'string' ? asName(found) : undefined,
      );
  }
}

function isOfName(issue: Issue | undefined): boolean {
  return issue?.code === 'invalid_format' && issue.format === 'regex' && issue.pattern === String(namePattern);
}

/** Of a choice, the alternative that takes this kind of value; when none does, what all of them take. */
function unionFaults(
  alternatives: readonly (readonly Issue[])[],
  place: Place,
  found: Json,
  document: Json,
): readonly SchemaFault[] {
  const refusesKind = (issue: Issue): boolean => issue.path.length === 0 && issue.code === 'invalid_type';
  const meant = alternatives.find((issues) => issues.length > 0 && !issues.some(refusesKind));
  if (meant !== undefined) return meant.flatMap((issue) => faultsOf(issue, place, document));
  const expected = alternatives.flatMap((issues) =>
    issues.flatMap((issue) => (issue.code === 'invalid_type' ? [kindWords[issue.expected] ?? issue.expected] : [])),
  );
  const message = `expected ${[...new Set(expected)].join(' or ')}, found ${kindOf(found)}`;
  return [{ code: 'WRONG_TYPE', place, at: 'value', message }];
}

function unknownKey(place: Place, key: string, known: readonly string[]): SchemaFault {
  const hint = meant(key, known) ?? (known.length <= 12 ? `known here: ${known.join(', ')}` : undefined);
  return {
    code: 'UNKNOWN_KEY',
    place,
    at: 'key',
    message: `the key \`${key}\` is not known here`,
    ...(hint === undefined ? {} : { hint }),
  };
}

function valueAt(document: Json, place: Place): Json | undefined {
  let value: Json | undefined = document;
  for (const part of place) {
    if (typeof part === 'number') value = isList(value) ? value[part] : undefined;
    else value = fieldOf(value, part);
  }
  return value;
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? kindOf(value) : `\`${typeof value === 'string' ? value : text}\``;
}
