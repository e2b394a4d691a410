import { describe, expect, it } from 'vitest';
import { changesBetween, readEdits, valueFields } from './value-fields.ts';

describe('the fields of a value', () => {
  it('are one for each of its own fields: text as text, everything else as JSON', () => {
    expect(valueFields('steps.draft.input', 'Input', { prompt: 'Write.\nBriefly.', limit: 3 })).toEqual([
      expect.objectContaining({
        key: 'steps.draft.input.prompt',
        name: 'prompt',
        kind: 'text',
        first: 'Write.\nBriefly.',
      }),
      expect.objectContaining({ key: 'steps.draft.input.limit', name: 'limit', kind: 'json', first: '3' }),
    ]);
  });

  it.each([[['a', 'b']], [{}], [null], [{ 'content.type': 1 }]])(
    'are one for the whole when its parts cannot be named: %j',
    (value) => {
      expect(valueFields('steps.read.output', 'Output', value)).toEqual([
        expect.objectContaining({ key: 'steps.read.output', name: 'Output', kind: 'json' }),
      ]);
    },
  );
});

describe('what was edited', () => {
  const fields = valueFields('inputs', 'Inputs', { vendor: 'Acme', depth: 2 });

  it('is sent, and nothing else', () => {
    expect(
      readEdits(
        fields,
        new Map([
          ['inputs.vendor', 'Globex'],
          ['inputs.depth', '2'],
        ]),
      ),
    ).toEqual({
      set: { 'inputs.vendor': 'Globex' },
      faults: {},
    });
    expect(readEdits(fields, new Map())).toEqual({ set: {}, faults: {} });
  });

  it('is refused at its field when it is not JSON', () => {
    const { set, faults } = readEdits(fields, new Map([['inputs.depth', '{']]));
    expect(set).toEqual({});
    expect(faults['inputs.depth']).toContain('This is not JSON');
  });

  it.each<[unknown, unknown, Record<string, unknown>]>([
    [{ a: 1, b: { c: [1, 2] } }, { a: 1, b: { c: [1, 3] } }, { 'v.b.c[1]': 3 }],
    [{ a: 1 }, { a: 1, b: 2 }, { 'v.b': 2 }],
    [{ a: 1, b: 2 }, { a: 1 }, { v: { a: 1 } }],
    [[1], [1, 2], { v: [1, 2] }],
    [{ 'a.b': 1 }, { 'a.b': 2 }, { v: { 'a.b': 2 } }],
    [{ a: null }, { a: [] }, { 'v.a': [] }],
    [{ a: 1 }, { a: 1 }, {}],
  ])('from %j to %j is set where it has changed', (before, after, set) => {
    expect(changesBetween('v', before, after)).toEqual(set);
  });
});
