import type { Keys } from '@telos/core';
import { keptKeyOf } from '@telos/core/store';
import type { Database } from './database.ts';

export function postgresKeys(database: Database, schema: string): Keys {
  return {
    async add({ id, digest, name, roles, namespace, createdAt, expiresAt, revokedAt }) {
      await database.query({
        text: `
          INSERT INTO ${schema}.api_keys (id, digest, name, roles, namespace, created_at, expires_at, revoked_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING`,
        values: [
          id,
          digest,
          name,
          JSON.stringify(roles),
          namespace ?? null,
          createdAt,
          expiresAt ?? null,
          revokedAt ?? null,
        ],
      });
    },
    async list() {
      const rows = await database.query({
        text: `SELECT * FROM ${schema}.api_keys ORDER BY created_at, id`,
        values: [],
      });
      return rows.map(keptKeyOf);
    },
    async revoke(id, at) {
      const done = await database.query({
        text: `UPDATE ${schema}.api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING 1`,
        values: [id, at],
      });
      return done.length > 0;
    },
  };
}
