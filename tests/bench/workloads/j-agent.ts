/**
 * J: an agent of 20 turns with one tool call each, against the scripted model
 * server: the engine's own time for a turn, which is what is left when that of a
 * plain loop over the same requests is taken off.
 */
import type { ChatMessage } from '@telos/core';
import { systemClock } from '@telos/driver-local';
import { createSchemas } from '@telos/language';
import { createModels } from '@telos/models';
import { startModelServer } from '@telos/testkit/model-server';
import { openBenchEngine } from '../bench-engine.ts';
import { expectEqual, inFolder, outputOf, peakMiB, percentile, report, round } from '../report.ts';

const turns = 20;
const repeats = 30;
const warming = 10;

await inFolder(async (dir) => {
  const server = await startModelServer({
    rules: [
      {
        reply({ messages }) {
          const i = messages.filter(({ role }) => role === 'tool').length;
          return i < turns ? { toolCalls: [{ name: 'noop', input: { run: 'j', i } }] } : { text: `${turns}` };
        },
      },
    ],
  });
  const models = createModels({
    openai: { baseUrl: server.url },
    ollama: { host: 'http://127.0.0.1:9' },
    schemas: createSchemas(),
    clock: systemClock,
  });
  const engine = await openBenchEngine({ dir, durability: 'full', models, step: outputOf });

  async function plainLoop(): Promise<number> {
    const tool = { name: 'noop', description: 'Does nothing.', input: { type: 'object' } };
    const messages: ChatMessage[] = [{ role: 'user', text: 'j' }];
    for (let i = 0; ; i += 1) {
      const request = { model: 'openai/scripted', messages: [...messages], tools: [tool] };
      const { text, toolCalls } = await models.generate(request, { signal: new AbortController().signal });
      const [call] = toolCalls;
      if (call === undefined) return Number(text);
      messages.push({ role: 'assistant', text, toolCalls });
      messages.push({ role: 'tool', toolCallId: call.id, text: JSON.stringify(outputOf('j', i)) });
    }
  }

  const plain: number[] = [];
  const durable: number[] = [];
  for (let n = 0; n < warming + repeats; n += 1) {
    const begun = performance.now();
    expectEqual(await plainLoop(), turns, 'turns of the plain loop');
    const between = performance.now();
    expectEqual(await engine.finish(await engine.begin('agent', `j${n}`, turns)), turns, 'turns of the agent');
    if (n < warming) continue;
    plain.push((between - begun) / (turns + 1));
    durable.push((performance.now() - between) / (turns + 1));
  }
  const own = durable.map((ms, n) => ms - (plain[n] ?? 0));
  report('J', {
    turns,
    turn_ms_p50: round(percentile(durable, 0.5)),
    plain_loop_ms_p50: round(percentile(plain, 0.5)),
    own_ms_p50: round(percentile(own, 0.5)),
    own_ms_p90: round(percentile(own, 0.9)),
    peak_mib: peakMiB(),
  });
  await engine.stop();
  await server.close();
});
