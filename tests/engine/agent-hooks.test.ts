/** Rules around the turns and the calls of an agent: what they change, what they keep back, and that each is asked once. */
import { noUsage } from '@telos/core';
import type { AnyTool, Models, RunEvent } from '@telos/core';
import { createSchemas } from '@telos/language';
import { createModels } from '@telos/models';
import { createFakeClock } from '@telos/testkit';
import { startModelServer } from '@telos/testkit/model-server';
import type { ModelServer, Reply } from '@telos/testkit/model-server';
import { z } from 'zod';
import { afterEach, describe, expect, it } from 'vitest';
import { outputsOf } from './engine.ts';
import type { EngineOptions } from './engine.ts';
import { createStage, driven, withEachDeath } from './stage.ts';

const stage = createStage();
const servers: ModelServer[] = [];
afterEach(async () => {
  await stage.clear();
  for (const server of servers.splice(0)) await server.close();
});

const agent = (hooks: string, more = ''): string => `telos: 1
id: t
inputs: { house: { type: string, default: Rouen } }
steps:
  - id: first
    uses: echo
    with: { value: "\${{ inputs.house }}" }
  - id: ask
    agent:
      instructions: Be exact.
      model: openai/scripted
      tools: [look, send]
      input: How many?
      hooks: { ${hooks} }${more}
outputs: { answer: "\${{ steps.ask.output }}" }
`;

const calls = (...named: readonly (readonly [name: string, input: unknown])[]): Reply => ({
  toolCalls: named.map(([name, input]) => ({ name, input })),
});

const looking: Partial<AnyTool> = {
  description: 'Looks at a thing.',
  input: z.strictObject({ at: z.string(), limit: z.number().optional() }),
  run: async (input: { readonly at: string }) => `seen ${JSON.stringify(input)}` as never,
};

const toolsOf = (): NonNullable<EngineOptions['tools']> => ({
  look: looking,
  send: { ...looking, description: 'Sends.' },
  echo: ({ value }) => value ?? null,
});

const silent: Omit<Models, 'generate'> = {
  estimate: () => Promise.resolve(noUsage),
  embed: () => Promise.resolve(undefined),
  problem: () => Promise.resolve(undefined),
  list: () => Promise.resolve([]),
};

async function opened(replies: readonly Reply[], options: EngineOptions = {}) {
  const server = await startModelServer({ rules: replies.map((reply) => ({ times: 1, reply })) });
  servers.push(server);
  const models = createModels({
    openai: { baseUrl: server.url },
    ollama: { host: 'http://127.0.0.1:9' },
    schemas: createSchemas(),
    clock: createFakeClock(),
  });
  const tools = { ...toolsOf(), ...options.tools };
  return { server, engine: await stage.open({ ...options, models, tools }) };
}

const said = (server: ModelServer, turn: number): readonly string[] =>
  (server.requests[turn - 1]?.messages ?? []).map(({ role, text }) => `${role}: ${text}`);

const errorOf = (events: readonly RunEvent[]): unknown =>
  events.flatMap((event) => (event.type === 'run.failed' ? [event.error] : []))[0];

describe('a rule before a turn', () => {
  it('adds a message that the model is shown from then on', async () => {
    const { engine, server } = await opened([calls(['look', { at: 'a' }]), { text: 'Three.' }]);
    const hooks =
      'before_model: [{ when: "turn.number == 1", add: "It is about ${{ steps.first.output }}; ${{ size(turn.messages) }} before." }]';
    const state = await engine.run(agent(hooks));
    expect(outputsOf(state)).toEqual({ answer: { text: 'Three.' } });
    const told = ['system: Be exact.', 'user: How many?', 'user: It is about Rouen; 2 before.'];
    expect(said(server, 1)).toEqual(told);
    expect(said(server, 2)).toEqual([...told, 'assistant: ', 'tool: seen {"at":"a"}']);
  });

  it('shows no more than the last turns, what was asked among them, and keeps all of it in the journal', async () => {
    const { engine, server } = await opened([
      calls(['look', { at: 'a' }]),
      calls(['look', { at: 'b' }]),
      calls(['look', { at: 'c' }]),
      { text: 'Three.' },
    ]);
    const state = await engine.run(agent('before_model: [{ when: "turn.number > 2", keep: 1 }]'));
    expect(said(server, 4)).toEqual(['system: Be exact.', 'user: How many?', 'assistant: ', 'tool: seen {"at":"c"}']);
    const turn = state.steps.get('ask#4.turn');
    expect(turn).toMatchObject({ status: 'succeeded', output: { value: { heard: [{ text: 'seen {"at":"c"}' }] } } });
  });

  it('ends the agent with a reason, without a call of the model', async () => {
    const { engine, server } = await opened([calls(['look', { at: 'a' }]), { text: 'Three.' }]);
    const hooks = 'before_model: [{ when: "turn.number == 2", end: "It took ${{ turn.number }} turns." }]';
    const run = await engine.start(agent(hooks));
    await engine.ended(run);
    expect(errorOf(await engine.events(run))).toMatchObject({
      code: 'AGENT_ENDED',
      message: expect.stringContaining('ask was ended by a rule: It took 2 turns.'),
    });
    expect(server.requests).toHaveLength(1);
  });

  it('may answer in place of the model', async () => {
    const { engine, server } = await opened([{ text: 'Three.' }]);
    const state = await engine.run(agent('before_model: [{ answer: "${{ steps.first.output }}" }]'));
    expect(outputsOf(state)).toEqual({ answer: { text: 'Rouen' } });
    expect(server.requests).toHaveLength(0);
  });
});

