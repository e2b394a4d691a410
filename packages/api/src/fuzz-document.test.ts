/** Every operation of the OpenAPI document, asked with what fits its schemas and with what nearly does. */
import { askEverything, runSucceeded, stepSucceeded } from '@telos/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hello, serveForTest } from './testing/served-api.ts';
import type { TestServer } from './testing/served-api.ts';

let server: TestServer;
/** Ids of what is there, so that some requests find something. */
let known: readonly string[] = [];
beforeAll(async () => {
  server = await serveForTest({ secretNames: new Set() });
  await server.send('PUT', '/v1/workflows/hello', { source: hello });
  const running = await server.start();
  const ended = await server.start();
  const step = { path: 'greet', attempt: 1 };
  await server.append(running, { type: 'run.started', at: 1000 }, { type: 'step.started', at: 1000, ...step });
  await server.append(ended, { type: 'run.started', at: 1000 }, stepSucceeded('greet', 'Hello'), runSucceeded());
  const hash = await server.store.blobs.put(new TextEncoder().encode('{"a":1}'), 'application/json');
  known = [running, ended, hello, 'hello', 'greet', hash, `${running}~2`];
});
afterAll(() => server.close());

/** Bodies whose parts must fit each other, which a schema does not say. */
const examples: { readonly [operation: string]: unknown } = {
  startRun: { workflow: 'hello', inputs: { name: 'Ada' }, callback: { url: 'https://there.example/' } },
  startObjective: { objective: 'Find out who makes it.' },
  publishWorkflow: { source: hello },
  addKey: { name: 'ci', roles: ['viewer'] },
};

const where = [
  'status == "failed"',
  'score < 0.7 || cost > 1',
  '!(error.code == "X") && "a" in tags',
  'duration > duration("5m")',
];

describe('every operation of the OpenAPI document', () => {
  it('is asked, answers as the document says, and never fails by a fault of ours', async () => {
    const statuses = await askEverything({
      url: server.url,
      known,
      examples,
      texts: { where },
      requests: 250,
    });
    expect(server.reported).toEqual([]);
    // What was sent did reach what the operations do, and not their doors alone.
    const reached = [...statuses].filter(([, seen]) => [...seen].some((status) => status < 300)).map(([id]) => id);
    expect(reached).toEqual(
      expect.arrayContaining([
        'startRun',
        'listRuns',
        'getRun',
        'getTrace',
        'getStep',
        'getEvents',
        'cancelRun',
        'signalRun',
        'listApprovals',
        'checkWorkflow',
        'getArtifact',
        'listTools',
        'diffRuns',
        'countRuns',
        'addKey',
        'listKeys',
        'getWorkflowSchema',
        'getRunWorkflow',
        'shareRun',
        'publishWorkflow',
        'listAudit',
        'takeSpans',
      ]),
    );
  }, 120_000);
});
