import { describe, expect, it } from 'vitest';
import { formatRoute, noFilter, parseRoute } from './route.ts';
import type { Route } from './route.ts';

describe('the address of a view', () => {
  it.each<[string, Route]>([
    ['#/runs', { page: 'runs', filter: noFilter }],
    [
      '#/runs?status=running%2Cfailed&workflow=brief&q=ac+me',
      { page: 'runs', filter: { status: ['running', 'failed'], workflow: 'brief', text: 'ac me' } },
    ],
    ['#/runs/019a', { page: 'run', id: '019a' }],
    ['#/runs/019a?step=findings%5B3%5D.search', { page: 'run', id: '019a', step: 'findings[3].search' }],
    ['#/runs/019a?step=draft&view=graph', { page: 'run', id: '019a', step: 'draft', view: 'graph' }],
    ['#/runs/019a/fork?step=findings%5B3%5D.search', { page: 'fork', run: '019a', step: 'findings[3].search' }],
    ['#/runs/019a/test', { page: 'promote', run: '019a' }],
    ['#/approvals', { page: 'approvals' }],
    ['#/approvals?run=019a', { page: 'approvals', run: '019a' }],
    ['#/workflows', { page: 'workflows' }],
    ['#/workflow', { page: 'workflow' }],
    ['#/workflows/brief?version=ab12', { page: 'workflow', id: 'brief', version: 'ab12' }],
    ['#/objectives', { page: 'objectives' }],
    ['#/objectives/019a', { page: 'objective', run: '019a' }],
    ['#/compare/019a', { page: 'compare', a: '019a' }],
    ['#/compare/019a/019b', { page: 'compare', a: '019a', b: '019b' }],
    ['#/app/brief', { page: 'app', workflow: 'brief' }],
    ['#/app/brief?run=019a', { page: 'app', workflow: 'brief', run: '019a' }],
    ['#/start', { page: 'start' }],
    ['#/start/brief?from=019a', { page: 'start', workflow: 'brief', from: '019a' }],
  ])('%s is read and written alike', (fragment, route) => {
    expect(parseRoute(fragment)).toEqual(route);
    expect(formatRoute(route)).toBe(fragment);
  });

  it('is the list of runs where there is none', () => {
    for (const fragment of ['', '#', '#/']) expect(parseRoute(fragment)).toEqual({ page: 'runs', filter: noFilter });
  });

  it('drops a status that does not exist', () => {
    expect(parseRoute('#/runs?status=failed,exploded')).toEqual({ page: 'runs', filter: { status: ['failed'] } });
  });

  it('is unknown rather than an exception when it is malformed', () => {
    expect(parseRoute('#/nowhere').page).toBe('unknown');
    expect(parseRoute('#/runs/a/b').page).toBe('unknown');
    expect(parseRoute('#/runs/a/fork').page).toBe('unknown');
    expect(parseRoute('#/compare').page).toBe('unknown');
    expect(parseRoute('#/compare/a/b/c').page).toBe('unknown');
    expect(parseRoute('#/runs/%E0%A4%A')).toEqual({ page: 'run', id: '%E0%A4%A' });
  });
});
