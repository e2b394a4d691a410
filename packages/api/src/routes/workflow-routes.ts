import {
  CheckRequest,
  CheckResult,
  locations,
  Problem,
  PublishRequest,
  WorkflowDetail,
  WorkflowList,
} from '@telos/contract';
import { TelosError } from '@telos/core';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { checkWorkflow } from '../check-workflow.ts';
import { publishWorkflow } from '../publish-workflow.ts';
import { workflowDetail, workflowSummary } from '../workflow-view.ts';
import type { ApiServer } from './api-server.ts';

const tags = ['workflows'];
const WorkflowParams = z.object({
  id: z.string().regex(/^[a-z][a-z0-9_]{0,199}$/, 'expected a workflow id: [a-z][a-z0-9_]*'),
});

export function workflowRoutes(app: ApiServer, deps: ApiDeps): void {
  const { programs } = deps.store;
  const notPublished = (id: string) =>
    new TelosError('WORKFLOW_NOT_FOUND', `No workflow is published as ${id}.`, { details: { workflow: id } });

  app.get(
    locations.workflows,
    {
      schema: {
        tags,
        operationId: 'listWorkflows',
        summary: 'List published workflows',
        response: { 200: WorkflowList, default: Problem },
      },
    },
    async () => ({ items: (await programs.published()).map(workflowSummary) }),
  );

  app.post(
    locations.check,
    {
      schema: {
        tags,
        operationId: 'checkWorkflow',
        summary: 'Check the text of a workflow without storing it',
        body: CheckRequest,
        response: { 200: CheckResult, default: Problem },
      },
    },
    async (request) => checkWorkflow(deps, { source: request.body.source }),
  );

  app.get(
    '/v1/workflows/:id',
    {
      schema: {
        tags,
        operationId: 'getWorkflow',
        summary: 'A published workflow: the current version, or the one named by its hash',
        params: WorkflowParams,
        querystring: z.strictObject({ version: z.string().exactOptional() }),
        response: { 200: WorkflowDetail, default: Problem },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { version } = request.query;
      const versions = await programs.versions(id);
      const shown = version === undefined ? versions[0] : versions.find(({ hash }) => hash === version);
      if (shown === undefined) throw notPublished(version === undefined ? id : `${id} with the hash ${version}`);
      return workflowDetail(shown, versions, deps.clock.now());
    },
  );

  app.put(
    '/v1/workflows/:id',
    {
      schema: {
        tags,
        operationId: 'publishWorkflow',
        summary: 'Publish a workflow, or a new version of one',
        description: '201 when this made a new version current, 200 when it was current already.',
        params: WorkflowParams,
        body: PublishRequest,
        response: { 200: WorkflowDetail, 201: WorkflowDetail, default: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { changed } = await publishWorkflow(deps, { source: request.body.source }, id);
      const versions = await programs.versions(id);
      const [current] = versions;
      if (current === undefined) throw notPublished(id); // withdrawn by another between the two calls
      reply.header('location', locations.workflow(id));
      return reply.code(changed ? 201 : 200).send(workflowDetail(current, versions, deps.clock.now()));
    },
  );

  app.delete(
    '/v1/workflows/:id',
    {
      schema: {
        tags,
        operationId: 'withdrawWorkflow',
        summary: 'Take a workflow out of use; runs already started go on',
        params: WorkflowParams,
        response: { 204: z.undefined().describe('Withdrawn'), default: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await programs.withdraw(id))) throw notPublished(id);
      return reply.code(204).send(undefined);
    },
  );
}
