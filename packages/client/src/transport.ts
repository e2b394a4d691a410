/**
 * Requests to one server: who asks, what a failure is, and what is asked again.
 *
 * Asked again is what may pass and does no harm twice: every read, and a change
 * that carries an idempotency key, when nobody answered, or the answer was 429,
 * 502, 503 or 504.
 */
import { pause } from './pause.ts';
import { isUnreachable, problemIn, serverUnreachable, TelosProblem } from './telos-problem.ts';

export type ClientOptions = {
  /** Of the server, perhaps with a path before `/v1`: `http://127.0.0.1:7420`. */
  readonly url: string;
  /** An API key, where the server has keys; a function is asked before each request. */
  readonly key?: string | (() => string | undefined);
  /** Sent with every request. */
  readonly headers?: { readonly [name: string]: string };
  /** How often what may pass is asked again; default 3. */
  readonly retries?: number;
  /** Instead of the platform's. */
  readonly fetch?: typeof fetch;
};

export type Ask = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: { readonly [name: string]: string | number | readonly string[] | undefined };
  readonly body?: unknown;
  readonly headers?: { readonly [name: string]: string | undefined };
  /** Whether it may be asked again; default for reads and for what carries an idempotency key. */
  readonly isRepeatable?: boolean;
  readonly signal?: AbortSignal | undefined;
};

export type Transport = {
  /** The answer, whose body is still to be read. @throws TelosProblem; the signal's reason when it aborts. */
  ask(path: string, ask?: Ask): Promise<Response>;
  /** The body of the answer. The server is taken at its word: the contract's schemas check it where that is wanted. */
  json<T>(path: string, ask?: Ask): Promise<T>;
};

const firstPauseMs = 250;
const longestPauseMs = 10_000;
const passing = new Set([429, 502, 503, 504]);

/** Whether the same request may be answered another time. */
export function mayPass(error: unknown): boolean {
  return isUnreachable(error) || (error instanceof TelosProblem && passing.has(error.status));
}

/** @throws TypeError when the address cannot be one of a server. */
export function createTransport(options: ClientOptions): Transport {
  const base = baseOf(options.url);
  const send = options.fetch ?? fetch;
  const mostRetries = options.retries ?? 3;

  async function once(path: string, { method = 'GET', query, body, headers, signal }: Ask): Promise<Response> {
    const key = typeof options.key === 'function' ? options.key() : options.key;
    const sent = new Headers(options.headers);
    for (const [name, value] of Object.entries(headers ?? {})) if (value !== undefined) sent.set(name, value);
    if (key !== undefined) sent.set('authorization', `Bearer ${key}`);
    if (body !== undefined) sent.set('content-type', 'application/json');
    const written = body === undefined ? {} : { body: JSON.stringify(body) };
    const stop = signal === undefined ? {} : { signal };
    const answer = await reached(
      send(`${base}${path}${queryOf(query)}`, { method, headers: sent, ...written, ...stop }),
      signal,
    );
    if (answer.status >= 400) throw await problemIn(answer);
    return answer;
  }

  /** What `fetch` or an answer gives; that it gives nothing is a problem like all others. */
  async function reached<T>(asked: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      if (signal?.aborted === true || !(error instanceof TypeError || error instanceof SyntaxError)) throw error;
      throw serverUnreachable(base, error);
    }
  }

  async function ask(path: string, request: Ask = {}): Promise<Response> {
    const {
      method = 'GET',
      headers,
      isRepeatable = method === 'GET' || headers?.['idempotency-key'] !== undefined,
    } = request;
    for (let retries = 0; ; retries += 1) {
      try {
        return await once(path, request);
      } catch (error) {
        if (!isRepeatable || retries >= mostRetries || !mayPass(error) || request.signal?.aborted === true) throw error;
        const asked = error instanceof TelosProblem ? (error.retryAfterMs ?? 0) : 0;
        const own = Math.min(firstPauseMs * 2 ** retries, longestPauseMs);
        await pause(Math.max(asked, own), request.signal);
        request.signal?.throwIfAborted();
      }
    }
  }

  return {
    ask,
    // The contract says what stands at each path.
    json: async <T>(path: string, request?: Ask) =>
      (await reached((await ask(path, request)).json(), request?.signal)) as T,
  };
}

/** Where a page has an address of its own, the server's may be relative to it. */
function baseOf(url: string): string {
  const page = (globalThis as { readonly location?: { readonly href?: string } }).location?.href;
  const address = URL.parse(url, page);
  if (address === null || !/^https?:$/.test(address.protocol)) {
    throw new TypeError(
      `The url ${JSON.stringify(url)} is no address of a server. Write it like http://127.0.0.1:7420.`,
    );
  }
  return url.replace(/\/+$/, '');
}

function queryOf(query: Ask['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
