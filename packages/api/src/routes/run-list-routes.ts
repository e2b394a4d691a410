import { locations, Problem, RunCountQuery, RunCounts, RunPage, RunQuery, RunStatusView } from '@telos/contract';
import { TelosError } from '@telos/core';
import type { Instant, RunFilter } from '@telos/core';
import { readRunFilter } from '@telos/language';
import type { ApiDeps } from '../api-deps.ts';
import { timestamp } from '../run-view/timestamp.ts';
import { runSummaryView } from '../run-view/run-summary-view.ts';
import type { ApiServer } from './api-server.ts';

const tags = ['runs'];
/** More of one status than this need not be told apart. */
const mostCounted = 100;
/** Nor are more of one looked at for what no index answers. */
const mostLooked = 4_000;

/** Runs as lists: searched, and counted. */
export function runListRoutes(app: ApiServer, { store, clock }: Pick<ApiDeps, 'store' | 'clock'>): void {
  app.get(
    locations.runs,
    {
      schema: {
        tags,
        operationId: 'listRuns',
        summary: 'List runs, newest first',
        querystring: RunQuery,
        response: { 200: RunPage, default: Problem },
      },
    },
    async (request) => {
      const { limit, cursor, ...query } = request.query;
      const page = await store.runs.list(filterOf(query, clock.now()), limit, cursor);
      return {
        items: page.items.map(runSummaryView),
        ...(page.next === undefined ? {} : { next: page.next }),
        ...(page.paused === undefined
          ? {}
          : { scanned: { runs: page.paused.looked, back_to: timestamp(page.paused.at) } }),
      };
    },
  );

  app.get(
    locations.runCounts,
    {
      schema: {
        tags,
        operationId: 'countRuns',
        summary: `How many runs are in each status, up to ${mostCounted}`,
        description:
          'Where no index answers `where`, the newest 4,000 runs of a status are looked at: `more` says that others may fit.',
        querystring: RunCountQuery,
        response: { 200: RunCounts, default: Problem },
      },
    },
    async (request) => {
      const filter = filterOf(request.query, clock.now());
      const items = RunStatusView.options.map(async (status) => {
        if (filter.status?.includes(status) === false) return { status, count: 0, more: false };
        const one = { ...filter, status: [status], looks: mostLooked };
        const { items: found, next } = await store.runs.list(one, mostCounted);
        return { status, count: found.length, more: next !== undefined };
      });
      return { items: await Promise.all(items) };
    },
  );
}

/** @throws TelosError REQUEST_MALFORMED with the place in `where` that cannot be searched for. */
function filterOf(query: Partial<Omit<RunQuery, 'limit' | 'cursor'>>, now: Instant): RunFilter {
  const filter: RunFilter = {
    ...(query.status === undefined ? {} : { status: query.status }),
    ...(query.workflow === undefined ? {} : { workflow: query.workflow }),
    ...(query.tag === undefined ? {} : { tag: query.tag }),
    ...(query.since === undefined ? {} : { since: Date.parse(query.since) }),
    ...(query.until === undefined ? {} : { until: Date.parse(query.until) }),
    ...(query.min_cost === undefined ? {} : { minUsd: query.min_cost }),
    ...(query.q === undefined ? {} : { text: query.q }),
    ...(query.namespace === undefined ? {} : { namespace: query.namespace }),
    ...(query.fork_of === undefined ? {} : { forkOf: query.fork_of }),
  };
  if (query.where === undefined) return filter;
  const read = readRunFilter(query.where, now, filter);
  if (read.ok) return read.filter;
  const before = query.where.slice(0, read.offset).split('\n');
  const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  throw new TelosError('REQUEST_MALFORMED', `The runs cannot be searched like this: ${read.message}.`, {
    details: { problems: [{ path: 'querystring.where', message: read.message, ...place }] },
  });
}
