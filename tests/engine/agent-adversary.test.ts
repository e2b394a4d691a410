/** What an agent's model may try: names and ids of its own, and values that are no ordinary ones. */
import { forkOf, isForkRefusal, noUsage } from '@telos/core';
import type { AnyTool, ChatMessage, Json, Models, Payload, ToolCall } from '@telos/core';
import { z } from 'zod';
import { afterEach, describe, expect, it } from 'vitest';
import { createBells } from './bells.ts';
import { createLatch, openEngine, outputsOf, untilAborted } from './engine.ts';
import type { EngineOptions } from './engine.ts';
import { realChecks } from './real-checks.ts';
import { createStage, driven } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

type Said = { readonly calls?: readonly ToolCall[]; readonly text?: string };

/** A model that says one thing after the other, and what it was shown each time. */
function saying(...said: readonly Said[]): { readonly models: Models; readonly shown: (readonly ChatMessage[])[] } {
  const shown: (readonly ChatMessage[])[] = [];
  const models: Models = {
    generate({ messages }) {
      const { calls: toolCalls = [], text = '' } = said[shown.length] ?? { text: 'Done.' };
      shown.push(messages);
      const finish = toolCalls.length === 0 ? 'stop' : 'tool_calls';
      return Promise.resolve({ model: 'a/scripted', text, toolCalls, finish, usage: noUsage });
    },
    estimate: () => Promise.resolve(noUsage),
    embed: () => Promise.resolve(undefined),
    problem: () => Promise.resolve(undefined),
    list: () => Promise.resolve([]),
  };
  return { models, shown };
}

const call = (name: string, input: Json, id = name): ToolCall => ({ id, name, input });

const yaml = (tools: string, more = '', top = ''): string => `telos: 1
id: t
${top}steps:
  - id: ask
    ${more}
    agent: { input: Go., model: openai/scripted, tools: ${tools} }
outputs: { answer: "\${{ steps.ask.output }}" }
`;

const lastTold = (shown: readonly (readonly ChatMessage[])[]): string => shown.at(-1)?.at(-1)?.text ?? '';

describe('a connection that a rule names', () => {
  const connected = (rule: string): string =>
    yaml('["db.query"]', '', `tools: { sales: { db: { url: "x", access: read } } }\npermissions: { ${rule} }\n`);
  const query = (made: unknown[]): EngineOptions['tools'] => ({
    'db.query': {
      input: z.strictObject({ connection: z.string(), sql: z.string() }),
      run: async (input: Json) => (made.push(input), 'rows'),
    } as Partial<AnyTool>,
  });

  it('is denied to a model that names it in the arguments of the bare tool', async () => {
    const made: unknown[] = [];
    const { models, shown } = saying({ calls: [call('db.query', { connection: 'sales', sql: 'x' })] });
    const engine = await stage.open({ models, tools: query(made) ?? {} });
    await engine.run(connected('deny: [sales.query]'));
    expect(made).toEqual([]);
    expect(lastTold(shown)).toContain('TOOL_DENIED');
  });

  it('is asked about all the same', async () => {
    const made: unknown[] = [];
    const { models } = saying({ calls: [call('db.query', { connection: 'sales', sql: 'x' })] });
    const engine = await stage.open({ models, tools: query(made) ?? {} });
    const run = await engine.start(connected('ask: [sales.query]'));
    await engine.until(run, ({ type }) => type === 'run.waiting' || type === 'run.succeeded');
    expect(made).toEqual([]);
  });
});

describe('arguments that a rule names', () => {
  it.each([
    ['with a space before them', ' secret', '{ q: secret }'],
    ['left out, which the tool has a default for', undefined, '{ in: all }'],
    ['with a dot behind the host', 'https://evil.example./x', '{ q: "https://evil.example/*" }'],
    ['with a dot before the port', 'https://evil.example.:8443/x', '{ q: "https://evil.example:8443/*" }'],
  ])('are denied %s', async (_title, q, rule) => {
    const made: unknown[] = [];
    const { models, shown } = saying({ calls: [call('find', q === undefined ? {} : { q })] });
    const find: Partial<AnyTool> = {
      input: z.strictObject({ q: z.string().trim().default('x'), in: z.string().default('all') }),
      run: async (input: Json) => (made.push(input), 'found'),
    };
    const engine = await stage.open({ models, tools: { find } });
    await engine.run(yaml('[find]', '', `permissions: { deny: [{ uses: find, with: ${rule} }] }\n`));
    expect(made).toEqual([]);
    expect(lastTold(shown)).toContain('TOOL_DENIED');
  });
});

