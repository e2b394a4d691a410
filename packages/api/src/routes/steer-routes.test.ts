import { inline } from '@telos/core';
import type { Json, RunEvent } from '@telos/core';
import { Accepted, RunDetail, RunDiff, RunReceipt, SignalReceipt } from '@telos/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

const at = Date.UTC(2026, 0, 1);
const chain = `telos: 1
id: chain
inputs: { name: string }
steps:
  - { id: draft, uses: transform, with: { value: { title: "\${{ inputs.name }}", parts: [1, 2] } } }
  - { id: publish, uses: transform, with: { value: "\${{ steps.draft.output.title }}" } }
outputs: { text: "\${{ steps.publish.output }}" }
`;
const draft = { title: 'Ada', parts: [1, 2] };
const started = { type: 'run.started', at } as const;
const began = (path: string, input: Json = null): RunEvent => ({
  type: 'step.started',
  at,
  path,
  attempt: 1,
  input: { value: input },
});
const gave = (path: string, output: Json): RunEvent => ({
  type: 'step.succeeded',
  at,
  path,
  attempt: 1,
  output: { value: output },
});
const error = { code: 'TOOL_FAILED', kind: 'terminal', message: 'It failed.' } as const;

let server: TestServer;
beforeEach(async () => {
  server = await serveForTest();
});
afterEach(() => server.close());

async function start(body: object = { source: chain, inputs: { name: 'Ada' } }): Promise<string> {
  return RunReceipt.parse(await (await server.send('POST', '/v1/runs', body)).json()).id;
}

async function failedRun(): Promise<string> {
  const run = await start();
  const failed: RunEvent = { type: 'step.failed', at, path: 'publish', attempt: 1, error };
  await server.append(run, started, began('draft', { value: draft }), gave('draft', draft), began('publish'), failed);
  await server.append(run, { type: 'run.failed', at, error });
  return run;
}

async function detail(run: string): Promise<RunDetail> {
  return RunDetail.parse(await (await server.get(`/v1/runs/${run}`)).json());
}

describe('pausing and resuming a run', () => {
  it('is stored for its owner, with the note and the new budget, and calls a worker', async () => {
    const run = await start();
    const paused = await server.send('POST', `/v1/runs/${run}/pause`, { note: 'lunch' });
    expect(paused.status).toBe(202);
    Accepted.parse(await paused.json());
    const budget = { usd: 2, wall_ms: 60_000, on_exceeded: 'pause' };
    expect((await server.send('POST', `/v1/runs/${run}/resume`, { budget })).status).toBe(202);
    expect(await server.store.inbox.pending(run)).toMatchObject([
      { kind: 'pause', note: 'lunch' },
      { kind: 'resume', budget: { usd: 2, wallMs: 60_000, onExceeded: 'pause' } },
    ]);
    expect(server.offered).toHaveLength(3);
  });

  it('is refused, and stores nothing, for one that is not paused and is to spend no more', async () => {
    const run = await start();
    const resume = (body = {}) => server.send('POST', `/v1/runs/${run}/resume`, body);
    const refused = await problemIn(await resume(), 409, 'RUN_NOT_PAUSED');
    expect(refused.detail).toBe(`Run ${run} is not paused: it is pending.`);
    expect(await server.store.inbox.pending(run)).toEqual([]);
    expect((await resume({ budget: { usd: 2 } })).status).toBe(202);
    await server.send('POST', `/v1/runs/${run}/pause`, {});
    expect((await resume()).status).toBe(202);
  });

  it('says of a part of an id that the whole one is wanted', async () => {
    const run = await start();
    const problem = await problemIn(await server.get(`/v1/runs/${run.slice(0, 8)}`), 404, 'RUN_NOT_FOUND');
    expect(problem.next).toContain('by REST an id is given whole');
  });

  it('is refused for a run that has ended, and for one that is not there', async () => {
    const run = await failedRun();
    for (const wish of ['pause', 'resume', 'cancel']) {
      await problemIn(await server.send('POST', `/v1/runs/${run}/${wish}`), 409, 'RUN_FINISHED');
      await problemIn(await server.send('POST', `/v1/runs/nothing/${wish}`), 404, 'RUN_NOT_FOUND');
    }
    await problemIn(
      await server.send('POST', `/v1/runs/${run}/resume`, { budget: { usd: -1 } }),
      400,
      'REQUEST_MALFORMED',
    );
  });
});

