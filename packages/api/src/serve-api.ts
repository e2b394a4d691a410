import { TelosError } from '@telos/core';
import type { ApiDeps } from './api-deps.ts';
import { createApi } from './create-api.ts';
import { isLoopback } from './guards/loopback.ts';

export type ServedApi = {
  /** Where it listens: `http://127.0.0.1:7420`. */
  readonly url: string;
  readonly port: number;
  /** Takes no new requests; resolves when those under way are answered and streams have ended. */
  close(): Promise<void>;
};

/**
 * Listens.
 *
 * @param at Port 0 takes a free one.
 * @throws TelosError API_KEYS_REQUIRED for an address that other machines reach, without keys; PORT_IN_USE; PORT_UNUSABLE.
 */
export async function serveApi(
  deps: ApiDeps,
  at: { readonly host: string; readonly port: number },
): Promise<ServedApi> {
  if (deps.keys === undefined && !isLoopback(at.host)) {
    throw new TelosError('API_KEYS_REQUIRED', `Other machines can reach ${at.host}, and no API keys are set.`);
  }
  const app = await createApi(deps);
  try {
    await app.listen({ host: at.host, port: at.port });
  } catch (error) {
    await app.close();
    throw listenFailure(error, at);
  }
  const address = app.addresses()[0];
  const port = typeof address === 'object' ? address.port : at.port;
  const host = at.host.includes(':') && !at.host.startsWith('[') ? `[${at.host}]` : at.host;
  return { url: `http://${host}:${port}`, port, close: () => app.close() };
}

function listenFailure(error: unknown, { host, port }: { readonly host: string; readonly port: number }): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new TelosError('PORT_IN_USE', `Another program listens on ${host}:${port}.`, { cause: error });
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new TelosError('PORT_UNUSABLE', `${host}:${port} cannot be listened on (${code}).`, { cause: error });
  }
  return error;
}
