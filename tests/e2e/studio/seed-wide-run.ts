import type { RunEvent, RunId } from '@telos/core';
import type { ServedStudio } from './serve-studio.ts';

const nothing = { input_tokens: 0, output_tokens: 0, usd: 0, ms: 0, calls: 0 };

const source = `telos: 1
id: wide
inputs: {}
steps:
  - id: pages
    foreach: "\${{ [1] }}"
    steps:
      - { id: read, uses: transform, with: { value: 1 } }
outputs: {}
`;

/** A finished run with one foreach of `items` one-step items, one of which failed and was left out. */
export async function seedWideRun(studio: ServedStudio, items: number): Promise<RunId> {
  await studio.publish('wide', source);
  const [version] = await studio.store.programs.versions('wide');
  if (version === undefined) throw new Error('wide was not published');
  const begin = Date.now() - 600_000;
  const id: RunId = '019ab000-0000-7000-8000-0000000000aa';
  await studio.store.journal.create({
    id,
    created: { type: 'run.created', at: begin, workflow: 'wide', program: version.hash, inputs: { value: {} } },
  });
  const events: RunEvent[] = [
    { type: 'run.started', at: begin },
    { type: 'block.opened', at: begin, path: 'pages', opening: { foreach: { value: [] }, count: items } },
  ];
  for (let item = 0; item < items; item += 1) {
    const path = `pages[${item}].read`;
    const at = begin + item * 10;
    events.push({ type: 'step.started', at, path, attempt: 1, input: { value: { item } } });
    events.push(
      item === 7_777
        ? {
            type: 'step.failed',
            at: at + 25,
            path,
            attempt: 1,
            error: { code: 'TOOL_FAILED', kind: 'retryable', message: 'The page was gone.', path },
          }
        : {
            type: 'step.succeeded',
            at: at + 25,
            path,
            attempt: 1,
            output: { value: `page ${item}` },
            usage: { ...nothing, input_tokens: 10, usd: 0.0001, ms: 25, calls: 1 },
          },
    );
  }
  const end = begin + items * 10 + 100;
  events.push({ type: 'step.succeeded', at: end, path: 'pages', attempt: 1, output: { value: items } });
  events.push({ type: 'run.succeeded', at: end, outputs: { value: {} } });
  await studio.append(id, events);
  return id;
}
