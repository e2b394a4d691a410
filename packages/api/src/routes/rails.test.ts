import { anyJson, inline, runInput } from '@telos/core';
import type { AnyCheck, Json } from '@telos/core';
import { ApprovalPage, RunDetail, RunReceipt } from '@telos/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callbackMessage } from '../callbacks/callback-message.ts';
import { problemIn, serveForTest, testCatalog } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

/** Finds the name Ada, and can hide it. */
const names: AnyCheck = {
  name: 'names',
  description: 'No Ada.',
  params: anyJson,
  needs: 'local',
  offers: { redact: { redact: true } },
  score({ value }: { readonly value: Json }) {
    const text = JSON.stringify(value);
    if (!text.includes('Ada')) return Promise.resolve({ score: 1, verdict: 'pass', reason: 'No Ada.' });
    const replacement = JSON.parse(text.replaceAll('Ada', '<NAME_1>')) as Json;
    return Promise.resolve({ score: 0, verdict: 'fail', reason: 'A name.', replacement, vault: { '<NAME_1>': 'Ada' } });
  },
};
/** Hides it so that it may be put back. */
const letters: AnyCheck = {
  ...names,
  name: 'letters',
  restorable: true,
  async score(subject, params, context) {
    const { vault: _vault, replacement, ...verdict } = await names.score(subject, params, context);
    const hidden = JSON.parse(JSON.stringify(replacement).replaceAll('NAME_1', 'NAME_1_abcdef')) as Json;
    return { ...verdict, replacement: hidden, vault: { '<NAME_1_abcdef>': 'Ada' } };
  },
};
const broken: AnyCheck = { ...names, name: 'broken', score: () => Promise.reject(new Error('no model')) };
const catalog = { ...testCatalog, checks: new Map([names, letters, broken].map((check) => [check.name, check])) };

const railed = (rails: string): string =>
  `telos: 1\nid: t\ninputs: { name: string }\nrails: ${rails}\nsteps: [{ id: a, uses: transform, with: { value: "\${{ inputs.name }}" } }]`;

let server: TestServer;
beforeEach(async () => {
  server = await serveForTest({ catalog });
});
afterEach(() => server.close());

const start = (rails: string, name = 'Ada'): Promise<Response> =>
  server.send('POST', '/v1/runs', { source: railed(rails), inputs: { name } });

