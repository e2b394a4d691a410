import { readdirSync, readFileSync } from 'node:fs';
import { RunEvent } from '@telos/core/store';
import { describe, expect, it } from 'vitest';
import { EventView, locations, PayloadView, Problem, RunQuery, Span, StartRunRequest } from './index.ts';

describe('the contract', () => {
  it('imports nothing but core and zod, so that a browser can load it', () => {
    const folder = new URL('.', import.meta.url);
    const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
    const imported = sources.flatMap((name) =>
      [...readFileSync(new URL(name, folder), 'utf8').matchAll(/from '([^']+)'/g)].map((match) => match[1] ?? ''),
    );
    expect(new Set(imported.filter((name) => !name.startsWith('./')))).toEqual(new Set(['zod', '@telos/core']));
  });

  it('has a view for every event that a journal can hold', () => {
    const stored = RunEvent.options.map((option) => option.shape.type.value);
    const shown = EventView.options.map((option) => option.shape.type.value);
    expect(new Set<string>(shown)).toEqual(new Set<string>(stored));
  });
});

describe('a request to start a run', () => {
  it('names a workflow or brings its source', () => {
    expect(StartRunRequest.parse({ workflow: 'brief' })).toEqual({ workflow: 'brief', inputs: {} });
    expect(StartRunRequest.parse({ source: 'telos: 1', inputs: { a: null } }).inputs).toEqual({ a: null });
  });

  it.each([
    ['neither', {}],
    ['both', { workflow: 'a', source: 'b' }],
    ['an unknown field', { workflow: 'a', input: {} }],
    ['inputs that are a list', { workflow: 'a', inputs: [] }],
    ['a negative budget', { workflow: 'a', budget: { usd: -1 } }],
    ['a budget of no known kind', { workflow: 'a', budget: { euro: 1 } }],
    ['a budget that does something unknown', { workflow: 'a', budget: { usd: 1, on_exceeded: 'stop' } }],
    ['a priority that is none', { workflow: 'a', priority: 'urgent' }],
    ['a namespace that is none', { workflow: 'a', namespace: 'A b' }],
    ['an empty tag', { workflow: 'a', tags: [''] }],
  ])('is refused with %s', (_title, body) => {
    expect(StartRunRequest.safeParse(body).success).toBe(false);
  });
});

describe('a query for runs', () => {
  it('takes one status, several, or a list in one word', () => {
    expect(RunQuery.parse({ status: 'failed' }).status).toEqual(['failed']);
    expect(RunQuery.parse({ status: ['failed', 'running'] }).status).toEqual(['failed', 'running']);
    expect(RunQuery.parse({ status: 'failed,running' }).status).toEqual(['failed', 'running']);
  });

  it.each([
    { status: 'done' },
    { limit: '0' },
    { limit: '201' },
    { since: 'yesterday' },
    { min_cost: '-1' },
    { x: '1' },
  ])('is refused when it is %j', (query) => {
    expect(RunQuery.safeParse(query).success).toBe(false);
  });
});

describe('a payload', () => {
  it('is a value, null included, or where to read it', () => {
    expect(PayloadView.parse({ value: null })).toEqual({ value: null });
    expect(PayloadView.parse({ blob: 'ab', bytes: 3 })).toEqual({ blob: 'ab', bytes: 3 });
    expect(PayloadView.safeParse({ blob: 'ab', bytes: -1 }).success).toBe(false);
  });
});

describe('a location', () => {
  it('keeps a step path with brackets, slashes and hashes in one segment', () => {
    expect(locations.step('r', 'a[3].b#1/c')).toBe('/v1/runs/r/steps/a%5B3%5D.b%231%2Fc');
  });
});

describe('a problem and a span', () => {
  it('refuse what their readers rely on not to see', () => {
    expect(Problem.safeParse({ type: 'x', title: 'x', status: 200, code: 'X', detail: '' }).success).toBe(false);
    expect(Span.shape.id.safeParse('run').success).toBe(false);
  });
});
