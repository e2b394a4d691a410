import type { ServerResponse } from 'node:http';

export type StreamMessage = { readonly id?: number; readonly event: string; readonly data: unknown };

/** Server-sent events to one reader, who sets the pace. */
export interface EventStream {
  /** Sends a message; resolves when the reader can take another, or is gone. */
  write(message: StreamMessage): Promise<void>;
  /** Sends a message unless the reader is behind; then it is dropped. */
  offer(message: StreamMessage): void;
  /** A comment, so that proxies and readers see that the connection lives. */
  heartbeat(): void;
  end(): void;
}

/** Milliseconds until a browser that lost the stream asks again. */
const reconnectMs = 2_000;

/** Writes the head of a stream. The caller has taken the response over from its framework. */
export function openEventStream(
  response: ServerResponse,
  headers: { readonly [name: string]: number | string | readonly string[] | undefined },
): EventStream {
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'keep-alive',
    'x-accel-buffering': 'no',
  });
  response.write(`retry: ${reconnectMs}\n\n`);

  const drained = () =>
    new Promise<void>((resolve) => {
      const done = () => {
        response.off('drain', done);
        response.off('close', done);
        resolve();
      };
      response.on('drain', done);
      response.on('close', done);
      if (response.destroyed || !response.writableNeedDrain) done();
    });

  return {
    async write(message) {
      if (response.destroyed || response.writableEnded) return;
      if (!response.write(textOf(message))) await drained();
    },
    offer(message) {
      if (!response.destroyed && !response.writableEnded && !response.writableNeedDrain)
        response.write(textOf(message));
    },
    heartbeat() {
      if (!response.destroyed && !response.writableEnded && !response.writableNeedDrain) response.write(':\n\n');
    },
    end() {
      if (!response.writableEnded) response.end();
    },
  };
}

/** JSON has no line breaks of its own, so one `data:` line holds it. */
function textOf({ id, event, data }: StreamMessage): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
