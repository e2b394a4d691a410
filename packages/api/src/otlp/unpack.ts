import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { TelosError } from '@telos/core';

const unpacked = promisify(gunzip);

/**
 * The bytes of a body, unpacked where it was packed.
 *
 * @param encoding As the header `content-encoding` says it.
 * @param most Bytes that it may have then.
 * @throws TelosError MEDIA_TYPE_UNSUPPORTED, BODY_TOO_LARGE, REQUEST_MALFORMED.
 */
export async function unpack(body: Buffer, encoding: string | undefined, most: number): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip')
    throw new TelosError('MEDIA_TYPE_UNSUPPORTED', `A body in the encoding ${encoding} is not read here.`, {
      next: 'Send it as it is, or with `content-encoding: gzip`.',
    });
  try {
    return await unpacked(body, { maxOutputLength: most });
  } catch (error) {
    if (error instanceof RangeError)
      throw new TelosError('BODY_TOO_LARGE', `The body has more than ${most} bytes when it is unpacked.`, {
        cause: error,
      });
    throw new TelosError('REQUEST_MALFORMED', 'The body cannot be unpacked by gzip.', { cause: error });
  }
}
