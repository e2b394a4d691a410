/** An agent block: a model that calls tools in rounds, each turn and each call a step like any other. */
import { noUsage } from '@telos/core';
import type { AnyCheck, AnyTool, ListedWait, Message, Models, RunEvent, ToolContext } from '@telos/core';
import { createSchemas } from '@telos/language';
import { createModels } from '@telos/models';
import { createFakeClock } from '@telos/testkit';
import { startModelServer } from '@telos/testkit/model-server';
import type { ModelServer, Reply } from '@telos/testkit/model-server';
import { z } from 'zod';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, outputsOf, untilAborted } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { realChecks } from './real-checks.ts';
import { createStage, driven, withEachDeath } from './stage.ts';

const stage = createStage();
const servers: ModelServer[] = [];
afterEach(async () => {
  await stage.clear();
  for (const server of servers.splice(0)) await server.close();
});

const agent = (more = ''): string => `telos: 1
id: t
inputs: { question: { type: string, default: "How many?" } }
steps:
  - id: ask
    agent: { instructions: Be exact., model: openai/scripted, tools: ["look", "send"], input: "\${{ inputs.question }}"${more} }
outputs: { answer: "\${{ steps.ask.output }}" }
`;

const calls = (...named: readonly (readonly [name: string, input: unknown])[]): Reply => ({
  toolCalls: named.map(([name, input]) => ({ name, input })),
});

const look = (run: (input: { readonly at: string }) => unknown): Partial<AnyTool> => ({
  description: 'Looks at a thing.',
  input: z.strictObject({ at: z.string() }),
  run: async (input: { readonly at: string }) => (await run(input)) as never,
});

async function scripted(
  ...replies: readonly Reply[]
): Promise<{ readonly server: ModelServer; readonly models: Models }> {
  const server = await startModelServer({ rules: replies.map((reply) => ({ times: 1, reply })) });
  servers.push(server);
  const models = createModels({
    openai: { baseUrl: server.url },
    ollama: { host: 'http://127.0.0.1:9' },
    schemas: createSchemas(),
    clock: createFakeClock(),
  });
  return { server, models };
}

async function opened(replies: readonly Reply[], options: EngineOptions = {}) {
  const { server, models } = await scripted(...replies);
  const tools = { look: look(({ at }) => `seen ${at}`), send: look(() => 'sent'), ...options.tools };
  return { server, models, engine: await stage.open({ ...options, models, tools }) };
}

const pathsOf = (events: readonly RunEvent[], type: RunEvent['type']): readonly string[] =>
  events.flatMap((event) => (event.type === type && 'path' in event && event.path !== undefined ? [event.path] : []));

/** Answers the one thing that the run waits for. */
async function answerFirst(engine: Engine, run: string, answer: (wait: ListedWait) => Message): Promise<ListedWait> {
  const [wait] = (await engine.store.waits.list({ run }, 2)).items;
  if (wait === undefined) throw new Error(`Run ${run} waits for nothing.`);
  await engine.store.inbox.post(run, answer(wait));
  return wait;
}

