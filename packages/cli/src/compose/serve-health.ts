/** What whoever keeps a worker running asks: does it live, does its store answer, and what does it do. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TelosError } from '@telos/core';
import type { Store } from '@telos/core';

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

export type Healthy = {
  readonly store: Pick<Store, 'runs'>;
  metrics(): readonly string[];
  /** Whether it takes nothing more, and only ends what is under way: it lives, and is not ready. */
  isDraining(): boolean;
};

/** @throws TelosError PORT_IN_USE. */
export async function serveHealth(port: number, { store, metrics, isDraining }: Healthy): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
    };
    if (request.url === '/healthz') answer(200, { status: 'ok' });
    else if (request.url === '/metrics') {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
      response.end(`${metrics().join('\n')}\n`);
    } else if (request.url !== '/readyz')
      answer(404, { status: 'unknown', message: 'Ask /healthz, /readyz or /metrics.' });
    else if (isDraining()) answer(503, { status: 'draining' });
    else {
      store.runs.list({}, 1).then(
        () => answer(200, { status: 'ready' }),
        (error: unknown) =>
          answer(503, { status: 'unavailable', code: error instanceof TelosError ? error.code : 'BUG' }),
      );
    }
  });
  server.headersTimeout = 5000;
  server.requestTimeout = 5000;
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new TelosError('PORT_IN_USE', `Nothing can listen on 127.0.0.1:${port}.`, { cause: error });
  }
  // A server that listens on a port has an address with one.
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