describe('what a person writes in place of the arguments', () => {
  it.each([
    ['may be called', 'bob', ['bob'], 'sent'],
    ['is refused when a rule denies it', 'eve', [], 'TOOL_DENIED'],
  ])('%s', async (_title, to, runs, says) => {
    const sent: unknown[] = [];
    const { models, shown } = saying({ calls: [call('send', { to: 'ann' })] });
    const engine = await stage.open({ models, tools: { send: ({ to: whom }) => (sent.push(whom), 'sent') } });
    const top = 'permissions: { ask: [send], deny: [{ uses: send, with: { to: eve } }] }\n';
    const run = await engine.start(yaml('[send]', '', top));
    await engine.until(run, ({ type }) => type === 'run.waiting');
    const [wait] = (await engine.store.waits.list({ run }, 2)).items;
    const value = { value: { to } };
    await engine.store.inbox.post(run, {
      id: 'd',
      kind: 'decide',
      wait: wait?.id ?? 0,
      decision: 'approve',
      by: 'ann',
      value,
    });
    await engine.ended(run);
    expect(sent).toEqual(runs);
    expect(lastTold(shown)).toContain(says);
  });
});

describe('a connection that an expression gives', () => {
  it('is held to the rules on its name', async () => {
    const made: unknown[] = [];
    const engine = await stage.open({ tools: { 'db.query': (input) => (made.push(input), 'rows') } });
    const state = await engine.run(
      'telos: 1\nid: t\ninputs: { c: string }\ntools: { sales: { db: { url: "x", access: read } } }\npermissions: { deny: [sales.query] }\nsteps: [{ id: a, uses: db.query, with: { connection: "${{ inputs.c }}", sql: x } }]',
      { c: 'sales' },
    );
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'TOOL_DENIED' } });
    expect(made).toEqual([]);
  });
});

describe('what a rail redacts', () => {
  it('of a result is nowhere in the journal', async () => {
    const { models } = saying({ calls: [call('look', {})] });
    const engine = await stage.open({ models, checks: realChecks, tools: { look: () => 'bob@acme.example' } });
    const run = await engine.start(yaml('[look]', 'rails: { tool_result: [{ pii: redact }] }'));
    await engine.ended(run);
    expect(JSON.stringify(await engine.events(run))).not.toContain('bob@acme.example');
  });
});