describe('an agent', () => {
  it('calls tools until it answers, each turn and each call a step of its round', async () => {
    const { engine, server } = await opened([
      calls(['look', { at: 'a' }], ['look', { at: 'b' }]),
      calls(['look', { at: 'c' }]),
      { text: 'Three.' },
    ]);
    const run = await engine.start(agent());
    expect(outputsOf(await engine.ended(run))).toEqual({ answer: { text: 'Three.' } });
    expect(pathsOf(await engine.events(run), 'step.succeeded')).toEqual([
      'ask#1.turn',
      'ask#2.call_1',
      'ask#2.call_2',
      'ask#2.turn',
      'ask#3.call_1',
      'ask#3.turn',
      'ask',
    ]);
    expect(server.requests.at(-1)?.messages.map(({ role, text }) => `${role}: ${text}`)).toEqual([
      'system: Be exact.',
      'user: How many?',
      'assistant: ',
      'tool: seen a',
      'tool: seen b',
      'assistant: ',
      'tool: seen c',
    ]);
    expect(server.requests[0]?.tools).toEqual(['look', 'send']);
  });

  it('is offered only the tools that its globs name, less those that are denied', async () => {
    const { engine, server } = await opened([{ text: 'None.' }]);
    await engine.run(
      agent().replace('steps:', 'permissions: { deny: [send] }\nsteps:').replace('["look", "send"]', '["*"]'),
    );
    expect(server.requests[0]?.tools).toEqual(['look']);
  });

  it('gives a value of the schema that it was asked for', async () => {
    const { engine } = await opened([calls(['look', { at: 'a' }]), { json: { count: 3 } }]);
    const schema = '{ type: object, properties: { count: { type: integer } }, required: [count] }';
    const state = await engine.run(agent(`, output: { schema: ${schema} }`));
    expect(outputsOf(state)).toEqual({ answer: { count: 3 } });
  });

  it('counts what its turns cost, and carries what its tools brought in as labels', async () => {
    const web = { ...look(() => 'from outside'), returns: ['untrusted' as const] };
    const { engine } = await opened([calls(['look', { at: 'a' }]), { text: 'Done.' }], { tools: { look: web } });
    const state = await engine.run(agent());
    expect(state.usage.calls).toBe(2);
    expect(state.usage.output_tokens).toBeGreaterThan(0);
    expect(state.steps.get('ask')).toMatchObject({ status: 'succeeded', labels: ['untrusted'] });
    expect(state.steps.get('ask#2.turn')).toMatchObject({ labels: ['untrusted'] });
    expect(state.steps.get('ask#1.turn')).toMatchObject({ labels: [] });
  });

  it('stays within the budget of its block', async () => {
    const many = Array.from({ length: 20 }, (_, n) => calls(['look', { at: `${n}` }]));
    const { engine } = await opened(many);
    const state = await engine.run(agent().replace('agent:', 'budget: { calls: 5, on_exceeded: fail }\n    agent:'));
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
    expect(state.usage.calls).toBeLessThanOrEqual(5);
  });
});

describe('an agent whose conversation has grown', () => {
  const long = { look: look(({ at }) => `${at}: `.padEnd(2000, 'x')) };
  const small = agent(', context: { tokens: 1000 }');

  it('is shown the beginnings of old results; the journal has all that was said, and each result whole', async () => {
    const { engine, server } = await opened(
      [...['a', 'b', 'c'].map((at) => calls(['look', { at }])), { text: 'Three.' }],
      { tools: long },
    );
    const run = await engine.start(small);
    const state = await engine.ended(run);
    expect(outputsOf(state)).toEqual({ answer: { text: 'Three.' } });
    const shown = server.requests.map(({ messages }) =>
      messages.filter(({ role }) => role === 'tool').map(({ text }) => text.length),
    );
    expect(shown[1]).toEqual([2000]);
    expect(shown[2]?.[0]).toBeLessThan(300);
    expect(shown[3]?.map((length) => length === 2000)).toEqual([false, false, true]);
    expect(state.steps.get('ask#2.call_1')).toMatchObject({ output: { value: 'a: '.padEnd(2000, 'x') } });
    const advanced = (await engine.events(run)).findLast(({ type }) => type === 'loop.advanced');
    if (advanced?.type !== 'loop.advanced') throw new Error('It had one turn.');
    const { state: kept } = advanced;
    const blob = 'blob' in kept ? await engine.store.blobs.get(kept.blob) : undefined;
    const told = 'value' in kept ? JSON.stringify(kept.value) : Buffer.from(blob?.bytes ?? []).toString();
    expect(told).toContain('b: '.padEnd(2000, 'x'));
  });

  it('is still told that a call gave the same result before, and is ended when it goes on making it', async () => {
    const { engine } = await opened(
      Array.from({ length: 9 }, () => calls(['look', { at: 'a' }])),
      { tools: long },
    );
    const state = await engine.run(small);
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'AGENT_STUCK' } });
  });
});

