import type { ApprovalView } from '@telos/contract';
import { describe, expect, it } from 'vitest';
import { firstText, formFields, readValue } from './approval-value.ts';

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
    const first = firstText(approval) ?? '';
    expect(JSON.parse(first)).toEqual({ title: 'Hello' });
    expect(readValue(first, first, false)).toEqual({});
    expect(readValue('{ "title": "Good day" }', first, false)).toEqual({ value: { title: 'Good day' } });
  });

  it('is a form to be filled in where there is one, and is always sent', () => {
    const properties = { title: { type: 'string' }, urgent: { type: 'boolean' }, more: { type: 'string' } };
    const form = { type: 'object', required: ['title', 'urgent'], properties };
    const first = firstText({ ...approval, form }) ?? '';
    expect(JSON.parse(first)).toEqual({ title: '', urgent: false });
    expect(readValue(first, first, true)).toEqual({ value: { title: '', urgent: false } });
  });

  it('is told field by field what it takes, where a form asks for it', () => {
    const properties = {
      verdict: { type: 'string', enum: ['good', 'bad'] },
      stars: { type: 'integer', description: 'From 1 to 5.' },
      note: { type: ['string', 'null'] },
      more: {},
    };
    expect(formFields({ type: 'object', required: ['verdict', 'stars'], properties })).toEqual([
      { name: 'verdict', takes: '"good" or "bad"' },
      { name: 'stars', takes: 'a whole number', about: 'From 1 to 5.' },
      { name: 'note', takes: 'text or nothing, may be left out' },
      { name: 'more', takes: 'any JSON, may be left out' },
    ]);
    expect(formFields({ type: 'string' })).toEqual([]);
  });

  it('is refused when it is no JSON', () => {
    expect(readValue('{ title', '', false)).toHaveProperty('problem');
  });
});
