import { pipeline } from 'node:stream';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { TelosError } from '@telos/core';

const decoders: { readonly [encoding: string]: () => Transform } = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
};

/**
 * Reads a body to its end and undoes its content encoding. The bound holds for
 * what comes out, so a small body that unpacks to gigabytes stops at `maxBytes`.
 * @throws TelosError HTTP_TOO_LARGE, or HTTP_BODY_INVALID for an encoding that is unknown or broken.
 */
export async function readBoundedBody(
  body: Readable,
  options: { readonly encoding: string | undefined; readonly maxBytes: number; readonly host: string },
): Promise<Uint8Array> {
  const { maxBytes, host } = options;
  const encoding = options.encoding?.trim().toLowerCase() ?? 'identity';
  const decoder = encoding === 'identity' || encoding === '' ? undefined : decoders[encoding];
  if (decoder === undefined && encoding !== 'identity' && encoding !== '') {
    body.destroy();
    throw new TelosError(
      'HTTP_BODY_INVALID',
      `${host} answered in the content encoding "${encoding}", which is not understood`,
    );
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  const stream: Readable = decoder === undefined ? body : pipeline(body, decoder(), () => undefined);
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      // binary streams yield buffers
      size += chunk.byteLength;
      if (size > maxBytes) throw tooLarge(host, maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    if (decoder !== undefined && isDecodingError(error)) throw broken(host, encoding, error);
    throw error;
  }
  return Buffer.concat(chunks, size);
}

export function tooLarge(host: string, maxBytes: number): TelosError {
  return new TelosError('HTTP_TOO_LARGE', `The answer of ${host} is larger than ${maxBytes} bytes`, {
    details: { host, max_bytes: maxBytes },
  });
}

/** Errors of zlib, and not of the connection below it. */
function isDecodingError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^(Z_|ZSTD_|ERR_(?!STREAM_))/.test(String(error.code));
}

function broken(host: string, encoding: string, cause: Error): TelosError {
  return new TelosError('HTTP_BODY_INVALID', `${host} sent a body that is not valid ${encoding}`, { cause });
}
