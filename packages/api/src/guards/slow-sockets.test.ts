import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { inline } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

let server: TestServer;
afterEach(() => server.close());

type Talk = {
  readonly socket: Socket;
  /** What the server said, once the connection has ended. */ readonly ended: Promise<string>;
};

function talk(): Talk {
  const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1', allowHalfOpen: true });
  const ended = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('end', () => socket.end());
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
  return { socket, ended };
}

/** Sends a text a character at a time, without end, as long as the connection lives. */
function dribble(socket: Socket, character: string): void {
  const timer = setInterval(() => socket.write(character), 20);
  socket.on('close', () => clearInterval(timer));
}

const head = (length: number): string =>
  `POST /v1/runs HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

describe('a connection', () => {
  it.each<readonly [string, (socket: Socket) => void]>([
    ['says nothing', () => undefined],
    [
      'says its head a letter at a time',
      (socket) => (socket.write('GET / HTTP/1.1\r\nx-slow: '), dribble(socket, 'a')),
    ],
    ['says its body a letter at a time', (socket) => (socket.write(head(100_000)), dribble(socket, ' '))],
    ['stops in the middle of its body', (socket) => socket.write(`${head(100_000)}{"source":`)],
  ])('that %s is ended with 408', async (_, speak) => {
    server = await serveForTest({ requestMs: 300 });
    const { socket, ended } = talk();
    socket.once('connect', () => speak(socket));
    expect(await ended).toMatch(/^HTTP\/1\.1 408 /);
    expect((await server.get('/healthz')).status).toBe(200);
  });

  it('that is half closed in the middle of a request is ended with 400', async () => {
    server = await serveForTest();
    const { socket, ended } = talk();
    socket.end(`${head(1000)}{"source":`);
    expect(await ended).toMatch(/^HTTP\/1\.1 400 |^$/);
  });

  it('that is half closed behind its request does not keep its stream', async () => {
    server = await serveForTest({ streams: 1 });
    const run = await server.start({ name: 'Ada' });
    const { socket, ended } = talk();
    socket.end(`GET /v1/runs/${run}/events HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\n\r\n`);
    await ended;
    const next = await server.get(`/v1/runs/${run}/events`, { accept: 'text/event-stream' });
    expect(next.status).toBe(200);
    await next.body?.cancel();
  });

  it('whose stream nobody reads is ended, and its place is free', async () => {
    server = await serveForTest({ streams: 1, requestMs: 300 });
    const run = await server.start({ name: 'Ada' });
    const { socket, ended } = talk();
    socket.pause();
    socket.write(`GET /v1/runs/${run}/events HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\n\r\n`);
    const events = () => server.get(`/v1/runs/${run}/events`, { accept: 'text/event-stream' });
    const status = async (): Promise<number> => {
      const answer = await events();
      await answer.body?.cancel();
      return answer.status;
    };
    while ((await status()) === 200);
    // More than the buffers of a connection hold.
    const output = inline('x'.repeat(2000));
    const step = { at: 1, path: 's', attempt: 1 };
    await server.append(run, { type: 'run.started', at: 1 }, { type: 'step.started', ...step });
    for (let batch = 0; batch < 20; batch += 1) {
      const call = { kind: 'tool', name: 'x', startedAt: 1, ms: 1, input: output } as const;
      const calls = Array.from(
        { length: 500 },
        (_, index) => ({ type: 'call.finished', ...step, index, call }) as const,
      );
      await server.append(run, ...calls);
    }
    while ((await status()) !== 200);
    socket.resume();
    await ended;
  });
});