describe('what a model is shown', () => {
  it('is told apart where it gave two calls of a turn one id', async () => {
    const two = { calls: [call('look', { at: 'a' }, 'x'), call('look', { at: 'b' }, 'x')] };
    const { models, shown } = saying(two);
    const engine = await stage.open({ models, tools: { look: ({ at }) => `seen ${String(at)}` } });
    await engine.run(yaml('[look]'));
    const ids = shown.at(-1)?.flatMap((message) => (message.role === 'tool' ? [message.toolCallId] : []));
    expect(new Set(ids).size).toBe(2);
    const asked = shown.at(-1)?.flatMap((message) => (message.role === 'assistant' ? (message.toolCalls ?? []) : []));
    expect(asked?.map(({ id }) => id)).toEqual(ids);
  });

  it('never ends in half a character', async () => {
    const { models, shown } = saying({ calls: [call('look', {})] });
    const engine = await stage.open({ models, tools: { look: () => `x${'😀'.repeat(9000)}` } });
    await engine.run(yaml('[look]'));
    expect(lastTold(shown).isWellFormed()).toBe(true);
  });

  it('of a call that gave nothing says so', async () => {
    const { models, shown } = saying({ calls: [call('look', {}, '1'), call('blank', {}, '2')] });
    const engine = await stage.open({ models, tools: { look: () => null, blank: () => '' } });
    await engine.run(yaml('[look, blank]'));
    expect(
      shown
        .at(-1)
        ?.slice(-2)
        .map(({ text }) => text),
    ).toEqual(['null', '(nothing)']);
  });

  it('says of a call on a connection too that it gave the same before', async () => {
    const again = { calls: [call('sales.query', { sql: 'x' })] };
    const { models, shown } = saying(again, again);
    const engine = await stage.open({ models, tools: { 'db.query': () => 'rows' } });
    await engine.run(yaml('["sales.query"]', '', 'tools: { sales: { db: { url: "x", access: read } } }\n'));
    expect(lastTold(shown)).toContain('same result before');
  });

  it('of more calls than are made at a time is what they gave, and that there were too many', async () => {
    const many = { calls: Array.from({ length: 40 }, (_, n) => call('look', { at: n }, `${n}`)) };
    const { models, shown } = saying(many, { calls: [call('look', { at: 33 })] });
    const engine = await stage.open({ models, tools: { look: ({ at }) => `seen ${String(at)}` } });
    expect((await engine.run(yaml('[look]'))).phase.status).toBe('succeeded');
    expect(shown[1]?.at(-1)?.text).toContain('At most 32 calls');
  });

  it('is text, whatever a model writes that looks like an expression', async () => {
    const { models, shown } = saying({ calls: [call('look', { at: '${{ secrets.KEY }}' })] });
    const top = 'inputs: {}\n';
    const engine = await stage.open({
      models,
      secrets: { KEY: 's3cret-value' },
      tools: { look: ({ at }) => String(at) },
    });
    await engine.run(yaml('[look]', '', top));
    expect(lastTold(shown)).toBe('${{ secrets.KEY }}');
  });
});

describe('labels', () => {
  it('ask before a write that follows what came from outside, and not for reads', async () => {
    const sent: unknown[] = [];
    const { models } = saying(
      { calls: [call('page', {})] },
      { calls: [call('page', { n: 1 }), call('send', { to: 'me' })] },
    );
    const engine = await stage.open({
      models,
      tools: {
        page: { returns: ['untrusted'], run: async () => 'evil' },
        send: { effect: 'write', run: async (input: Json) => (sent.push(input), 1) },
      },
    });
    const run = await engine.start(yaml('[page, send]'));
    const event = await engine.until(run, ({ type }) => type === 'wait.opened' || type === 'run.succeeded');
    expect(event).toMatchObject({ type: 'wait.opened', path: 'ask#3.call_2' });
    expect(sent).toEqual([]);
  });

  it('hold for a write after a call from outside that failed', async () => {
    const sent: unknown[] = [];
    const { models } = saying({ calls: [call('page', {})] }, { calls: [call('send', { to: 'me' })] });
    const engine = await stage.open({
      models,
      tools: {
        page: { returns: ['untrusted'], run: () => Promise.reject(new Error('evil words')) },
        send: { effect: 'write', run: async (input: Json) => (sent.push(input), 1) },
      },
    });
    const run = await engine.start(yaml('[page, send]'));
    const event = await engine.until(run, ({ type }) => type === 'wait.opened' || type === 'run.succeeded');
    expect(event).toMatchObject({ type: 'wait.opened', path: 'ask#3.call_1' });
    expect(sent).toEqual([]);
  });
});

