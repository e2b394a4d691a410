import { CheckResult, WorkflowDetail, WorkflowList } from '@telos/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hello, problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

let server: TestServer;
beforeAll(async () => {
  server = await serveForTest({ secretNames: new Set(['SET']) });
});
afterAll(() => server.close());

describe('checking a workflow', () => {
  it('gives its outline and what it needs', async () => {
    const answer = await server.send('POST', '/v1/workflows/check', { source: hello });
    expect(CheckResult.parse(await answer.json())).toMatchObject({
      valid: true,
      id: 'hello',
      inputs: [
        { name: 'name', required: true },
        { name: 'times', required: false, default: 1 },
      ],
      steps: [{ path: 'greet', kind: 'action', uses: 'transform', after: [] }],
      requires: { tools: ['transform'] },
      warnings: [],
    });
  });

  it('outlines what is inside blocks', async () => {
    const source = `telos: 1
id: blocks
inputs: { list: { type: array } }
steps:
  - id: each
    foreach: \${{ inputs.list }}
    steps: [{ id: one, uses: transform, with: { value: 1 } }]
  - id: both
    parallel:
      left: [{ id: read, uses: transform, with: { value: 1 } }]
      right: [{ id: read, uses: transform, with: { value: 2 } }]
`;
    const result = CheckResult.parse(await (await server.send('POST', '/v1/workflows/check', { source })).json());
    expect(result.valid ? result.steps.map(({ path, parent }) => [path, parent]) : result.errors).toEqual([
      ['each', undefined],
      ['each.one', 'each'],
      ['both', undefined],
      ['both.left.read', 'both'],
      ['both.right.read', 'both'],
    ]);
  });

  it('answers 200 with every fault of a workflow that does not compile', async () => {
    const source = hello.replace('transform', 'transfrom');
    const answer = await server.send('POST', '/v1/workflows/check', { source });
    expect(answer.status).toBe(200);
    const result = CheckResult.parse(await answer.json());
    expect(result).toMatchObject({ valid: false, errors: [{ line: 9, message: expect.any(String) }] });
  });

  it('finds, each at its place, expressions that fail whatever the values are', async () => {
    const source = `telos: 1\nid: typed\ninputs: { q: string }\nsteps:\n  - { id: a, uses: transform, with: { value: "\${{ inputs.q + 1 }}" } }\n  - { id: b, uses: transform, with: { value: "\${{ steps.a.error.mesage }}" } }\n`;
    const result = CheckResult.parse(await (await server.send('POST', '/v1/workflows/check', { source })).json());
    expect(result).toMatchObject({
      valid: false,
      errors: [
        { code: 'EXPRESSION_TYPE', line: 5, column: 51, hint: 'write "1"' },
        { code: 'EXPRESSION_TYPE', line: 6, column: 65, hint: 'did you mean `message`?' },
      ],
    });
  });

  it('warns of what would stop a run here', async () => {
    const source = `telos: 1\nid: ask\nsteps:\n  - { id: a, uses: llm, with: { model: openai/gpt-5.2, prompt: Hi } }\n`;
    const result = CheckResult.parse(await (await server.send('POST', '/v1/workflows/check', { source })).json());
    expect(result).toMatchObject({ valid: true, warnings: [{ code: 'REQUIREMENT_MISSING' }] });
  });

  it('warns, with the place and the rule that would help, of a step that every run will stop at', async () => {
    const source = `telos: 1\nid: tell\ninputs: { text: string }\nsteps:\n  - { id: a, uses: llm, with: { prompt: Hi } }\n  - { id: b, uses: transform, effect: write, with: { value: "\${{ steps.a.output }}" } }\n`;
    const result = CheckResult.parse(await (await server.send('POST', '/v1/workflows/check', { source })).json());
    expect(result).toMatchObject({
      valid: true,
      warnings: expect.arrayContaining([
        {
          code: 'UNTRUSTED_ARGUMENT',
          message: expect.stringContaining('`value`'),
          next: expect.stringContaining('allow: [transform]'),
          line: 6,
          column: expect.any(Number),
          path: 'steps[1].with.value',
        },
      ]),
    });
  });

  it('reads no file of the server', async () => {
    const source = `telos: 1\nid: peek\nsteps:\n  - { id: a, uses: llm, with: { prompt: { file: /etc/passwd } } }\n`;
    const result = CheckResult.parse(await (await server.send('POST', '/v1/workflows/check', { source })).json());
    expect(result.valid).toBe(false);
    expect(JSON.stringify(result)).not.toContain('root:');
  });
});

describe('a published workflow', () => {
  it('is made current, keeps its versions by hash, and can be withdrawn', async () => {
    const created = await server.send('PUT', '/v1/workflows/hello', { source: hello });
    expect(created.status).toBe(201);
    const first = WorkflowDetail.parse(await created.json());
    expect(first).toMatchObject({ id: 'hello', description: 'Greets.', source: hello, outputs: ['greeting'] });

    expect((await server.send('PUT', '/v1/workflows/hello', { source: hello })).status).toBe(200);

    const changed = await server.send('PUT', '/v1/workflows/hello', { source: hello.replace('Hello', 'Hi') });
    expect(changed.status).toBe(201);
    const second = WorkflowDetail.parse(await changed.json());
    expect(second.versions.map(({ hash }) => hash)).toEqual([second.hash, first.hash]);

    const older = await server.get(`/v1/workflows/hello?version=${first.hash}`);
    expect(WorkflowDetail.parse(await older.json()).source).toBe(hello);

    const list = WorkflowList.parse(await (await server.get('/v1/workflows')).json());
    expect(list.items.map(({ id, hash }) => [id, hash])).toEqual([['hello', second.hash]]);

    expect((await server.send('DELETE', '/v1/workflows/hello')).status).toBe(204);
    await problemIn(await server.get('/v1/workflows/hello'), 404, 'WORKFLOW_NOT_FOUND');
    await problemIn(await server.send('DELETE', '/v1/workflows/hello'), 404, 'WORKFLOW_NOT_FOUND');
  });

  it('is refused under another id, with faults, and with an id that cannot be one', async () => {
    await problemIn(await server.send('PUT', '/v1/workflows/other', { source: hello }), 422, 'WORKFLOW_ID_MISMATCH');
    const faulty = hello.replace('transform', 'nothing');
    const problem = await problemIn(
      await server.send('PUT', '/v1/workflows/hello', { source: faulty }),
      422,
      'WORKFLOW_INVALID',
    );
    expect(problem.errors).toMatchObject([{ line: 9 }]);
    await problemIn(await server.send('PUT', '/v1/workflows/No-Id', { source: hello }), 400, 'REQUEST_MALFORMED');
    await problemIn(await server.get('/v1/workflows/hello?version=abc'), 404, 'WORKFLOW_NOT_FOUND');
  });
});
