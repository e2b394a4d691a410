import { HashView, Problem } from '@telos/contract';
import { TelosError } from '@telos/core';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import type { ApiServer } from './api-server.ts';

/** Types that a browser shows without running anything in them; all others are saved instead. */
const shown = new Set(['application/json', 'text/plain', 'image/png', 'image/jpeg', 'image/webp', 'image/gif']);
const extensions: { readonly [type: string]: string } = {
  'application/json': '.json',
  'text/plain': '.txt',
  'text/markdown': '.md',
  'text/html': '.html',
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/webp': '.webp',
  'image/gif': '.gif',
  'application/pdf': '.pdf',
};

/** Blobs by hash: large values and files of runs. What a model or the web wrote never runs as a page of this server. */
export function artifactRoutes(app: ApiServer, deps: ApiDeps): void {
  app.get(
    '/v1/artifacts/:hash',
    {
      schema: {
        tags: ['artifacts'],
        operationId: 'getArtifact',
        summary: 'A large value or a file of a run, by its SHA-256',
        params: z.object({ hash: HashView }),
        response: {
          200: { description: 'Its bytes', content: { 'application/octet-stream': { schema: z.string() } } },
          304: z.undefined().describe('The caller has it: content under a hash never changes'),
          default: Problem,
        },
      },
    },
    async (request, reply) => {
      const { hash } = request.params;
      const etag = `"${hash}"`;
      const blob = await deps.store.blobs.get(hash);
      if (blob === undefined) throw new TelosError('ARTIFACT_NOT_FOUND', `Nothing is stored under ${hash}.`);
      reply.headers({ etag, 'cache-control': 'private, max-age=31536000, immutable' });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send(undefined);
      const declared = blob.mediaType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
      const type = /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/.test(declared) ? declared : 'application/octet-stream';
      const place = shown.has(type) ? 'inline' : 'attachment';
      reply.headers({
        'content-type': type.startsWith('text/') ? `${type}; charset=utf-8` : type,
        'content-disposition': `${place}; filename="${hash.slice(0, 16)}${extensions[type] ?? '.bin'}"`,
        'content-security-policy': "default-src 'none'; sandbox",
      });
      return reply.send(Buffer.from(blob.bytes) as never); // bytes as they are; the schema names them a string
    },
  );
}
