import { randomUUID } from 'node:crypto';
import {
  Accepted,
  ApprovalPage,
  ApprovalQuery,
  ApprovalView,
  BulkDecisionRequest,
  BulkDecisionResult,
  DecisionRequest,
  locations,
  Problem,
} from '@telos/contract';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { approvalPayload, approvalView } from '../run-view/approval-view.ts';
import { generousLimits, loadPayloads } from '../run-view/payloads.ts';
import { callerOf } from '../guards/guard-requests.ts';
import { approvalFilter, findWait } from '../steer/approvals.ts';
import { decideAll } from '../steer/decide-all.ts';
import { decide, decisionId } from '../steer/decide.ts';
import type { ApiServer } from './api-server.ts';
import { idempotencyKeyOf } from './run-request.ts';

const tags = ['approvals'];
const ApprovalParams = z.object({ id: z.string().min(1).max(200) });

/** What waits for a person, and what the person says. */
export function approvalRoutes(app: ApiServer, deps: ApiDeps): void {
  const { store } = deps;

  app.get(
    locations.approvals,
    {
      schema: {
        tags,
        operationId: 'listApprovals',
        summary: 'What waits for a decision, longest waiting first',
        querystring: ApprovalQuery,
        response: { 200: ApprovalPage, default: Problem },
      },
    },
    async (request) => {
      const { limit, cursor, kind, ...rest } = request.query;
      const page = await store.waits.list(approvalFilter(kind, rest), limit, cursor);
      const show = await loadPayloads(store.blobs, page.items.map(approvalPayload), generousLimits);
      return {
        items: page.items.map((wait) => approvalView(wait, show)),
        ...(page.next === undefined ? {} : { next: page.next }),
      };
    },
  );

  app.get(
    '/v1/approvals/:id',
    {
      schema: {
        tags,
        operationId: 'getApproval',
        summary: 'One thing that waits for a decision',
        params: ApprovalParams,
        response: { 200: ApprovalView, default: Problem },
      },
    },
    async (request) => {
      const wait = await findWait(deps, request.params.id);
      return approvalView(wait, await loadPayloads(store.blobs, [approvalPayload(wait)], generousLimits));
    },
  );

  app.post(
    '/v1/approvals/:id',
    {
      schema: {
        tags,
        operationId: 'decide',
        summary: 'Decide',
        description:
          'Stored when it answers; the first decision counts and every later one is answered 409. Where `who` names people or roles, the key must be of one of them; without keys the header `Telos-As: anna, editors` says who decides. `Idempotency-Key` makes it repeatable until it is carried out.',
        params: ApprovalParams,
        headers: z.object({ 'idempotency-key': z.string().exactOptional(), 'telos-as': z.string().exactOptional() }),
        body: DecisionRequest,
        response: { 202: Accepted, default: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const key = idempotencyKeyOf(request.headers['idempotency-key']);
      const message = key === undefined ? randomUUID() : decisionId(id, key);
      await decide(deps, id, { id: message, from: callerOf(request), ...request.body });
      return reply.code(202).send({ id, accepted: true as const });
    },
  );

  app.post(
    locations.approvals,
    {
      schema: {
        tags,
        operationId: 'decideAll',
        summary: 'Decide the same about all that a filter finds',
        description: 'At most 1,000 for one request; `more` says that there are others.',
        body: BulkDecisionRequest,
        response: { 202: BulkDecisionResult, default: Problem },
      },
    },
    async (request, reply) => {
      const { filter, ...sent } = request.body;
      const { kind, ...rest } = filter;
      const decision = { ...sent, from: callerOf(request) };
      return reply.code(202).send(await decideAll(deps, approvalFilter([kind], rest), decision, randomUUID));
    },
  );
}