describe('what goes wrong in an agent', () => {
  it('goes back to the model: a tool that fails, one that there is not, an input off its schema', async () => {
    const { engine, server } = await opened(
      [
        calls(['look', { at: 'a' }], ['lokk', { at: 'b' }]),
        calls(['look', { at: 'fine' }]),
        calls(['look', { it: 'c' }]),
        { text: 'Done.' },
      ],
      {
        tools: {
          look: look(({ at }) => {
            if (at === 'a') throw new Error('It is dark.');
            return 'seen';
          }),
        },
      },
    );
    expect((await engine.run(agent())).phase.status).toBe('succeeded');
    const said = server.requests
      .at(-1)
      ?.messages.filter(({ role }) => role === 'tool')
      .map(({ text }) => text);
    expect(said).toEqual([
      expect.stringContaining('It is dark.'),
      expect.stringContaining('There is no tool lokk. There is: look, send.'),
      'seen',
      expect.stringContaining('TOOL_INPUT'),
    ]);
  });

  it('ends it when three calls in a row fail, with the last reason', async () => {
    const { engine } = await opened(
      [
        calls(['look', { at: '1' }]),
        calls(['look', { at: '2' }]),
        calls(['look', { at: '3' }]),
        calls(['look', { at: '4' }]),
      ],
      { tools: { look: look(() => Promise.reject(new Error('It is dark.'))) } },
    );
    const state = await engine.run(agent());
    expect(state.phase).toMatchObject({
      error: { code: 'AGENT_STUCK', path: 'ask', message: expect.stringContaining('It is dark.') },
    });
    expect(state.steps.has('ask#4.call_1')).toBe(true);
    expect(state.steps.has('ask#5.turn')).toBe(false);
  });

  it('is told that a call gave the same result before, and is ended when it goes on making it', async () => {
    const { engine, server } = await opened(Array.from({ length: 6 }, () => calls(['look', { at: 'a' }])));
    const state = await engine.run(agent());
    expect(state.phase).toMatchObject({ error: { code: 'AGENT_STUCK', message: expect.stringContaining('3 times') } });
    const told = server.requests[2]?.messages.filter(({ role }) => role === 'tool').map(({ text }) => text);
    expect(told).toEqual(['seen a', expect.stringContaining('same result before')]);
    expect(server.requests).toHaveLength(4);
  });

  it('leaves it no tools in its last turn, and says so', async () => {
    const { engine, server } = await opened([calls(['look', { at: 'a' }]), { text: 'One, as far as I saw.' }]);
    const state = await engine.run(agent(', max_turns: 2'));
    expect(outputsOf(state)).toEqual({ answer: { text: 'One, as far as I saw.' } });
    expect(server.requests.at(-1)?.tools).toEqual([]);
    expect(server.requests.at(-1)?.messages.at(-1)?.text).toContain('last turn');
  });

  it('is tried again when the model cannot be reached, and only that turn', async () => {
    const { engine } = await opened([calls(['look', { at: 'a' }]), { status: 503 }, { text: 'Done.' }]);
    const run = await engine.start(agent());
    await engine.until(run, ({ type }) => type === 'attempt.failed');
    await engine.clock.advance(2000);
    expect(outputsOf(await engine.ended(run))).toEqual({ answer: { text: 'Done.' } });
    expect(pathsOf(await engine.events(run), 'attempt.failed')).toEqual(['ask#2.turn']);
  });

  it('fails it when its turn cannot be tried again', async () => {
    const { engine } = await opened([calls(['look', { at: 'a' }]), { status: 401 }]);
    expect((await engine.run(agent())).phase).toMatchObject({
      error: { code: 'MODEL_KEY_INVALID', path: 'ask#2.turn' },
    });
  });
});

