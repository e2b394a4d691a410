/** The guarded client as the `fetch` that the MCP client asks for: the same addresses, the same redirects, and bounded answers. */
import { Readable } from 'node:stream';
import type { HttpClient } from '../http/http-client.ts';
import { tooLarge } from '../http/bounded-body.ts';

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/**
 * @param maxBytes Of one answer.
 * @param listener Gives, as a request is made, who is told when its answer breaks off that had begun.
 */
export function guardedFetch(
  http: HttpClient,
  maxBytes: number,
  listener: () => ((error: Error) => void) | undefined,
): Fetch {
  return async (url, init = {}) => {
    const onBroken = listener();
    const headers = Object.fromEntries(new Headers(init.headers));
    const { hop, status, headers: given, body } = await http.open({
      url: String(url),
      method: init.method ?? 'GET',
      headers: { ...headers, 'accept-encoding': 'identity' },
      // The MCP client sends text alone.
      ...(typeof init.body === 'string' ? { body: init.body } : {}),
      signal: init.signal ?? new AbortController().signal,
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
        onBroken?.(error instanceof Error ? error : new Error(String(error)));
        throw error;
      }
    };
    const isEmpty = status === 204 || status === 205 || status === 304;
    if (isEmpty) body.resume();
    // Streams of Node and of the platform hold the same bytes and have different types.
    const stream = isEmpty ? null : (Readable.toWeb(Readable.from(bounded(), { objectMode: false })) as ReadableStream<Uint8Array>);
    return new Response(stream, { status, headers: { ...given } });
  };
}