describe('a rule after a turn', () => {
  it('has the turn taken again, the model told why', async () => {
    const { engine, server } = await opened([{ text: 'Three.' }, { text: 'Three, says the register.' }]);
    const hooks = 'after_model: [{ when: "!turn.text.contains(\'says\')", again: Name your source. }]';
    const state = await engine.run(agent(hooks));
    expect(outputsOf(state)).toEqual({ answer: { text: 'Three, says the register.' } });
    expect(said(server, 2).slice(-2)).toEqual(['assistant: Three.', 'user: Name your source.']);
  });

  it('that has it taken again makes none of its calls, and the agent is not stuck by that', async () => {
    const { engine, server } = await opened([
      calls(['look', { at: 'a' }], ['look', { at: 'b' }], ['send', { at: 'c' }]),
      calls(['look', { at: 'a' }]),
      { text: 'Three.' },
    ]);
    const state = await engine.run(agent('after_model: [{ when: "size(turn.calls) > 1", again: One at a time. }]'));
    expect(outputsOf(state)).toEqual({ answer: { text: 'Three.' } });
    expect(said(server, 2).slice(-3)).toEqual(
      Array.from({ length: 3 }, () => 'tool: The call failed: One at a time. (CALL_REFUSED)'),
    );
    expect([...state.steps.keys()].filter((path) => path.includes('call'))).toEqual(['ask#3.call_1']);
  });

  it('that is never content ends with the turns', async () => {
    const { engine } = await opened([{ text: 'One.' }, { text: 'Two.' }]);
    const state = await engine.run(agent('after_model: [{ again: Better. }]', '\n      max_turns: 2'));
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'AGENT_TURNS' } });
  });

  it('gives an answer that must fit the form of the agent', async () => {
    const hooks = 'after_model: [{ answer: { count: "${{ size(turn.text) }}" } }]';
    const schema = (type: string) =>
      `\n      output: { schema: { type: object, properties: { count: { ${type} } }, required: [count] } }`;
    const { engine } = await opened([{ json: { count: 1 } }, { json: { count: 1 } }]);
    expect(outputsOf(await engine.run(agent(hooks, schema('type: integer'))))).toEqual({ answer: { count: 11 } });
    const off = await engine.run(agent(hooks, schema('type: integer, maximum: 3')));
    expect(off.phase).toMatchObject({ status: 'failed', error: { code: 'OUTPUT_INVALID' } });
  });
});

describe('a rule before a call', () => {
  it('changes what the tools that its globs name are given', async () => {
    const { engine, server } = await opened([calls(['look', { at: 'a' }], ['send', { at: 'b' }]), { text: 'Done.' }]);
    const hooks =
      'before_tool: [{ tools: ["lo*"], set: { limit: 3, at: "${{ call.input.at + steps.first.output }}" } }]';
    await engine.run(agent(hooks));
    expect(said(server, 2).slice(-2)).toEqual(['tool: seen {"at":"aRouen","limit":3}', 'tool: seen {"at":"b"}']);
  });

  it('keeps a call from being made, and tells the model why', async () => {
    const { engine, server } = await opened([calls(['send', { at: 'b' }], ['look', { at: 'a' }]), { text: 'Done.' }]);
    const hooks =
      'before_tool: [{ tools: [send], when: "call.input.at == \'b\'", refuse: "Not to ${{ call.input.at }}." }]';
    const state = await engine.run(agent(hooks));
    expect(said(server, 2).slice(-2)).toEqual([
      'tool: The call failed: Not to b. (CALL_REFUSED)',
      'tool: seen {"at":"a"}',
    ]);
    expect(state.steps.has('ask#2.call_1')).toBe(false);
  });

  it('cannot get round what the workflow denies: arguments are held to its permissions as they are then', async () => {
    const { engine, server } = await opened([calls(['look', { at: 'a' }]), { text: 'Done.' }]);
    const source = agent('before_tool: [{ set: { at: secret } }]').replace(
      'steps:',
      'permissions: { deny: [{ uses: look, with: { at: secret } }] }\nsteps:',
    );
    await engine.run(source);
    expect(said(server, 2).at(-1)).toContain('(TOOL_DENIED)');
  });
});

