import type { InputView } from '@telos/contract';
import { describe, expect, it } from 'vitest';
import { fieldOf, formOf, readField } from './input-form.ts';

function input(schema: InputView['schema'], more: Partial<InputView> = {}): InputView {
  return { name: 'topic', schema, required: true, ...more };
}

describe('the field of an input', () => {
  it.each<[string, InputView['schema'], string, string]>([
    ['text', { type: 'string' }, 'text', ''],
    ['long text', { type: 'string', maxLength: 5000 }, 'long-text', ''],
    ['a whole number', { type: 'integer', minimum: 1, maximum: 5 }, 'number', 'whole number, 1 to 5'],
    ['a number', { type: 'number', minimum: 0 }, 'number', 'number, at least 0'],
    ['an address', { type: 'string', format: 'uri' }, 'text', 'a whole address: https://...'],
    ['a text of a form of its own', { type: 'string', format: 'ipv4' }, 'text', 'ipv4'],
    ['a flag', { type: 'boolean' }, 'flag', ''],
    ['a choice', { type: 'string', enum: ['a', 'b'] }, 'choice', ''],
    ['a list of texts', { type: 'array', items: { type: 'string' } }, 'lines', 'one a line'],
    ['a list of numbers', { type: 'array', items: { type: 'number' } }, 'json', 'JSON'],
    ['an object', { type: 'object' }, 'json', 'JSON'],
    ['anything', {}, 'json', 'JSON'],
  ])('for %s is of that kind and says what it expects', (_, schema, kind, hint) => {
    expect(fieldOf(input(schema))).toMatchObject({ kind, hint });
  });

  it('starts from the value of an earlier run, else from the default, else empty', () => {
    const lines = input({ type: 'array', items: { type: 'string' } }, { default: ['a', 'b'] });
    expect(fieldOf(lines).initial).toBe('a\nb');
    expect(fieldOf(lines, ['c']).initial).toBe('c');
    expect(fieldOf(input({ type: 'string' })).initial).toBe('');
    expect(fieldOf(input({ type: 'object' }, { default: { a: 1 } })).initial).toBe('{\n  "a": 1\n}');
    expect(fieldOf(input({ type: 'boolean' }, { default: true })).initial).toBe('true');
  });

  it('comes before the others when it must be filled in', () => {
    const optional = input({ type: 'string' }, { name: 'a', required: false });
    expect(formOf([optional, input({ type: 'string' }, { name: 'b' })]).map(({ name }) => name)).toEqual(['b', 'a']);
  });
});

describe('what was typed', () => {
  it.each<[InputView['schema'], string, unknown]>([
    [{ type: 'string' }, ' as it is ', ' as it is '],
    [{ type: 'integer' }, '42', 42],
    [{ type: 'number' }, '1e-3', 0.001],
    [{ type: 'boolean' }, '', false],
    [{ type: 'array', items: { type: 'string' } }, 'a\n\n b\n', ['a', ' b']],
    [{ type: 'object' }, '{"a": null}', { a: null }],
    [{}, 'null', null],
  ])('for %j: %j is %j', (schema, text, value) => {
    expect(readField(fieldOf(input(schema)), text)).toEqual({ kind: 'value', value });
  });

  it.each<[InputView['schema'], string, string]>([
    [{ type: 'string' }, '  ', 'topic is needed.'],
    [{ type: 'integer' }, '1.5', '1.5 is not a whole number.'],
    [{ type: 'number' }, 'many', 'many is not a number.'],
    [{ type: 'object' }, '{a', 'This is not JSON'],
  ])('for %j: %j is refused', (schema, text, message) => {
    const read = readField(fieldOf(input(schema)), text);
    expect(read.kind).toBe('fault');
    expect(read).toMatchObject({ message: expect.stringContaining(message) });
  });

  it('is left out when nothing was typed and nothing need be', () => {
    expect(readField(fieldOf(input({ type: 'string' }, { required: false })), '')).toEqual({ kind: 'absent' });
  });
});