describe('retrying a run', () => {
  it('makes a new run that keeps what succeeded', async () => {
    const run = await failedRun();
    const answer = await server.send('POST', `/v1/runs/${run}/retry`);
    expect(answer.status).toBe(202);
    const receipt = RunReceipt.parse(await answer.json());
    expect(answer.headers.get('location')).toBe(`/v1/runs/${receipt.id}`);
    const made = await detail(receipt.id);
    expect(made).toMatchObject({ fork_of: run, fork: { from: ['publish'], side_effects: 'live' }, status: 'running' });
    expect(made.steps.map(({ path, status }) => `${path} ${status}`)).toEqual(['draft succeeded', 'publish pending']);
    expect(server.offered.at(-1)).toMatchObject({ run: receipt.id });
    const list = await (await server.get(`/v1/runs?fork_of=${run}`)).json();
    expect(list).toMatchObject({ items: [{ id: receipt.id }] });
  });

  it('gives the same run for the same key', async () => {
    const run = await failedRun();
    const headers = { 'idempotency-key': 'again' };
    const answers = await Promise.all(
      [1, 2, 3].map(() => server.send('POST', `/v1/runs/${run}/retry`, undefined, headers)),
    );
    const receipts = await Promise.all(answers.map(async (answer) => RunReceipt.parse(await answer.json())));
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(1);
  });

  it('is refused for a run that has not ended, and for one in which all succeeded', async () => {
    await problemIn(await server.send('POST', `/v1/runs/${await start()}/retry`), 409, 'RUN_UNFINISHED');
    const run = await start();
    await server.append(run, started, began('draft'), gave('draft', draft), began('publish'), gave('publish', 'Ada'));
    await server.append(run, { type: 'run.succeeded', at, outputs: inline({ text: 'Ada' }) });
    await problemIn(await server.send('POST', `/v1/runs/${run}/retry`), 422, 'FORK_INVALID');
    await problemIn(await server.send('POST', '/v1/runs/nothing/retry'), 404, 'RUN_NOT_FOUND');
  });
});

