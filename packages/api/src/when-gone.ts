import type { ServerResponse } from 'node:http';

/** Aborts when the caller leaves, and is aborted already when the caller left before this was asked. */
export function whenGone(response: ServerResponse): AbortController {
  const gone = new AbortController();
  if (response.destroyed || response.closed) gone.abort();
  else response.once('close', () => gone.abort());
  return gone;
}
