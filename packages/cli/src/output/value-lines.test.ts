import { describe, expect, it } from 'vitest';
import { tableLines } from './table.ts';
import { outputLines, valueLines } from './value-lines.ts';

describe('a value', () => {
  it.each([
    ['two\nlines', ['two', 'lines']],
    [
      ['a', 'b'],
      ['- a', '- b'],
    ],
    [[{ quote: 'Word for word.', source: 'docs/a.md' }], ['"Word for word."  (docs/a.md)']],
    [3.5, ['3.5']],
    [null, ['null']],
    [[], ['[]']],
    [{ a: [1] }, ['{', '  "a": [', '    1', '  ]', '}']],
  ])('%j is shown as a person reads it', (value, lines) => {
    expect(valueLines(value)).toEqual(lines);
  });
});

describe('the outputs of a run', () => {
  it('are one text alone, or several under their names', () => {
    expect(outputLines({ text: 'hello' })).toEqual(['hello']);
    expect(outputLines({ text: 'hello', n: 2, list: ['a'] })).toEqual(['text: hello', 'n: 2', 'list: - a']);
    expect(outputLines({ text: 'a\nb', n: 2 })).toEqual(['text:', '  a', '  b', 'n: 2']);
    expect(outputLines({})).toEqual([]);
  });
});

describe('a table', () => {
  it('has columns as wide as their widest cell and ends where the terminal ends', () => {
    const rows = [
      ['a', 'long name', 'x'.repeat(30)],
      ['bbb', 'c', 'short'],
    ];
    expect(tableLines(rows, 24)).toEqual(['a    long name  xxxxxxx…', 'bbb  c          short']);
  });
});
