/** Keys in the store: given out, shown, taken back. Servers see it within seconds, and the audit log keeps it. */
import { apiKeyView, keptKey } from '@telos/api/runs';
import type { NewKey } from '@telos/api/runs';
import { TelosError } from '@telos/core';
import type { KeptKey } from '@telos/core';
import type { Desk } from '../compose/with-store.ts';
import { byWhom } from '../compose/by-whom.ts';
import { tableLines } from '../output/table.ts';

export async function addKey(
  { store, writer }: Desk,
  made: NewKey,
  { now, expiresAt }: { readonly now: number; readonly expiresAt?: number },
): Promise<void> {
  const kept = keptKey(made, now, expiresAt);
  await store.keys.add(kept);
  await note(store, 'addKey', kept.id, now);
  writer.object({ type: 'key', ...apiKeyView(kept), key: made.key });
  writer.lines(
    `The key, which is shown this once:  ${made.key}`,
    `Servers of this store that ask for keys take it from now on, one that asks for none when it starts anew. \`telos keys revoke ${kept.id}\` takes it back.`,
  );
}

export async function listKeys({ store, writer }: Desk, columns: number, now: number): Promise<void> {
  const keys = await store.keys.list();
  for (const key of keys) writer.object({ type: 'key', ...apiKeyView(key) });
  const rows = keys.map((key) => [
    key.id,
    key.roles.join(',') || 'admin',
    key.namespace ?? '',
    new Date(key.createdAt).toISOString(),
    stateOf(key, now),
  ]);
  writer.lines(
    ...(rows.length === 0
      ? ['No key is kept in the store; those of TELOS_API_KEYS stand there. `telos keys add <name>` makes one.']
      : tableLines(rows, columns)),
  );
}

/** @param which The id of one, or a name: then all of that name. @throws TelosError API_KEY_NOT_FOUND */
export async function revokeKeys({ store, writer }: Desk, which: string, now: number): Promise<void> {
  const keys = (await store.keys.list()).filter(({ id, name }) => id === which || name === which);
  const ended: string[] = [];
  for (const { id } of keys) {
    if (!(await store.keys.revoke(id, now))) continue;
    await note(store, 'revokeKey', id, now);
    ended.push(id);
    writer.object({ type: 'revoked', id });
  }
  if (ended.length === 0) {
    const said = keys.length === 0 ? `There is no key ${which}.` : `Every key ${which} was revoked before.`;
    throw new TelosError('API_KEY_NOT_FOUND', said, { details: { key: which } });
  }
  writer.lines(
    `Revoked: ${ended.join(', ')}. Servers refuse it within two seconds, and end the streams that it opened.`,
  );
}

async function note({ audit }: Desk['store'], action: string, subject: string, at: number): Promise<void> {
  await audit.append({ at, ...byWhom(), action, subject, address: 'command line', request: '-' });
}

function stateOf({ revokedAt, expiresAt }: KeptKey, now: number): string {
  if (revokedAt !== undefined) return `revoked ${new Date(revokedAt).toISOString()}`;
  if (expiresAt === undefined) return 'good';
  return `${expiresAt > now ? 'good until' : 'expired'} ${new Date(expiresAt).toISOString()}`;
}
