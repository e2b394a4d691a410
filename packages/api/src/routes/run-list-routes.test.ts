import { RunCounts, RunPage } from '@telos/contract';
import { inline } from '@telos/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

let server: TestServer;
let failed: string;
let done: string;
beforeAll(async () => {
  server = await serveForTest();
  failed = await server.start({ name: 'Ada' });
  done = await server.start({ name: 'Bob' });
  const error = { code: 'TOOL_FAILED', kind: 'terminal', message: 'It broke.' } as const;
  const at = Date.now();
  await server.append(failed, { type: 'run.started', at }, { type: 'run.failed', at, error });
  await server.append(done, { type: 'run.started', at }, { type: 'run.succeeded', at, outputs: inline({}) });
});
afterAll(() => server.close());

const where = (text: string) => `where=${encodeURIComponent(text)}`;

describe('searching runs by CEL', () => {
  it('finds those that fit', async () => {
    const query = where('status == "failed" && workflow == "hello" && created_at > now() - duration("1h")');
    const { items } = RunPage.parse(await (await server.get(`/v1/runs?${query}`)).json());
    expect(items.map(({ id }) => id)).toEqual([failed]);
  });

  it('goes with everything else that is asked', async () => {
    const { items } = RunPage.parse(
      await (await server.get(`/v1/runs?workflow=hello&q=hell&${where('status != "failed"')}`)).json(),
    );
    expect(items.map(({ id }) => id)).toEqual([done]);
  });

  it('finds what no index answers: or, not, scores, durations and errors', async () => {
    const idsOf = async (text: string) =>
      RunPage.parse(await (await server.get(`/v1/runs?${where(text)}`)).json()).items.map(({ id }) => id);
    expect(await idsOf('error.code == "TOOL_FAILED" || cost > 5')).toEqual([failed]);
    expect(await idsOf('!(error.code == "TOOL_FAILED") && score == null')).toEqual([done]);
    expect(await idsOf('duration < duration("1h") && workflow.startsWith("hel")')).toEqual([done, failed]);
    expect(await idsOf('score < 0.7 || priority == "high"')).toEqual([]);
  });

  it.each([
    `${'!'.repeat(1901)}(cost > 5)`,
    `${'('.repeat(900)}cost > 5${')'.repeat(900)}`,
    `${'(calls > 1 || '.repeat(110)}cost > 5${')'.repeat(110)}`,
    `${'!(calls > 1 || '.repeat(110)}cost > 5${')'.repeat(110)}`,
    `workflow in [${'"a",'.repeat(450)}"b"] && score == null`,
    String.raw`workflow.contains("\u0000' -- %") || error.code == "\ud800"`,
  ])('answers a condition of any shape or refuses it: %s', async (text) => {
    const answer = await server.get(`/v1/runs?${where(text)}`);
    expect([200, 400]).toContain(answer.status);
  });

  it('says where it cannot be done', async () => {
    const answer = await server.get(`/v1/runs?${where('status == "failed" && mood > 0.5')}`);
    const { errors } = await problemIn(answer, 400, 'REQUEST_MALFORMED');
    expect(errors).toEqual([
      { path: 'querystring.where', line: 1, column: 23, message: expect.stringContaining('`mood`') },
    ]);
  });
});

describe('counting runs', () => {
  it('tells how many there are of each status that fit', async () => {
    const { items } = RunCounts.parse(await (await server.get('/v1/runs/counts')).json());
    const counts = Object.fromEntries(items.map(({ status, count }) => [status, count]));
    expect(counts).toMatchObject({ failed: 1, succeeded: 1, running: 0 });
    const none = RunCounts.parse(await (await server.get(`/v1/runs/counts?${where('status == "paused"')}`)).json());
    expect(none.items.every(({ count }) => count === 0)).toBe(true);
  });
});