describe('a rule after a call', () => {
  it('changes what the model is shown, and leaves the result of the step as it is', async () => {
    const { engine, server } = await opened([calls(['look', { at: 'a' }]), { text: 'Done.' }]);
    const state = await engine.run(
      agent('after_tool: [{ tools: [look], result: "${{ size(call.output) }} letters" }]'),
    );
    expect(said(server, 2).at(-1)).toBe('tool: 15 letters');
    expect(state.steps.get('ask#2.call_1')).toMatchObject({ output: { value: 'seen {"at":"a"}' } });
  });

  it('sees why a call failed, and may end the agent for it', async () => {
    const { engine } = await opened([calls(['look', { at: 1 }]), { text: 'Done.' }]);
    const hooks = 'after_tool: [{ when: "call.error != null", end: "${{ call.name }}: ${{ call.error.code }}" }]';
    const state = await engine.run(agent(hooks));
    expect(state.phase).toMatchObject({
      error: { code: 'AGENT_ENDED', message: expect.stringContaining('look: TOOL_INPUT') },
    });
  });
});

describe('rules of an agent', () => {
  it('carry what they have read into what the model is shown and what it calls', async () => {
    const web = { ...looking, returns: ['untrusted' as const] };
    const { engine } = await opened([calls(['send', { at: 'a' }]), { text: 'Done.' }], { tools: { echo: web } });
    const source = agent('before_model: [{ add: "${{ steps.first.output }}" }]').replace(
      'with: { value: "${{ inputs.house }}" }',
      'with: { at: x }',
    );
    const state = await engine.run(source);
    expect(state.steps.get('ask#1.turn')).toMatchObject({ labels: ['untrusted'] });
    expect(state.steps.get('ask#2.call_1')).toMatchObject({ labels: ['untrusted'] });
  });

  it('that fail say which of them it was', async () => {
    const { engine } = await opened([calls(['look', { at: 'a' }])]);
    const before = await engine.run(agent('before_model: [{ add: x }, { add: "${{ turn.messages[7].text }}" }]'));
    expect(before.phase).toMatchObject({
      error: { code: 'EXPRESSION_FAILED', message: expect.stringContaining('hooks.before_model[1]') },
    });
    const behind = await engine.run(agent('before_tool: [{ refuse: "${{ call.input.no }}" }]'));
    expect(behind.phase).toMatchObject({
      error: { code: 'EXPRESSION_FAILED', message: expect.stringContaining('hooks.before_tool[0] of ask') },
    });
  });

  it('hold for an agent that is called', async () => {
    const { engine, server } = await opened([
      calls(['worker', { task: 'Count.' }]),
      { text: 'Three.' },
      { text: 'It is three.' },
    ]);
    const source = agent('after_tool: [{ tools: [worker], result: "It said ${{ call.output.text }}" }]').replace(
      'hooks:',
      'agents: { worker: { description: Counts., model: openai/scripted, hooks: { before_model: [{ add: "In ${{ inputs.house }}." }] } } }\n      hooks:',
    );
    await engine.run(source);
    expect(said(server, 2)).toEqual(['user: Count.', 'user: In Rouen.']);
    expect(said(server, 3).at(-1)).toBe('tool: It said Three.');
  });

  it('are asked once: whatever dies, and wherever, the same is said', { timeout: 60_000 }, async () => {
    const hooks = [
      'before_model: [{ when: "turn.number == 2", add: "Turn ${{ turn.number }} of ${{ steps.first.output }}." }]',
      'after_tool: [{ result: "short" }]',
      'before_tool: [{ set: { limit: 3 } }]',
      'after_model: [{ when: "turn.text == \'Three.\'", again: Say more. }]',
    ].join(', ');
    let shown: readonly string[] = [];
    const steady: Models = {
      ...silent,
      generate({ messages }) {
        shown = messages.map(({ role, text }) => `${role}: ${text}`);
        const turn = { model: 'a/steady', usage: noUsage };
        if (!messages.some(({ role }) => role === 'tool')) {
          const toolCalls = [{ id: 'a', name: 'look', input: { at: 'a' } }];
          return Promise.resolve({ ...turn, text: '', toolCalls, finish: 'tool_calls' });
        }
        const text = messages.at(-1)?.text === 'Say more.' ? 'Three, I say.' : 'Three.';
        return Promise.resolve({ ...turn, text, toolCalls: [], finish: 'stop' });
      },
    };
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        const run = await first.start(agent(hooks));
        await first.clock.advance(1000);
        const state = await driven(await afterDeath(), run);
        expect(outputsOf(state), which).toEqual({ answer: { text: 'Three, I say.' } });
        expect(shown, which).toEqual([
          'system: Be exact.',
          'user: How many?',
          'assistant: ',
          'tool: short',
          'user: Turn 2 of Rouen.',
          'assistant: Three.',
          'user: Say more.',
        ]);
      },
      () => ({ models: steady, tools: toolsOf() }),
    );
    expect(deaths).toBeGreaterThan(8);
  });
});
