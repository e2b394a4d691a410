import type { ApprovalView } from '@telos/contract';
import { describe, expect, it } from 'vitest';
import { editableOf, formFields, readForm, readText } from './approval-value.ts';

const approval: ApprovalView = {
  id: 'run~4',
  run: 'run',
  workflow: 'brief',
  namespace: 'default',
  path: 'ok',
  attempt: 1,
  kind: 'approval',
  since: '2026-01-01T00:00:00.000Z',
  labels: [],
  decisions: ['approve', 'reject'],
  show: { value: { title: 'Hello' } },
};

describe('the value of an approval', () => {
  it('is what is shown, and is sent only when it was edited', () => {
    const first = JSON.stringify({ title: 'Hello' }, null, 2);
    const editable = { kind: 'json', first } as const;
    expect(editableOf(approval)).toEqual(editable);
    expect(readText(editable, first)).toEqual({});
    expect(readText(editable, '{ "title": "Good day" }')).toEqual({ value: { title: 'Good day' } });
  });

  it('is edited as text where it is text, quotes, braces and all', () => {
    const editable = { kind: 'text', first: 'Hello' } as const;
    expect(editableOf({ ...approval, show: { value: 'Hello' } })).toEqual(editable);
    expect(readText(editable, '"Hello", {he} said')).toEqual({ value: '"Hello", {he} said' });
    expect(readText(editable, '')).toEqual({ value: '' });
  });

  it('is a form with a field of its own kind for each property where there is one, and is always sent', () => {
    const properties = {
      verdict: { type: 'string', enum: ['good', 'bad'] },
      stars: { type: 'integer', minimum: 1, maximum: 5, description: 'How good?' },
      urgent: { type: 'boolean' },
      tags: { type: 'array', items: { type: 'string' }, default: ['eu'] },
      more: {},
    };
    const form = { type: 'object', required: ['verdict', 'stars'], properties };
    const editable = editableOf({ ...approval, form });
    expect(editable).toMatchObject({
      kind: 'form',
      fields: [
        { name: 'verdict', kind: 'choice', options: ['good', 'bad'], required: true },
        { name: 'stars', kind: 'number', whole: true, hint: 'whole number, 1 to 5', description: 'How good?' },
        { name: 'urgent', kind: 'flag', required: false },
        { name: 'tags', kind: 'lines', initial: 'eu' },
        { name: 'more', kind: 'json' },
      ],
    });
    const fields = formFields(form);
    expect(readForm(fields, { verdict: 'good', stars: '4', urgent: 'true', tags: 'a\nb' })).toEqual({
      value: { verdict: 'good', stars: 4, urgent: true, tags: ['a', 'b'] },
    });
    expect(readForm(fields, { stars: '4.5' })).toEqual({
      faults: { verdict: 'verdict is needed.', stars: '4.5 is not a whole number.' },
    });
  });

  it('begins with what is shown under the same name, where that fits its field', () => {
    const form = { properties: { title: { type: 'string' }, pages: { type: 'integer', default: 2 } } };
    const initial = (value: ApprovalView['show']) =>
      formFields(form, value !== undefined && 'value' in value ? value.value : undefined).map((field) => field.initial);
    expect(initial({ value: { title: 'Hello', pages: 7 } })).toEqual(['Hello', '7']);
    expect(initial({ value: { title: 3, pages: 'many' } })).toEqual(['', '2']);
    expect(initial({ value: 'Hello' })).toEqual(['', '2']);
  });

  it('is JSON where a form asks for no named values', () => {
    expect(editableOf({ ...approval, form: { type: 'string' }, show: { value: 'x' } })).toEqual({
      kind: 'json',
      first: '"x"',
    });
  });

  it('is refused when it is no JSON', () => {
    expect(readText({ kind: 'json', first: '' }, '{ title')).toHaveProperty('faults');
  });

  it('cannot be edited where the input of a run waits to be let in', () => {
    expect(editableOf({ ...approval, path: '@input' })).toBeUndefined();
  });
});
