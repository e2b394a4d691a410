import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLenientJson } from './parse-lenient-json.ts';
import { withSchemaInstruction } from './schema-instruction.ts';
import { fitsStrictMode } from './strict-schema.ts';

describe('lenient JSON', () => {
  it('is what any JSON is by itself, and says that nothing was repaired', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const text = JSON.stringify(value);
        expect(await parseLenientJson(text)).toEqual({ value: JSON.parse(text) as unknown, repaired: false });
      }),
    );
  });

  it('is the same JSON within a fence and prose', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.string()), async (value) => {
        const text = `Here it is:\n\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\`\nThat was it.`;
        expect((await parseLenientJson(text))?.value).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  // Models do fall into repeating one character; a step of the engine must not stand still for it.
  it.each([
    ['line breaks after a fence', `\`\`\`json\n{"a": 1}${'\n'.repeat(2_000_000)}`],
    ['line breaks within a fence', `\`\`\`json\n${'\n '.repeat(1_000_000)}{"a": 1}\n\`\`\``],
    ['fences', '```'.repeat(1_000_000)],
    ['strings', `{${'"a" '.repeat(1_000_000)}`],
    ['brackets', '['.repeat(2_000_000)],
  ])('takes no longer than it is long: %s without end', async (_what, text) => {
    const found = await parseLenientJson(text);
    if (text.includes('{"a": 1}')) expect(found?.value).toEqual({ a: 1 });
    else expect(found).toBeUndefined();
  });

  it('may hold a fence in a string', async () => {
    const value = { code: 'say:\n```js\n1\n```' };
    expect((await parseLenientJson(`Here:\n\`\`\`json\n${JSON.stringify(value)}\n\`\`\``))?.value).toEqual(value);
  });

  it.each(['', 'no JSON here', 'one, two, three'])('is undefined for %j', async (text) => {
    expect(await parseLenientJson(text)).toBeUndefined();
  });
});

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