describe('an agent whose owner dies', () => {
  it('goes on at the turn it had reached, and asks for no turn and no call again', async () => {
    const seen: string[] = [];
    const stuck = createLatch();
    const {
      engine: first,
      server,
      models,
    } = await opened(
      [calls(['look', { at: 'a' }]), calls(['look', { at: 'b' }], ['look', { at: 'c' }]), { text: 'Done.' }],
      {
        tools: {
          look: {
            ...look(() => null),
            run: async ({ at }: { readonly at: string }, { signal }) => {
              seen.push(at);
              if (at !== 'c') return `seen ${at}`;
              stuck.open();
              return untilAborted(signal);
            },
          },
        },
      },
    );
    const run = await first.start(agent());
    await stuck.reached;
    await first.until(run, (event) => event.type === 'step.succeeded' && event.path === 'ask#3.call_1');
    await stage.die(first);
    const engine = await stage.another(first, {
      models,
      tools: { look: look(({ at }) => (seen.push(at), `seen ${at}`)), send: look(() => 'sent') },
    });
    expect(outputsOf(await engine.ended(run))).toEqual({ answer: { text: 'Done.' } });
    expect(seen).toEqual(['a', 'b', 'c', 'c']);
    expect(server.requests).toHaveLength(3);
  });

  it('leaves a write that was under way in doubt, and does not repeat it', async () => {
    const sent: string[] = [];
    const stuck = createLatch();
    const send = (stops: boolean): Partial<AnyTool> => ({
      ...look(() => null),
      effect: 'irreversible',
      run: async ({ at }: { readonly at: string }, { signal }) => {
        sent.push(at);
        stuck.open();
        return stops ? untilAborted(signal) : 'sent';
      },
    });
    const { engine: first, models } = await opened([calls(['send', { at: 'ann' }]), { text: 'Sent.' }], {
      tools: { send: send(true) },
    });
    const run = await first.start(agent());
    await stuck.reached;
    await stage.die(first);
    const engine = await stage.another(first, { models, tools: { look: look(() => 1), send: send(false) } });
    await engine.until(run, ({ type }) => type === 'run.waiting');
    await answerFirst(engine, run, ({ path }) => ({
      id: 'r',
      kind: 'resolve',
      path,
      as: 'succeed',
      by: 'ann',
      output: { value: 'it was sent' },
    }));
    expect(outputsOf(await engine.ended(run))).toEqual({ answer: { text: 'Sent.' } });
    expect(sent).toEqual(['ann']);
  });
});

describe('a tool of an agent under `permissions.ask`', () => {
  const asking = agent().replace('steps:', 'permissions: { ask: [send] }\nsteps:');
  it.each([
    ['runs when a person lets it', 'approve', ['ann'], 'sent'],
    ['does not run when they refuse, which the model is told', 'reject', [], 'PERMISSION_REFUSED'],
  ] as const)('%s', async (_title, decision, runs, told) => {
    const sent: string[] = [];
    const { engine, server } = await opened([calls(['send', { at: 'ann' }]), { text: 'Done.' }], {
      tools: { send: look(({ at }) => (sent.push(at), 'sent')) },
    });
    const run = await engine.start(asking);
    await engine.until(run, ({ type }) => type === 'run.waiting');
    expect(sent).toEqual([]);
    const asked = await answerFirst(engine, run, ({ id }) => ({
      id: 'd',
      kind: 'decide',
      wait: id,
      decision,
      by: 'ann',
    }));
    expect(asked).toMatchObject({
      path: 'ask#2.call_1',
      wait: { purpose: 'permission', show: { value: { at: 'ann' } } },
    });
    expect((await engine.ended(run)).phase.status).toBe('succeeded');
    expect(sent).toEqual(runs);
    expect(server.requests.at(-1)?.messages.at(-1)?.text).toContain(told);
  });
});

/** A model that says the next thing by what its tools have shown it. */
const steady: Models = {
  generate({ messages }) {
    const seen = messages.filter(({ role }) => role === 'tool').length;
    const asked = [['a'], ['b', 'c'], []][seen === 0 ? 0 : seen === 1 ? 1 : 2] ?? [];
    const toolCalls = asked.map((at) => ({ id: at, name: 'look', input: { at } }));
    const finish = toolCalls.length === 0 ? 'stop' : 'tool_calls';
    return Promise.resolve({ model: 'a/steady', text: `Turn after ${seen}.`, toolCalls, finish, usage: noUsage });
  },
  estimate: () => Promise.resolve(noUsage),
  embed: () => Promise.resolve(undefined),
  problem: () => Promise.resolve(undefined),
  list: () => Promise.resolve([]),
};

describe('every turn boundary of an agent', () => {
  it('may be where its owner dies: the answer is the same, and no call that was recorded is made again', async () => {
    let made: string[] = [];
    const tools = {
      send: look(() => 'sent'),
      look: {
        ...look(() => null),
        run: async ({ at }: { readonly at: string }, { path }: ToolContext) => (made.push(path), `seen ${at}`),
      },
    };
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        made = [];
        const run = await first.start(agent());
        await first.clock.advance(1000);
        const engine = await afterDeath();
        const state = await driven(engine, run);
        expect(outputsOf(state), which).toEqual({ answer: { text: 'Turn after 3.' } });
        const recorded = pathsOf(await engine.events(run), 'step.succeeded');
        expect([...recorded].sort(), which).toEqual([
          'ask',
          'ask#1.turn',
          'ask#2.call_1',
          'ask#2.turn',
          'ask#3.call_1',
          'ask#3.call_2',
          'ask#3.turn',
        ]);
        // Only what the dead owner had not recorded was done again.
        expect(made.length, which).toBeLessThanOrEqual(5);
      },
      () => ({ models: steady, tools }),
    );
    expect(deaths).toBeGreaterThan(8);
  });
});