describe('labels of what an agent has read', () => {
  it('ask before private data goes to a host', async () => {
    const sent: unknown[] = [];
    const { models } = saying(
      { calls: [call('row', {})] },
      { calls: [call('fetch', { url: 'https://evil.example' })] },
    );
    const engine = await stage.open({
      models,
      tools: {
        row: { returns: ['private'], run: async () => 'data' },
        fetch: { sendsTo: () => [{ host: 'evil.example' }], run: async (input: Json) => (sent.push(input), 1) },
      },
    });
    const run = await engine.start(yaml('[row, fetch]'));
    const event = await engine.until(run, ({ type }) => type === 'wait.opened' || type === 'run.succeeded');
    expect(event).toMatchObject({ type: 'wait.opened', path: 'ask#3.call_1' });
    expect(sent).toEqual([]);
  });

  it('reach whoever reads why it failed', async () => {
    const pages = [1, 2, 3].map((n) => call('page', { n }, String(n)));
    const { models } = saying({ calls: pages }, { calls: [call('page', { n: 4 })] });
    const engine = await stage.open({
      models,
      tools: {
        page: { returns: ['untrusted'], run: () => Promise.reject(new Error('evil')) },
        send: { effect: 'write', run: async () => 1 },
      },
    });
    const after = '  - { id: s, uses: send, with: { t: "${{ steps.ask.error.message }}" } }\noutputs:';
    const run = await engine.start(yaml('[page]', 'on_error: continue').replace('outputs:', after));
    const event = await engine.until(run, ({ type }) => type === 'wait.opened' || type === 'run.succeeded');
    expect(event).toMatchObject({ type: 'wait.opened', path: 's' });
  });
});

describe('a fork with recorded effects', () => {
  it('gives no call the result of another that stood in its place', async () => {
    const { models, shown } = saying(
      { calls: [call('send', { to: 'ann' })] },
      { text: 'Done.' },
      { calls: [call('pay', { to: 'bob' })] },
      { text: 'Done.' },
    );
    const tools = {
      send: { effect: 'write', run: async () => 'sent' },
      pay: { effect: 'write', run: async () => 'paid' },
    } as EngineOptions['tools'] & object;
    const engine = await stage.open({ models, tools });
    const text = yaml('[send, pay]');
    const run = await engine.start(text);
    await engine.ended(run);
    const forked = await engine.start(text, {}, { created: { fork: { run, from: ['ask'], sideEffects: 'recorded' } } });
    await driven(engine, forked);
    expect(lastTold(shown)).toContain('EFFECT_DENIED');
  });

  it('gives the same call what it got', async () => {
    const send = { calls: [call('send', { to: 'ann' })] };
    const { models, shown } = saying(send, { text: 'Done.' }, send, { text: 'Done.' });
    let sent = 0;
    const tools = { send: { effect: 'write' as const, run: async () => `sent ${(sent += 1)}` } };
    const engine = await stage.open({ models, tools });
    const run = await engine.start(yaml('[send]'));
    await engine.ended(run);
    const created = { fork: { run, from: ['ask'], sideEffects: 'recorded' as const } };
    await driven(engine, await engine.start(yaml('[send]'), {}, { created }));
    expect(lastTold(shown)).toBe('sent 1');
    expect(sent).toBe(1);
  });
});

describe('an agent under policies', () => {
  const slow = (log: string[], stuck: ReturnType<typeof createLatch>): EngineOptions['tools'] & object => ({
    look: {
      run: (_: Json, { signal }: { signal: AbortSignal }) => (log.push('look'), stuck.open(), untilAborted(signal)),
    },
  });

  it('ends at its timeout in the middle of a call, and with on_error the run goes on', async () => {
    const stuck = createLatch();
    const { models } = saying({ calls: [call('look', {})] });
    const engine = await stage.open({ models, tools: slow([], stuck) });
    const run = await engine.start(yaml('[look]', 'timeout: 5s\n    on_error: continue'));
    await stuck.reached;
    await engine.clock.advance(6000);
    const state = await engine.ended(run);
    expect(state.phase.status).toBe('succeeded');
    expect(state.steps.get('ask')).toMatchObject({
      status: 'failed',
      error: { code: expect.stringContaining('TIMEOUT') },
    });
  });

  it('is cancelled in the middle of a call', async () => {
    const stuck = createLatch();
    const { models, shown } = saying({ calls: [call('look', {})] });
    const engine = await stage.open({ models, tools: slow([], stuck) });
    const run = await engine.start(yaml('[look]'));
    await stuck.reached;
    await engine.store.inbox.post(run, { id: 'c', kind: 'cancel', reason: 'asked to' });
    const state = await engine.ended(run);
    expect(state.phase.status).toBe('cancelled');
    expect(shown).toHaveLength(1);
    expect(state.steps.get('ask#2.call_1')).toMatchObject({ status: 'cancelled' });
  });

  it('is skipped when its condition does not hold', async () => {
    const { models, shown } = saying();
    const engine = await stage.open({ models });
    const state = await engine.run(yaml('[]', 'when: "1 == 2"'));
    expect(state.steps.get('ask')).toMatchObject({ status: 'skipped' });
    expect(shown).toEqual([]);
  });
});

