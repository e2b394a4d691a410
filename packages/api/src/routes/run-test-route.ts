import { Problem, RunTest, RunTestQuery } from '@telos/contract';
import { TelosError } from '@telos/core';
import type { ApiDeps } from '../api-deps.ts';
import { RunParams } from './api-server.ts';
import type { ApiServer } from './api-server.ts';

/** A run as a test that can be kept beside its workflow. */
export function runTestRoute(app: ApiServer, { testOf }: Pick<ApiDeps, 'testOf'>): void {
  app.get(
    '/v1/runs/:id/test',
    {
      schema: {
        tags: ['runs'],
        operationId: 'getRunTest',
        summary: 'A run that has ended as a test and its cassette, for `telos test`',
        description:
          'The run is made once more by what its journal has, and calls nobody, before they are handed out: the test passes as it is. Private values are masked, and secrets are never in it. 422 where the run would not come out the same.',
        params: RunParams,
        querystring: RunTestQuery,
        response: { 200: RunTest, default: Problem },
      },
    },
    async (request) => {
      if (testOf === undefined) throw new TelosError('ROUTE_NOT_FOUND', 'This server makes no tests of runs.');
      const { case: name, keep_private: keepPrivate } = request.query;
      const options = { keepsPrivate: keepPrivate === 'true', ...(name === undefined ? {} : { name }) };
      return testOf(request.params.id, options);
    },
  );
}
