/** One agent over every engine: the same calls, the same answer and the same journal, whichever loop it is. */
import { agentEngines, noUsage, TelosError } from '@telos/core';
import type { AnyTool, GenerateRequest, Models, RunEvent, ToolContext } from '@telos/core';
import { createEngines } from '@telos/engines';
import { compile, createSchemas } from '@telos/language';
import type { Catalog } from '@telos/language';
import { createModels } from '@telos/models';
import { createFakeClock } from '@telos/testkit';
import { startModelServer } from '@telos/testkit/model-server';
import type { ModelServer, Reply } from '@telos/testkit/model-server';
import { z } from 'zod';
import { afterEach, describe, expect, it } from 'vitest';
import { outputsOf, toolOf } from '../engine/engine.ts';
import { createStage, driven, withEachDeath } from '../engine/stage.ts';

const stage = createStage();
const servers: ModelServer[] = [];
afterEach(async () => {
  await stage.clear();
  for (const server of servers.splice(0)) await server.close();
});

const all = ['native', ...agentEngines] as const;

const agent = (engine: string, more = '', around = ''): string => `telos: 1
id: t
${around}steps:
  - id: ask
    agent: { engine: ${engine}, instructions: Be exact., model: openai/scripted, tools: [house.look, send], input: How many?${more} }
outputs: { answer: "\${{ steps.ask.output }}" }
`;

const looking: Partial<AnyTool> = {
  description: 'Looks at a thing.',
  input: z.strictObject({ at: z.string() }),
  run: async ({ at }: { readonly at: string }) => `seen ${at}`,
};
const tools = { 'house.look': looking, send: { ...looking, description: 'Sends.' } };

const calls = (...named: readonly (readonly [name: string, input: unknown])[]): Reply => ({
  toolCalls: named.map(([name, input]) => ({ name, input })),
});

async function opened(replies: readonly Reply[]) {
  const server = await startModelServer({ rules: replies.map((reply) => ({ times: 1, reply })) });
  servers.push(server);
  const models = createModels({
    openai: { baseUrl: server.url },
    ollama: { host: 'http://127.0.0.1:9' },
    schemas: createSchemas(),
    clock: createFakeClock(),
  });
  return { server, engine: await stage.open({ models, tools }) };
}

/** What the journal says, less when it was and what was spent. */
const shapeOf = (events: readonly RunEvent[]): readonly string[] =>
  events.map((event) => {
    const path = 'path' in event ? event.path : '';
    const output = event.type === 'step.succeeded' ? JSON.stringify(event.output) : '';
    const made = event.type === 'loop.advanced' ? JSON.stringify([event.calls, event.state]) : '';
    return `${event.type} ${path} ${output}${made}`;
  });

describe('the engines of an agent', () => {
  it('make the same calls, give the same answer and leave the same journal', async () => {
    const task: readonly Reply[] = [
      calls(['house_look', { at: 'a' }], ['send', { at: 'b' }]),
      calls(['nothing', {}], ['house_look', { at: 1 }]),
      calls(['house_look', { at: 'c' }]),
      { text: 'Three.' },
    ];
    const shapes: (readonly string[])[] = [];
    const shown: unknown[] = [];
    for (const name of all) {
      const { engine, server } = await opened(task);
      const run = await engine.start(agent(name));
      expect(outputsOf(await engine.ended(run)), name).toEqual({ answer: { text: 'Three.' } });
      shapes.push(shapeOf(await engine.events(run)));
      shown.push(server.requests.map(({ messages, tools: offered }) => [offered, messages]));
    }
    for (const [index, name] of all.entries()) {
      expect(shapes[index], name).toEqual(shapes[0]);
      expect(shown[index], name).toEqual(shown[0]);
    }
    expect(shapes[0]?.filter((line) => line.startsWith('step.succeeded ask#')).length).toBe(7);
  });
});

