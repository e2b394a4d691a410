/**
 * A proxy that loses answers: what a client asked for has been done, and the
 * connection breaks before the client hears of it.
 */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export type LossyProxy = {
  /** The server's URL, by way of the proxy. */
  readonly url: string;
  /** Loses an answer for which `loses` is true, and breaks its connection. It is asked about every piece of an answer. */
  loseWhen(loses: () => boolean): void;
  /** Answers lost so far. */
  lost(): number;
  stop(): Promise<void>;
};

/** @param url Of the server, with its port. */
export async function startLossyProxy(url: string): Promise<LossyProxy> {
  const target = new URL(url);
  const open = new Set<Socket>();
  let loses = (): boolean => false;
  let lost = 0;

  const proxy = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    for (const socket of [client, server]) {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      socket.on('error', () => {
        client.destroy();
        server.destroy();
      });
    }
    client.pipe(server);
    server.on('data', (piece) => {
      if (loses()) {
        lost += 1;
        client.destroy();
        server.destroy();
      } else client.write(piece);
    });
    server.on('end', () => client.end());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const own = new URL(url);
  // Safe: it listens on TCP.
  own.port = String((proxy.address() as AddressInfo).port);
  own.hostname = '127.0.0.1';

  return {
    url: own.href,
    loseWhen(given) {
      loses = given;
    },
    lost: () => lost,
    async stop() {
      const closed = new Promise((resolve) => proxy.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
