import { describe, expect, it } from 'vitest';
import type { Json } from '@telos/core';
import { readLabelled } from './read-labelled.ts';
import type { ReadOptions } from './read-labelled.ts';

function read(rows: readonly Json[], options: Partial<ReadOptions> = {}) {
  const text = rows.map((row) => JSON.stringify(row)).join('\n');
  return readLabelled([{ name: 'a.jsonl', lines: text.split('\n') }], { orientation: 'catches', ...options });
}
const one = (row: Json, options: Partial<ReadOptions> = {}) => read([row], options)[0];
const yes = { kind: 'class', positive: true };

describe('labelled rows', () => {
  it.each<[string, Json, object]>([
    [
      'a text',
      { id: 'a', text: 'hi', label: 1 },
      { id: 'a', subject: { value: 'hi', text: 'hi', input: null, sources: {} }, label: yes },
    ],
    ['a text in base64', { text_b64: 'aGk=', label: 1 }, { id: 'a.jsonl:1', subject: { text: 'hi' }, label: yes }],
    ['a subject', { subject: { a: 1 }, label: true }, { subject: { value: { a: 1 }, text: '{"a":1}' }, label: yes }],
    [
      'the parts of a subject',
      { subject: { text: 'hi', input: 'say hi', sources: { s: 'x' } }, label: '0' },
      { subject: { value: 'hi', input: 'say hi', sources: { s: 'x' } }, label: { kind: 'class', positive: false } },
    ],
    [
      'a document with a task',
      { content: 'mail', user_question: 'what?', label: 1 },
      { subject: { value: 'mail', input: 'what?' } },
    ],
    [
      'a claim',
      { document: 'd', claim: 'c', source: 'news', label: 1 },
      { subject: { value: 'c', sources: { sources: 'd' } } },
    ],
    [
      'an answer with golden ones',
      { question: 'q', golden: ['g', 'h'], answer: 'a', label: 1 },
      { subject: { value: 'a', input: 'q' }, offers: { reference: ['g', 'h'], against: ['g', 'h'] } },
    ],
    [
      'marks of people',
      { source: 's', reference: 'r', output: 'o', human: { informativeness: 2, overall: 4 } },
      { subject: { value: 'o', input: 's' }, label: { kind: 'rating', rating: 4 }, offers: { reference: 'r' } },
    ],
    ['marks without an overall one', { output: 'o', human: { a: 2, b: 4 } }, { label: { kind: 'rating', rating: 3 } }],
    [
      'a pair',
      { input: 'i', output_1: 'a', output_2: 'b', label: 'tie' },
      { subject: { value: 'a', input: 'i' }, label: { kind: 'preference', better: 'tie' }, offers: { against: 'b' } },
    ],
    [
      'spans',
      { text: 'a@b.c', spans: [{ type: 'EMAIL', value: 'a@b.c', start: 0, end: 5 }] },
      { label: { kind: 'spans' } },
    ],
    [
      'broken JSON',
      { broken: '{a:1', gold: { a: 1 } },
      { subject: { value: '{a:1' }, label: { kind: 'value', value: { a: 1 } } },
    ],
    [
      'a tool',
      { name: 't', description: 'd', input_schema: { type: 'object' }, kind: 'x', label: 1 },
      { subject: { value: { name: 't', description: 'd', input_schema: { type: 'object' } } } },
    ],
    ['parameters of its own', { text: 'x', label: 1, params: { min: 1 } }, { offers: { min: 1 } }],
  ])('may be %s', (_, row, wanted) => {
    expect(one(row)).toMatchObject(wanted);
  });

  it('mean by 1 what the check is for, and by a word what the word says', () => {
    const positive = (label: Json, orientation: ReadOptions['orientation']) =>
      one({ text: 'x', label }, { orientation })?.label;
    expect(positive('oos', 'catches')).toEqual(yes);
    expect(positive('Out of scope', 'catches')).toEqual(yes);
    expect(positive('in_scope', 'rates')).toEqual(yes);
    expect(positive('unsafe', 'rates')).toEqual({ kind: 'class', positive: false });
    for (const orientation of ['catches', 'rates'] as const) expect(positive(1, orientation)).toEqual(yes);
  });

  it('take their label from the field that is named, and the positive class from its labels', () => {
    const row = { text: 'x', label: 'in_scope', about: { domain: 'banking' } };
    expect(one(row, { labelField: 'about.domain', positive: ['banking', 'work'] })?.label).toEqual(yes);
    expect(one(row, { labelField: 'about.domain', positive: ['travel'] })?.label).toEqual({
      kind: 'class',
      positive: false,
    });
  });

  it('are marks, ones and noughts too, when one number of the set is neither', () => {
    const labels = read([1, 0, 3.5].map((label) => ({ text: 'x', label }))).map(({ label }) => label);
    expect(labels).toEqual([1, 0, 3.5].map((rating) => ({ kind: 'rating', rating })));
  });

  it('count places in characters where the value of a span says so', () => {
    const row = { text: '🎉 call 555', spans: [{ type: 'X', start: 7, end: 10, value: '555' }] };
    expect(one(row)?.label).toMatchObject({ spans: [{ start: 8, end: 11 }] });
  });

  it('of several files are read together, blank lines left out', () => {
    const files = ['{"text":"a","label":1}\n\n{"text":"b","label":0}\n', '{"text":"c","label":1}'];
    const cases = readLabelled(
      files.map((text, at) => ({ name: `${at}`, lines: text.split('\n') })),
      { orientation: 'rates' },
    );
    expect(cases.map(({ id }) => id)).toEqual(['0:1', '0:3', '1:1']);
  });

  it.each<[string, string, string]>([
    ['no JSON', '{"text":', 'a.jsonl:1: it is no JSON.'],
    ['no object', '1', 'a.jsonl:1: it is no object.'],
    ['a list of rows', '[1]', 'a.jsonl:1: it is a list: write each row as an object on a line of its own.'],
    ['nothing to judge', '{"label":1}', 'a.jsonl:1: there is nothing in it to judge'],
    ['no label', '{"text":"a"}', 'a.jsonl:1: it has no `label`, `spans`, `gold` or `human`.'],
    [
      'a word that may be of either class',
      '{"id":"r","text":"a","label":"maybe"}',
      'row r: `maybe` may be a label of either class: say --positive <label>.',
    ],
    ['spans without places', '{"text":"a","spans":[{"type":"X"}]}', 'a.jsonl:1: its `spans` are not a list'],
    [
      'a span beyond the text',
      '{"text":"a","spans":[{"type":"X","start":0,"end":9}]}',
      'a.jsonl:1: its span X from 0 to 9 does not stand in the text.',
    ],
    [
      'a span that is not what it says',
      '{"text":"ab","spans":[{"type":"X","start":0,"end":1,"value":"b"}]}',
      'a.jsonl:1: its span X from 0 to 1 is not the `value` that it gives.',
    ],
    [
      'two kinds of label',
      '{"text":"a","label":1}\n{"text":"a","spans":[]}',
      'a.jsonl: there are labels of several kinds (class, spans)',
    ],
    ['no row', '\n', 'a.jsonl: there is no row in it.'],
  ])('with %s are refused with their place', (_, text, message) => {
    expect(() => readLabelled([{ name: 'a.jsonl', lines: text.split('\n') }], { orientation: 'rates' })).toThrow(
      message,
    );
  });
});
