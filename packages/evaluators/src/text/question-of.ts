import type { Json } from '@telos/core';

const names = ['question', 'prompt', 'query', 'input', 'task', 'text'];

/** What was asked, of a step's input: the input itself when it is text, the field that says so, or else all of its text. */
export function questionOf(input: Json): string {
  if (typeof input === 'string') return input;
  if (input === null || typeof input !== 'object') return input === null ? '' : String(input);
  const asked = names.map((name) => (name in input ? (input as { readonly [name: string]: Json })[name] : undefined));
  return asked.find((field) => typeof field === 'string') ?? JSON.stringify(input);
}
