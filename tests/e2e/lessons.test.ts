/** What users of other engines suffered, played out against a server of this one. */
import { createHold, startModelServer } from '@telos/testkit/model-server';
import type { ModelServer } from '@telos/testkit/model-server';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { telosFolder } from './telos-process.ts';
import type { TelosFolder } from './telos-process.ts';

// Starting a server takes long on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

let folder: TelosFolder;
beforeEach(() => {
  folder = telosFolder();
});
afterEach(() => folder.remove());

/** Two questions to a model, one after the other; the first is paid for. */
const source = `telos: 1
id: paid
steps:
  - { id: first, uses: llm, with: { model: openai/scripted, prompt: "First question." } }
  - { id: second, uses: llm, with: { model: openai/scripted, prompt: "Second question." } }
outputs: { text: "\${{ steps.first.output.text }}, \${{ steps.second.output.text }}" }
`;

async function serve(model: ModelServer): Promise<string> {
  onTestFinished(() => model.close());
  const { url } = await folder.serve({ OPENAI_API_KEY: 'key', OPENAI_BASE_URL: model.url });
  return url;
}

/** What the model was asked, oldest first. */
const asked = (model: ModelServer) => model.requests.filter(({ method }) => method === 'POST');

async function post(url: string, body?: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(url, { method: 'POST', ...(body === undefined ? {} : { headers, body: JSON.stringify(body) }) });
}

/** The run as it stands once it has ended, and its events. */
async function ended(url: string, run: string): Promise<{ readonly status: string; readonly events: string }> {
  const events = await fetch(`${url}${run}/events`, { headers: { accept: 'text/event-stream' } });
  const text = await events.text();
  // Safe: the run as the contract has it.
  const { status } = (await (await fetch(`${url}${run}`)).json()) as { readonly status: string };
  return { status, events: text };
}

it('a cancel ends the work and not only the answer: the call of the provider is aborted, and nothing follows', async () => {
  const hold = createHold();
  const model = await startModelServer({ fallback: { text: 'once upon a time there was an engine', hold } });
  const url = await serve(model);
  const run = (await post(`${url}/v1/runs`, { source })).headers.get('location') ?? '';
  await hold.reached;
  const answer = await post(`${url}${run}/cancel`, { reason: 'not wanted any more' });
  expect(answer.ok).toBe(true);
  expect(await asked(model)[0]?.cutByClient).toBe(true);
  const cancelled = await ended(url, run);
  expect(cancelled.status).toBe('cancelled');
  // The provider goes on as it pleases; the run does not.
  hold.release();
  await fetch(`${url}/v1/runs`);
  expect(await ended(url, run)).toEqual(cancelled);
  expect(asked(model)).toHaveLength(1);
});

it('a late failure pays for nothing again: what is tried again goes on from the step that failed', async () => {
  const refused = { status: 400, message: 'no such luck' };
  const model = await startModelServer({
    rules: [
      { when: { text: 'Second' }, reply: refused, times: 1 },
      { when: { text: 'First' }, reply: { text: 'one' } },
      { when: { text: 'Second' }, reply: { text: 'two' } },
    ],
  });
  const url = await serve(model);
  const run = (await post(`${url}/v1/runs`, { source })).headers.get('location') ?? '';
  expect((await ended(url, run)).status).toBe('failed');
  const again = (await post(`${url}${run}/retry`)).headers.get('location') ?? '';
  expect(again).not.toBe(run);
  const { status, events } = await ended(url, again);
  expect(status).toBe('succeeded');
  expect(events).toContain('one, two');
  expect(asked(model).map(({ text }) => text.includes('First'))).toEqual([true, false, false]);
});