describe('the rails of an agent', () => {
  const railed = (rails: string): string => agent().replace('- id: ask\n', `- id: ask\n    rails: ${rails}\n`);

  it('hold for every call that its model makes, and where they hide arguments, for the turn that asks for it', async () => {
    const seen: string[] = [];
    const { engine, server } = await opened(
      [calls(['look', { at: 'anna@acme.example' }]), { text: 'Ask anna@acme.example.' }],
      { tools: { look: look(({ at }) => (seen.push(at), 'bob@acme.example')) }, checks: realChecks },
    );
    const yaml = railed('{ tool_arguments: [{ pii: redact }], tool_result: [{ pii: redact }] }');
    const run = await engine.start(yaml.replace('\nsteps:', '\nrails: { output: [{ pii: redact }] }\nsteps:'));
    expect(outputsOf(await engine.ended(run))).toEqual({ answer: { text: 'Ask <EMAIL_1>.' } });
    expect(seen).toEqual(['<EMAIL_1>']);
    expect(server.requests.at(-1)?.messages.at(-1)?.text).toBe('<EMAIL_2>');
    expect(pathsOf(await engine.events(run), 'rail.judged')).toEqual([
      'ask#1.turn',
      'ask#2.call_1',
      'ask#2.call_1',
      '@output',
    ]);
  });

  it('tell the model what they held back, and let it go on', async () => {
    let looks = 0;
    const { engine, server } = await opened(
      [calls(['look', { at: 'sk_live_51H8xyzABCDEFGHIJKLMNOPQ' }]), { text: 'I cannot.' }],
      { tools: { look: look(() => (looks += 1)) }, checks: realChecks },
    );
    expect(outputsOf(await engine.run(railed('{ tool_arguments: [secrets] }')))).toEqual({
      answer: { text: 'I cannot.' },
    });
    expect(looks).toBe(0);
    expect(server.requests.at(-1)?.messages.at(-1)?.text).toContain('RAIL_BLOCKED');
  });
});

