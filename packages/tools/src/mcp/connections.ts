/**
 * Servers that are open: one session for each address and what it is reached
 * with, opened when it is first needed and again when it has ended.
 *
 * What a server offers is fetched again before a call when a minute has passed,
 * when it says that it changed, and whenever it was opened.
 */
import { createHash } from 'node:crypto';
import { canonicalJson, TelosError } from '@telos/core';
import type { Clock, Json, JsonObject, ServedTool, TraceContext } from '@telos/core';
import type { HttpClient } from '../http/http-client.ts';
import type { ToolAnswer } from './answer.ts';
import { raced } from './raced.ts';
import type { Doing, failureOf } from './failure.ts';
import type { Pins } from './pins.ts';
import type { ListedTool } from './served-tool.ts';
import type { openSession, Session } from './session.ts';
import type { ServerSettings } from './settings.ts';

export type Server = {
  readonly connection: string;
  /** Secrets in place. */
  readonly settings: ServerSettings;
};

export type Offer = { readonly tools: readonly ListedTool[]; readonly protocol: string };

export type ServerCall = {
  readonly name: string;
  readonly input: JsonObject;
  readonly served: ServedTool;
  readonly signal: AbortSignal;
  readonly idempotencyKey: string;
  /** Sees what the server offers before the call is made. What it throws is thrown. */
  readonly before: (tools: readonly ListedTool[]) => void;
};

export interface Connections {
  /** What a server offers now. @throws TelosError MCP_UNAVAILABLE and the like. */
  offer(server: Server, signal: AbortSignal): Promise<Offer>;
  /** @throws TelosError MCP_INTERRUPTED, MCP_TIMEOUT, MCP_TOO_LARGE and the like; the signal's reason when it aborts. */
  call(server: Server, call: ServerCall): Promise<ToolAnswer>;
  close(): Promise<void>;
}

/** Tools of one server; more is no list that anybody has read. */
const mostTools = 1000;
const listedForMs = 60_000;
/** A server that nobody has called for so long is let go. */
const idleMs = 600_000;
/** After it a server is asked again what it speaks: one that was brought up to date would not be noticed. */
const negotiatedForMs = 24 * 3_600_000;

type Open = {
  readonly session: Session;
  /** What its server last wrote to stderr. */
  readonly words: { last: string };
  /** It was taken at an earlier word what it speaks, and has answered nothing yet. */
  isUntried: boolean;
  listed: { readonly tools: readonly ListedTool[]; readonly at: number } | undefined;
  usedAt: number;
};

type Loaded = { readonly openSession: typeof openSession; readonly failureOf: typeof failureOf };

type Bounded = {
  readonly doing: Doing;
  readonly what: string;
  readonly signal: AbortSignal;
  readonly words: { readonly last: string };
  readonly session?: Session;
};

export type ConnectionsDeps = {
  /** W3C trace context of the step under way. */
  readonly traceContext?: (() => TraceContext | undefined) | undefined;
  readonly http: HttpClient;
  readonly clock: Clock;
  /** That programs are started in. */
  readonly folder: string;
  readonly pins: Pins;
};

