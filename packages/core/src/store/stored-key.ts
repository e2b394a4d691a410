import { z } from 'zod';
import type { KeptKey } from '../ports/keys.ts';
import { storedJson, storedRow } from './stored-row.ts';

const Row = z.object({
  id: z.string(),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string(),
  roles: z.string(),
  namespace: z.string().nullable(),
  created_at: z.number(),
  expires_at: z.number().nullable(),
  revoked_at: z.number().nullable(),
});
const Roles = z.array(z.string());

export function keptKeyOf(row: unknown): KeptKey {
  const key = storedRow(Row, row, 'the API keys');
  return {
    id: key.id,
    digest: key.digest,
    name: key.name,
    roles: storedRow(Roles, storedJson(key.roles, 'the API keys'), 'the API keys'),
    ...(key.namespace === null ? {} : { namespace: key.namespace }),
    createdAt: key.created_at,
    ...(key.expires_at === null ? {} : { expiresAt: key.expires_at }),
    ...(key.revoked_at === null ? {} : { revokedAt: key.revoked_at }),
  };
}