describe('what rails hide of what an agent says', () => {
  const railed = (rails: string, more = ''): string =>
    agent(more).replace('- id: ask\n', `- id: ask\n    rails: ${rails}\n`);
  const anna = 'anna@acme.example';
  const journalOf = async (engine: Engine, run: string): Promise<string> => JSON.stringify(await engine.events(run));

  it('at its output is in no turn, no call that is recorded, nothing that is shown, and not in its answer', async () => {
    const replies = [
      { text: `I look for ${anna}.`, toolCalls: [{ name: 'look', input: { at: 'home' } }] },
      { text: `It is ${anna}.` },
    ];
    const { engine, server } = await opened(replies, { checks: realChecks });
    const run = await engine.start(railed('{ output: [{ pii: redact }] }'), {}, { rung: false });
    const shown: string[] = [];
    engine.live.subscribe(run, (part) => part.type === 'text' && shown.push(part.text));
    await engine.ring(run);
    expect(outputsOf(await engine.ended(run))).toEqual({ answer: { text: 'It is <EMAIL_1>.' } });
    expect(await journalOf(engine, run)).not.toContain('anna');
    expect(shown.join('')).not.toContain('anna');
    expect(JSON.stringify(server.requests.at(-1)?.messages)).toContain('I look for <EMAIL_1>.');
    const judged = (await engine.events(run)).filter((event) => event.type === 'rail.judged');
    expect(judged.map(({ path, place }) => `${path} ${place}`)).toEqual([
      'ask#1.turn output',
      'ask#2.turn output',
      'ask output',
    ]);
  });

  it('in the arguments of its calls is hidden where they are asked for, and its text is left alone', async () => {
    const seen: unknown[] = [];
    const { engine } = await opened(
      [
        { text: 'I write to bob@acme.example.', toolCalls: [{ name: 'look', input: { at: anna } }] },
        { text: 'Done, bob@acme.example.' },
      ],
      { tools: { look: look(({ at }) => (seen.push(at), 'seen')) }, checks: realChecks },
    );
    const run = await engine.start(railed('{ tool_arguments: [{ pii: redact }] }'));
    expect(outputsOf(await engine.ended(run))).toEqual({ answer: { text: 'Done, bob@acme.example.' } });
    expect(seen).toEqual(['<EMAIL_1>']);
    const journal = await journalOf(engine, run);
    expect(journal).not.toContain('anna');
    expect(journal).toContain('I write to bob@acme.example.');
  });

  it('of what it would remember is hidden in the call that would write it, by the rails of the run', async () => {
    const kept: unknown[] = [];
    const remember: Partial<AnyTool> = {
      ...look(() => 'kept'),
      remembers: true,
      run: (input: unknown) => (kept.push(input), Promise.resolve('kept')),
    };
    const { engine } = await opened([calls(['send', { at: anna }], ['look', { at: anna }]), { text: 'Done.' }], {
      tools: { send: remember },
      checks: realChecks,
    });
    const run = await engine.start(agent().replace('steps:', 'rails: { memory_write: [{ pii: redact }] }\nsteps:'));
    await engine.ended(run);
    expect(kept).toEqual([{ at: '<EMAIL_1>' }]);
    const turn = (await engine.events(run)).find(({ type }) => type === 'step.succeeded');
    expect(turn).toMatchObject({
      output: { value: { calls: [{ input: { at: '<EMAIL_1>' } }, { input: { at: anna } }] } },
    });
  });

  it('is not kept of an answer that was no good and went back to the model', async () => {
    const schema = '{ type: object, properties: { to: { type: string }, n: { type: integer } }, required: [to, n] }';
    const { engine, server } = await opened([{ json: { to: anna } }, { json: { to: anna, n: 1 } }], {
      checks: realChecks,
    });
    const run = await engine.start(railed('{ output: [{ pii: redact }] }', `, output: { schema: ${schema} }`));
    expect(outputsOf(await engine.ended(run))).toEqual({ answer: { to: '<EMAIL_1>', n: 1 } });
    expect(server.requests).toHaveLength(2);
    expect(await journalOf(engine, run)).not.toContain('anna');
  });

  it('ends the agent when the rail cannot look, and keeps nothing of the turn', async () => {
    const broken: AnyCheck = {
      ...(realChecks['pii'] as AnyCheck),
      score: () => Promise.reject(new Error('no memory left')),
    };
    const { engine } = await opened([{ text: `It is ${anna}.` }], { checks: { ...realChecks, pii: broken } });
    const run = await engine.start(railed('{ output: [{ pii: redact }] }'));
    expect((await engine.ended(run)).phase).toMatchObject({ error: { code: 'RAIL_FAILED', path: 'ask#1.turn' } });
    expect(await journalOf(engine, run)).not.toContain('anna');
  });

  it('stays hidden whoever dies at whatever append, and no turn that was judged is taken again', async () => {
    let turns = 0;
    const saying: Models = {
      ...(await scripted()).models,
      generate: ({ messages }) => {
        turns += 1;
        const isFirst = messages.every(({ role }) => role !== 'tool');
        const toolCalls = isFirst ? [{ id: 'c', name: 'look', input: { at: anna } }] : [];
        const text = isFirst ? `I look for ${anna}.` : `It is ${anna}.`;
        return Promise.resolve({ model: 'x/y', text, toolCalls, finish: 'stop', usage: noUsage });
      },
    };
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        turns = 0;
        const run = await first.start(railed('{ output: [{ pii: redact }], tool_arguments: [{ pii: redact }] }'));
        await first.clock.advance(16_000);
        const next = await afterDeath();
        const state = await driven(next, run);
        expect([which, state.phase.status]).toEqual([which, 'succeeded']);
        const journal = await journalOf(next, run);
        expect([which, journal.includes('anna')]).toEqual([which, false]);
        expect(turns, which).toBeLessThanOrEqual(3);
      },
      () => ({
        models: saying,
        tools: { look: look(({ at }) => `seen ${at}`), send: look(() => 'sent') },
        checks: realChecks,
      }),
    );
    expect(deaths).toBeGreaterThan(6);
  });
});