describe('a run that is started over HTTP', () => {
  it('is refused with what its rails found, and nothing of it is stored', async () => {
    const answer = await start('{ input: [names] }');
    expect(await problemIn(answer, 422, 'RAIL_BLOCKED')).toMatchObject({
      detail: expect.stringContaining('A name.'),
      errors: [{ path: 'inputs', code: 'names', message: 'A name.' }],
    });
    expect(await server.store.runs.count({})).toBe(0);
  });

  it('is refused for now when its rails cannot be carried out', async () => {
    const answer = await start('{ input: [broken] }');
    await problemIn(answer, 503, 'RAIL_FAILED');
  });

  it('has in its journal what its rails left of its input', async () => {
    const { id } = RunReceipt.parse(await (await start('{ input: [{ names: redact }] }')).json());
    const detail = RunDetail.parse(await (await server.get(`/v1/runs/${id}`)).json());
    expect(detail).toMatchObject({
      inputs: { name: '<NAME_1>' },
      steps: [{ path: '@input', status: 'succeeded' }, { path: 'a' }],
    });
    expect(await (await server.get(`/v1/runs/${id}/events`)).text()).not.toContain('Ada');
    expect((await server.get(`/v1/runs/${id}/steps/@input`)).status).toBe(200);
  });

  it('is forked with another input by the same rails', async () => {
    const { id } = RunReceipt.parse(await (await start('{ input: [{ names: redact }] }', 'Bob')).json());
    await server.append(
      id,
      { type: 'run.started', at: 1 },
      { type: 'run.failed', at: 2, error: { code: 'BUG', kind: 'bug', message: 'x' } },
    );
    const set = { 'inputs.name': 'Ada' };
    const forked = await server.send('POST', `/v1/runs/${id}/fork`, { set });
    const { id: fork } = RunReceipt.parse(await forked.json());
    expect(RunDetail.parse(await (await server.get(`/v1/runs/${fork}`)).json()).inputs).toEqual({ name: '<NAME_1>' });
    const events = await (await server.get(`/v1/runs/${fork}/events`)).text();
    expect(events.match(/rail\.judged/g)).toHaveLength(1);
  });

  it('shows nobody what a rail has hidden and puts back, whoever asks for what', async () => {
    const rails = '{ input: [{ check: letters, action: redact, restore: output }] }';
    const answer = await server.send('POST', '/v1/runs', { source: railed(rails), inputs: { name: 'Ada' } });
    const { id } = RunReceipt.parse(await answer.json());
    const events = [];
    for await (const { event } of server.store.journal.read(id)) events.push(event);
    const judged = events.find(({ type }) => type === 'rail.judged');
    expect(judged).toMatchObject({ hidden: [{ of: runInput, vault: { value: { '<NAME_1_abcdef>': 'Ada' } } }] });
    await server.append(id, { type: 'run.started', at: 1 }, { type: 'run.succeeded', at: 2, outputs: inline({}) });
    const forked = await server.send('POST', `/v1/runs/${id}/fork`, { from: ['a'] });
    const { id: fork } = RunReceipt.parse(await forked.json());
    for (const run of [id, fork])
      for (const path of ['', '/events', '/steps/@input', '/trace', '/share']) {
        const told = await (await server.get(`/v1/runs/${run}${path}`)).text();
        expect([path, told.includes('Ada'), told.includes('"hidden"')]).toEqual([path, false, false]);
      }
  });

  it.each([
    ['a step', '@a', 'steps.a.output'],
    ['the run', runInput, 'steps.b.output'],
  ])('gives what a rail of %s has put back to nobody who may have nothing private', async (_title, of, read) => {
    const source = `telos: 1\nid: t\nsteps: [{ id: a, uses: transform, with: { value: 1 } }, { id: b, uses: transform, with: { value: 1 } }]\noutputs: { told: "\${{ ${read} }}", open: "\${{ steps.b.status }}" }`;
    const answer = await server.send('POST', '/v1/runs', { source });
    const { id } = RunReceipt.parse(await answer.json());
    const path = of.replace('@a', 'a');
    const vault = inline({ '<NAME_1_abcdef>': 'Ada' });
    await server.append(
      id,
      { type: 'run.started', at: 1 },
      {
        type: 'rail.judged',
        at: 1,
        path,
        attempt: 1,
        place: 'input',
        verdicts: [],
        outcome: 'pass',
        hidden: [{ of: path, restore: { output: true }, vault }],
      },
      { type: 'step.started', at: 1, path: 'a', attempt: 1 },
      { type: 'step.succeeded', at: 1, path: 'a', attempt: 1, output: inline('<NAME_1_abcdef>') },
      { type: 'run.succeeded', at: 2, outputs: inline({ told: 'Ada', open: 'pending' }) },
    );
    expect(await (await server.get(`/v1/runs/${id}/share`)).text()).not.toContain('Ada');
    const deps = { store: server.store, privateHosts: ['ours.example'] };
    const message = await callbackMessage(deps, id, 'https://theirs.example/hook');
    expect(message.data).toMatchObject({ withheld: true });
    expect(JSON.stringify(message)).not.toContain('Ada');
    expect((await callbackMessage(deps, id, 'https://ours.example/hook')).data).toMatchObject({
      outputs: { told: 'Ada' },
    });
  });

  it('shows what a rail asks about, and takes no other input in its place', async () => {
    const { id } = RunReceipt.parse(await (await start('{ input: [{ names: ask }] }')).json());
    const rails = {
      place: 'input' as const,
      verdicts: [
        {
          check: 'names',
          uses: 'names',
          score: 0,
          verdict: 'fail' as const,
          reason: 'A name.',
          action: 'ask' as const,
          mode: 'enforce' as const,
        },
      ],
      onApprove: 'succeed' as const,
    };
    await server.append(
      id,
      { type: 'run.started', at: 1 },
      { type: 'step.started', at: 1, path: runInput, attempt: 1 },
      {
        type: 'wait.opened',
        at: 1,
        path: runInput,
        attempt: 1,
        wait: { kind: 'approval', purpose: 'rail', who: [], show: inline({ name: 'Ada' }), onTimeout: 'fail', rails },
      },
    );
    const { items } = ApprovalPage.parse(await (await server.get('/v1/approvals')).json());
    expect(items).toMatchObject([
      {
        path: '@input',
        purpose: 'rail',
        rails: { place: 'input', on_approve: 'succeed', verdicts: [{ reason: 'A name.' }] },
      },
    ]);
    const decide = (body: unknown): Promise<Response> =>
      server.send('POST', `/v1/approvals/${items[0]?.id ?? ''}`, body);
    const edited = await decide({ decision: 'approve', value: { name: 'Bob' } });
    expect(edited.status).toBe(400);
    expect((await decide({ decision: 'approve' })).status).toBe(202);
  });
});
