import type { DatabaseSync } from 'node:sqlite';
import type { Keys } from '@telos/core';
import { keptKeyOf } from '@telos/core/store';
import type { GroupCommit } from './group-commit.ts';
import type { Reading } from './reading.ts';

export function sqliteKeys(database: DatabaseSync, commits: GroupCommit, reading: Reading): Keys {
  const insert = database.prepare(`
    INSERT OR IGNORE INTO api_keys (id, digest, name, roles, namespace, created_at, expires_at, revoked_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const select = database.prepare('SELECT * FROM api_keys ORDER BY created_at, id');
  const revoke = database.prepare('UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL');
  return {
    add: ({ id, digest, name, roles, namespace, createdAt, expiresAt, revokedAt }) =>
      commits.submit(
        () =>
          void insert.run(
            id,
            digest,
            name,
            JSON.stringify(roles),
            namespace ?? null,
            createdAt,
            expiresAt ?? null,
            revokedAt ?? null,
          ),
      ),
    list: async () => reading(() => select.all()).map(keptKeyOf),
    revoke: (id, at) => commits.submit(() => Number(revoke.run(at, id).changes) > 0),
  };
}