describe('an agent inside other blocks', () => {
  it('works in catch and in finally', async () => {
    const look = { calls: [call('look', {})] };
    const { models, shown } = saying(look, { text: 'Caught.' }, look, { text: 'Over.' });
    const tools = { look: () => 'seen', bad: () => Promise.reject(new Error('It is dark.')) };
    const engine = await stage.open({ models, tools });
    const asks = (id: string, input: string): string =>
      `{ id: ${id}, agent: { input: "${input}", model: openai/scripted, tools: [look] } }`;
    const state = await engine.run(
      `telos: 1\nid: t\nsteps: [{ id: a, uses: bad }]\ncatch: [{ steps: [${asks('c', '${{ error.message }}')}] }]\nfinally: [${asks('f', 'Over?')}]`,
    );
    expect(state.steps.get('catch[0].c#2.turn')).toMatchObject({ status: 'succeeded' });
    expect(state.steps.get('finally.f')).toMatchObject({ status: 'succeeded' });
    expect(shown[0]?.[0]?.text).toContain('dark');
  });

  it('has a conversation of its own for each item', async () => {
    const { models, shown } = saying(
      { calls: [call('look', {})] },
      { text: 'One.' },
      { calls: [call('look', {})] },
      { text: 'Two.' },
    );
    const engine = await stage.open({ models, tools: { look: () => 'seen' } });
    const state = await engine.run(`telos: 1
id: t
steps:
  - id: each
    foreach: [1, 2]
    as: item
    max_parallel: 1
    steps:
      - id: round
        loop: { max: 1, state: { n: 7 }, next: {} }
        steps:
          - { id: ask, agent: { input: "\${{ string(item) + string(state.n) }}", model: openai/scripted, tools: [look] } }
outputs: { all: "\${{ steps.each.output }}" }
`);
    expect(JSON.stringify(outputsOf(state))).toContain('Two.');
    expect(shown.map(([first]) => first?.text)).toEqual(['17', '17', '27', '27']);
  });
});

describe('a fork from inside an agent', () => {
  const forked = async (from: string, outputs?: ReadonlyMap<string, Payload>) => {
    const made: string[] = [];
    const { models, shown } = saying(
      { calls: [call('look', { at: 'a' }, '1'), call('look', { at: 'b' }, '2')] },
      { calls: [call('look', { at: 'c' })] },
      { text: 'First.' },
      { text: 'Second.' },
    );
    const engine = await stage.open({
      models,
      tools: { look: ({ at }) => (made.push(String(at)), `seen ${String(at)}`) },
    });
    const run = await engine.start(yaml('[look]'));
    await engine.ended(run);
    const events = await engine.events(run);
    const [created] = events;
    if (created?.type !== 'run.created') throw new Error('It was not created.');
    const stored = await engine.store.programs.get(created.program);
    const plan = forkOf(stored?.program as never, () => undefined, events, {
      at: 5,
      from: from === '' ? [] : [from],
      ...(outputs === undefined ? {} : { outputs }),
    });
    if (isForkRefusal(plan)) throw new Error(plan.message);
    made.length = 0;
    const id = `${run}f`;
    await engine.store.journal.create({
      id,
      created: { ...created, fork: { run, from: [...plan.from], sideEffects: 'live' } },
      more: plan.more,
    });
    await engine.ring(id);
    return { state: await engine.ended(id), made, shown };
  };

  it('asks the turn anew and keeps the calls before it', async () => {
    const { state, made, shown } = await forked('ask#2.turn');
    expect(outputsOf(state)).toEqual({ answer: { text: 'Second.' } });
    expect(made).toEqual([]);
    expect(
      shown
        .at(-1)
        ?.filter(({ role }) => role === 'tool')
        .map(({ text }) => text),
    ).toEqual(['seen a', 'seen b']);
    expect(state.rounds.get('ask')).toHaveLength(1);
  });

  it('makes one call anew and keeps its neighbour', async () => {
    const { state, made } = await forked('ask#2.call_1');
    expect(outputsOf(state)).toEqual({ answer: { text: 'Second.' } });
    expect(made).toEqual(['a']);
  });

  it('with a turn that is no turn fails and says so', async () => {
    const { state } = await forked('', new Map([['ask#2.turn', { value: 'nonsense' }]]));
    expect(state.phase).toMatchObject({
      status: 'failed',
      error: { path: 'ask', message: expect.not.stringContaining('undefined') },
    });
  });
});

