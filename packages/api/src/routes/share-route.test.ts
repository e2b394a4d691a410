import { inline, noUsage } from '@telos/core';
import type { Labels } from '@telos/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

let server: TestServer;
beforeEach(async () => {
  server = await serveForTest({ secretNames: new Set(['TOKEN']), secrets: { value: () => 'sk-live-1234' } });
});
afterEach(() => server.close());

const source = `telos: 1
id: letter
inputs:
  patient: { type: string, private: true }
  topic: string
vars: { initials: "\${{ inputs.patient.split(' ').map(n, n.substring(0, 1)) }}" }
steps:
  - { id: read, uses: transform, with: { value: "\${{ inputs.patient }}" } }
  - id: write
    uses: transform
    with: { value: "\${{ inputs.topic }}" }
    gate: { checks: ["size(output) < size(inputs.patient)"] }
outputs:
  initials: \${{ vars.initials }}
  letter: \${{ steps.write.output }}
  record: \${{ steps.read.output }}
`;
const at = Date.UTC(2026, 0, 1);
const usage = noUsage;

async function shared(): Promise<{ readonly html: string; readonly answer: Response }> {
  const inputs = { patient: 'Ada Lovelace', topic: 'valves' };
  const body: unknown = await (await server.send('POST', '/v1/runs', { source, inputs })).json();
  const { id } = body as { readonly id: string }; // every receipt has one
  const labels: Labels[number][] = ['private'];
  await server.append(
    id,
    { type: 'run.started', at },
    { type: 'step.started', at, path: 'read', attempt: 1, input: inline({ value: 'Ada Lovelace' }), labels },
    {
      type: 'step.succeeded',
      at: at + 5,
      path: 'read',
      attempt: 1,
      output: inline({ name: 'Ada Lovelace', summary: 'born in 1815' }),
      usage,
      labels,
    },
    { type: 'step.started', at: at + 5, path: 'write', attempt: 1, input: inline({ value: 'valves' }) },
    {
      type: 'step.succeeded',
      at: at + 9,
      path: 'write',
      attempt: 1,
      output: inline('<script>alert(1)</script> Dear Ada Lovelace, about valves; the key was sk-live-1234'),
      usage,
      gate: {
        passed: true,
        score: 1,
        attempts: 1,
        verdicts: [{ check: 'c', uses: 'cel', score: 1, verdict: 'pass', reason: 'shorter than 12 letters' }],
      },
    },
    {
      type: 'run.succeeded',
      at: at + 9,
      outputs: inline({ initials: ['A', 'L'], letter: 'Dear Ada Lovelace', record: 'born in 1815' }),
    },
  );
  const answer = await server.get(`/v1/runs/${id}/share`);
  return { html: await answer.text(), answer };
}

describe('a run that is shared', () => {
  it('is one file with its inputs, outputs and steps, which loads and runs nothing', async () => {
    const { html, answer } = await shared();
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="letter-[0-9a-f]{8}\.html"$/);
    expect(html).toMatch(/letter[^]*succeeded[^]*about valves/);
    expect(html).not.toMatch(/<script|<link|<img|\ssrc=|\shref=/);
    expect(html).toContain('&lt;script&gt;alert(1)');
  });

  it('has nothing in it that is private: not where it is labelled, and not where its text turns up again', async () => {
    const { html } = await shared();
    expect(html).not.toContain('Ada Lovelace');
    expect(html).not.toContain('born in 1815');
    expect(html).not.toContain('sk-live');
    expect(html).toContain('Dear [private], about valves');
    expect(html).toContain('<dt>record</dt><dd><pre>[private]</pre>');
    expect(html).toContain('<dt>topic</dt><dd><pre>valves</pre>');
  });

  it('has nothing of what was made of a private input before any step, nor of what a check was shown of one', async () => {
    const { html } = await shared();
    expect(html).toContain('<dt>initials</dt><dd><pre>[private]</pre>');
    expect(html).not.toContain('12 letters');
  });

  it('has to exist', async () => {
    await problemIn(await server.get('/v1/runs/nope/share'), 404, 'RUN_NOT_FOUND');
  });
});
