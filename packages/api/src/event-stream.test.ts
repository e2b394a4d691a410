import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { openEventStream } from './event-stream.ts';
import type { EventStream } from './event-stream.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A stream on a real socket, and the reader's end of it, which reads nothing until it is resumed. */
async function connected(): Promise<{ stream: EventStream; response: ServerResponse; reader: Socket }> {
  const responses: ((response: ServerResponse) => void)[] = [];
  const arriving = new Promise<ServerResponse>((resolve) => responses.push(resolve));
  const server = createServer((_request, response) => responses[0]?.(response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP, so the address has a port
  const reader = connect(port, '127.0.0.1');
  reader.pause();
  reader.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
  const response = await arriving;
  closers.push(() => {
    reader.destroy();
    server.close();
  });
  return { stream: openEventStream(response, { 'x-test': 'yes' }), response, reader };
}

const large = { id: 1, event: 'x', data: 'x'.repeat(100_000) };

/** Writes until the reader is behind; gives the write that waits for it, in an object so that nobody awaits it unasked. */
async function untilBehind(
  stream: EventStream,
  response: ServerResponse,
): Promise<{ readonly waiting: Promise<void> }> {
  for (let written = 0; written < 10_000; written += 1) {
    const waiting = stream.write(large);
    await turn();
    await turn();
    if (response.writableNeedDrain) return { waiting };
    await waiting;
  }
  throw new Error('the reader was never behind');
}

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  await turn();
  const pending = Symbol('pending');
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

describe('an event stream', () => {
  it('waits for a reader who is behind, holding one message at most, and goes on when the reader does', async () => {
    const { stream, response, reader } = await connected();
    const { waiting } = await untilBehind(stream, response);
    expect(await isSettled(waiting)).toBe(false);
    expect(response.writableLength).toBeLessThan(2 * large.data.length);
    reader.resume();
    await waiting;
    expect(response.writableNeedDrain).toBe(false);
  });

  it('drops what is only offered, and heartbeats, while the reader is behind', async () => {
    const { stream, response, reader } = await connected();
    const { waiting } = await untilBehind(stream, response);
    const held = response.writableLength;
    stream.offer({ event: 'live', data: 'dropped' });
    stream.heartbeat();
    expect(response.writableLength).toBe(held);
    let text = '';
    reader.on('data', (chunk: Buffer) => (text += chunk.toString())).resume();
    await waiting;
    stream.offer({ event: 'live', data: 'kept' });
    stream.end();
    await new Promise((resolve) => reader.once('end', resolve).once('close', resolve));
    expect(text).toContain('"kept"');
    expect(text).not.toContain('"dropped"');
  });

  it('lets go of a reader who has left', async () => {
    const { stream, response, reader } = await connected();
    const { waiting } = await untilBehind(stream, response);
    reader.destroy();
    await waiting;
    await stream.write(large);
    stream.offer(large);
    stream.heartbeat();
    stream.end();
    expect(response.destroyed || response.writableEnded).toBe(true);
  });

  it('writes messages as the standard has them', async () => {
    const { stream, reader } = await connected();
    await stream.write({ id: 7, event: 'run.started', data: { text: 'a\nb' } });
    stream.heartbeat();
    stream.end();
    let text = '';
    reader.on('data', (chunk: Buffer) => (text += chunk.toString())).resume();
    await new Promise((resolve) => reader.once('end', resolve));
    expect(text).toContain('content-type: text/event-stream; charset=utf-8');
    expect(text).toContain('id: 7\nevent: run.started\ndata: {"text":"a\\nb"}\n\n');
    expect(text).toContain(':\n\n');
  });
});