describe('an agent that is paused', () => {
  it('ends the calls that are under way and takes no turn until it goes on', async () => {
    const stuck = createLatch();
    const go = Promise.withResolvers<void>();
    const { models, shown } = saying({ calls: [call('look', {})] });
    const engine = await stage.open({ models, tools: { look: async () => (stuck.open(), await go.promise, 'seen') } });
    const run = await engine.start(yaml('[look]'));
    await stuck.reached;
    await engine.store.inbox.post(run, { id: 'p', kind: 'pause', note: 'n', by: 'a' });
    await engine.until(run, ({ type }) => type === 'run.paused');
    go.resolve();
    await engine.until(run, (event) => event.type === 'step.succeeded' && event.path === 'ask#2.call_1');
    expect(shown).toHaveLength(1);
    await engine.store.inbox.post(run, { id: 'r', kind: 'resume', by: 'a' });
    expect(outputsOf(await engine.ended(run))).toEqual({ answer: { text: 'Done.' } });
  });
});

describe('an agent in a workflow that runs as a step', () => {
  it.each(['deny: [send]', 'ask: [send]', 'ask: [{ uses: send, with: { to: "*" } }]'])(
    'is held to the %s of the one around it',
    async (rule) => {
      const sent: unknown[] = [];
      const { models } = saying({ calls: [call('send', { to: 'x' })] });
      const engine = await stage.open({
        models,
        tools: {
          send: { effect: 'write', run: async (input: Json) => (sent.push(input), 1) },
        },
      });
      await engine.publish(yaml('[send]').replace('id: t', 'id: child'));
      const run = await engine.start(
        `telos: 1\nid: p\npermissions: { ${rule} }\nsteps: [{ id: c, workflow: { id: child } }]`,
      );
      await engine.until(run, ({ type }) => type === 'wait.opened' || type === 'run.succeeded');
      expect(sent).toEqual([]);
    },
  );
});

describe('calls that find no slot', () => {
  it('are made by another worker, and the rails of the agent hold there', async () => {
    const bells = createBells({ areShared: true });
    const made: string[] = [];
    const { models, shown } = saying({
      calls: [1, 2, 3, 4].map((n) => call('look', { n, to: 'anna@acme.example' }, String(n))),
    });
    const tools = {
      look: async (input: Json) => (
        made.push(JSON.stringify(input)),
        await new Promise((done) => setTimeout(done, 20)),
        'seen'
      ),
    } as EngineOptions['tools'] & object;
    const engine = await openEngine({ bells, models, tools, checks: realChecks, concurrency: 1 });
    const helper = await engine.another({ recover: false, owner: 'helper', concurrency: 2 });
    try {
      const run = await engine.start(yaml('[look]', 'rails: { tool_arguments: [{ pii: redact }] }'));
      expect(outputsOf(await engine.ended(run))).toEqual({ answer: { text: 'Done.' } });
      expect(made.sort()).toEqual([1, 2, 3, 4].map((n) => `{"n":${n},"to":"<EMAIL_1>"}`));
      expect(shown.at(-1)?.filter(({ role }) => role === 'tool')).toHaveLength(4);
    } finally {
      await helper.close();
      await engine.close();
      await bells.remove();
    }
  });
});
