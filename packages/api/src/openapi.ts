import swagger from '@fastify/swagger';
import * as contract from '@telos/contract';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';

/** Shapes that the document names once and refers to. */
const named = [
  'Accepted',
  'ApprovalPage',
  'ApprovalView',
  'BulkDecisionResult',
  'AuditPage',
  'CheckResult',
  'EventPage',
  'EventView',
  'ModelList',
  'Problem',
  'RunDetail',
  'RunDiff',
  'RunPage',
  'RunReceipt',
  'RunWorkflow',
  'SignalReceipt',
  'Span',
  'StepDetail',
  'StepView',
  'ToolList',
  'Trace',
  'WorkflowDetail',
  'WorkflowList',
] as const satisfies readonly (keyof typeof contract)[];

/** Collects routes into an OpenAPI 3.1 document; registered before they are. */
export async function collectOpenApi(app: FastifyInstance, version: string, keys: boolean): Promise<void> {
  const schemaRegistry = z.registry<{ id: string }>();
  for (const name of named) schemaRegistry.add(contract[name], { id: name });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Telos', version, description: 'Runs agentic workflows. Every failure is an RFC 9457 problem.' },
      ...(keys
        ? {
            components: { securitySchemes: { key: { type: 'http' as const, scheme: 'bearer' } } },
            security: [{ key: [] }],
          }
        : {}),
    },
    transform: createJsonSchemaTransform({ schemaRegistry }),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry }),
  });
}