describe('forking a run', () => {
  it('edits what a kept step gave, and does again what comes after it', async () => {
    const run = await failedRun();
    const body = { set: { 'steps.draft.output.title': 'Bob', 'steps.draft.output.parts[1]': 3 }, side_effects: 'deny' };
    const { id } = RunReceipt.parse(await (await server.send('POST', `/v1/runs/${run}/fork`, body)).json());
    expect(await detail(id)).toMatchObject({ fork: { from: ['publish'], side_effects: 'deny' } });
    const step = await (await server.get(`/v1/runs/${id}/steps/draft`)).json();
    expect(step).toMatchObject({ output: { value: { title: 'Bob', parts: [1, 3] } } });
  });

  it('is part of the trace of whoever asks for it, and of no trace that its source was part of', async () => {
    const trace = (digit: string) => ({
      traceparent: `00-${digit.repeat(32)}-${'1'.repeat(16)}-01`,
      tracestate: `${digit}=1`,
    });
    const body = { source: chain, inputs: { name: 'Ada' } };
    const run = RunReceipt.parse(await (await server.send('POST', '/v1/runs', body, trace('a'))).json()).id;
    await server.append(run, started, began('draft'), gave('draft', draft));
    const fork = async (headers = {}): Promise<unknown> => {
      const answer = await server.send('POST', `/v1/runs/${run}/fork`, { from: 'publish' }, headers);
      const { id } = RunReceipt.parse(await answer.json());
      for await (const { event } of server.store.journal.read(id)) return event;
      return undefined;
    };
    const untraced = await fork();
    expect(untraced).not.toHaveProperty('traceparent');
    expect(untraced).not.toHaveProperty('tracestate');
    expect(await fork(trace('b'))).toMatchObject(trace('b'));
  });

  it('has what its source, a fork itself, has of side effects when it is not told', async () => {
    const fork = async (run: string, body: object) =>
      RunReceipt.parse(await (await server.send('POST', `/v1/runs/${run}/fork`, body)).json()).id;
    const denied = await fork(await failedRun(), { from: 'publish', side_effects: 'deny' });
    expect(await detail(await fork(denied, { from: 'publish' }))).toMatchObject({ fork: { side_effects: 'deny' } });
    const live = await fork(denied, { from: 'publish', side_effects: 'live' });
    expect(await detail(live)).toMatchObject({ fork: { side_effects: 'live' } });
  });

  it('does everything again when an input is another', async () => {
    const run = await failedRun();
    const body = { set: { 'inputs.name': 'Bob' } };
    const { id } = RunReceipt.parse(await (await server.send('POST', `/v1/runs/${run}/fork`, body)).json());
    expect(await detail(id)).toMatchObject({ inputs: { name: 'Bob' }, status: 'pending', fork: { from: ['draft'] } });
  });

  it('gives a step that is done again another input', async () => {
    const run = await failedRun();
    const body = { set: { 'steps.draft.input.value.title': 'Eve' } };
    const { id } = RunReceipt.parse(await (await server.send('POST', `/v1/runs/${run}/fork`, body)).json());
    expect((await detail(id)).fork).toMatchObject({
      from: ['draft'],
      inputs: { draft: { value: { value: { title: 'Eve', parts: [1, 2] } } } },
    });
  });

  it.each([
    ['nothing to begin from', {}, 400, 'REQUEST_MALFORMED', 'body.from'],
    ['a step that is not there', { from: 'nothing' }, 422, 'FORK_INVALID', undefined],
    ['an edit of nothing', { set: { 'steps.none.output': 1 } }, 422, 'FORK_INVALID', 'set.steps.none.output'],
    [
      'an edit into what has no such place',
      { set: { 'steps.draft.output.parts[7]': 1 } },
      422,
      'FORK_INVALID',
      'set.steps.draft.output.parts[7]',
    ],
    [
      'an edit of a step that is done again',
      { from: 'draft', set: { 'steps.draft.output': 1 } },
      422,
      'FORK_INVALID',
      undefined,
    ],
    ['an input of another type', { set: { 'inputs.name': 3 } }, 422, 'INPUT_INVALID', 'inputs.name'],
    ['an input that is not declared', { set: { 'inputs.nam': 'x' } }, 422, 'INPUT_INVALID', 'inputs.nam'],
    ['an unknown side effect', { from: 'draft', side_effects: 'some' }, 400, 'REQUEST_MALFORMED', 'body.side_effects'],
  ])('refuses %s and makes no run', async (_title, body, status, code, path) => {
    const run = await failedRun();
    const problem = await problemIn(await server.send('POST', `/v1/runs/${run}/fork`, body), status, code);
    if (path !== undefined) expect(problem.errors?.map((one) => one.path)).toContain(path);
    expect(await server.store.runs.count({})).toBe(1);
  });
});

