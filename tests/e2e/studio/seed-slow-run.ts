import type { RunEvent, RunId } from '@telos/core';
import type { ServedStudio } from './serve-studio.ts';

const source = `telos: 1
id: slow
inputs: {}
steps:
  - { id: search, uses: web.search, with: { query: valves } }
  - id: both
    parallel:
      quick:
        - { id: count, uses: transform, with: { value: 3 } }
      slow:
        - { id: draft, uses: llm, with: { prompt: "Write about \${{ steps.search.output }}." } }
  - { id: ok, approve: { show: "\${{ steps.both.output }}" } }
outputs: {}
`;

const spent = { input_tokens: 120, output_tokens: 30, usd: 0.001, ms: 20_000, calls: 1 };
const failed = { code: 'TOOL_FAILED', kind: 'retryable', message: 'The far side answered 503.' } as const;
const limit = { of: 'openai/gpt-5.2', unit: 'requests', perMinute: 60 } as const;

/** A finished run that spent its time in every way there is: 20 s queued, 30 s before a retry, 40 s at a rate limit, 5 min for a person. */
export async function seedSlowRun(studio: ServedStudio): Promise<RunId> {
  await studio.publish('slow', source);
  const [version] = await studio.store.programs.versions('slow');
  if (version === undefined) throw new Error('slow was not published');
  const begin = Date.now() - 3_600_000;
  const at = (seconds: number) => begin + seconds * 1000;
  const id: RunId = '019ab000-0000-7000-8000-0000000000cc';
  await studio.store.journal.create({
    id,
    created: { type: 'run.created', at: begin, workflow: 'slow', program: version.hash, inputs: { value: {} } },
  });
  const search = { path: 'search', input: { value: { query: 'valves' } } };
  const draft = { path: 'both.slow.draft', attempt: 1 };
  const count = { path: 'both.quick.count', attempt: 1 };
  const ok = { path: 'ok', attempt: 1 };
  const events: readonly RunEvent[] = [
    { type: 'run.started', at: at(20) },
    { type: 'step.started', at: at(20), attempt: 1, ...search },
    { type: 'attempt.failed', at: at(30), path: 'search', attempt: 1, error: failed, retryAt: at(60) },
    { type: 'step.started', at: at(60), attempt: 2, ...search },
    { type: 'step.succeeded', at: at(70), path: 'search', attempt: 2, output: { value: 'found' } },
    { type: 'block.opened', at: at(70), path: 'both', opening: { branches: ['quick', 'slow'] } },
    { type: 'step.started', at: at(70), ...count },
    { type: 'step.started', at: at(70), ...draft, input: { value: { prompt: 'Write about found.' } } },
    { type: 'step.succeeded', at: at(71), ...count, output: { value: 3 } },
    { type: 'call.waiting', at: at(72), ...draft, limit },
    { type: 'call.admitted', at: at(112), ...draft, limit },
    {
      type: 'call.finished',
      at: at(132),
      ...draft,
      index: 0,
      call: {
        kind: 'chat',
        name: 'openai/gpt-5.2',
        startedAt: at(112),
        ms: 20_000,
        input: { value: [{ role: 'user', text: 'Write about found.' }] },
        output: { value: { text: 'Valves.' } },
        usage: spent,
      },
    },
    { type: 'step.succeeded', at: at(132), ...draft, output: { value: { text: 'Valves.' } }, usage: spent },
    { type: 'step.succeeded', at: at(132), path: 'both', attempt: 1, output: { value: {} } },
    { type: 'step.started', at: at(132), ...ok },
    {
      type: 'wait.opened',
      at: at(132),
      ...ok,
      wait: { kind: 'approval', purpose: 'step', who: [], show: { value: 'Valves.' }, onTimeout: 'reject' },
    },
    { type: 'wait.closed', at: at(432), ...ok, closing: { decision: 'approve', by: 'anna' } },
    { type: 'step.succeeded', at: at(433), ...ok, output: { value: 'Valves.' } },
    { type: 'run.succeeded', at: at(433), outputs: { value: {} } },
  ];
  await studio.append(id, events);
  return id;
}