describe.each(agentEngines)('the agent engine %s', (name) => {
  it('goes on at the turn it had reached wherever its owner dies, and makes no recorded call again', async () => {
    let made: string[] = [];
    let asked: GenerateRequest['messages'][] = [];
    const steady: Models = {
      generate({ messages }) {
        asked.push(messages);
        const seen = messages.filter(({ role }) => role === 'tool').length;
        const next = [['a'], ['b', 'c'], [], ['d'], []][seen] ?? [];
        // Ids of a model may come again: a result is that of its own turn.
        const toolCalls = next.map((at, index) => ({ id: `c${index}`, name: 'house.look', input: { at } }));
        const finish = toolCalls.length === 0 ? ('stop' as const) : ('tool_calls' as const);
        return Promise.resolve({ model: 'a/steady', text: `After ${seen}.`, toolCalls, finish, usage: noUsage });
      },
      estimate: () => Promise.resolve(noUsage),
      embed: () => Promise.resolve(undefined),
      problem: () => Promise.resolve(undefined),
      list: () => Promise.resolve([]),
    };
    const watched = {
      ...tools,
      'house.look': {
        ...looking,
        run: async ({ at }: { readonly at: string }, { path }: ToolContext) => (made.push(path), `seen ${at}`),
      },
    };
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        made = [];
        asked = [];
        const run = await first.start(agent(name));
        // A framework takes turns of the event loop that no clock counts.
        for (let turn = 0; turn < 12; turn += 1) await first.clock.advance(100);
        const engine = await afterDeath();
        const state = await driven(engine, run);
        expect(outputsOf(state), which).toEqual({ answer: { text: 'After 4.' } });
        expect(
          [...state.steps.keys()].filter((path) => path.includes('call')),
          which,
        ).toEqual(['ask#2.call_1', 'ask#3.call_1', 'ask#3.call_2', 'ask#4.call_1']);
        // Only what the dead owner had not recorded was done again.
        expect(made.length, which).toBeLessThanOrEqual(6);
        expect(asked.length, which).toBeLessThanOrEqual(5);
      },
      () => ({ models: steady, tools: watched }),
    );
    expect(deaths).toBeGreaterThan(8);
  }, 120_000);

  it('gives a value of the schema that it was asked for, and answers in its last turn without tools', async () => {
    const { engine, server } = await opened([calls(['house_look', { at: 'a' }]), { json: { count: 3 } }]);
    const schema = '{ type: object, properties: { count: { type: integer } }, required: [count] }';
    const state = await engine.run(agent(name, `, max_turns: 2, output: { schema: ${schema} }`));
    expect(outputsOf(state)).toEqual({ answer: { count: 3 } });
    expect(server.requests.at(-1)?.tools).toEqual([]);
    expect(server.requests.at(-1)?.text).toContain('This is your last turn');
  });

  it('is held to permissions and to the rules of its agent, and fails as the model does', async () => {
    const { engine, server } = await opened([
      calls(['send', { at: 'x' }], ['house_look', { at: 'a' }]),
      { status: 401, message: 'no' },
    ]);
    const hooks = ', hooks: { after_tool: [{ tools: [house.look], result: short }] }';
    const rules = 'permissions: { deny: [{ uses: send, with: { at: x } }] }\n';
    const state = await engine.run(agent(name, hooks, rules));
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'MODEL_KEY_INVALID' } });
    const told = server.requests
      .at(-1)
      ?.messages.slice(-2)
      .map(({ text }) => text);
    expect(told).toEqual([expect.stringContaining('(TOOL_DENIED)'), 'short']);
  });
});

function enginesWithout(load: () => Promise<never>, more: { readonly find?: () => void } = {}) {
  return createEngines({
    langchain: { package: 'langchain', version: '1.5.14', load, ...more },
    'openai-agents': { package: '@openai/agents-core', version: '0.20.0', load, ...more },
    'ai-sdk': { package: 'ai', version: '7.0.173', load, ...more },
  });
}

describe('an engine that is not there', () => {
  it.each(agentEngines)('is found out when the file is compiled, with what to install: %s', (name) => {
    const engines = enginesWithout(() => Promise.reject(new Error('is not loaded for that')), {
      find: () => {
        throw Object.assign(new Error('x'), { code: 'MODULE_NOT_FOUND' });
      },
    });
    const known = new Map(Object.entries(tools).map(([tool, act]) => [tool, toolOf(tool, act)]));
    const compiled = (catalog: Partial<Catalog>) =>
      compile(agent(name), { catalog: { tools: known, checks: new Map(), ...catalog } });
    expect(compiled({ engines })).toMatchObject({
      ok: false,
      faults: [
        {
          code: 'ENGINE_MISSING',
          line: 5,
          path: 'steps[0].agent.engine',
          hint: expect.stringContaining('Install it: npx -y pnpm@12 add --workspace-root '),
        },
      ],
    });
    expect(compiled({ engines: createEngines() }).ok).toBe(true);
  });

  it('is named by the package to install', async () => {
    const gone: () => Promise<never> = () =>
      Promise.reject(Object.assign(new Error('x'), { code: 'ERR_MODULE_NOT_FOUND' }));
    const engines = enginesWithout(gone);
    const failure = await engines.open('ai-sdk').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TelosError);
    expect(failure).toMatchObject({
      code: 'ENGINE_MISSING',
      next: expect.stringContaining('pnpm@12 add --workspace-root ai@7.0.173'),
    });
  });
});
