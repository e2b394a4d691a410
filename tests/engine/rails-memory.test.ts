/** Rails on what steps write into memory: of the step, of the blocks and of the workflows around it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyTool, Json, RunEvent } from '@telos/core';
import { createMemoryStore, memoryTools } from '@telos/knowledge';
import type { MemoryStore } from '@telos/knowledge';
import { createFakeClock } from '@telos/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine, EngineOptions } from './engine.ts';
import { realChecks } from './real-checks.ts';
import { createStage, driven, withEachDeath } from './stage.ts';

const stage = createStage();
let folder: string;
let memory: MemoryStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memory-'));
  memory = createMemoryStore(join(folder, 'memory.db'), createFakeClock());
});
afterEach(async () => {
  await stage.clear();
  memory.close();
  rmSync(folder, { recursive: true });
});

const tools = (): { readonly [name: string]: Partial<AnyTool> } =>
  Object.fromEntries([
    ...memoryTools(memory).map((tool): [string, AnyTool] => [tool.name, tool]),
    [
      'say',
      { run: (input: { readonly text?: Json }) => Promise.resolve(input.text ?? null) } satisfies Partial<AnyTool>,
    ],
  ]);
const options = (more: EngineOptions = {}): EngineOptions => ({ tools: tools(), checks: realChecks, ...more });
const open = (more?: EngineOptions): Promise<Engine> => stage.open(options(more));

const anna = 'anna@acme.example';
const kept = (): readonly Json[] => memory.find('default', undefined, 10).map(({ value }) => value);
const note = (more = ''): string =>
  `{ id: note, uses: memory.remember, with: { key: k, value: "\${{ inputs.text }}" }${more} }`;
const workflow = (steps: string, rails = ''): string =>
  `telos: 1\nid: t\ninputs: { text: string }\n${rails === '' ? '' : `rails: ${rails}\n`}steps: [${steps}]\n`;
const placesIn = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'rail.judged' ? [`${event.path} ${event.place} ${event.outcome}`] : []));

describe('rails on memory writes', () => {
  const around: readonly (readonly [string, string, string])[] = [
    ['of the step', workflow(note(', rails: { memory_write: [{ pii: redact }] }')), 'note'],
    ['of the run', workflow(note(), '{ memory_write: [{ pii: redact }] }'), 'note'],
    [
      'of a block around it',
      workflow(`{ id: each, foreach: [1], rails: { memory_write: [{ pii: redact }] }, steps: [${note()}] }`),
      'each[0].note',
    ],
    [
      'of the run, also in `finally`',
      `${workflow('{ id: a, uses: say }', '{ memory_write: [{ pii: redact }] }')}finally: [${note()}]\n`,
      'finally.note',
    ],
  ];

  it.each(around)('%s replace what is stored, and stand in the journal before the write', async (_, yaml, path) => {
    const engine = await open();
    const state = await engine.run(yaml, { text: `mail ${anna}` });
    expect(state.phase.status).toBe('succeeded');
    expect(kept()).toEqual(['mail <EMAIL_1>']);
    const events = await engine.events(state.id);
    const at = events.findIndex(({ type }) => type === 'rail.judged');
    expect(events[at]).toMatchObject({ path, place: 'memory_write', outcome: 'pass', replaced: true });
    expect(events.slice(at + 1).find(({ type }) => type === 'step.started')).toMatchObject({
      path,
      input: { value: { value: 'mail <EMAIL_1>' } },
    });
  });

  it('look at nothing but memory writes', async () => {
    const engine = await open();
    const yaml = workflow('{ id: a, uses: say, with: { text: "${{ inputs.text }}" } }', '{ memory_write: [pii] }');
    const state = await engine.run(yaml, { text: anna });
    expect(state.phase.status).toBe('succeeded');
    expect(placesIn(await engine.events(state.id))).toEqual([]);
  });

  it('look at the key as well as at the value', async () => {
    const engine = await open();
    const yaml = workflow(
      '{ id: note, uses: memory.remember, with: { key: "${{ inputs.text }}", value: 1 } }',
      '{ memory_write: [secrets] }',
    );
    const state = await engine.run(yaml, { text: 'sk_live_51H8xyzABCDEFGHIJKLMNOPQ' });
    expect(state.phase).toMatchObject({ error: { code: 'RAIL_BLOCKED', path: 'note' } });
    expect(kept()).toEqual([]);
  });

  it('block, flag, repair, and ask, each as at every other place', async () => {
    const engine = await open();
    const on = (rail: string): string => workflow(note(), `{ memory_write: [${rail}] }`);
    expect((await engine.run(on('pii'), { text: anna })).phase).toMatchObject({
      error: { code: 'RAIL_BLOCKED', message: expect.stringContaining('the memory write of note') },
    });
    expect(kept()).toEqual([]);
    await engine.run(on('{ pii: flag }'), { text: anna });
    expect(kept()).toEqual([anna]);
    await engine.run(on('{ hidden_text: repair }'), { text: 'a\u200B\u200B\u200B\u200Bb' });
    expect(kept()).toEqual(['ab']);
    const run = await engine.start(on('{ pii: ask }'), { text: anna });
    const asked = await engine.until(run, ({ type }) => type === 'wait.opened');
    expect(asked).toMatchObject({
      wait: { purpose: 'rail', rails: { place: 'memory_write' }, show: { value: { value: anna } } },
    });
    expect(kept()).toEqual(['ab']);
    await driven(engine, run, ({ id }) => ({
      id: `d${id}`,
      kind: 'decide',
      wait: id,
      decision: 'approve',
      value: { value: { key: 'k', value: 'a person wrote this' } },
    }));
    expect(kept()).toEqual(['a person wrote this']);
  });

  it('of a workflow hold for the writes of one that runs as a step of it, behind its own', async () => {
    const engine = await open();
    await engine.publish(
      `telos: 1\nid: inner\ninputs: { text: string }\nrails: { memory_write: [{ check: pii, action: flag }] }\nsteps: [${note()}]\n`,
    );
    const yaml = workflow(
      '{ id: child, workflow: { id: inner, with: { text: "${{ inputs.text }}" } } }',
      '{ memory_write: [{ secrets: flag }, { pii: redact }] }',
    );
    const state = await engine.run(yaml, { text: anna });
    expect(kept()).toEqual(['<EMAIL_1>']);
    const judged = (await engine.events(state.id)).find(({ type }) => type === 'rail.judged');
    expect(judged).toMatchObject({
      verdicts: [
        { check: 'pii', action: 'flag' },
        { check: 'secrets', action: 'flag' },
        { check: 'pii', action: 'redact' },
      ],
    });
  });

  it('keep the answer and the replaced value through the death of an owner at any append', async () => {
    const yaml = workflow(note(', idempotency_key: "${{ run.id }}-note"'), '{ memory_write: [{ pii: redact }] }');
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        const run = await first.start(yaml, { text: `mail ${anna}` });
        await first.clock.advance(16_000);
        const next = await afterDeath();
        const state = await driven(next, run);
        expect([which, state.phase.status, kept()]).toEqual([which, 'succeeded', ['mail <EMAIL_1>']]);
        // Judged once: whoever takes the run up finds the answer.
        const judged = placesIn(await next.events(run));
        expect([which, judged]).toEqual([which, ['note memory_write pass']]);
      },
      () => options(),
    );
    expect(deaths).toBeGreaterThan(2);
  });
});
