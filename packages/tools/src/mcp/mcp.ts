/**
 * Servers of the Model Context Protocol: what was accepted of each, their tools,
 * and how one is met for the first time. See docs/decisions/0014-tools-of-mcp-servers.md.
 */
import { errorRecordOf, TelosError } from '@telos/core';
import type {
  AnyTool,
  Clock,
  ErrorRecord,
  Json,
  JsonObject,
  KnownServer,
  Schemas,
  ServedTool,
  Servers,
  TraceContext,
} from '@telos/core';
import type { HttpClient } from '../http/http-client.ts';
import { createConnections } from './connections.ts';
import { lookAt } from './look.ts';
import type { Look } from './look.ts';
import { createPins } from './pins.ts';
import type { PinnedServer } from './pins.ts';
import type { Examine } from './served-tool.ts';
import { isMetAtSame, metAt, metAtText, readServerSettings, statedEffect } from './settings.ts';
import type { MetAt } from './settings.ts';
import { toolOfServer } from './tool.ts';

/** A connection to a server: its name under `tools:`, and what is written under its kind. */
export type NamedServer = { readonly connection: string; readonly settings: Json };

export type McpSettings = {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** W3C trace context of the step under way: its calls carry it. Absent: none does. */
  readonly traceContext?: () => TraceContext | undefined;
  readonly schemas: Schemas;
  /** The folder that programs are started in. */
  readonly folder: string;
  /** Meant to be committed. */
  readonly lockFile: string;
  /** For the first use of what the lock does not name. */
  readonly recordFile: string;
  readonly examine: Examine;
  /** Connections of the installation: their programs may be started unasked. */
  readonly own: { readonly [connection: string]: Json };
  /** Told of a server that was taken at its word, with how many tools. */
  readonly onFirstUse?: (connection: string, tools: number) => void;
  /** What is written, secrets in place. @throws TelosError SECRET_MISSING */
  readonly resolve: (settings: Json) => Json;
};

export interface Mcp {
  readonly servers: Servers;
  /** All that are locked. @throws TelosError CONFIG_INVALID */
  locked(): readonly PinnedServer[];
  /** Where each stands that was not met yet: asked what it offers, and taken at its word. Why one could not be is told when a workflow uses it. Never rejects. */
  meet(servers: readonly NamedServer[]): Promise<void>;
  /** What a server offers now, beside what was accepted of it. Writes nothing. Never rejects. */
  look(server: NamedServer): Promise<Look>;
  /**
   * The same, and accepts what it offers: written into the lock.
   * @param accept Tools that are taken although they would be held back.
   */
  pin(server: NamedServer, accept: ReadonlySet<string>): Promise<Look>;
  close(): Promise<void>;
}

export function createMcp(settings: McpSettings): Mcp {
  const { http, clock, schemas, folder, examine, own, resolve } = settings;
  const pins = createPins(settings);
  const connections = createConnections({ http, clock, folder, pins, traceContext: settings.traceContext });
  const made = new WeakMap<ServedTool, AnyTool>();
  /** Why a server could not be met, by who it is. */
  const failures = new Map<string, ErrorRecord>();

  function known(connection: string, written: Json): KnownServer {
    const at = metAt(written);
    let server: PinnedServer | undefined;
    try {
      server = pins.find(connection, at);
    } catch (error) {
      return unknownBecause(errorRecordOf(error, 'CONFIG_INVALID'));
    }
    if (server !== undefined) return asKnown(server, written);
    const failure = failures.get(nameOf(connection, at));
    if (failure !== undefined) return unknownBecause(failure);
    return { unknown: `what the server \`${connection}\` offers was not accepted here yet`, next: pinning };
  }

  async function meetOne({ connection, settings: written }: NamedServer): Promise<void> {
    const at = metAt(written);
    const name = nameOf(connection, at);
    failures.delete(name);
    try {
      if (pins.find(connection, at) !== undefined) return;
      if ('command' in at && !isOwn(connection, at)) {
        const message = `\`${metAtText(at)}\` is started for the server \`${connection}\` only when somebody here has accepted it`;
        throw new TelosError('MCP_NOT_PINNED', message);
      }
      const look = await lookNow({ connection, settings: written }, new Set());
      if (look.accepted === undefined) failures.set(name, look.error ?? errorRecordOf(undefined, 'MCP_UNAVAILABLE'));
      else {
        pins.remember(look.accepted);
        settings.onFirstUse?.(connection, Object.keys(look.accepted.tools).length);
      }
    } catch (error) {
      failures.set(name, errorRecordOf(error, 'MCP_UNAVAILABLE'));
    }
  }

  function isOwn(connection: string, at: MetAt): boolean {
    const written = Object.hasOwn(own, connection) ? own[connection] : undefined;
    return written !== undefined && isMetAtSame(metAt(written), at);
  }

  function lookNow({ connection, settings: written }: NamedServer, accept: ReadonlySet<string>): Promise<Look> {
    const at = metAt(written);
    return lookAt(
      { connection, at, pinned: pins.find(connection, at), accept },
      {
        schemas,
        examine,
        offer() {
          const server = { connection, settings: readServerSettings(connection, resolve(written)) };
          return connections.offer(server, new AbortController().signal);
        },
      },
    );
  }

  return {
    servers: {
      known,
      tool(connection, name, served) {
        const tool =
          made.get(served) ??
          toolOfServer(connection, name, served, { connections, schemas, clock, isAccepted: pins.isPinned });
        made.set(served, tool);
        return tool;
      },
    },
    locked: pins.locked,
    async meet(servers) {
      await Promise.all(servers.map(meetOne));
    },
    look: (server) => lookNow(server, new Set()),
    async pin(server, accept) {
      const look = await lookNow(server, accept);
      if (look.accepted !== undefined) pins.lock(look.accepted);
      return look;
    },
    close: () => connections.close(),
  };
}

const pinning = '`telos mcp pin <file>` asks it and writes down what it offers';

function unknownBecause({ message, next }: ErrorRecord): KnownServer {
  return { unknown: message.replace(/\.$/, ''), next: next ?? pinning };
}

function asKnown({ tools, held_back: heldBack = {} }: PinnedServer, written: Json): KnownServer {
  const stated = Object.entries(tools).map(([name, tool]): [string, ServedTool] => {
    const effect = statedEffect(written, name);
    return [name, effect === undefined ? tool : { ...tool, effect }];
  });
  const reasons = Object.entries(heldBack).map(([name, { reason }]): [string, string] => [name, reason]);
  return { tools: Object.fromEntries(stated), heldBack: Object.fromEntries(reasons) };
}

function nameOf(connection: string, at: JsonObject): string {
  return `${connection} ${JSON.stringify(at)}`;
}
