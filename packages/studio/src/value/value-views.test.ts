import { describe, expect, it } from 'vitest';
import { isShort, valueViews } from './value-views.ts';

const kinds = (value: unknown) => valueViews(value).map(({ kind }) => kind);

describe('the ways to show a value', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['plain text', 'Too short.', ['text']],
    ['Markdown', '# Title\n\n- a', ['markdown', 'text']],
    ['text that spells JSON', '{"a": [1]}', ['json', 'text']],
    ['text that only begins like JSON', '{"a": ', ['text']],
    ['a number', 3, ['json']],
    ['null', null, ['json']],
    ['an answer', { text: '**Yes**', citations: [] }, ['fields', 'json']],
    ['an answer with its sources', { answer: 'Yes.', citations: [{ source: 'a.md' }] }, ['fields', 'json']],
    ['an empty answer', { text: '', citations: [] }, ['json']],
    ['a short record', { name: 'Acme', depth: 2, tags: ['a'] }, ['json']],
    ['a list of records', [{ a: 1 }, { a: 2, b: 3 }], ['table', 'json']],
    ['results', { results: [{ title: 'a' }], took: 3 }, ['fields', 'json']],
    ['rows of a query', { columns: ['id', 'name'], rows: [[1, 'a']] }, ['table', 'json']],
    ['a list of numbers', [1, 2], ['json']],
    ['an empty list', [], ['json']],
    ['messages', [{ role: 'user', text: 'hello' }], ['messages', 'json']],
    ['a request with messages', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }, ['messages', 'json']],
    ['a query without rows', { columns: ['id'], rows: [] }, ['json']],
  ])('of %s are the telling one first', (_, value, expected) => {
    expect(kinds(value)).toEqual(expected);
  });

  it('open the fields of a record once, and show records inside them as JSON', () => {
    expect(valueViews({ a: { text: '# Title' } }, true).map(({ kind }) => kind)).toEqual(['json']);
  });

  it('gather the columns of records that differ, and leave holes', () => {
    expect(valueViews([{ a: 1 }, { b: 2 }])[0]).toEqual({
      kind: 'table',
      columns: ['a', 'b'],
      rows: [
        [1, undefined],
        [undefined, 2],
      ],
    });
  });

  it('make no table that is too wide to read', () => {
    expect(kinds([Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`c${index}`, 1]))])).toEqual(['json']);
  });
});

describe('a value that needs no frame', () => {
  it.each([3, true, null, 'Acme', 'x'.repeat(120)])('is short: %j', (value) => {
    expect(isShort(value)).toBe(true);
  });

  it.each(['', 'x'.repeat(121), 'two\nlines', '**strong**', '{"a":1}', [], {}])('is no short one: %j', (value) => {
    expect(isShort(value)).toBe(false);
  });

  it.each<[string, unknown]>([
    ['a file as tools give it', { base64: 'aGk=', media_type: 'image/png' }],
    ['an address that holds it', 'data:image/png;base64,aGk='],
  ])('shows a picture: %s', (_, value) => {
    expect(valueViews(value)[0]).toEqual({ kind: 'media', type: 'image/png', base64: 'aGk=' });
  });

  it('shows no file of another kind as a picture or a sound', () => {
    expect(valueViews({ base64: 'aGk=', media_type: 'text/html' })[0].kind).toBe('json');
    expect(valueViews('data:text/html;base64,aGk=')[0].kind).toBe('text');
  });
});
