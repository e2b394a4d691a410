import { ApprovalPage, ApprovalView, BulkDecisionResult, RunReceipt, StepDetail } from '@telos/contract';
import type { RunEvent, RunId } from '@telos/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseApiKeys } from '../guards/api-keys.ts';
import { hello, problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

const at = Date.UTC(2026, 0, 1);
const error = { code: 'INTERRUPTED', kind: 'terminal', message: 'Nobody knows.' } as const;
const form = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string' } },
  additionalProperties: false,
};
const opened: RunEvent = {
  type: 'wait.opened',
  at,
  path: 'greet',
  attempt: 1,
  wait: {
    kind: 'approval',
    purpose: 'step',
    who: ['editors'],
    show: { value: { text: 'Hello' } },
    form,
    onTimeout: 'fail',
  },
};
const began: readonly RunEvent[] = [
  { type: 'run.started', at },
  { type: 'step.started', at, path: 'greet', attempt: 1 },
];

let server: TestServer;
beforeEach(async () => {
  server = await serveForTest();
});
afterEach(() => server.close());

/** Without keys a request says who decides. */
const asEditor = { 'telos-as': 'editors' };

async function waiting(event: RunEvent = opened): Promise<RunId> {
  const run = await server.start();
  await server.append(run, ...began, event);
  return run;
}

async function list(query = ''): Promise<ApprovalPage> {
  return ApprovalPage.parse(await (await server.get(`/v1/approvals${query}`)).json());
}

const inDoubt: RunEvent = { type: 'step.in_doubt', at, path: 'greet', attempt: 1, error };

