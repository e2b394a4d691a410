import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Less is not worth the time. */
const shortestBytes = 1024;
const packs = {
  // At the level of the best that costs no more time than gzip.
  br: (bytes: Uint8Array) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (bytes: Uint8Array) => promisify(gzip)(bytes),
} as const;

const isText = /^(text\/|application\/(json|problem\+json|javascript|openapi\+json))/;

/** Packs texts that are answered in one piece, where the caller can unpack them. Event streams and files go out as they are. */
export function compressAnswers(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload;
    if (!isPackable(reply) || Buffer.byteLength(payload) < shortestBytes) return payload;
    addVary(reply);
    const encoding = acceptedOf(request.headers['accept-encoding']);
    if (encoding === undefined) return payload;
    reply.header('content-encoding', encoding).removeHeader('content-length');
    return packs[encoding](Buffer.from(payload));
  });
}

/** An answer with a tag is the same bytes each time. */
function isPackable(reply: FastifyReply): boolean {
  return (
    isText.test(String(reply.getHeader('content-type'))) &&
    !reply.hasHeader('content-encoding') &&
    !reply.hasHeader('etag')
  );
}

function addVary(reply: FastifyReply): void {
  const vary = reply.getHeader('vary');
  reply.header('vary', vary === undefined ? 'accept-encoding' : `${String(vary)}, accept-encoding`);
}

/** The one that packs better, of those that are not refused with `q=0`. */
function acceptedOf(header: string | undefined): keyof typeof packs | undefined {
  const accepted = (header ?? '').split(',').flatMap((part) => {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    return parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)) ? [] : [name];
  });
  if (accepted.includes('br')) return 'br';
  return accepted.includes('gzip') || accepted.includes('*') ? 'gzip' : undefined;
}
