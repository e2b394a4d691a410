/** A `fetch` whose requests carry this W3C trace context. */
export function tracedFetch(send: typeof fetch, traceparent: string | undefined): typeof fetch {
  if (traceparent === undefined) return send;
  return (input, init) => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    headers.set('traceparent', traceparent);
    return send(input, { ...init, headers });
  };
}
