import type { AnyTool, Json } from '@telos/core';
import type { Catalog } from './compiled.ts';
import { mcpConnection } from './document/mcp-connection.ts';
import { readSource } from './read/read-source.ts';
import { servedKind, serverSettings } from './resolve/served.ts';
import { withShared } from './shared/with-shared.ts';
import { fieldOf, isObject, objectField } from './text/json-shape.ts';

/** A connection to a server that says itself which tools it has. */
export type ServerNamed = { readonly connection: string; readonly settings: Json };

/**
 * The servers that a workflow names, with those that it shares. Of a text that
 * cannot be read, and of a connection that has another form, there are none.
 */
export function serversOf(source: string, catalog: Pick<Catalog, 'shared'>): readonly ServerNamed[] {
  const { shared } = catalog;
  // Reading takes its time, and nearly every workflow names none.
  if (!source.includes(servedKind) && (shared === undefined || serversIn(shared.tools).length === 0)) return [];
  const { value } = readSource(source, '<source>');
  if (!isObject(value)) return [];
  return serversIn(objectField(withShared(value, shared === undefined ? {} : { shared }), 'tools') ?? {});
}

/** @param tools As they are written. */
export function serversIn(tools: Json): readonly ServerNamed[] {
  if (!isObject(tools)) return [];
  return Object.entries(tools).flatMap(([connection, written]) => {
    const settings = fieldOf(written, servedKind);
    const isOne = isObject(settings) && mcpConnection.safeParse(settings, { jitless: true }).success;
    return isOne ? [{ connection, settings: serverSettings(settings) }] : [];
  });
}

/** The tools of servers that all workflows share, as far as they were accepted. */
export function toolsOfServers({ shared, servers }: Pick<Catalog, 'shared' | 'servers'>): readonly AnyTool[] {
  if (shared === undefined || servers === undefined) return [];
  return serversIn(shared.tools).flatMap(({ connection, settings }) => {
    const server = servers.known(connection, settings);
    if (!('tools' in server)) return [];
    return Object.entries(server.tools).map(([name, served]) => servers.tool(connection, name, served));
  });
}
