import { inline, TelosError } from '@telos/core';
import { RunDetail, RunPage, RunReceipt, RunWorkflow, StepDetail, Trace } from '@telos/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hello, problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

let server: TestServer;
beforeEach(async () => {
  server = await serveForTest();
});
afterEach(() => server.close());

const at = Date.UTC(2026, 0, 1);
const end = { type: 'run.succeeded', at, outputs: inline({ greeting: 'Hello, Ada!' }) } as const;

describe('starting a run', () => {
  it('stores the run, calls a worker, and says where it is', async () => {
    const answer = await server.send('POST', '/v1/runs', {
      source: hello,
      inputs: { name: 'Ada' },
      tags: ['a', 'a', 'b'],
    });
    expect(answer.status).toBe(202);
    const receipt = RunReceipt.parse(await answer.json());
    expect(receipt).toMatchObject({ workflow: 'hello', status: 'pending', existing: false });
    expect(answer.headers.get('location')).toBe(`/v1/runs/${receipt.id}`);
    expect(await server.store.runs.get(receipt.id)).toMatchObject({ status: 'pending', tags: ['a', 'b'] });
    expect(await server.store.programs.get(receipt.program)).toMatchObject({ id: 'hello', source: hello });
    const turn = { share: 'default', priority: 'normal' };
    expect(server.offered).toEqual([{ kind: 'run', queue: 'default', run: receipt.id, ...turn }]);
  });

  it('gives the workflow that the run carries out, though nobody published it', async () => {
    const id = await server.start({ name: 'Ada' });
    const shown = RunWorkflow.parse(await (await server.get(`/v1/runs/${id}/workflow`)).json());
    expect(shown).toMatchObject({ id: 'hello', source: hello, steps: [{ path: 'greet', uses: 'transform' }] });
    await problemIn(await server.get('/v1/runs/nope/workflow'), 404, 'RUN_NOT_FOUND');
  });

  it('applies defaults, keeps the budget and continues the trace of the caller', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const body = { source: hello, inputs: { name: 'Ada' }, budget: { usd: 1, wall_ms: 1000 } };
    const { id } = RunReceipt.parse(await (await server.send('POST', '/v1/runs', body, { traceparent })).json());
    const detail = RunDetail.parse(await (await server.get(`/v1/runs/${id}`)).json());
    expect(detail.inputs).toEqual({ name: 'Ada', times: 1 });
    expect(detail.budget).toEqual({ usd: 1, wall_ms: 1000, on_exceeded: 'fail' });
    expect(Trace.parse(await (await server.get(`/v1/runs/${id}/trace`)).json()).trace_id).toBe('a'.repeat(32));
  });

  it.each([
    [
      'with its trace',
      { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'a=1 , b=2' },
      'a=1,b=2',
    ],
    ['not without a trace', { tracestate: 'a=1' }, undefined],
    [
      'not with a trace that is malformed',
      { traceparent: `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'a=1' },
      undefined,
    ],
    [
      'not when it is malformed itself',
      { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'A=1' },
      undefined,
    ],
  ])("keeps the state of the caller's trace, %s", async (_how, headers, kept) => {
    const id = await server.start({ name: 'Ada' }, headers);
    const { value } = await server.store.journal.read(id)[Symbol.asyncIterator]().next();
    expect(value?.event.tracestate).toBe(kept);
  });

  it('keeps large inputs beside the journal and shows them whole', async () => {
    const name = 'x'.repeat(100_000);
    const id = await server.start({ name });
    const detail = RunDetail.parse(await (await server.get(`/v1/runs/${id}`)).json());
    expect(detail.inputs).toEqual({ name, times: 1 });
  });

  it('calls a worker in the turn of its namespace and priority', async () => {
    const mine = { source: hello, inputs: { name: 'Ada' }, namespace: 'acme', priority: 'high' };
    const { id } = RunReceipt.parse(await (await server.send('POST', '/v1/runs', mine)).json());
    expect(server.offered).toEqual([{ kind: 'run', queue: 'default', run: id, share: 'acme', priority: 'high' }]);
  });

  it('takes a published workflow by its id', async () => {
    await server.send('PUT', '/v1/workflows/hello', { source: hello });
    const answer = await server.send('POST', '/v1/runs', { workflow: 'hello', inputs: { name: 'Ada' } });
    expect(answer.status).toBe(202);
  });

  it('gives the same run for the same key and request, and refuses the key for another', async () => {
    const headers = { 'idempotency-key': 'order-17' };
    const body = { source: hello, inputs: { name: 'Ada' } };
    const answers = await Promise.all(Array.from({ length: 20 }, () => server.send('POST', '/v1/runs', body, headers)));
    const receipts = await Promise.all(answers.map(async (answer) => RunReceipt.parse(await answer.json())));
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(1);
    expect(receipts.filter(({ existing }) => !existing)).toHaveLength(1);
    const other = { source: hello, inputs: { name: 'Bob' } };
    await problemIn(await server.send('POST', '/v1/runs', other, headers), 409, 'IDEMPOTENCY_MISMATCH');
  });

  it('gives the run of a key also when the same request would be refused by now', async () => {
    const headers = { 'idempotency-key': 'order-18' };
    const body = { workflow: 'hello', inputs: { name: 'Ada' } };
    const send = () => server.send('POST', '/v1/runs', body, headers);
    await server.send('PUT', '/v1/workflows/hello', { source: hello });
    const { id } = RunReceipt.parse(await (await send()).json());
    await server.send('PUT', '/v1/workflows/hello', { source: hello.replace('times:', 'more: string\n  times:') });
    await problemIn(await server.send('POST', '/v1/runs', body), 422, 'INPUT_INVALID');
    expect(RunReceipt.parse(await (await send()).json())).toMatchObject({ id, existing: true });
    await server.send('DELETE', '/v1/workflows/hello');
    expect(RunReceipt.parse(await (await send()).json())).toMatchObject({ id, existing: true });
    expect(await server.store.runs.count({})).toBe(1);
    expect(server.offered).toHaveLength(3);
  });

  it('names the inputs that do not fit, and the place within them', async () => {
    const source = hello.replace('times:', 'list: { type: array, items: { type: integer }, default: [] }\n  times:');
    const body = { source, inputs: { times: 'x', list: [1, 'y'] } };
    const problem = await problemIn(await server.send('POST', '/v1/runs', body), 422, 'INPUT_INVALID');
    expect(problem.errors?.map(({ path }) => path).toSorted()).toEqual([
      'inputs.list[1]',
      'inputs.name',
      'inputs.times',
    ]);
  });

  it.each([
    ['an unknown workflow', { workflow: 'nothing' }, 404, 'WORKFLOW_NOT_FOUND'],
    ['a missing input', { source: hello }, 422, 'INPUT_INVALID'],
    ['an input of another type', { source: hello, inputs: { name: 3 } }, 422, 'INPUT_INVALID'],
    ['an input that is not declared', { source: hello, inputs: { name: 'a', nam: 'b' } }, 422, 'INPUT_INVALID'],
    ['a tool that is not there', { source: hello.replace('transform', 'transfrom') }, 422, 'WORKFLOW_INVALID'],
    ['text that is no workflow', { source: ': [' }, 422, 'WORKFLOW_INVALID'],
    ['neither workflow nor source', {}, 400, 'REQUEST_MALFORMED'],
    ['an unknown field', { workflow: 'hello', input: {} }, 400, 'REQUEST_MALFORMED'],
  ])('refuses %s and stores no run', async (_title, body, status, code) => {
    const problem = await problemIn(await server.send('POST', '/v1/runs', body), status, code);
    if (status !== 404) expect(problem.errors?.length).toBeGreaterThan(0);
    expect(await server.store.runs.count({})).toBe(0);
    expect(server.offered).toEqual([]);
  });

  it('names the published workflow that is nearest to an unknown one', async () => {
    await server.send('PUT', '/v1/workflows/hello', { source: hello });
    const answer = await server.send('POST', '/v1/runs', { workflow: 'helo' });
    const problem = await problemIn(answer, 404, 'WORKFLOW_NOT_FOUND');
    expect(problem.detail).toContain('Did you mean hello?');
    expect(problem.next).toContain('GET /v1/workflows');
  });

  it('says every fault of a workflow with its place', async () => {
    const source = hello.replace('transform', 'transfrom').replace('inputs.name', 'inputs.nme');
    const { errors } = await problemIn(await server.send('POST', '/v1/runs', { source }), 422, 'WORKFLOW_INVALID');
    expect(errors?.length).toBeGreaterThanOrEqual(2);
    for (const error of errors ?? [])
      expect(error).toMatchObject({ line: expect.any(Number), column: expect.any(Number) });
  });

  it('refuses a workflow whose model cannot be called', async () => {
    const source = `telos: 1\nid: ask\nsteps:\n  - { id: a, uses: llm, with: { model: openai/gpt-5.2, prompt: Hi } }\n`;
    const problem = await problemIn(await server.send('POST', '/v1/runs', { source }), 422, 'REQUIREMENT_MISSING');
    expect(problem.next).toContain('OPENAI_API_KEY');
  });

  it.each([
    ['POST', '/v1/runs', { workflow: 'hello', input: {} }, 'body.input', 'did you mean `inputs`?'],
    ['POST', '/v1/runs', { workflow: 'hello', env: {} }, 'body.env', 'there are workflow, source, inputs,'],
    [
      'POST',
      '/v1/runs',
      { workflow: 'hello', budget: { dollars: 1 } },
      'body.budget.dollars',
      'there are usd, tokens,',
    ],
    ['POST', '/v1/runs', { workflow: 'hello', callback: 'https://a.example' }, 'body.callback', 'expected object'],
    ['GET', '/v1/runs?status=done', undefined, 'querystring.status.0', 'expected one of "pending"|"running"'],
    ['GET', '/v1/runs?limit=abc', undefined, 'querystring.limit', 'expected a number'],
    ['GET', '/v1/runs?stauts=failed', undefined, 'querystring.stauts', 'did you mean `status`?'],
  ] as const)('says of %s %s %j which field would do', async (method, path, body, field, message) => {
    const problem = await problemIn(await server.send(method, path, body), 400, 'REQUEST_MALFORMED');
    expect(problem.errors).toMatchObject([{ path: field, message: expect.stringContaining(message) as unknown }]);
  });

  it('refuses a key that cannot be one', async () => {
    const headers = { 'idempotency-key': 'x'.repeat(201) };
    await problemIn(
      await server.send('POST', '/v1/runs', { source: hello, inputs: { name: 'a' } }, headers),
      400,
      'REQUEST_MALFORMED',
    );
  });
});

describe('a queue that is away', () => {
  it('hinders neither a start nor a cancel: both are stored, and workers find them', async () => {
    const reported: string[] = [];
    const other = await serveForTest({
      queue: {
        offer: async () => Promise.reject(new Error('the queue is away')),
        serve: () => ({ stop: async () => {} }),
        cancel: async () => {},
        close: async () => {},
      },
      report: (_error, about) => reported.push(about),
    });
    const id = await other.start();
    expect(await other.store.runs.get(id)).toMatchObject({ status: 'pending' });
    expect(await other.store.leases.lapsed(10)).toEqual([id]);
    expect((await other.send('POST', `/v1/runs/${id}/cancel`)).status).toBe(202);
    expect(reported).toEqual([id, id]);
    await other.close();
  });
});

describe('stating an objective', () => {
  it('starts a run that plans, with what was said as inputs and never as expressions', async () => {
    const objective = 'Find out why ${{ secrets.KEY }} is said';
    const answer = await server.send('POST', '/v1/objectives', {
      objective,
      criteria: ['quotes a source'],
      tools: ['llm'],
    });
    expect(answer.status).toBe(202);
    const { id, workflow } = RunReceipt.parse(await answer.json());
    expect(workflow).toBe('objective');
    const detail = RunDetail.parse(await (await server.get(`/v1/runs/${id}`)).json());
    expect(detail.inputs).toEqual({ objective, criteria: ['quotes a source'] });
    expect(detail.steps).toMatchObject([{ path: 'work', kind: 'plan', status: 'pending' }]);
  });

  it('takes how many plans it may take, what they may spend, and who is to see each first', async () => {
    const answer = await server.send('POST', '/v1/objectives', {
      objective: 'Find out why it is said',
      rounds: 3,
      approve: { who: ['editors'], timeout: '2d', on_timeout: 'reject' },
      budget: { usd: 0.5 },
    });
    const { id } = RunReceipt.parse(await answer.json());
    const detail = RunDetail.parse(await (await server.get(`/v1/runs/${id}`)).json());
    expect(detail.budget).toMatchObject({ usd: 0.5 });
    const stored = await server.store.programs.get(detail.program);
    expect(stored?.program).toMatchObject({
      steps: [{ rounds: 3, approve: { who: ['editors'], timeoutMs: 172_800_000, onTimeout: 'reject' } }],
    });
  });

  it.each([
    {},
    { objective: 'long enough', rounds: 6 },
    { objective: 'long enough', approve: 'me' },
    { objective: 'short' },
    { objective: 'long enough', tools: ['${{ x }}'] },
    { objective: 'long enough', plan: 1 },
  ])('is refused as %j', async (body) => {
    await problemIn(await server.send('POST', '/v1/objectives', body), 400, 'REQUEST_MALFORMED');
  });
});

describe('waiting for the end', () => {
  it('answers 200 with the outputs when the run ends in time', async () => {
    const answering = server.send(
      'POST',
      '/v1/runs',
      { source: hello, inputs: { name: 'Ada' } },
      { prefer: 'respond-async, wait=30' },
    );
    await expect.poll(() => server.offered.length).toBe(1);
    await server.append(server.offered[0]?.run ?? '', { type: 'run.started', at }, end);
    const answer = await answering;
    expect(answer.status).toBe(200);
    expect(answer.headers.get('preference-applied')).toBe('wait=30');
    expect(RunReceipt.parse(await answer.json())).toMatchObject({
      status: 'succeeded',
      outputs: { greeting: 'Hello, Ada!' },
    });
  });

  it('answers 202 when it does not', async () => {
    const answer = await server.send(
      'POST',
      '/v1/runs',
      { source: hello, inputs: { name: 'Ada' } },
      { prefer: 'wait=0' },
    );
    expect(answer.status).toBe(202);
    expect(RunReceipt.parse(await answer.json()).status).toBe('pending');
  });
});

describe('listing runs', () => {
  it('pages through them, newest first, each once', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 7; index += 1) ids.unshift(await server.start({ name: String(index) }));
    const seen: string[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const query: string = next === '' ? '?limit=3' : `?limit=3&cursor=${encodeURIComponent(next)}`;
      const page = RunPage.parse(await (await server.get(`/v1/runs${query}`)).json());
      seen.push(...page.items.map(({ id }) => id));
      next = page.next;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen)).toEqual(new Set(ids));
  });

  it('filters by status, workflow, tag, time, cost and text', async () => {
    const id = await server.start();
    const ended = await server.start();
    await server.append(ended, { type: 'run.started', at }, end);
    const found = async (query: string) =>
      RunPage.parse(await (await server.get(`/v1/runs?${query}`)).json()).items.map((run) => run.id);
    expect(await found('status=pending')).toEqual([id]);
    expect(await found('status=succeeded,failed')).toEqual([ended]);
    expect(await found('status=succeeded&status=failed')).toEqual([ended]);
    expect((await found('workflow=hello')).length).toBe(2);
    expect(await found('workflow=other')).toEqual([]);
    expect(await found('tag=none')).toEqual([]);
    expect(await found('min_cost=0.01')).toEqual([]);
    expect(await found('until=2020-01-01T00:00:00Z')).toEqual([]);
    expect((await found('since=2020-01-01T00:00:00%2B02:00')).length).toBe(2);
    expect(await found(`q=${id}`)).toEqual([id]);
  });

  it.each(['status=done', 'limit=0', 'limit=201', 'limit=x', 'since=yesterday', 'cursor=!!', 'order=up'])(
    'refuses %s',
    async (query) => {
      const answer = await server.get(`/v1/runs?${query}`);
      expect(answer.status).toBe(400);
      await answer.body?.cancel();
    },
  );
});

describe('a run', () => {
  it('shows its steps, a step whole, and its trace', async () => {
    const id = await server.start();
    await server.append(
      id,
      { type: 'run.started', at },
      { type: 'step.started', at, path: 'greet', attempt: 1, input: inline({ value: 'Hello, Ada!' }) },
      { type: 'step.succeeded', at, path: 'greet', attempt: 1, output: inline('Hello, Ada!') },
      end,
    );
    const detail = RunDetail.parse(await (await server.get(`/v1/runs/${id}`)).json());
    expect(detail).toMatchObject({ status: 'succeeded', outputs: { greeting: 'Hello, Ada!' }, waiting_for: [] });
    expect(detail.steps).toMatchObject([{ path: 'greet', kind: 'action', uses: 'transform', status: 'succeeded' }]);
    const step = StepDetail.parse(await (await server.get(`/v1/runs/${id}/steps/greet`)).json());
    expect(step).toMatchObject({
      run_id: id,
      input: { value: { value: 'Hello, Ada!' } },
      output: { value: 'Hello, Ada!' },
      source: { program: detail.program, text: expect.stringContaining('id: greet'), line: expect.any(Number) },
    });
    const trace = Trace.parse(await (await server.get(`/v1/runs/${id}/trace`)).json());
    expect(trace.spans.map(({ name, status }) => [name, status])).toEqual([
      ['invoke_workflow', 'ok'],
      ['step', 'ok'],
    ]);
    const bare = Trace.parse(await (await server.get(`/v1/runs/${id}/trace?payloads=false`)).json());
    expect(bare.spans[0]).not.toHaveProperty('input');
  });

  it('finds a step whose path has brackets and hashes', async () => {
    const id = await server.start();
    await server.append(id, { type: 'run.started', at }, { type: 'step.started', at, path: 'a[3].do#1.b', attempt: 1 });
    const answer = await server.get(`/v1/runs/${id}/steps/${encodeURIComponent('a[3].do#1.b')}`);
    expect(StepDetail.parse(await answer.json()).frame).toBe('a[3].do#1');
  });

  it.each(['', '/trace', '/events', '/steps/a'])('is a 404 when there is none, at %s', async (suffix) => {
    await problemIn(await server.get(`/v1/runs/0000${suffix}`), 404, 'RUN_NOT_FOUND');
  });

  it('is a 404 for a step that it has not', async () => {
    const id = await server.start();
    await problemIn(await server.get(`/v1/runs/${id}/steps/nothing`), 404, 'STEP_NOT_FOUND');
  });
});

describe('a run that waits for a place', () => {
  it('says who has it, until it is let in', async () => {
    const source = `${hello}limits: { concurrency: { key: one, max: 1 } }\n`;
    const start = async (): Promise<string> =>
      RunReceipt.parse(await (await server.send('POST', '/v1/runs', { source, inputs: { name: 'Ada' } })).json()).id;
    const [first, second] = [await start(), await start()];
    const reasons = async () => RunDetail.parse(await (await server.get(`/v1/runs/${second}`)).json()).waiting_for;
    expect(await reasons()).toMatchObject([
      { message: `The run waits for its turn: the one place of \`hello/one\` is taken by ${first}. It is the next.` },
    ]);
    await server.append(first, { type: 'run.started', at }, { type: 'run.cancelled', at, reason: 'enough' });
    expect((await reasons())[0]?.message).toContain('No worker has taken the run yet');
  });
});

