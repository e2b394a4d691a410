import { Problem } from '@telos/contract';
import { TelosError } from '@telos/core';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { readRun } from '../run-view/read-run.ts';
import { sharePolicy } from '../share/share-html.ts';
import { shareRun } from '../share/share-run.ts';
import { RunParams } from './api-server.ts';
import type { ApiServer } from './api-server.ts';

/** A run as a file that can be sent to somebody. */
export function shareRoute(app: ApiServer, { store, secretNames, secrets }: ApiDeps): void {
  const values = () => [...(secretNames ?? [])].flatMap((name) => secrets?.value(name) ?? []);
  app.get(
    '/v1/runs/:id/share',
    {
      schema: {
        tags: ['runs'],
        operationId: 'shareRun',
        summary: 'A run as one HTML file, with what is private masked',
        description:
          'It needs no server and runs no script. Values that carry the label `private` are masked, and so are secrets and whatever repeats either.',
        params: RunParams,
        response: {
          200: { description: 'The file', content: { 'text/html': { schema: z.string() } } },
          default: Problem,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const run = await readRun(store, id);
      if (run === undefined) throw new TelosError('RUN_NOT_FOUND', `There is no run ${id}.`, { details: { run: id } });
      reply.headers({
        'content-type': 'text/html; charset=utf-8',
        // Saved rather than shown: nothing of a run is a page of this server.
        'content-disposition': `attachment; filename="${fileName(run.folded.created.workflow, id)}"`,
        'content-security-policy': `${sharePolicy}; sandbox`,
      });
      return reply.send(await shareRun(store.blobs, run, values()));
    },
  );
}

function fileName(workflow: string, id: string): string {
  return `${`${workflow}-${id.slice(-8)}`.replaceAll(/[^A-Za-z0-9_.-]/g, '_')}.html`;
}
