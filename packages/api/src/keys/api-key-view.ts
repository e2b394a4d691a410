import type { ApiKeyView } from '@telos/contract';
import type { KeptKey } from '@telos/core';
import { timestamp } from '../run-view/timestamp.ts';

/** A kept key without its digest. */
export function apiKeyView({ id, name, roles, namespace, createdAt, expiresAt, revokedAt }: KeptKey): ApiKeyView {
  return {
    id,
    name,
    roles: [...roles],
    ...(namespace === undefined ? {} : { namespace }),
    created_at: timestamp(createdAt),
    ...(expiresAt === undefined ? {} : { expires_at: timestamp(expiresAt) }),
    ...(revokedAt === undefined ? {} : { revoked_at: timestamp(revokedAt) }),
  };
}
