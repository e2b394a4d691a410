import { describe, expect, it } from 'vitest';
import { withSchemaInstruction } from './schema-instruction.ts';
import { fitsStrictMode } from './strict-schema.ts';

describe('strict mode', () => {
  const closed = (properties: object) => ({
    type: 'object',
    properties: { ...properties },
    required: Object.keys(properties),
    additionalProperties: false,
  });

  it('takes objects that are closed and whose properties are all required, at every depth', () => {
    expect(fitsStrictMode(closed({ a: { type: 'array', items: closed({ b: { type: 'string' } }) } }))).toBe(true);
    expect(fitsStrictMode(closed({ a: { type: 'array', items: { type: 'object', properties: {} } } }))).toBe(false);
    expect(fitsStrictMode({ ...closed({ a: { type: 'string' } }), required: [] })).toBe(false);
    expect(fitsStrictMode({ type: 'object', properties: {} })).toBe(false);
  });

  it('leaves keywords alone that it does not understand, and roots that are no object', () => {
    expect(fitsStrictMode(closed({ a: { type: 'string', minLength: 3 } }))).toBe(false);
    expect(fitsStrictMode({ type: 'array', items: { type: 'string' } })).toBe(false);
  });
});

describe('a schema in words', () => {
  it('ends the last user message and leaves the others as they are', () => {
    const messages = withSchemaInstruction(
      [
        { role: 'system', text: 'S' },
        { role: 'user', text: 'U' },
        { role: 'assistant', text: 'A' },
      ],
      { type: 'object' },
    );
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant']);
    expect(messages[1]?.text).toMatch(/^U\n\n.*\n\{"type":"object"\}$/s);
    expect(messages[2]?.text).toBe('A');
  });
});
