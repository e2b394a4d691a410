/** The guarded client as the `fetch` that the MCP client asks for: the same addresses, the same redirects, and bounded answers. */
import { Readable } from 'node:stream';
import type { HttpClient } from '../http/http-client.ts';
import { tooLarge } from '../http/bounded-body.ts';

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

export type Calling = {
  readonly signal: AbortSignal;
  /** Told when its answer breaks off that had begun: nothing more will come of it. */
  readonly onBroken: (error: Error) => void;
};

/**
 * @param maxBytes Of one answer.
 * @param callOf The call that a request is made for, if any.
 */
export function guardedFetch(http: HttpClient, maxBytes: number, callOf: () => Calling | undefined): Fetch {
  return async (url, init = {}) => {
    const call = typeof init.body === 'string' && isCall(init.body) ? callOf() : undefined;
    const signals = [init.signal, call?.signal].filter((signal) => signal != null);
    const headers = Object.fromEntries(new Headers(init.headers));
    const {
      hop,
      status,
      headers: given,
      body,
    } = await http.open({
      url: String(url),
      method: init.method ?? 'GET',
      headers: { ...headers, 'accept-encoding': 'identity' },
      // The MCP client sends text alone.
      ...(typeof init.body === 'string' ? { body: init.body } : {}),
      signal: AbortSignal.any(signals),
    });
    const { host } = hop.url;
    let size = 0;
    const bounded = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for await (const chunk of body as AsyncIterable<Uint8Array>) {
          // binary streams yield buffers
          size += chunk.byteLength;
          if (size > maxBytes) throw tooLarge(host, maxBytes);
          yield chunk;
        }
      } catch (error) {
        call?.onBroken(error instanceof Error ? error : new Error(String(error)));
        throw error;
      }
    };
    const isEmpty = status === 204 || status === 205 || status === 304;
    if (isEmpty) body.resume();
    // Streams of Node and of the platform hold the same bytes and have different types.
    const stream = isEmpty
      ? null
      : (Readable.toWeb(Readable.from(bounded(), { objectMode: false })) as ReadableStream<Uint8Array>);
    return new Response(stream, { status, headers: { ...given } });
  };
}

/** And not the notification that it is called off. */
function isCall(body: string): boolean {
  const message: unknown = JSON.parse(body);
  return typeof message === 'object' && message !== null && 'method' in message && message.method === 'tools/call';
}
