import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { problemMediaType } from '@telos/contract';
import { TelosError } from '@telos/core';
import { problemOf } from '../problem-of.ts';

/** Answers what is not HTTP, or not whole in time, before there is a request: still a problem document. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const refused = new TelosError('REQUEST_MALFORMED', `The request cannot be read: ${error.code ?? 'not HTTP'}.`);
  const body = JSON.stringify({ ...problemOf(refused, 'none'), status });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: ${problemMediaType}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
