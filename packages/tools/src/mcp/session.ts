/**
 * A session with an MCP server: the official client over stdio or HTTP, in
 * whichever era of the protocol the server speaks. Loaded when a server is first met.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type {
  CallToolResult,
  ClientOptions,
  DiscoverResult,
  PriorDiscovery,
  Transport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { JsonObject, ServedTool, TraceContext } from '@telos/core';
import type { HttpClient } from '../http/http-client.ts';
import { guardedFetch } from './guarded-fetch.ts';
import type { Calling } from './guarded-fetch.ts';
import { raced } from './raced.ts';
import type { ListedTool } from './served-tool.ts';
import type { ServerSettings } from './settings.ts';

export interface Session {
  /** `2026-07-28`, `2025-11-25`, or an older one. */
  readonly protocol: string;
  /** What it said of itself when it was asked what it speaks; undefined when it speaks the older era. */
  readonly said: DiscoverResult | undefined;
  /** Why nothing more will come of it; undefined while it is open. */
  ended(): Error | undefined;
  /** Aborts when it ends. */
  readonly lost: AbortSignal;
  list(signal: AbortSignal): Promise<readonly ListedTool[]>;
  call(name: string, input: JsonObject, served: ServedTool, options: CallOptions): Promise<CallToolResult>;
  close(): Promise<void>;
}

export type CallOptions = { readonly signal: AbortSignal; readonly idempotencyKey: string };

export type OpenSession = {
  /** W3C trace context of the step under way. */
  readonly traceContext?: (() => TraceContext | undefined) | undefined;
  readonly settings: ServerSettings;
  readonly http: HttpClient;
  /** The folder that a program is started in. */
  readonly folder: string;
  /** What was negotiated before, so that it is not asked again. */
  readonly prior?: PriorDiscovery | undefined;
  /** Told what the server writes to stderr: its last words so far. */
  readonly onWords: (words: string) => void;
  /** Told that its tools may have changed. */
  readonly onChange: () => void;
  readonly signal: AbortSignal;
};

/** The engine measures time itself; the client's own limit must not come before. */
const clientTimeoutMs = 2 ** 31 - 1;
/** A program that does not answer a question of the newer era within it speaks the older one. Over HTTP silence says nothing. */
const probeMs = 5000;
const lastWordsLimit = 2000;

/** Answers are held against the accepted schemas, by the engine's own bounded validator. */
const validator: NonNullable<ClientOptions['jsonSchemaValidator']> = {
  getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
};

/** @throws What the client throws; nothing is left open then. */
export async function openSession(options: OpenSession): Promise<Session> {
  const { settings, prior, onChange, signal } = options;
  let ended: Error | undefined;
  const lost = new AbortController();
  const { transport, forget } = transportOf(options);
  const client = new Client(
    { name: 'telos', version: '1' },
    {
      versionNegotiation: { mode: 'auto', probe: { timeoutMs: 'url' in settings.address ? clientTimeoutMs : probeMs } },
      jsonSchemaValidator: validator,
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: onChange } },
    },
  );
  // The client has one listener of each, and no other way to add it.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  client.onerror = (error) => {
    // Said before the transport closes itself: the reason is not known later.
    if (/exceeded maximum size/.test(error.message)) ended ??= error;
  };
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  client.onclose = () => {
    forget();
    ended ??= new Error('It closed the connection.');
    lost.abort(ended);
  };
  const timeouts = { timeout: clientTimeoutMs };
  const abandon = (): void => void client.close().catch(() => {});
  signal.addEventListener('abort', abandon, { once: true });
  try {
    await raced(client.connect(transport, prior === undefined ? timeouts : { ...timeouts, prior }), signal);
  } catch (error) {
    abandon();
    throw error;
  } finally {
    signal.removeEventListener('abort', abandon);
  }
  return {
    protocol: client.getNegotiatedProtocolVersion() ?? 'unknown',
    said: client.getDiscoverResult(),
    ended: () => ended,
    lost: lost.signal,
    async list(listing) {
      const { tools } = await client.listTools(undefined, { ...timeouts, signal: listing, cacheMode: 'refresh' });
      return tools;
    },
    call(name, input, served, { signal: calling, idempotencyKey }) {
      const broken = new AbortController();
      const called = calls.run({ signal: calling, onBroken: (error) => broken.abort(error) }, () =>
        client.callTool(
          {
            name,
            arguments: { ...input },
            // As the protocol carries trace context.
            _meta: { 'dev.telos/idempotency-key': idempotencyKey, ...options.traceContext?.() },
          },
          {
            ...timeouts,
            signal: calling,
            toolDefinition: { name, inputSchema: { ...served.input, type: 'object' } },
          },
        ),
      );
      return raced(called, broken.signal);
    },
    close: () => client.close(),
  };
}

/** The call that a request is made for. The client would go on waiting for an answer that broke off, and for one that was called off. */
const calls = new AsyncLocalStorage<Calling>();

function transportOf({ settings: { address, maxBytes }, http, folder, onWords }: OpenSession): {
  readonly transport: Transport;
  readonly forget: () => void;
} {
  if ('url' in address) {
    const transport = new StreamableHTTPClientTransport(new URL(address.url), {
      fetch: guardedFetch(http, maxBytes, () => calls.getStore()),
      requestInit: { headers: { ...address.headers } },
      // A call that broke off is not asked for again: whether it may be is the engine's to decide.
      reconnectionOptions: {
        maxRetries: 0,
        initialReconnectionDelay: 1000,
        maxReconnectionDelay: 1000,
        reconnectionDelayGrowFactor: 1,
      },
    });
    return { transport, forget: () => {} };
  }
  const transport = new StdioClientTransport({
    command: address.command,
    args: [...address.args],
    env: { ...address.env },
    cwd: folder,
    stderr: 'pipe',
    maxBufferSize: maxBytes,
  });
  let words = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    words = `${words}${chunk.toString()}`.slice(-lastWordsLimit);
    onWords(words.trim());
  });
  return { transport, forget: endWithProcess(transport) };
}

const living = new Set<StdioClientTransport>();

/** A program that is still there when this process ends is ended with it, unless it is forgotten before. */
function endWithProcess(transport: StdioClientTransport): () => void {
  if (living.size === 0) process.on('exit', endAll);
  living.add(transport);
  return () => {
    living.delete(transport);
    if (living.size === 0) process.off('exit', endAll);
  };
}

function endAll(): void {
  for (const { pid } of living) {
    try {
      if (pid !== null) process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone.
    }
  }
}
