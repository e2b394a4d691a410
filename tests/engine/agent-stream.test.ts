/** What is seen of an agent while it works: its text, what its model thinks, and its calls as they form. */
import type { AnyCheck, AnyTool, LivePart } from '@telos/core';
import { createSchemas } from '@telos/language';
import { createModels } from '@telos/models';
import { createFakeClock } from '@telos/testkit';
import { startModelServer } from '@telos/testkit/model-server';
import type { ModelServer } from '@telos/testkit/model-server';
import { z } from 'zod';
import { afterEach, describe, expect, it } from 'vitest';
import { outputsOf } from './engine.ts';
import { createStage } from './stage.ts';

const stage = createStage();
const servers: ModelServer[] = [];
afterEach(async () => {
  await stage.clear();
  for (const server of servers.splice(0)) await server.close();
});

const looking: Partial<AnyTool> = {
  description: 'Looks at a thing.',
  input: z.strictObject({ at: z.string() }),
  run: async () => 'seen',
};
const passing: AnyCheck['score'] = async () => ({ score: 1, verdict: 'pass', reason: 'It is.' });

/** Runs an agent over one of the protocols, and gives what was seen live. */
async function watched(protocol: 'openai' | 'ollama', around = '') {
  const server = await startModelServer({
    rules: [
      {
        times: 1,
        reply: { text: 'I look.', thought: 'Where is it?', toolCalls: [{ name: 'look', input: { at: 'a' } }] },
      },
      { reply: { text: 'There.', thought: 'So it is there.' } },
    ],
  });
  servers.push(server);
  const models = createModels({
    openai: { baseUrl: server.url },
    ollama: { host: server.ollamaUrl },
    schemas: createSchemas(),
    clock: createFakeClock(),
  });
  const engine = await stage.open({ models, tools: { look: looking }, checks: { fine: passing } });
  const yaml = `telos: 1
id: t
steps:
  - id: ask
${around}    agent: { input: Where?, model: ${protocol}/scripted, tools: [look] }
outputs: { answer: "\${{ steps.ask.output.text }}" }
`;
  const run = await engine.start(yaml, {}, { rung: false });
  const parts: LivePart[] = [];
  engine.live.subscribe(run, (part) => parts.push(part));
  await engine.ring(run);
  expect(outputsOf(await engine.ended(run))).toEqual({ answer: 'There.' });
  const seen = (type: LivePart['type'], path: string): string =>
    parts.flatMap((part) => (part.type === type && part.path === path && 'text' in part ? [part.text] : [])).join('');
  return { seen, server, journal: JSON.stringify(await engine.events(run)) };
}

describe.each(['openai', 'ollama'] as const)('an agent over %s', (protocol) => {
  it('is seen to think, to write and to call, piece by piece, and the journal keeps none of its thoughts', async () => {
    const { seen, server, journal } = await watched(protocol);
    expect(seen('thought', 'ask#1.turn')).toBe('Where is it?');
    expect(seen('text', 'ask#1.turn')).toBe('I look.');
    expect(JSON.parse(seen('tool_call_piece', 'ask#1.turn'))).toEqual({ at: 'a' });
    expect(seen('thought', 'ask#2.turn')).toBe('So it is there.');
    expect(journal).not.toContain('Where is it?');
    // Showing pieces asks no model anything.
    expect(server.requests).toHaveLength(2);
  });
});

describe('rails on an agent', () => {
  it('on its output keep back its text, its thoughts and its calls alike', async () => {
    const { seen } = await watched('openai', '    rails: { output: [fine] }\n');
    for (const type of ['text', 'thought', 'tool_call_piece'] as const)
      expect(seen(type, 'ask#1.turn') + seen(type, 'ask#2.turn')).toBe('');
  });

  it('on the arguments of its calls keep back its calls, which they have yet to see', async () => {
    const { seen } = await watched('openai', '    rails: { tool_arguments: [fine] }\n');
    expect(seen('tool_call_piece', 'ask#1.turn')).toBe('');
    expect(seen('thought', 'ask#1.turn')).toBe('Where is it?');
  });
});
