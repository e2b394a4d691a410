import { ApiKeyList, ApiKeyRequest, locations, NewApiKey, Problem } from '@telos/contract';
import { TelosError } from '@telos/core';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { apiKeyView } from '../keys/api-key-view.ts';
import { keptKey, newKey } from '../keys/new-key.ts';
import type { ApiServer } from './api-server.ts';

const tags = ['operation'];
const forAdmins = 'Takes a key of the role `admin`, or of none.';

/** API keys that the store keeps: given out, shown, taken back. The audit log has who did, by `noteChanges`. */
export function keyRoutes(app: ApiServer, { store, clock }: Pick<ApiDeps, 'store' | 'clock'>): void {
  app.post(
    locations.keys,
    {
      schema: {
        tags,
        operationId: 'addKey',
        summary: 'Give out an API key',
        description: `The key is in this answer and nowhere else: the store keeps its digest. Servers of the store that ask for keys take it from now on. ${forAdmins}`,
        body: ApiKeyRequest,
        response: { 201: NewApiKey, default: Problem },
      },
    },
    async (request, reply) => {
      const { name, roles, namespace, expires_at: until } = request.body;
      const now = clock.now();
      const expiresAt = until === undefined ? undefined : Date.parse(until);
      if (expiresAt !== undefined && expiresAt <= now) throw malformed('expires_at', 'is over already');
      const made = newKey({ name, roles, ...(namespace === undefined ? {} : { namespace }) });
      if ('fault' in made) throw malformed('roles', made.fault);
      const kept = keptKey(made, now, expiresAt);
      await store.keys.add(kept);
      return reply
        .header('location', locations.key(kept.id))
        .code(201)
        .send({ ...apiKeyView(kept), key: made.key });
    },
  );

  app.get(
    locations.keys,
    {
      schema: {
        tags,
        operationId: 'listKeys',
        summary: 'API keys that were given out, oldest first, those that were revoked too',
        description: `Those of TELOS_API_KEYS are not among them. ${forAdmins}`,
        response: { 200: ApiKeyList, default: Problem },
      },
    },
    async () => ({ items: (await store.keys.list()).map(apiKeyView) }),
  );

  app.delete(
    '/v1/keys/:id',
    {
      schema: {
        tags,
        operationId: 'revokeKey',
        summary: 'Take an API key back',
        description: `Two seconds later no server answers to it, and the event streams that it opened end. ${forAdmins}`,
        params: z.object({ id: z.string().min(1).max(200) }),
        response: { 204: z.undefined().describe('Revoked'), default: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await store.keys.revoke(id, clock.now())))
        throw new TelosError('API_KEY_NOT_FOUND', `There is no key ${id} that was not revoked before.`, {
          details: { key: id },
        });
      return reply.code(204).send(undefined);
    },
  );
}

function malformed(field: string, message: string): TelosError {
  const path = `body.${field}`;
  return new TelosError('REQUEST_MALFORMED', `${path}: ${message}`, { details: { problems: [{ path, message }] } });
}
