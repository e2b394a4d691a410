import { TelosError } from '@telos/core';
import type { ToolContext } from '@telos/core';
import { z } from 'zod';
import type { Workspace } from '../workspace.ts';
import type { Database } from './database.ts';

/** What a `db` connection under `tools:` says. */
const connectionSettings = z.object({ url: z.string().min(1), access: z.enum(['read', 'write']).default('read') });

export type Target = { readonly url: string } | { readonly connection: string };

/** Whether a named connection may write. A URL in the step itself never may. */
export function accessOf(target: Target, connections: Pick<ToolContext, 'connection'>): 'read' | 'write' {
  if ('url' in target) return 'read';
  const settings = connectionSettings.safeParse(connections.connection(target.connection)?.with);
  return settings.success ? settings.data.access : 'read';
}

/**
 * Finds the database that a step means.
 * @throws TelosError DB_CONNECTION_INVALID, or what `Workspace.locate` throws for an SQLite file.
 */
export async function databaseOf(
  target: Target,
  connections: Pick<ToolContext, 'connection'>,
  workspace: Workspace,
): Promise<Database> {
  const { url, access } =
    'url' in target ? { url: target.url, access: 'read' as const } : namedConnection(target.connection, connections);
  if (/^postgres(ql)?:\/\//i.test(url)) {
    if (!URL.canParse(url)) throw new TelosError('DB_CONNECTION_INVALID', 'The PostgreSQL URL is malformed');
    const { host, pathname } = new URL(url);
    return { kind: 'postgres', url, access, shown: `PostgreSQL ${host}${pathname}` };
  }
  const file = /^sqlite:(?:\/\/)?(.+)$/i.exec(url)?.[1] ?? (/^[^:]+\.(db|sqlite3?)$/i.test(url) ? url : undefined);
  if (file === undefined) {
    const scheme = /^[a-z][\w+.-]{0,20}(?=:)/i.exec(url)?.[0];
    const what =
      scheme === undefined
        ? 'The database URL names no kind of database'
        : `"${scheme}" is no kind of database that is known`;
    throw new TelosError('DB_CONNECTION_INVALID', what);
  }
  return { kind: 'sqlite', file: await workspace.locate(file), access, shown: `SQLite ${file}` };
}

function namedConnection(
  name: string,
  connections: Pick<ToolContext, 'connection'>,
): z.infer<typeof connectionSettings> {
  const found = connections.connection(name);
  if (found === undefined) {
    throw new TelosError('DB_CONNECTION_INVALID', `There is no connection "${name}" under \`tools:\``);
  }
  const settings = connectionSettings.safeParse(found.with);
  if (found.kind !== 'db' || !settings.success) {
    throw new TelosError('DB_CONNECTION_INVALID', `The connection "${name}" is no \`db\` connection with a \`url\``);
  }
  return settings.data;
}