describe('comparing two runs', () => {
  it('aligns their steps and says where values differ', async () => {
    const first = await failedRun();
    const second = await start({ source: chain, inputs: { name: 'Bob' } });
    await server.append(
      second,
      started,
      began('draft', { value: draft }),
      gave('draft', { title: 'Bob', parts: [1, 2] }),
    );
    const diff = RunDiff.parse(await (await server.get(`/v1/runs/${first}/diff/${second}`)).json());
    expect(diff.inputs).toEqual({ changes: [{ path: 'name', a: 'Ada', b: 'Bob' }], whole: true });
    expect(diff.steps).toMatchObject([
      { path: 'draft', output: { changes: [{ path: 'title', a: 'Ada', b: 'Bob' }] } },
      { path: 'publish', a: { status: 'failed', error: { code: 'TOOL_FAILED' } } },
    ]);
    expect(diff.steps[0]).not.toHaveProperty('input');
    const same = RunDiff.parse(await (await server.get(`/v1/runs/${first}/diff/${first}`)).json());
    expect(same).toMatchObject({ steps: [], same: 2 });
    await problemIn(await server.get(`/v1/runs/${first}/diff/nothing`), 404, 'RUN_NOT_FOUND');
  });

  it('says how long each took, and names the steps that are the same where that is asked for', async () => {
    const run = await failedRun();
    const diff = RunDiff.parse(await (await server.get(`/v1/runs/${run}/diff/${run}?same=true`)).json());
    expect(diff).toMatchObject({ same: 2, a: { ms: expect.any(Number) }, b: { ms: expect.any(Number) } });
    expect(diff.steps.map(({ path }) => path)).toEqual(['draft', 'publish']);
    expect(diff.steps[0]).toMatchObject({ a: { ms: expect.any(Number) } });
    expect(diff.steps[0]).not.toHaveProperty('output');
    await problemIn(await server.get(`/v1/runs/${run}/diff/${run}?same=yes`), 400, 'REQUEST_MALFORMED');
  });
});

describe('sending a signal', () => {
  const wait = {
    kind: 'signal',
    name: 'paid',
    schema: { type: 'object', required: ['amount'], properties: { amount: { type: 'number' } } },
    onTimeout: 'fail',
  } as const;

  it('is kept when no step waits for it yet, and is one for one key', async () => {
    const run = await start();
    const headers = { 'idempotency-key': 'payment-7' };
    for (let time = 0; time < 2; time++) {
      const answer = await server.send('POST', `/v1/runs/${run}/signals/paid`, { amount: 3 }, headers);
      expect(SignalReceipt.parse(await answer.json())).toMatchObject({ id: run, waiting: false });
    }
    expect(await server.store.inbox.pending(run)).toMatchObject([
      { kind: 'signal', id: 'payment-7', name: 'paid', payload: { value: { amount: 3 } } },
    ]);
  });

  it.each(['while it waits for the owner of the run', 'once the run has received it'])(
    'is refused under the key of another signal, %s, rather than lost',
    async (when) => {
      const run = await start();
      const headers = { 'idempotency-key': 'order-17' };
      const send = (name: string, payload: object) =>
        server.send('POST', `/v1/runs/${run}/signals/${name}`, payload, headers);
      const payload = { value: { amount: 3, of: 'order' } };
      if (when.startsWith('while')) expect((await send('paid', payload.value)).status).toBe(202);
      else await server.append(run, started, { type: 'signal.received', at, id: 'order-17', name: 'paid', payload });
      await problemIn(await send('refunded', payload.value), 409, 'IDEMPOTENCY_MISMATCH');
      await problemIn(await send('paid', { amount: 4 }), 409, 'IDEMPOTENCY_MISMATCH');
      expect((await send('paid', { of: 'order', amount: 3 })).status).toBe(202);
    },
  );

  it('is checked against the schema of the step that waits for it', async () => {
    const run = await start();
    await server.append(run, started, began('draft'), { type: 'wait.opened', at, path: 'draft', attempt: 1, wait });
    const bad = await server.send('POST', `/v1/runs/${run}/signals/paid`, { amount: 'three' });
    const problem = await problemIn(bad, 422, 'VALUE_INVALID');
    expect(problem.errors).toMatchObject([{ path: 'payload.amount', message: expect.stringContaining('number') }]);
    const good = await server.send('POST', `/v1/runs/${run}/signals/paid`, { amount: 3 });
    expect(SignalReceipt.parse(await good.json())).toMatchObject({ waiting: true });
  });

  it('takes no body for null, refuses a name that none can have, and a run that has ended', async () => {
    const run = await start();
    expect((await server.send('POST', `/v1/runs/${run}/signals/go`)).status).toBe(202);
    expect(await server.store.inbox.pending(run)).toMatchObject([{ payload: { value: null } }]);
    await problemIn(await server.send('POST', `/v1/runs/${run}/signals/Go!`), 400, 'REQUEST_MALFORMED');
    await problemIn(await server.send('POST', `/v1/runs/${await failedRun()}/signals/go`), 409, 'RUN_FINISHED');
  });
});

