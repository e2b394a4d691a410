import { TelosError } from '@telos/core';
import type { Json } from '@telos/core';

export type Encoded = {
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
};

const form = 'application/x-www-form-urlencoded';

/**
 * Writes a body and states its type where the author did not: text as it is,
 * an object as a form when the content type says so, any other value as JSON.
 *
 * @param headers Names in lower case.
 */
export function encodeBody(body: Json | undefined, headers: { readonly [name: string]: string }): Encoded {
  if (body === undefined) return { headers };
  const stated = headers['content-type'];
  if (typeof body === 'string') {
    return { headers: { ...headers, 'content-type': stated ?? 'text/plain; charset=utf-8' }, body };
  }
  if (stated?.toLowerCase().startsWith(form) === true) return { headers, body: encodeForm(body) };
  return { headers: { ...headers, 'content-type': stated ?? 'application/json' }, body: JSON.stringify(body) };
}

function encodeForm(body: Json): string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new TelosError('INPUT_INVALID', 'A form body must be an object of names and values');
  }
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item === null) continue;
      fields.append(name, typeof item === 'object' ? JSON.stringify(item) : String(item));
    }
  }
  return fields.toString();
}
