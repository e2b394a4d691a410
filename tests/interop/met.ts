/** Servers of the Model Context Protocol as an installation has them: real ones, behind the engine, with pins in a folder of their own. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useCheck } from '@telos/core';
import type { Clock, Json, JsonObject } from '@telos/core';
import { createSchemas, serversOf } from '@telos/language';
import { createFakeClock } from '@telos/testkit';
import { serveScript, stdioScript } from '@telos/testkit/mcp-server';
import type { Called, HttpOptions, ScriptedTool, ServerScript } from '@telos/testkit/mcp-server';
import { createHttpClient, createMcp } from '@telos/tools';
import type { Mcp, NamedServer } from '@telos/tools';
import { openEngine } from '../engine/engine.ts';
import type { Engine, EngineOptions } from '../engine/engine.ts';
import { realCheck } from '../engine/real-checks.ts';

export type Way = 'stdio' | 'http';
export type Era = 'modern' | 'legacy';

/** Every way in which a server is reached, and every era that it may speak. */
export const ways: readonly (readonly [Way, Era])[] = [
  ['stdio', 'modern'],
  ['stdio', 'legacy'],
  ['http', 'modern'],
  ['http', 'legacy'],
];

export type Met = {
  readonly mcp: Mcp;
  readonly folder: string;
  /** Of the connection `crm`, as a workflow writes it. */
  readonly settings: JsonObject;
  readonly named: NamedServer;
  called(): readonly Called[];
  offer(tools: readonly ScriptedTool[]): void;
  /** Ids of the processes that were started as a server. */
  started(): readonly number[];
  /** Headers of the requests that reached it. */
  readonly received: readonly { readonly [name: string]: string | string[] | undefined }[];
  /** What is locked, as it stands in its file. */
  locked(): Json;
  /** Another process with the same files. */
  again(): Mcp;
  engine(options?: EngineOptions): Promise<Engine>;
  /** Meets the servers that a workflow names, as at their first use, then compiles and starts it. */
  workflow(steps: string, more?: string): string;
};

export type MetOptions = Omit<ServerScript, 'tools'> &
  HttpOptions & {
    readonly way?: Way;
    readonly tools: readonly ScriptedTool[];
    /** More of the connection's settings. */
    readonly more?: JsonObject;
    readonly secrets?: { readonly [name: string]: string };
    /** Default: what the server is reached at. */
    readonly allowedHosts?: readonly string[];
    /** Whether the connection stands in telos.yaml too; default true. */
    readonly isOwn?: boolean;
  };

export function createMeeting(): { meet(options: MetOptions): Promise<Met>; clear(): Promise<void> } {
  const closing: (() => unknown)[] = [];
  return {
    async meet({ way = 'http', tools, more = {}, secrets = {}, allowedHosts, isOwn = true, instead, ...script }) {
      const folder = mkdtempSync(join(tmpdir(), 'met-'));
      const stdio = way === 'stdio' ? stdioScript({ tools, ...script }) : undefined;
      const http =
        way === 'http' ? await serveScript({ tools, ...script }, instead === undefined ? {} : { instead }) : undefined;
      const settings: JsonObject = {
        ...(stdio === undefined ? { url: http?.url ?? '' } : { command: stdio.command, args: stdio.args }),
        ...more,
      };
      let current: Clock = createFakeClock();
      // Time is the engine's once there is one.
      const clock: Clock = { now: () => current.now(), sleep: (ms, signal) => current.sleep(ms, signal) };
      const schemas = createSchemas();
      const again = (): Mcp => {
        const mcp = createMcp({
          http: createHttpClient({ clock, allowedHosts: allowedHosts ?? (http === undefined ? [] : [http.host]) }),
          clock,
          schemas,
          folder,
          lockFile: join(folder, 'telos.lock.json'),
          recordFile: join(folder, 'home', 'servers.json'),
          examine: examined,
          own: isOwn ? { crm: settings } : {},
          resolve: (written) =>
            JSON.parse(
              JSON.stringify(written).replaceAll(
                /\$\{\{ secrets\.(\w+) \}\}/g,
                (_, name: string) => secrets[name] ?? '',
              ),
            ) as Json,
        });
        closing.push(() => mcp.close());
        return mcp;
      };
      const mcp = again();
      closing.push(
        () => http?.close(),
        () => stdio?.remove(),
        () => rmSync(folder, { recursive: true, force: true }),
      );
      return {
        mcp,
        folder,
        settings,
        named: { connection: 'crm', settings },
        called: () => stdio?.called() ?? http?.called ?? [],
        offer: (next) => (stdio ?? http)?.offer(next),
        started: () => stdio?.started() ?? [],
        received: http?.received ?? [],
        locked: () => JSON.parse(readFileSync(join(folder, 'telos.lock.json'), 'utf8')) as Json,
        again,
        workflow: (steps, besides = '') =>
          `telos: 1\nid: t\ntools: { crm: { mcp: ${JSON.stringify(settings)} } }\n${besides}\nsteps:\n${steps}\n`,
        async engine(options = {}) {
          const engine = await openEngine({ servers: mcp.servers, secrets, ...options });
          current = engine.clock;
          closing.unshift(() => engine.close());
          const { start } = engine;
          return Object.assign(engine, {
            start: async (yaml: string, ...rest: [JsonObject?]) => {
              await mcp.meet(serversOf(yaml, {}));
              return start(yaml, ...rest);
            },
            run: async (yaml: string, ...rest: [JsonObject?]) => engine.ended(await engine.start(yaml, ...rest)),
          });
        },
      };
    },
    async clear() {
      for (const close of closing.splice(0)) await close();
    },
  };
}

/** As an installation examines what is said of a tool. */
export async function examined(tool: Json): Promise<string | undefined> {
  const { verdict, reason } = await useCheck(
    { name: 'tool_poisoning', uses: 'tool_poisoning', with: {} },
    { value: tool, text: JSON.stringify(tool), input: null, sources: {} },
    {
      checks: new Map([['tool_poisoning', realCheck('tool_poisoning')]]),
      signal: new AbortController().signal,
      record: () => {},
      render: (template) => template,
    },
  );
  return verdict === 'pass' ? undefined : reason;
}
