import { CheckList, locations, ModelList, Problem, ToolList, WorkflowSchema } from '@telos/contract';
import type { ModelView } from '@telos/contract';
import type { JsonSchema } from '@telos/core';
import { toolsOfServers, workflowJsonSchema } from '@telos/language';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import type { ApiServer } from './api-server.ts';

/** How workflows are written, and what they may name: tools, checks, models. */
export function catalogRoutes(app: ApiServer, deps: ApiDeps): void {
  const tags = ['catalog'];

  app.get(
    locations.tools,
    {
      schema: {
        tags,
        operationId: 'listTools',
        summary: 'What `uses:` may name',
        response: { 200: ToolList, default: Problem },
      },
    },
    async () => ({
      items: [...deps.catalog.tools.values(), ...toolsOfServers(deps.catalog)].map(
        ({ name, description, effect, returns, idempotent, input, output }) => ({
          name,
          description,
          effect,
          returns: [...returns],
          idempotent,
          input: schemaOf(input, 'input'),
          output: schemaOf(output, 'output'),
        }),
      ),
    }),
  );

  app.get(
    locations.checks,
    {
      schema: {
        tags,
        operationId: 'listChecks',
        summary: 'What `checks:` may name',
        response: { 200: CheckList, default: Problem },
      },
    },
    async () => ({
      items: [...deps.catalog.checks.values()].map(({ name, description, needs, params }) => ({
        name,
        description,
        needs,
        params: schemaOf(params, 'input'),
      })),
    }),
  );

  app.get(
    locations.models,
    {
      schema: {
        tags,
        operationId: 'listModels',
        summary: 'Models that can be named, and which of them can be called now',
        response: { 200: ModelList, default: Problem },
      },
    },
    async () => ({ items: (await deps.models.list()).map((model): ModelView => ({ ...model })) }),
  );

  let language: WorkflowSchema | undefined;
  app.get(
    locations.workflowSchema,
    {
      schema: {
        tags,
        operationId: 'getWorkflowSchema',
        summary: 'The workflow language as JSON Schema, for editors',
        response: { 200: WorkflowSchema, default: Problem },
      },
    },
    async () => (language ??= workflowJsonSchema()),
  );
}

/** As JSON Schema. What zod can check and JSON Schema cannot say is left open. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema; // a JSON Schema document is a JSON object
}
