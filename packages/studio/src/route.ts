/**
 * Where the reader is, kept in the fragment of the address: the server sees one
 * page, assets stay relative, and every view can be linked to.
 *
 *   #/runs?status=failed&workflow=brief&q=acme
 *   #/runs/{id}?step=findings[3].search&view=graph
 *   #/runs/{id}/fork?step=draft
 *   #/runs/{id}/test
 *   #/start/{workflow}?from={run}
 *   #/app/{workflow}?run={run}
 *   #/approvals?run={run}
 *   #/workflows
 *   #/workflows/{id}?version={hash}&line=27, #/workflow for a new one
 *   #/objectives/{run}
 *   #/compare/{run}/{other}
 */
import type { RunStatusView } from '@telos/contract';

export type RunsFilter = {
  readonly status: readonly RunStatusView[];
  readonly workflow?: string;
  readonly text?: string;
};

/** How the steps of a run are shown; absent: as a tree with its waterfall. */
export type RunView = 'graph';

export type Route =
  | { readonly page: 'runs'; readonly filter: RunsFilter }
  | { readonly page: 'run'; readonly id: string; readonly step?: string; readonly view?: RunView }
  | { readonly page: 'fork'; readonly run: string; readonly step: string }
  | { readonly page: 'promote'; readonly run: string }
  | { readonly page: 'start'; readonly workflow?: string; readonly from?: string }
  | { readonly page: 'app'; readonly workflow: string; readonly run?: string }
  | { readonly page: 'approvals'; readonly run?: string }
  | { readonly page: 'workflows' }
  | { readonly page: 'workflow'; readonly id?: string; readonly version?: string; readonly line?: number }
  | { readonly page: 'objectives' }
  | { readonly page: 'objective'; readonly run: string }
  | { readonly page: 'compare'; readonly a: string; readonly b?: string }
  | { readonly page: 'unknown'; readonly address: string };

const statuses: readonly RunStatusView[] = [
  'pending',
  'running',
  'waiting',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
];

export const noFilter: RunsFilter = { status: [] };

/** Reads a fragment, with or without its `#`. Never throws: what is no address of ours is `unknown`. */
export function parseRoute(fragment: string): Route {
  const address = fragment.replace(/^#/, '');
  const [path = '', query = ''] = split(address, '?');
  const parameters = new URLSearchParams(query);
  const parts = path.split('/').filter((part) => part !== '');
  const [page = 'runs', name, other, ...more] = parts.map(decoded);
  const id = name ?? '';
  if (page === 'compare' && id !== '' && more.length === 0)
    return { page: 'compare', a: id, ...given('b', other ?? null) };
  const step = parameters.get('step');
  if (page === 'runs' && other === 'test' && more.length === 0) return { page: 'promote', run: id };
  if (page === 'runs' && other === 'fork' && step !== null && more.length === 0) return { page: 'fork', run: id, step };
  if (other !== undefined) return { page: 'unknown', address };
  if (page === 'runs' && id === '') return { page: 'runs', filter: filterOf(parameters) };
  if (page === 'runs') {
    const view = parameters.get('view') === 'graph' ? { view: 'graph' as const } : {};
    return { page: 'run', id, ...given('step', step), ...view };
  }
  if (page === 'workflows' && id === '') return { page: 'workflows' };
  if (page === 'workflows') {
    const line = Number(parameters.get('line'));
    const at = Number.isInteger(line) && line > 0 ? { line } : {};
    return { page: 'workflow', id, ...given('version', parameters.get('version')), ...at };
  }
  if (page === 'workflow' && id === '') return { page: 'workflow' };
  if (page === 'objectives') return id === '' ? { page: 'objectives' } : { page: 'objective', run: id };
  if (page === 'start') return { page: 'start', ...given('workflow', id), ...given('from', parameters.get('from')) };
  if (page === 'app' && id !== '') return { page: 'app', workflow: id, ...given('run', parameters.get('run')) };
  if (page === 'approvals' && id === '') return { page: 'approvals', ...given('run', parameters.get('run')) };
  return { page: 'unknown', address };
}

/** The fragment of a route, with its `#`; `parseRoute` gives the route again. */
export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'runs': {
      const { status, workflow, text } = route.filter;
      return `#/runs${queryOf({ status: status.join(','), workflow, q: text })}`;
    }
    case 'run':
      return `#/runs/${encodeURIComponent(route.id)}${queryOf({ step: route.step, view: route.view })}`;
    case 'promote':
      return `#/runs/${encodeURIComponent(route.run)}/test`;
    case 'fork':
      return `#/runs/${encodeURIComponent(route.run)}/fork${queryOf({ step: route.step })}`;
    case 'start':
      return `#/start${route.workflow === undefined ? '' : `/${encodeURIComponent(route.workflow)}`}${queryOf({ from: route.from })}`;
    case 'app':
      return `#/app/${encodeURIComponent(route.workflow)}${queryOf({ run: route.run })}`;
    case 'workflows':
      return '#/workflows';
    case 'workflow':
      return route.id === undefined
        ? '#/workflow'
        : `#/workflows/${encodeURIComponent(route.id)}${queryOf({ version: route.version, line: route.line?.toString() })}`;
    case 'objectives':
      return '#/objectives';
    case 'objective':
      return `#/objectives/${encodeURIComponent(route.run)}`;
    case 'compare':
      return `#/compare/${encodeURIComponent(route.a)}${route.b === undefined ? '' : `/${encodeURIComponent(route.b)}`}`;
    case 'approvals':
      return `#/approvals${queryOf({ run: route.run })}`;
    case 'unknown':
      return `#${route.address}`;
  }
}

function filterOf(parameters: URLSearchParams): RunsFilter {
  const named = (parameters.get('status') ?? '').split(',');
  return {
    status: statuses.filter((status) => named.includes(status)),
    ...given('workflow', parameters.get('workflow')),
    ...given('text', parameters.get('q')),
  };
}

function given<K extends string>(key: K, value: string | null): { readonly [key in K]?: string } {
  // A computed key widens to string; it is exactly K.
  return (value === null || value === '' ? {} : { [key]: value }) as { readonly [key in K]?: string };
}

function queryOf(values: { readonly [name: string]: string | undefined }): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') parameters.set(name, value);
  }
  const query = parameters.toString();
  return query === '' ? '' : `?${query}`;
}

function split(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
