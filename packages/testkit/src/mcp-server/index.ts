/** Servers of the Model Context Protocol for tests: real ones, of the official package, that follow a script. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createMcpHandler, legacyStatelessFallback } from '@modelcontextprotocol/server';
import { scriptedServer } from './scripted-server.ts';
import type { ScriptedTool, ServerScript } from './script.ts';

export type { Behaviour, ScriptedTool, ServerScript } from './script.ts';

export type Called = { readonly name: string; readonly input: unknown };

export type StdioScript = {
  readonly command: string;
  readonly args: readonly string[];
  /** What it offers from now on. */
  offer(tools: readonly ScriptedTool[]): void;
  /** Calls that reached it, in order. */
  called(): readonly Called[];
  /** Ids of the processes that were started with it, in order. */
  started(): readonly number[];
  remove(): void;
};

/** What starts a scripted server as a program. */
export function stdioScript(script: ServerScript): StdioScript {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-server-'));
  const file = join(folder, 'script.json');
  const log = join(folder, 'log.jsonl');
  writeFileSync(log, '');
  writeFileSync(file, JSON.stringify({ ...script, log }));
  // Only the server's process writes there.
  const lines = () =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Called | { readonly started: number });
  return {
    command: process.execPath,
    args: ['--no-warnings', join(import.meta.dirname, 'stdio-process.ts'), file],
    offer: (tools) => writeFileSync(file, JSON.stringify({ ...script, log, tools })),
    called: () => lines().flatMap((line) => ('started' in line ? [] : [line])),
    started: () => lines().flatMap((line) => ('started' in line ? [line.started] : [])),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export type HttpScript = {
  /** `http://127.0.0.1:<port>/mcp`, and the same as `127.0.0.1:<port>`. */
  readonly url: string;
  readonly host: string;
  readonly called: readonly Called[];
  /** Headers of each request, in order. */
  readonly received: readonly IncomingMessage['headers'][];
  offer(tools: readonly ScriptedTool[]): void;
  close(): Promise<void>;
};

export type HttpOptions = {
  /** Answers instead of the server; false: the server does. */
  readonly instead?: (request: IncomingMessage, response: ServerResponse) => boolean;
};

/** Serves a scripted server on a free port of 127.0.0.1. */
export async function serveScript(script: ServerScript, { instead }: HttpOptions = {}): Promise<HttpScript> {
  let { tools } = script;
  const called: Called[] = [];
  const received: IncomingMessage['headers'][] = [];
  const make = () =>
    scriptedServer({
      tools: () => tools,
      become: (next) => void (tools = next),
      die: () => server.closeAllConnections(),
      called: (name, input) => void called.push({ name, input }),
    });
  const handler = createMcpHandler(make, script.era === 'modern' ? { legacy: 'reject' } : {});
  const legacy = legacyStatelessFallback(make);
  const answer = (request: Request): Promise<Response> =>
    script.era === 'legacy' ? legacy(request) : handler.fetch(request);
  const server = createServer((request, response) => {
    received.push(request.headers);
    if (script.isSilent === true || instead?.(request, response) === true) return;
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const hasBody = request.method === 'POST';
    const init: RequestInit & { duplex?: 'half' } = {
      method: request.method ?? 'GET',
      headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
        value === undefined ? [] : [[name, String(value)]],
      ),
      signal: gone.signal,
      // Streams of the platform and of Node have the same bytes and different types.
      ...(hasBody ? { body: Readable.toWeb(request) as ReadableStream<Uint8Array>, duplex: 'half' as const } : {}),
    };
    void answer(new Request(`http://${request.headers.host ?? 'localhost'}${request.url ?? '/'}`, init)).then(
      async (given) => {
        response.writeHead(given.status, Object.fromEntries(given.headers));
        for await (const chunk of given.body ?? []) response.write(chunk);
        response.end();
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  // It listens on TCP, so the address has a port.
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}/mcp`,
    host,
    called,
    received,
    offer: (next) => void (tools = next),
    async close() {
      await handler.close();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
