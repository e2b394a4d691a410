/** Connections to servers that say themselves which tools they have: what was accepted of each. */
import type { ConnectionSpec, Json, JsonObject, KnownServer, ServedTool } from '@telos/core';
import type { CompileOptions } from '../compiled.ts';
import { mcpConnection } from '../document/mcp-connection.ts';
import { durationMs } from '../text/duration.ts';
import { fieldOf, objectField } from '../text/json-shape.ts';
import { sizeOf } from '../text/size.ts';
import type { Report } from './finding.ts';

/** The kind of such a connection. */
export const servedKind = 'mcp';

export type AcceptedServer = Extract<KnownServer, { readonly tools: unknown }>;

/**
 * What was accepted of each, by the connection's name. One that is at fault, or
 * of which nothing is known, is reported and has none: nothing is said of its uses.
 */
export function acceptedServers(
  document: Json,
  kinds: ReadonlyMap<string, string | undefined>,
  { catalog, connections = {} }: CompileOptions,
  report: Report,
): ReadonlyMap<string, AcceptedServer> {
  const accepted = new Map<string, AcceptedServer>();
  for (const [name, { tools }] of Object.entries(connections))
    if (tools !== undefined) accepted.set(name, { tools, heldBack: {} });
  const written = objectField(document, 'tools') ?? {};
  for (const [name, kind] of kinds) {
    const settings = fieldOf(fieldOf(written, name), servedKind);
    if (kind !== servedKind || settings === undefined || catalog.servers === undefined) continue;
    const place = ['tools', name, servedKind];
    // What is wrong with its form was reported with that of the document.
    if (!mcpConnection.safeParse(settings, { jitless: true }).success) continue;
    const ways = ['url', 'command'].filter((key) => fieldOf(settings, key) !== undefined);
    if (ways.length !== 1) {
      const message = `the connection \`${name}\` must have exactly one of \`url\` and \`command\``;
      report({ code: 'INVALID_VALUE', place, at: 'key', message, hint: 'such as { mcp: { url: "https://..." } }' });
      continue;
    }
    const server = catalog.servers.known(name, settings);
    if ('tools' in server) accepted.set(name, server);
    else report({ code: 'MCP_NOT_PINNED', place, at: 'key', message: server.unknown, hint: server.next });
  }
  return accepted;
}

/** Settings as a program has them: durations in milliseconds, sizes in bytes. */
export function serverSettings(settings: JsonObject): JsonObject {
  const { timeout, max_size: size } = settings;
  const ms = typeof timeout === 'string' ? durationMs(timeout) : undefined;
  const bytes = typeof size === 'string' ? sizeOf(size) : undefined;
  return {
    ...settings,
    ...(ms === undefined ? {} : { timeout: ms }),
    ...(bytes === undefined ? {} : { max_size: bytes }),
  };
}

/** A connection with those of its server's tools that the program names. */
export function withNamedTools(
  spec: ConnectionSpec,
  server: AcceptedServer | undefined,
  named: ReadonlySet<string>,
): ConnectionSpec {
  if (server === undefined) return spec;
  const tools = [...named].sort().flatMap((name): [string, ServedTool][] => {
    const served = server.tools[name];
    return served === undefined ? [] : [[name, served]];
  });
  return { ...spec, tools: Object.fromEntries(tools) };
}