export function createConnections({ http, clock, folder, pins, traceContext }: ConnectionsDeps): Connections {
  const open = new Map<string, Promise<Open>>();
  let loaded: Promise<Loaded> | undefined;
  let isClosed = false;

  function load(): Promise<Loaded> {
    loaded ??= Promise.all([import('./session.ts'), import('./failure.ts')]).then(
      ([{ openSession }, { failureOf }]) => ({ openSession, failureOf }),
    );
    return loaded;
  }

  /** Does something with a deadline; whatever goes wrong becomes an error of ours. */
  async function bounded<T>(
    { settings: { timeoutMs } }: Server,
    { doing, what, signal, words, session }: Bounded,
    act: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { failureOf } = await load();
    const ended = new AbortController();
    const deadline = new AbortController();
    void clock.sleep(timeoutMs, ended.signal).then(() => deadline.abort());
    const within = AbortSignal.any([signal, deadline.signal]);
    try {
      return await raced(act(within), session === undefined ? within : AbortSignal.any([within, session.lost]));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (deadline.signal.aborted) {
        const message = `The server of ${what} did not answer within ${timeoutMs} ms.`;
        const never = doing === 'meeting' ? { effect: 'none' as const } : {};
        throw new TelosError('MCP_TIMEOUT', message, { details: { timeout_ms: timeoutMs }, ...never });
      }
      throw failureOf(session?.ended() ?? error, { doing, what, lastWords: words.last });
    } finally {
      ended.abort();
    }
  }

  async function start(server: Server, key: string): Promise<Open> {
    const { openSession } = await load();
    const { connection, settings } = server;
    const known = pins.negotiated(key);
    const isKnown = known !== undefined && clock.now() - known.on < negotiatedForMs;
    const words = { last: '' };
    const meeting: Bounded = { doing: 'meeting', what: connection, words, signal: new AbortController().signal };
    const session = await bounded(server, meeting, (signal) =>
      openSession({
        settings,
        http,
        folder,
        traceContext,
        signal,
        onChange: () => void forgetList(key),
        onWords: (last) => (words.last = last),
        prior: isKnown ? priorOf(known.said) : undefined,
      }),
    );
    if (isClosed) {
      await session.close();
      throw new TelosError('MCP_UNAVAILABLE', `The server of ${connection} was let go: this process ends.`);
    }
    if (!isKnown) note(key, { on: clock.now(), ...(session.said === undefined ? {} : { said: jsonOf(session.said) }) });
    session.lost.addEventListener('abort', () => open.delete(key), { once: true });
    return { session, words, isUntried: isKnown, listed: undefined, usedAt: clock.now() };
  }

  function note(key: string, entry: Parameters<Pins['noteNegotiated']>[1]): void {
    try {
      pins.noteNegotiated(key, entry);
    } catch {
      // It is asked again next time.
    }
  }

  async function forgetList(key: string): Promise<void> {
    const one = await open.get(key)?.catch(() => undefined);
    if (one !== undefined) one.listed = undefined;
  }

  async function opened(server: Server, key: string, signal: AbortSignal): Promise<Open> {
    letIdleGo(key);
    let one = open.get(key);
    if (one === undefined) {
      one = start(server, key);
      open.set(key, one);
      one.catch(() => open.delete(key));
    }
    const found = await raced(one, signal);
    found.usedAt = clock.now();
    return found;
  }

  function letIdleGo(except: string): void {
    for (const [key, one] of open) {
      if (key === except) continue;
      void one
        .then(({ session, usedAt }) => {
          if (clock.now() - usedAt < idleMs) return undefined;
          open.delete(key);
          return session.close();
        })
        .catch(() => undefined);
    }
  }

  /** What it offers, as far as that is still known. */
  async function list(server: Server, one: Open, signal: AbortSignal): Promise<readonly ListedTool[]> {
    const known = one.listed;
    if (known !== undefined && clock.now() - known.at < listedForMs) return known.tools;
    const { session, words } = one;
    const what = server.connection;
    const tools = await bounded(server, { doing: 'meeting', what, signal, words, session }, (at) => session.list(at));
    if (tools.length > mostTools) {
      const message = `The server of ${what} lists ${tools.length} tools; at most ${mostTools} are taken.`;
      throw new TelosError('MCP_ANSWER_INVALID', message);
    }
    one.isUntried = false;
    one.listed = { tools, at: clock.now() };
    return tools;
  }

  /** Once more with a new session when it does not know this one, or speaks another era than it did. */
  async function inSession<T>(server: Server, signal: AbortSignal, act: (one: Open) => Promise<T>): Promise<T> {
    const key = keyOf(server);
    const one = await opened(server, key, signal);
    try {
      return await act(one);
    } catch (error) {
      const isForgotten = error instanceof TelosError && error.details['status'] === 404;
      if (signal.aborted || !(isForgotten || one.isUntried)) throw error;
      if (one.isUntried) note(key, undefined);
      open.delete(key);
      await one.session.close().catch(() => undefined);
    }
    return act(await opened(server, key, signal));
  }

  return {
    offer: (server, signal) =>
      inSession(server, signal, async (one) => {
        const tools = await list(server, one, signal);
        return { tools, protocol: one.session.protocol };
      }),
    call: (server, { name, input, served, signal, idempotencyKey, before }) =>
      inSession(server, signal, async (one) => {
        before(await list(server, one, signal));
        const { session, words } = one;
        const what = `${server.connection}.${name}`;
        return bounded(server, { doing: 'calling', what, signal, words, session }, (within) =>
          session.call(name, input, served, { signal: within, idempotencyKey }),
        );
      }),
    async close() {
      isClosed = true;
      const all = [...open.values()];
      open.clear();
      await Promise.all(all.map((one) => one.then(({ session }) => session.close()).catch(() => undefined)));
    },
  };
}

/** By what it is reached with: who it is for one token, it need not be for another. */
function keyOf({ settings: { address } }: Server): string {
  return createHash('sha256')
    .update(canonicalJson(jsonOf(address)))
    .digest('hex');
}

function priorOf(said: Json | undefined): Parameters<Loaded['openSession']>[0]['prior'] {
  // It is what the client gave when it asked.
  return said === undefined ? { kind: 'legacy' } : { kind: 'modern', discover: said as never };
}

function jsonOf(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json; // settings and answers are JSON, undefined fields aside
}