describe('cancelling a run', () => {
  it('stores the wish, calls a worker, and shows it until it is carried out', async () => {
    const id = await server.start();
    const answer = await server.send('POST', `/v1/runs/${id}/cancel`, { reason: 'no longer wanted' });
    expect(answer.status).toBe(202);
    expect(await server.store.inbox.pending(id)).toMatchObject([{ kind: 'cancel', reason: 'no longer wanted' }]);
    expect(server.offered).toHaveLength(2);
    const detail = RunDetail.parse(await (await server.get(`/v1/runs/${id}`)).json());
    expect(detail.waiting_for[0]?.message).toContain('no longer wanted');
  });

  it('needs no body', async () => {
    const id = await server.start();
    expect((await server.send('POST', `/v1/runs/${id}/cancel`)).status).toBe(202);
  });

  it('is a 409 for a run that has ended and a 404 for none', async () => {
    const id = await server.start();
    await server.append(id, { type: 'run.started', at }, end);
    await problemIn(await server.send('POST', `/v1/runs/${id}/cancel`), 409, 'RUN_FINISHED');
    await problemIn(await server.send('POST', '/v1/runs/0000/cancel'), 404, 'RUN_NOT_FOUND');
  });
});

describe('a store that is away', () => {
  it('makes every answer a 503 with Retry-After', async () => {
    await server.close();
    server = await serveForTest();
    const away = new TelosError('STORE_UNAVAILABLE', 'The store was closed.');
    await server.store.close();
    const answer = await server.get('/v1/runs');
    expect(answer.headers.get('retry-after')).toBe('1');
    await problemIn(answer, 503, away.code);
    await problemIn(await server.get('/readyz'), 503, away.code);
  });
});
