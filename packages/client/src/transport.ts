/**
 * Requests to one server: who asks, what a failure is, and what is asked again.
 *
 * Asked again is what may pass and does no harm twice: every read, and a change
 * that carries an idempotency key, when nobody answered, or the answer was 429,
 * 502, 503 or 504.
 */
import { pause } from './pause.ts';
import { problemIn, TelosProblem } from './telos-problem.ts';

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
  /** The answer, whose body is still to be read. @throws TelosProblem; what `fetch` throws when nobody answers. */
  ask(path: string, ask?: Ask): Promise<Response>;
  /** The body of the answer. The server is taken at its word: the contract's schemas check it where that is wanted. */
  json<T>(path: string, ask?: Ask): Promise<T>;
};

const firstPauseMs = 250;
const longestPauseMs = 10_000;
const passing = new Set([429, 502, 503, 504]);

/** Whether the same request may be answered another time. */
export function mayPass(error: unknown): boolean {
  return error instanceof TelosProblem ? passing.has(error.status) : error instanceof TypeError;
}

export function createTransport(options: ClientOptions): Transport {
  const base = options.url.replace(/\/+$/, '');
  const send = options.fetch ?? fetch;
  const mostRetries = options.retries ?? 3;

  async function once(path: string, { method = 'GET', query, body, headers, signal }: Ask): Promise<Response> {
    const key = typeof options.key === 'function' ? options.key() : options.key;
    const sent = new Headers(options.headers);
    for (const [name, value] of Object.entries(headers ?? {})) if (value !== undefined) sent.set(name, value);
    if (key !== undefined) sent.set('authorization', `Bearer ${key}`);
    if (body !== undefined) sent.set('content-type', 'application/json');
    const answer = await send(`${base}${path}${queryOf(query)}`, {
      method,
      headers: sent,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (answer.status >= 400) throw await problemIn(answer);
    return answer;
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
    json: async <T>(path: string, request?: Ask) => (await (await ask(path, request)).json()) as T,
  };
}

function queryOf(query: Ask['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
