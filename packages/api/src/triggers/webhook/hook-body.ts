import { deepestValue, TelosError } from '@telos/core';
import type { Json } from '@telos/core';
import { parse as parseQuery } from 'node:querystring';
import { depthOf } from '../../guards/json-body.ts';

/** What a workflow sees of a request as `event.body`: a form's fields, text as it is, `null` for nothing. */
export function hookBody(raw: Uint8Array, contentType: string | undefined): Json {
  if (raw.length === 0) return null;
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || type.endsWith('+json')) return jsonIn(textIn(raw));
  if (type === 'application/x-www-form-urlencoded') return fieldsOf(parseQuery(textIn(raw)));
  if (type.startsWith('text/')) return textIn(raw);
  throw new TelosError('MEDIA_TYPE_UNSUPPORTED', 'A hook reads JSON, forms and text.', {
    next: 'Send `content-type: application/json`, `application/x-www-form-urlencoded` or `text/plain`.',
  });
}

/** Fields by name; one that is there several times is a list. */
export function fieldsOf(parsed: unknown): { readonly [name: string]: Json } {
  const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
  return Object.fromEntries(
    entries.map(([name, value]: [string, unknown]) => [name, Array.isArray(value) ? value.map(String) : String(value)]),
  );
}

function textIn(raw: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch {
    throw new TelosError('REQUEST_MALFORMED', 'The body is not UTF-8.');
  }
}

function jsonIn(text: string): Json {
  if (depthOf(text) > deepestValue)
    throw new TelosError('REQUEST_MALFORMED', `The body is nested more than ${deepestValue} levels deep.`);
  try {
    // `__proto__` would be an own field of what is parsed; nothing here has a use for it.
    return JSON.parse(text, (name, value: Json) => (name === '__proto__' ? undefined : value)) as Json; // what JSON.parse gives is JSON
  } catch {
    throw new TelosError('REQUEST_MALFORMED', 'The body is not JSON.');
  }
}
