/**
 * A gate before a server: connections go through it to the server, and a test says
 * what becomes of them, as if the network or the server had failed.
 */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export type Gate = {
  /** The URL of the server, through the gate. */
  readonly url: string;
  /** Breaks every connection and refuses new ones. */
  shut(): void;
  /** Lets nothing through any more, in either direction, and says nothing: connections stay, new ones too. */
  freeze(): void;
  /** Lets connections through again; those that were frozen are broken. */
  open(): void;
  /** Connections through the gate now. */
  connections(): number;
  close(): Promise<void>;
};

export async function startGate(to: string): Promise<Gate> {
  const target = new URL(to);
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: 'open' | 'shut' | 'frozen' = 'open';

  const server = createServer((client) => {
    if (state === 'shut') {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        pairs.delete(pair);
        for (const end of pair) end.destroy();
      });
    }
    client.on('data', (chunk: Buffer) => state === 'open' && upstream.write(chunk));
    upstream.on('data', (chunk: Buffer) => state === 'open' && client.write(chunk));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  // Safe: a server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  const url = new URL(to);
  url.hostname = '127.0.0.1';
  url.port = `${port}`;

  function breakAll(): void {
    for (const [client] of pairs) client.destroy();
  }

  return {
    url: url.href,
    shut() {
      state = 'shut';
      breakAll();
    },
    freeze() {
      state = 'frozen';
    },
    open() {
      if (state === 'frozen') breakAll();
      state = 'open';
    },
    connections: () => pairs.size,
    close() {
      breakAll();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}
