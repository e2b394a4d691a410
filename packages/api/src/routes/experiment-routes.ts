import {
  Accepted,
  ExperimentDetail,
  ExperimentList,
  ExperimentQuery,
  ExperimentRequest,
  ExperimentStarted,
  locations,
  Problem,
} from '@telos/contract';
import { TelosError } from '@telos/core';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import type { ExperimentsDoor } from '../experiments-door.ts';
import type { ApiServer } from './api-server.ts';

const tags = ['experiments'];
const Params = z.object({ id: z.string().regex(/^[\w-]{1,64}$/) });

/** Experiments: begun, looked at, stopped. */
export function experimentRoutes(app: ApiServer, deps: Pick<ApiDeps, 'experiments'>): void {
  const door = (): ExperimentsDoor => {
    if (deps.experiments !== undefined) return deps.experiments;
    throw new TelosError('ROUTE_NOT_FOUND', 'This server carries out no experiments.');
  };

  app.post(
    locations.experiments,
    {
      schema: {
        tags,
        operationId: 'startExperiment',
        summary: 'Run a dataset by the variants of a workflow and compare them',
        description:
          'What `telos eval` does, of the same file. It goes on in the server; the same request once more finds it, or goes on where it was stopped. Every fault of the file, its workflows and its rows is named before anything runs.',
        body: ExperimentRequest,
        response: { 202: ExperimentStarted, default: Problem },
      },
    },
    async (request, reply) => {
      const started = await door().start(request.body);
      return reply.header('location', locations.experiment(started.id)).code(202).send(started);
    },
  );

  app.get(
    locations.experiments,
    {
      schema: {
        tags,
        operationId: 'listExperiments',
        summary: 'Experiments, newest first',
        querystring: ExperimentQuery,
        response: { 200: ExperimentList, default: Problem },
      },
    },
    async (request) => {
      const { experiment, limit } = request.query;
      return { items: [...(await door().list(experiment))].slice(0, limit) };
    },
  );

  app.get(
    '/v1/experiments/:id',
    {
      schema: {
        tags,
        operationId: 'getExperiment',
        summary: 'An experiment: what it came to so far, and its runs',
        params: Params,
        response: { 200: ExperimentDetail, default: Problem },
      },
    },
    async (request) => {
      const { id } = request.params;
      const found = await door().get(id);
      if (found !== undefined) return found;
      throw unknown(id);
    },
  );

  app.post(
    '/v1/experiments/:id/stop',
    {
      schema: {
        tags,
        operationId: 'stopExperiment',
        summary: 'Stop an experiment',
        description:
          'No run is begun any more; those under way are left to their end. The same request as before goes on with it.',
        params: Params,
        response: { 202: Accepted, default: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await door().stop(id))) throw unknown(id);
      return reply.code(202).send({ id, accepted: true as const });
    },
  );
}

function unknown(id: string): TelosError {
  return new TelosError('EXPERIMENT_NOT_FOUND', `There is no experiment ${id}.`, { details: { experiment: id } });
}