describe('starting a run of a workflow that runs others', () => {
  const outer = (id: string, inner: string) =>
    `telos: 1\nid: ${id}\nsteps:\n  - { id: child, workflow: { id: ${inner} } }\n`;
  const leaf = `telos: 1\nid: leaf\nsteps:\n  - { id: a, uses: transform, with: { value: 1 } }\n`;
  const put = (id: string, source: string) => server.send('PUT', `/v1/workflows/${id}`, { source });

  it('pins the version of each, those of the inner ones too', async () => {
    await put('leaf', leaf);
    await put('middle', outer('middle', 'leaf'));
    const run = await start({ source: outer('top', 'middle') });
    const page = await (await server.get(`/v1/runs/${run}/events`)).json();
    const hash = (await server.store.programs.versions('leaf'))[0]?.hash;
    expect(page).toMatchObject({ items: [{ workflows: { leaf: hash, middle: expect.any(String) } }] });
  });

  it('refuses one that is not there, one that runs itself through others, and one with steps that would be left out', async () => {
    await put('leaf', leaf);
    await problemIn(await server.send('POST', '/v1/runs', { source: outer('top', 'leav') }), 404, 'WORKFLOW_NOT_FOUND');
    await put('middle', outer('middle', 'top'));
    const problem = await problemIn(
      await server.send('POST', '/v1/runs', { source: outer('top', 'middle') }),
      422,
      'RECURSION',
    );
    expect(problem.detail).toContain('top runs middle runs top');
    await put('leaf', `${leaf}finally: [{ id: b, uses: transform, with: { value: 1 } }]`);
    const last = await problemIn(
      await server.send('POST', '/v1/runs', { source: outer('top', 'leaf') }),
      422,
      'UNSUPPORTED',
    );
    expect(last.detail).toContain('leaf has `finally`');
    expect(await server.store.runs.count({})).toBe(0);
  });
});

describe('places that runs share', () => {
  const limited = (whenFull: string, id = 'one') =>
    `telos: 1\nid: ${id}\ninputs: { name: string }\nlimits: { concurrency: { key: "\${{ inputs.name }}", max: 1, when_full: ${whenFull} } }\nsteps:\n  - { id: a, uses: transform, with: { value: 1 } }\n`;

  it('are of one workflow in one namespace, however alike the names of others are', async () => {
    const start = (id: string, name: string, more = {}) =>
      server.send('POST', '/v1/runs', { source: limited('reject', id), inputs: { name }, ...more });
    expect((await start('one', 'two')).status).toBe(202);
    expect((await start('two', 'two', { namespace: 'one' })).status).toBe(202);
    await problemIn(await start('one', 'two', { namespace: 'default' }), 409, 'CONCURRENCY_FULL');
  });

  it('are refused when they are all taken, by key and namespace', async () => {
    const body = (name: string, more = {}) => ({ source: limited('reject'), inputs: { name }, ...more });
    expect((await server.send('POST', '/v1/runs', body('Ada'))).status).toBe(202);
    await problemIn(await server.send('POST', '/v1/runs', body('Ada')), 409, 'CONCURRENCY_FULL');
    expect((await server.send('POST', '/v1/runs', body('Bob'))).status).toBe(202);
    const other = await server.send('POST', '/v1/runs', body('Ada', { namespace: 'acme', priority: 'high' }));
    expect(other.status).toBe(202);
    expect(await detail(RunReceipt.parse(await other.json()).id)).toMatchObject({
      namespace: 'acme',
      priority: 'high',
    });
    await problemIn(
      await server.send('POST', '/v1/runs', body('Ada', { priority: 12, namespace: 'Ä' })),
      400,
      'REQUEST_MALFORMED',
    );
  });
});
