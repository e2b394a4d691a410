import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

type Received = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

export type LoopbackServer = {
  /** `http://127.0.0.1:<port>`, and the same as `127.0.0.1:<port>`. */
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  /** Requests in order of arrival, their bodies read. */
  readonly received: readonly Received[];
  /** Connections taken so far. */
  readonly connections: () => number;
};

export type Answering = (request: Received, response: ServerResponse) => void;

/** Serves on a free port of 127.0.0.1 until the test ends. */
export async function serveLoopback(answer: Answering): Promise<LoopbackServer> {
  const received: Received[] = [];
  let connections = 0;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const seen = { method, url, headers, body: Buffer.concat(chunks).toString() };
      received.push(seen);
      answer(seen, response);
    });
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // a TCP server has no other kind of address
  const host = `127.0.0.1:${port}`;
  return { origin: `http://${host}`, host, port, received, connections: () => connections };
}

export function answerJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
