import { TelosError } from '@telos/core';
import { RunTest } from '@telos/contract';
import { describe, expect, it, onTestFinished } from 'vitest';
import { problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

async function served(deps: Parameters<typeof serveForTest>[0]): Promise<TestServer> {
  const server = await serveForTest(deps);
  onTestFinished(() => server.close());
  return server;
}

describe('GET /v1/runs/{id}/test', () => {
  it('gives what the composition root makes of the run, by the name and the privacy that are asked for', async () => {
    const server = await served({
      testOf: async (run, { keepsPrivate, name = 'run_1' }) => {
        if (run === 'odd') throw new TelosError('TEST_NOT_REPEATABLE', 'It ended otherwise.');
        const text = `${run} ${keepsPrivate}`;
        const test = { name: 'hello.test.yaml', text };
        return { case: name, test, cassette: { name: 'hello.cassette.yaml', text: '' }, masked: 2 };
      },
    });
    const plain = RunTest.parse(await (await server.get('/v1/runs/a1/test')).json());
    expect(plain).toMatchObject({ case: 'run_1', test: { text: 'a1 false' }, masked: 2 });
    const asked = RunTest.parse(await (await server.get('/v1/runs/a1/test?case=mine&keep_private=true')).json());
    expect(asked).toMatchObject({ case: 'mine', test: { text: 'a1 true' } });
    await problemIn(await server.get('/v1/runs/a1/test?case=Mine'), 400, 'REQUEST_MALFORMED');
    await problemIn(await server.get('/v1/runs/odd/test'), 422, 'TEST_NOT_REPEATABLE');
  });

  it('is not there where nobody makes tests', async () => {
    const server = await served({});
    await problemIn(await server.get('/v1/runs/a1/test'), 404, 'ROUTE_NOT_FOUND');
  });
});