describe('approvals', () => {
  it('list what waits for a person, longest waiting first, with what is shown and what may be decided', async () => {
    const run = await waiting();
    const doubtful = await waiting(inDoubt);
    const { items } = await list();
    expect(items).toMatchObject([
      {
        id: `${run}~4`,
        run,
        path: 'greet',
        kind: 'approval',
        purpose: 'step',
        who: ['editors'],
        show: { value: { text: 'Hello' } },
        decisions: ['approve', 'reject'],
      },
      { run: doubtful, kind: 'in_doubt', error: { code: 'INTERRUPTED' }, decisions: ['retry', 'succeed', 'fail'] },
    ]);
    expect((await list('?kind=in_doubt,quarantined')).items).toHaveLength(1);
    expect((await list(`?run=${run}`)).items).toHaveLength(1);
    expect((await list('?workflow=other')).items).toHaveLength(0);
    const first = await list('?limit=1');
    expect((await list(`?limit=1&cursor=${first.next}`)).items).toMatchObject([{ run: doubtful }]);
    const one = ApprovalView.parse(await (await server.get(`/v1/approvals/${run}~4`)).json());
    expect(one).toEqual(items[0]);
    await problemIn(await server.get('/v1/approvals?kind=time'), 400, 'REQUEST_MALFORMED');
  });

  it('of a tool that asks for leave say why, and which source is behind which argument; so do events and steps', async () => {
    const labelling = { untrusted: ['page'], private: ['row'], fields: { to: { untrusted: ['page'] } } };
    const permission = {
      uses: 'mail.send',
      effect: 'irreversible',
      because: ['untrusted', 'private'],
      hosts: ['mail.example'],
      arguments: [{ argument: 'to', label: 'untrusted', from: ['page'] }],
    } as const;
    const wait: RunEvent = {
      type: 'wait.opened',
      at,
      path: 'greet',
      attempt: 1,
      labels: ['untrusted', 'private'],
      labelling,
      wait: {
        kind: 'approval',
        purpose: 'permission',
        who: [],
        show: { value: { to: 'a' } },
        onTimeout: 'fail',
        permission: {
          ...permission,
          because: [...permission.because],
          hosts: [...permission.hosts],
          arguments: [{ argument: 'to', label: 'untrusted', from: ['page'] }],
        },
      },
    };
    const run = await server.start();
    await server.append(run, { type: 'run.started', at }, wait);
    expect((await list()).items).toMatchObject([
      { purpose: 'permission', permission, labels: ['untrusted', 'private'] },
    ]);
    const step = StepDetail.parse(await (await server.get(`/v1/runs/${run}/steps/greet`)).json());
    expect(step).toMatchObject({ labels: ['untrusted', 'private'], labelling, wait: { for: { permission } } });
  });

  it('are decided with a value and a note, and a worker is called', async () => {
    const run = await waiting();
    const body = { decision: 'approve', value: { text: 'Good day' }, note: 'kinder' };
    expect((await server.send('POST', `/v1/approvals/${run}~4`, body, asEditor)).status).toBe(202);
    expect(await server.store.inbox.pending(run)).toMatchObject([
      { kind: 'decide', wait: 4, decision: 'approve', value: { value: { text: 'Good day' } }, note: 'kinder' },
    ]);
    expect(server.offered.at(-1)).toMatchObject({ run });
  });

  it('refuse a value that does not fit the form, and say where', async () => {
    const run = await waiting();
    const body = { decision: 'approve', value: { text: 3 } };
    const problem = await problemIn(
      await server.send('POST', `/v1/approvals/${run}~4`, body, asEditor),
      422,
      'VALUE_INVALID',
    );
    expect(problem.errors).toMatchObject([{ path: 'value.text' }]);
    expect(await server.store.inbox.pending(run)).toEqual([]);
  });

  it('are refused from anybody who is not asked, and say who is', async () => {
    const run = await waiting();
    const decide = (headers: Record<string, string>) =>
      server.send('POST', `/v1/approvals/${run}~4`, { decision: 'approve' }, headers);
    const problem = await problemIn(await decide({ 'telos-as': 'ben, legal' }), 403, 'NOT_ASKED');
    expect(problem.detail).toBe(`greet of ${run} is for editors to decide: not ben, legal.`);
    expect(problem.next).toContain('`Telos-As`');
    expect((await problemIn(await decide({}), 403, 'NOT_ASKED')).detail).toContain('nobody says who decides');
    await problemIn(await decide({ 'telos-as': ' ,' }), 400, 'REQUEST_MALFORMED');
    expect(await server.store.inbox.pending(run)).toEqual([]);
    expect((await decide({ 'telos-as': 'anna, editors' })).status).toBe(202);
    expect(await server.store.inbox.pending(run)).toMatchObject([{ decision: 'approve', by: 'anna' }]);
  });

  it('are taken, where there are keys, from those alone whose key names them; what a request says of itself is nothing', async () => {
    const keys = parseApiKeys('anna:runner+editors=the-key-of-an-editor,ben=the-key-of-somebody,a-key-of-nobody-known');
    await server.close();
    server = await serveForTest({ keys });
    const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
    const body = { source: hello, inputs: { name: 'Ada' } };
    const started = await server.send('POST', '/v1/runs', body, bearer('the-key-of-somebody'));
    const { id: run } = RunReceipt.parse(await started.json());
    await server.append(run, ...began, opened);
    const decide = (key: string, more = {}) =>
      server.send('POST', `/v1/approvals/${run}~4`, { decision: 'reject' }, { ...bearer(key), ...more });
    await problemIn(await decide('the-key-of-somebody'), 403, 'NOT_ASKED');
    await problemIn(await decide('the-key-of-somebody', asEditor), 403, 'NOT_ASKED');
    await problemIn(await decide('a-key-of-nobody-known'), 403, 'NOT_ASKED');
    expect((await decide('the-key-of-an-editor')).status).toBe(202);
    expect(await server.store.inbox.pending(run)).toMatchObject([{ decision: 'reject', by: 'anna' }]);
  });

  it('let the first of many who decide at once have their way, and tell the others', async () => {
    const run = await waiting();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        server.send(
          'POST',
          `/v1/approvals/${run}~4`,
          { decision: index % 2 === 0 ? 'approve' : 'reject', note: `person ${index}` },
          asEditor,
        ),
      ),
    );
    const won = answers.findIndex(({ status }) => status === 202);
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    for (const answer of answers) if (answer.status !== 202) await problemIn(answer, 409, 'WAIT_NOT_FOUND');
    expect((await server.store.inbox.pending(run))[0]).toMatchObject({ note: `person ${won}` });
  });

  it.each([
    ['another was', { decision: 'reject', by: 'editors' }, 409],
    ['it was itself', { decision: 'approve', by: 'editors' }, 202],
    ['nobody was, and the time was up,', undefined, 409],
  ] as const)('say, where %s carried out before it arrived, which counts', async (_who, carriedOut, status) => {
    const run = await waiting();
    const { inbox } = server.store;
    const post = inbox.post.bind(inbox);
    inbox.post = async (to, message) => {
      await post(to, message);
      const closing = carriedOut ?? { timeout: true as const };
      const of = { at, path: 'greet', attempt: 1 };
      const { journal, leases } = server.store;
      const lease = await leases.acquire(run, 'test-owner', 60_000);
      if ('heldBy' in lease) throw new Error('held');
      const ended: RunEvent = { type: 'step.succeeded', ...of, output: { value: 1 } };
      await journal.append(lease, 4, [{ type: 'wait.closed', ...of, closing }, ended], [message.id]);
    };
    const answer = await server.send('POST', `/v1/approvals/${run}~4`, { decision: 'approve' }, asEditor);
    if (status === 202) expect(answer.status).toBe(202);
    else await problemIn(answer, status, 'WAIT_NOT_FOUND');
  });

  it('are decided once by one Idempotency-Key however often it is sent, and otherwise by it never', async () => {
    const run = await waiting();
    const send = (decision: string) =>
      server.send('POST', `/v1/approvals/${run}~4`, { decision }, { ...asEditor, 'idempotency-key': 'k-1' });
    for (let time = 0; time < 3; time++) expect((await send('approve')).status).toBe(202);
    await problemIn(await send('reject'), 409, 'WAIT_NOT_FOUND');
    expect(await server.store.inbox.pending(run)).toMatchObject([{ kind: 'decide', wait: 4, decision: 'approve' }]);
  });

  it('each take a decision of their own under one Idempotency-Key, which a signal of the run may have too', async () => {
    const run = await server.start();
    await server.append(run, ...began, opened, { ...opened, path: 'second' });
    const headers = { ...asEditor, 'idempotency-key': 'order-17' };
    expect((await server.send('POST', `/v1/runs/${run}/signals/paid`, 3, headers)).status).toBe(202);
    for (const wait of [4, 5])
      expect((await server.send('POST', `/v1/approvals/${run}~${wait}`, { decision: 'approve' }, headers)).status).toBe(
        202,
      );
    expect(await server.store.inbox.pending(run)).toMatchObject([
      { kind: 'signal' },
      { kind: 'decide', wait: 4 },
      { kind: 'decide', wait: 5 },
    ]);
  });

  it('say of a wait that was decided, timed out or never was that it is not there', async () => {
    const run = await waiting();
    await server.append(
      run,
      { type: 'wait.closed', at, path: 'greet', attempt: 1, closing: { timeout: true } },
      { type: 'step.failed', at, path: 'greet', attempt: 1, error },
    );
    for (const id of [`${run}~4`, `${run}~3`, 'nothing', 'nothing~9', `${run}~99999999999999999`])
      await problemIn(await server.send('POST', `/v1/approvals/${id}`, { decision: 'approve' }), 409, 'WAIT_NOT_FOUND');
  });

  it('take only decisions that fit what waits', async () => {
    const run = await waiting();
    const doubtful = await waiting(inDoubt);
    const send = (id: string, body: object) => server.send('POST', `/v1/approvals/${id}`, body);
    const problem = await problemIn(await send(`${run}~4`, { decision: 'retry' }), 400, 'REQUEST_MALFORMED');
    expect(problem.errors).toMatchObject([{ path: 'body.decision', message: 'expected approve or reject' }]);
    await problemIn(await send(`${doubtful}~4`, { decision: 'approve' }), 400, 'REQUEST_MALFORMED');
    await problemIn(await send(`${doubtful}~4`, { decision: 'retry', value: 1 }), 400, 'REQUEST_MALFORMED');
    await problemIn(await send(`${doubtful}~4`, { decision: 'maybe' }), 400, 'REQUEST_MALFORMED');
    expect((await send(`${doubtful}~4`, { decision: 'succeed', value: { ok: true } })).status).toBe(202);
    expect(await server.store.inbox.pending(doubtful)).toMatchObject([
      { kind: 'resolve', path: 'greet', as: 'succeed', output: { value: { ok: true } } },
    ]);
  });

  it('are decided many at once, by workflow and code', async () => {
    const runs = await Promise.all([1, 2, 3].map(() => waiting(inDoubt)));
    const approval = await waiting();
    const body = {
      filter: { kind: 'in_doubt', workflow: 'hello', code: 'INTERRUPTED' },
      decision: 'retry',
      note: 'all',
    };
    const answer = await server.send('POST', '/v1/approvals', body);
    expect(answer.status).toBe(202);
    expect(BulkDecisionResult.parse(await answer.json())).toEqual({ decided: 3, refused: [], more: false });
    for (const run of runs)
      expect(await server.store.inbox.pending(run)).toMatchObject([{ kind: 'resolve', as: 'retry', note: 'all' }]);
    expect(await server.store.inbox.pending(approval)).toEqual([]);
    const again = BulkDecisionResult.parse(await (await server.send('POST', '/v1/approvals', body)).json());
    expect(again).toMatchObject({ decided: 0, refused: [{ code: 'WAIT_NOT_FOUND' }, {}, {}] });
    await problemIn(await server.send('POST', '/v1/approvals', { decision: 'retry' }), 400, 'REQUEST_MALFORMED');
  });
});
