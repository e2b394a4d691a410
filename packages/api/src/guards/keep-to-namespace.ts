/**
 * What a key of one namespace may reach: the runs of that namespace, and what the installation tells to all. To it
 * other runs do not exist. A route that is not named here is refused, so that a new one begins closed.
 */
import { locations } from '@telos/contract';
import { TelosError } from '@telos/core';
import type { Store } from '@telos/core';
import type { FastifyInstance } from 'fastify';
import { approvalOf, nothingWaits } from '../steer/approvals.ts';
import { callerOf } from './guard-requests.ts';

/** Tell of the installation, and of no run. A value is found by its hash alone, which whoever has not read it cannot know. */
const common: ReadonlySet<string> = new Set([
  locations.workflows,
  '/v1/workflows/check',
  '/v1/workflows/:id',
  locations.tools,
  locations.checks,
  locations.models,
  locations.workflowSchema,
  '/v1/artifacts/:hash',
  locations.traces,
]);

export function keepToNamespaces(app: FastifyInstance, { runs }: Pick<Store, 'runs'>): void {
  const refuseOthers = async (run: string, namespace: string, error: (run: string) => TelosError): Promise<void> => {
    const summary = await runs.get(run);
    if (summary?.namespace !== namespace) throw error(run);
  };

  app.addHook('preHandler', async (request) => {
    const { namespace } = callerOf(request);
    const route = request.routeOptions.url;
    if (namespace === undefined || route === undefined) return;
    const { a, b, id } = strings(request.params);
    // The head of an answer is asked for as its body is.
    const isAsked = request.method !== 'POST';
    if ((route === locations.runs && isAsked) || route === locations.runCounts) narrow(request.query, namespace);
    else if (route === locations.runs || route === locations.objectives) narrow(request.body, namespace);
    else if (route.startsWith('/v1/runs/')) {
      for (const run of [a, b, id]) if (run !== undefined) await refuseOthers(run, namespace, noRun);
    } else if (route === locations.approvals)
      narrow(isAsked ? request.query : fieldOf(request.body, 'filter'), namespace);
    else if (route === '/v1/approvals/:id' && id !== undefined) {
      await refuseOthers(approvalOf(id)?.run ?? '', namespace, () => nothingWaits(id));
    } else if (!common.has(route) || (route.startsWith('/v1/workflows/:') && request.method !== 'GET'))
      throw beyond(namespace);
  });
}

/** What names no namespace is about this one. @throws TelosError NAMESPACE_REFUSED when it names another. */
function narrow(asked: unknown, namespace: string): void {
  if (typeof asked !== 'object' || asked === null) return;
  const named = fieldOf(asked, 'namespace');
  if (named !== undefined && named !== namespace) throw beyond(namespace);
  Object.assign(asked, { namespace });
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

function strings(params: unknown): { readonly [name: string]: string | undefined } {
  const entries = typeof params === 'object' && params !== null ? Object.entries(params) : [];
  return Object.fromEntries(entries.filter(([, value]) => typeof value === 'string'));
}

function noRun(run: string): TelosError {
  return new TelosError('RUN_NOT_FOUND', `There is no run ${run}.`, { details: { run } });
}

function beyond(namespace: string): TelosError {
  return new TelosError('NAMESPACE_REFUSED', `The key is for the namespace ${namespace} alone.`, {
    details: { namespace },
  });
}
