/** What an agent calls that is no tool: other workflows, and agents of its own. Each is a block in the journal, held to all that holds around it. */
import { forkOf, isForkRefusal, noUsage } from '@telos/core';
import type { ChatMessage, Json, ListedWait, Message, Models, RunEvent, ToolCall, ToolOffer } from '@telos/core';
import { loadProgram } from '@telos/language';
import { afterEach, describe, expect, it } from 'vitest';
import { createBells } from './bells.ts';
import type { Bells } from './bells.ts';
import { createLatch, outputsOf, untilAborted } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { labellingIn, labelsIn } from './labelled.ts';
import { realChecks } from './real-checks.ts';
import { createStage, driven, withEachDeath } from './stage.ts';

const stage = createStage();
const shared: Bells[] = [];
afterEach(async () => {
  await stage.clear();
  for (const bells of shared.splice(0)) await bells.remove();
});

type Said = { readonly calls?: readonly ToolCall[]; readonly text?: string };
type Shown = {
  readonly who: string;
  readonly messages: readonly ChatMessage[];
  readonly offers: readonly ToolOffer[];
};

/** Models that say what their part is, by their instructions and by how often they have spoken: whoever asks again hears the same. */
function playing(parts: { readonly [instructions: string]: readonly Said[] }): {
  readonly models: Models;
  readonly shown: Shown[];
} {
  const shown: Shown[] = [];
  const models: Models = {
    generate({ messages, tools = [] }, { onExchange }) {
      const who = messages.find(({ role }) => role === 'system')?.text ?? '';
      const turn = messages.filter(({ role }) => role === 'assistant').length;
      const { calls: toolCalls = [], text = '' } = parts[who]?.[turn] ?? { text: 'Done.' };
      const usage = { ...noUsage, calls: 1 };
      shown.push({ who, messages, offers: tools });
      const finish = toolCalls.length === 0 ? 'stop' : 'tool_calls';
      const said = { model: 'a/scripted', text, toolCalls, finish, usage } as const;
      onExchange?.({ ...said, startedAt: 0, messages });
      return Promise.resolve(said);
    },
    estimate: () => Promise.resolve({ ...noUsage, calls: 1 }),
    embed: () => Promise.resolve(undefined),
    problem: () => Promise.resolve(undefined),
    list: () => Promise.resolve([]),
  };
  return { models, shown };
}

const call = (name: string, input: Json, id = name): ToolCall => ({ id, name, input });

const lead = (works: string, more = '', top = ''): string => `telos: 1
id: t
${top}steps:
  - id: ask
    ${more}
    agent: { instructions: Lead., input: Go., model: openai/scripted, ${works} }
outputs: { answer: "\${{ steps.ask.output }}" }
`;

const worker = 'agents: { worker: { description: "Works on one task.", instructions: Work., tools: [look] } }';

const child = `telos: 1
id: child
description: Greets somebody.
inputs: { who: string, times: { type: integer, default: 2 } }
steps: [{ id: say, uses: look, with: { text: "Hello \${{ inputs.who }}" } }]
outputs: { said: "\${{ steps.say.output }}" }
`;

const tools: EngineOptions['tools'] = { look: ({ text }) => text ?? null };

const toldTo = (shown: readonly Shown[], who: string): readonly string[] =>
  shown
    .findLast((one) => one.who === who)
    ?.messages.filter(({ role }) => role !== 'system')
    .map(({ role, text }) => `${role}: ${text}`) ?? [];

const pathsOf = (events: readonly RunEvent[], type: RunEvent['type']): readonly string[] =>
  events.flatMap((event) => (event.type === type && 'path' in event && event.path !== undefined ? [event.path] : []));

async function waitOf(engine: Engine, run: string): Promise<ListedWait> {
  await engine.until(run, ({ type }) => type === 'wait.opened');
  const [wait] = (await engine.store.waits.list({ run }, 2)).items;
  if (wait === undefined) throw new Error(`Run ${run} waits for nothing.`);
  return wait;
}

async function decided(engine: Engine, run: string, answer: Partial<Message & { kind: 'decide' }>): Promise<void> {
  const wait = await waitOf(engine, run);
  const by = { id: `decide ${wait.id}`, kind: 'decide', wait: wait.id, decision: 'approve', by: 'ann' } as const;
  await engine.store.inbox.post(run, { ...by, ...answer });
}

describe('a workflow that an agent calls', () => {
  it('is offered with its inputs, run as a block of the round, and gives its outputs', async () => {
    const { models, shown } = playing({ 'Lead.': [{ calls: [call('workflow.child', { who: 'Ann' })] }] });
    const engine = await stage.open({ models, tools });
    await engine.publish(child);
    const run = await engine.start(lead('tools: [workflow.child]'));
    expect(outputsOf(await engine.ended(run))).toEqual({ answer: { text: 'Done.' } });
    expect(shown[0]?.offers).toEqual([
      {
        name: 'workflow.child',
        description: 'Greets somebody.',
        input: {
          type: 'object',
          properties: { who: { type: 'string' }, times: { type: 'integer', default: 2 } },
          required: ['who'],
          additionalProperties: false,
        },
      },
    ]);
    expect(toldTo(shown, 'Lead.')).toEqual(['user: Go.', 'assistant: ', 'tool: {"said":"Hello Ann"}']);
    expect(pathsOf(await engine.events(run), 'step.succeeded')).toEqual([
      'ask#1.turn',
      'ask#2.call_1#1.say',
      'ask#2.call_1',
      'ask#2.turn',
      'ask',
    ]);
  });

  it('is the version that was current when the run was created, also in what the model is told of it', async () => {
    const { models, shown } = playing({ 'Lead.': [{ calls: [call('workflow.child', { who: 'Ann' })] }] });
    const engine = await stage.open({ models, tools });
    await engine.publish(child);
    const run = await engine.start(
      lead('tools: [workflow.child]').replace('steps:\n', 'steps:\n  - { id: nap, wait: { for: 1h } }\n'),
    );
    await engine.until(run, ({ type }) => type === 'run.waiting');
    await engine.publish(child.replace('Greets', 'Insults').replace('Hello', 'Away with you,'));
    await engine.clock.advance(3_700_000);
    await engine.ended(run);
    expect(shown[0]?.offers[0]?.description).toBe('Greets somebody.');
    expect(toldTo(shown, 'Lead.').at(-1)).toBe('tool: {"said":"Hello Ann"}');
  });

  it('tells the model what did not fit or failed, and is called again', async () => {
    const { models, shown } = playing({
      'Lead.': [
        { calls: [call('workflow.child', { whom: 'Ann' }), call('workflow.child', 'Ann', 'second')] },
        { calls: [call('workflow.child', { who: 'Ann' })] },
        { calls: [call('workflow.child', { who: 'Bob' })] },
      ],
    });
    const acts: EngineOptions['tools'] = {
      look: ({ text }) => {
        if (text === 'Hello Ann') throw new Error('It is out of order.');
        return text ?? null;
      },
    };
    const engine = await stage.open({ models, tools: acts });
    await engine.publish(child);
    const state = await engine.run(lead('tools: [workflow.child]'));
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'AGENT_STUCK' } });
    const told = toldTo(shown, 'Lead.').filter((text) => text.startsWith('tool'));
    expect(told[0]).toMatch(/The call failed: .*whom.*INPUT_INVALID/);
    expect(told[1]).toMatch(/The call failed: .*no map/);
    expect(told[2]).toMatch(/out of order/);
  });

  it('that the run does not have is told to the model, and the agent goes on', async () => {
    const { models, shown } = playing({ 'Lead.': [{ calls: [call('workflow.child', { who: 'Ann' })] }] });
    const engine = await stage.open({ models, tools });
    const state = await engine.run(lead('tools: [workflow.child]'));
    expect(state.phase.status).toBe('succeeded');
    expect(toldTo(shown, 'Lead.').at(-1)).toMatch(/WORKFLOW_NOT_FOUND/);
  });
});

describe('an agent that another calls', () => {
  it('sees its task and nothing of the conversation, calls tools in rounds of its own, and gives its answer', async () => {
    const { models, shown } = playing({
      'Lead.': [{ calls: [call('worker', { task: 'Count.' }), call('worker', { task: 'Weigh.' }, 'other')] }],
      'Work.': [{ calls: [call('look', { text: 'seen' })] }, { text: 'Three.' }],
    });
    const engine = await stage.open({ models, tools });
    const run = await engine.start(lead(worker));
    await engine.ended(run);
    expect(shown[0]?.offers).toEqual([
      {
        name: 'worker',
        description: 'Works on one task.',
        input: expect.objectContaining({ required: ['task'] }),
      },
    ]);
    expect(toldTo(shown, 'Work.')).toEqual([
      expect.stringMatching(/^user: (Count|Weigh)\.$/),
      'assistant: ',
      'tool: seen',
    ]);
    expect(toldTo(shown, 'Lead.').slice(-2)).toEqual(['tool: {"text":"Three."}', 'tool: {"text":"Three."}']);
    expect(
      pathsOf(await engine.events(run), 'step.succeeded').filter((path) => path.startsWith('ask#2.call_1')),
    ).toEqual(['ask#2.call_1#1.turn', 'ask#2.call_1#2.call_1', 'ask#2.call_1#2.turn', 'ask#2.call_1']);
  });

  it('may have agents itself, and is told what the workflow says in its instructions', async () => {
    const { models, shown } = playing({
      'Lead.': [{ calls: [call('boss', { task: 'All of it.' })] }],
      'About ships.': [{ calls: [call('hand', { task: 'A part of it.' })] }, { text: 'It is done.' }],
      'Do.': [{ text: 'A part is done.' }],
    });
    const engine = await stage.open({ models, tools });
    const inner = 'agents: { hand: { description: Does., instructions: Do. } }';
    const works = `agents: { boss: { description: Leads., instructions: "About \${{ steps.topic.output }}.", ${inner} } }`;
    const state = await engine.run(
      lead(works).replace('steps:\n', 'steps:\n  - { id: topic, uses: look, with: { text: ships } }\n'),
    );
    expect(outputsOf(state)).toEqual({ answer: { text: 'Done.' } });
    expect(toldTo(shown, 'About ships.')).toEqual([
      'user: All of it.',
      'assistant: ',
      'tool: {"text":"A part is done."}',
    ]);
    expect(toldTo(shown, 'Do.')).toEqual(['user: A part of it.']);
    expect(toldTo(shown, 'Lead.').at(-1)).toBe('tool: {"text":"It is done."}');
  });

  it('is not called without a task, and one that gets nowhere fails its call alone', async () => {
    const { models, shown } = playing({
      'Lead.': [{ calls: [call('worker', { tasks: 'Count.' })] }, { calls: [call('worker', { task: 'Count.' })] }],
      'Work.': [
        { calls: [call('nothing', {}), call('nothing', {}, 'b'), call('nothing', {}, 'c')] },
        { calls: [call('nothing', {})] },
      ],
    });
    const engine = await stage.open({ models, tools });
    const state = await engine.run(lead(worker));
    expect(state.phase.status).toBe('succeeded');
    const told = toldTo(shown, 'Lead.').filter((text) => text.startsWith('tool'));
    expect(told[0]).toMatch(/"task".*INPUT_INVALID/);
    expect(told[1]).toMatch(/AGENT_STUCK/);
  });
});

describe('an agent that hands its conversation over', () => {
  const handing =
    'tools: [look], handoffs: { refunds: { description: "Pays back.", instructions: Refund., tools: [look] } }';
  const over: Said = { text: 'One moment.', calls: [call('refunds', { task: 'Pay back.' })] };

  it('answers what the other one does, which sees all that was said and no call of its own beside', async () => {
    const { models, shown } = playing({
      'Lead.': [{ calls: [call('look', { text: 'order 7' })] }, over],
      // It has heard what was said before, two turns of it.
      'Refund.': [{}, {}, { calls: [call('look', { text: 'paid' })] }, { text: 'It is paid.' }],
    });
    const engine = await stage.open({ models, tools });
    const run = await engine.start(lead(handing));
    expect(outputsOf(await engine.ended(run))).toEqual({ answer: { text: 'It is paid.' } });
    expect(shown[0]?.offers.map(({ name }) => name)).toEqual(['look', 'refunds']);
    expect(toldTo(shown, 'Refund.')).toEqual([
      'user: Go.',
      'assistant: ',
      'tool: order 7',
      'assistant: One moment.',
      'user: Pay back.',
      'assistant: ',
      'tool: paid',
    ]);
    expect(shown.filter(({ who }) => who === 'Lead.')).toHaveLength(2);
    expect(pathsOf(await engine.events(run), 'step.succeeded').slice(-3)).toEqual([
      'ask#3.call_1#2.turn',
      'ask#3.call_1',
      'ask',
    ]);
  });

  it('goes on itself when a person does not allow it, or nothing comes of it', async () => {
    const { models, shown } = playing({ 'Lead.': [over, over] });
    const engine = await stage.open({ models, tools });
    const run = await engine.start(lead(handing, '', 'permissions: { ask: [refunds] }\n'));
    await decided(engine, run, { decision: 'reject', note: 'not ours' });
    await engine.until(run, (event) => event.type === 'wait.opened' && event.path === 'ask#4.call_1');
    expect(toldTo(shown, 'Lead.').at(-1)).toMatch(/not ours.*PERMISSION_REFUSED/);
    await decided(engine, run, { decision: 'reject' });
    expect(outputsOf(await engine.ended(run))).toEqual({ answer: { text: 'Done.' } });
    expect(toldTo(shown, 'Refund.')).toEqual([]);
  });

  it('hands its labels over with it', async () => {
    const { models } = playing({ 'Lead.': [{ calls: [call('web', {})] }, over] });
    const engine = await stage.open({
      models,
      tools: { ...tools, web: { returns: ['untrusted'], run: () => Promise.resolve('page') } },
    });
    const state = await engine.run(lead(handing.replace('[look]', '[web]')));
    for (const path of ['ask#3.call_1#1.turn', 'ask#3.call_1', 'ask'])
      expect(labelsIn(state, path), path).toEqual(['untrusted']);
  });

  it('has what its rails hide of its answer hidden in the turns of the other one', async () => {
    const { models } = playing({
      'Lead.': [over],
      'Refund.': [{}, { text: 'Write to ann@example.org.' }],
    });
    const engine = await stage.open({ models, tools, checks: realChecks });
    const run = await engine.start(lead(handing, 'rails: { output: [{ pii: redact }] }'));
    expect(outputsOf(await engine.ended(run))).toEqual({ answer: { text: 'Write to <EMAIL_1>.' } });
    expect(JSON.stringify(await engine.events(run))).not.toContain('ann@example.org');
  });

  it('may lose its owner at any append: the answer is the same', async () => {
    const { models } = playing({
      'Lead.': [over],
      'Refund.': [{}, { calls: [call('look', { text: 'paid' })] }, { text: 'It is paid.' }],
    });
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        const run = await first.start(lead(handing));
        await first.clock.advance(1000);
        const engine = await afterDeath();
        expect(outputsOf(await driven(engine, run)), which).toEqual({ answer: { text: 'It is paid.' } });
      },
      () => ({ models, tools }),
    );
    expect(deaths).toBeGreaterThan(8);
  });
});

describe('labels of what an agent calls', () => {
  const secret = 'inputs: { key: { type: string, private: true, default: k } }\n';
  const brings: EngineOptions['tools'] = {
    ...tools,
    web: { returns: ['untrusted'], run: () => Promise.resolve('page') },
  };

  it('go with its arguments into the inputs of a workflow and all that it does with them, and come back', async () => {
    const { models } = playing({ 'Lead.': [{ calls: [call('workflow.child', { who: 'Ann' })] }] });
    const engine = await stage.open({ models, tools: brings });
    await engine.publish(child);
    const state = await engine.run(
      lead('tools: [workflow.child]', '', secret).replace('input: Go.', 'input: "${{ inputs.key }}"'),
    );
    expect(labelsIn(state, 'ask#2.call_1#1.say')).toEqual(['private']);
    expect(labellingIn(state, 'ask#2.call_1#1.say')).toMatchObject({ private: ['inputs.key'] });
    expect(labelsIn(state, 'ask#2.call_1')).toEqual(['private']);
    expect(labelsIn(state, 'ask#2.turn')).toEqual(['private']);
  });

  it('of what a workflow read come back with its outputs, whatever those say', async () => {
    const { models } = playing({ 'Lead.': [{ calls: [call('workflow.reader', {})] }] });
    const engine = await stage.open({ models, tools: brings });
    await engine.publish('telos: 1\nid: reader\nsteps: [{ id: page, uses: web }]\noutputs: { n: "${{ 1 }}" }');
    const state = await engine.run(lead('tools: [workflow.reader]'));
    expect(labelsIn(state, 'ask#1.turn')).toEqual([]);
    expect(labelsIn(state, 'ask#2.call_1')).toEqual(['untrusted']);
    expect(labelsIn(state, 'ask#2.turn')).toEqual(['untrusted']);
    expect(labelsIn(state, 'ask')).toEqual(['untrusted']);
  });

  it('of a failed one come back too', async () => {
    const { models } = playing({ 'Lead.': [{ calls: [call('workflow.reader', {})] }] });
    const engine = await stage.open({
      models,
      tools: { ...brings, fail: () => Promise.reject(new Error('No.')) },
    });
    await engine.publish(
      'telos: 1\nid: reader\nsteps: [{ id: page, uses: web }, { id: f, uses: fail, with: { v: "${{ steps.page.output }}" } }]',
    );
    const state = await engine.run(lead('tools: [workflow.reader]'));
    expect(labelsIn(state, 'ask#2.turn')).toEqual(['untrusted']);
  });

  it('go with a task into every step of another agent, and come back with its answer', async () => {
    const { models } = playing({
      'Lead.': [
        { calls: [call('look', { text: 'a' }), call('web', {})] },
        { calls: [call('worker', { task: 'Count.' })] },
      ],
      'Work.': [{ calls: [call('look', { text: 'b' })] }],
    });
    const engine = await stage.open({ models, tools: brings });
    const state = await engine.run(lead(`tools: [look, web], ${worker}`, '', secret));
    expect(labelsIn(state, 'ask#2.call_1')).toEqual([]);
    for (const path of ['ask#3.call_1#1.turn', 'ask#3.call_1#2.call_1', 'ask#3.call_1', 'ask#3.turn'])
      expect(labelsIn(state, path), path).toEqual(['untrusted']);
  });

  it('of the instructions of another agent are those of what they read', async () => {
    const { models } = playing({ 'Lead.': [{ calls: [call('worker', { task: 'Count.' })] }] });
    const engine = await stage.open({ models, tools: brings });
    const state = await engine.run(lead(worker.replace('Work.', '"Use ${{ inputs.key }}"'), '', secret));
    expect(labelsIn(state, 'ask#1.turn')).toEqual([]);
    expect(labelsIn(state, 'ask#2.call_1#1.turn')).toEqual(['private']);
    expect(labelsIn(state, 'ask')).toEqual(['private']);
  });

  it('hold up a write inside that they decide, until a person allows it', async () => {
    const { models } = playing({
      'Lead.': [{ calls: [call('web', {})] }, { calls: [call('workflow.child', { who: 'Ann' })] }],
    });
    const engine = await stage.open({
      models,
      tools: { ...brings, look: { effect: 'write', run: async () => 'sent' } },
    });
    await engine.publish(child);
    const run = await engine.start(lead('tools: [web, workflow.child]'));
    const wait = await waitOf(engine, run);
    expect(wait).toMatchObject({ path: 'ask#3.call_1#1.say', wait: { permission: { because: ['untrusted'] } } });
  });
});

describe('limits around what an agent calls', () => {
  it('are those of the outer agent: its budget holds for all that is inside', async () => {
    const { models } = playing({
      'Lead.': [{ calls: [call('worker', { task: 'Count.' })] }],
      'Work.': Array.from({ length: 11 }, (_, n) => ({ calls: [call('look', { text: `${n}` })] })),
    });
    const engine = await stage.open({ models, tools });
    const state = await engine.run(lead(worker, 'budget: { calls: 6, on_exceeded: fail }'));
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
    expect(state.usage.calls).toBeLessThanOrEqual(6);
  });

  it('may be closer on what it calls: one that has used up its own fails its call', async () => {
    const { models, shown } = playing({
      'Lead.': [{ calls: [call('worker', { task: 'Count.' })] }],
      'Work.': Array.from({ length: 11 }, (_, n) => ({ calls: [call('look', { text: `${n}` })] })),
    });
    const engine = await stage.open({ models, tools });
    const state = await engine.run(lead(worker.replace('tools:', 'budget: { calls: 3 }, tools:')));
    expect(state.phase.status).toBe('succeeded');
    expect(toldTo(shown, 'Lead.').at(-1)).toMatch(/BUDGET_EXCEEDED/);
  });

  it('end it in the middle: at the timeout of the call, which the model is told, and when the run is cancelled', async () => {
    const stuck = createLatch();
    const again = createLatch();
    let looks = 0;
    const { models, shown } = playing({
      'Lead.': [{ calls: [call('worker', { task: 'Count.' })] }, { calls: [call('worker', { task: 'Again.' })] }],
      'Work.': [{ calls: [call('look', { text: 'x' })] }],
    });
    const engine = await stage.open({
      models,
      tools: {
        look: (_, { signal }) => {
          (looks++ === 0 ? stuck : again).open();
          return untilAborted(signal);
        },
      },
    });
    const run = await engine.start(lead(worker.replace('tools:', 'timeout: 5s, tools:')));
    await stuck.reached;
    await engine.clock.advance(6000);
    await again.reached;
    expect(toldTo(shown, 'Lead.').at(-1)).toMatch(/STEP_TIMEOUT/);
    await engine.store.inbox.post(run, { id: 'c', kind: 'cancel', reason: 'enough' });
    const state = await engine.ended(run);
    expect(state.phase.status).toBe('cancelled');
    for (const path of ['ask', 'ask#3.call_1', 'ask#3.call_1#2.call_1'])
      expect(state.steps.get(path)?.status, path).toBe('cancelled');
  });
});

describe('permissions of what an agent calls', () => {
  const asking = 'permissions: { ask: [worker, workflow.child] }\n';

  it('that ask let a person see the call, edit it, and have it made', async () => {
    const { models, shown } = playing({
      'Lead.': [{ calls: [call('worker', { task: 'Pay.' })] }, { calls: [call('workflow.child', { who: 'Ann' })] }],
    });
    const engine = await stage.open({ models, tools });
    await engine.publish(child);
    const run = await engine.start(lead(`tools: [workflow.child], ${worker}`, '', asking));
    const wait = await waitOf(engine, run);
    expect(wait).toMatchObject({
      path: 'ask#2.call_1',
      wait: {
        purpose: 'permission',
        show: { value: { task: 'Pay.' } },
        permission: { uses: 'worker', because: ['rule'] },
      },
    });
    await decided(engine, run, { value: { value: { task: 'Pay nothing.' } } });
    await engine.until(run, (event) => event.type === 'wait.opened' && event.path === 'ask#3.call_1');
    expect(toldTo(shown, 'Work.')).toEqual(['user: Pay nothing.']);
    await decided(engine, run, { value: { value: { who: 'Bob' } } });
    await engine.ended(run);
    expect(toldTo(shown, 'Lead.').at(-1)).toBe('tool: {"said":"Hello Bob"}');
  });

  it('that ask hold nothing up when the run is cancelled meanwhile', async () => {
    const { models, shown } = playing({ 'Lead.': [{ calls: [call('worker', { task: 'Pay.' })] }] });
    const engine = await stage.open({ models, tools });
    const run = await engine.start(lead(worker, '', asking));
    await waitOf(engine, run);
    await engine.store.inbox.post(run, { id: 'c', kind: 'cancel', reason: 'enough' });
    const state = await engine.ended(run);
    expect(state.phase.status).toBe('cancelled');
    expect(state.steps.get('ask#2.call_1')?.status).toBe('cancelled');
    expect(toldTo(shown, 'Work.')).toEqual([]);
  });

  it('that ask are told to the model when a person refuses', async () => {
    const { models, shown } = playing({ 'Lead.': [{ calls: [call('worker', { task: 'Pay.' })] }] });
    const engine = await stage.open({ models, tools });
    const run = await engine.start(lead(worker, '', asking));
    await decided(engine, run, { decision: 'reject', note: 'not today' });
    const state = await engine.ended(run);
    expect(state.phase.status).toBe('succeeded');
    expect(toldTo(shown, 'Lead.').at(-1)).toMatch(/not today.*PERMISSION_REFUSED/);
    expect(toldTo(shown, 'Work.')).toEqual([]);
  });

  it('look at arguments, and at what a person wrote in their place', async () => {
    const rules =
      'permissions: { deny: [{ uses: workflow.child, with: { who: "Mallory*" } }], ask: [{ uses: workflow.child, with: { who: "B*" } }] }\n';
    const { models, shown } = playing({
      'Lead.': [
        { calls: [call('workflow.child', { who: 'Mallory' })] },
        { calls: [call('workflow.child', { who: 'Ann' })] },
        { calls: [call('workflow.child', { who: 'Bob' })] },
      ],
    });
    const engine = await stage.open({ models, tools });
    await engine.publish(child);
    const run = await engine.start(lead('tools: [workflow.child]', '', rules));
    expect(await waitOf(engine, run)).toMatchObject({ path: 'ask#4.call_1' });
    await decided(engine, run, { value: { value: { who: 'Mallory II' } } });
    await engine.ended(run);
    const told = toldTo(shown, 'Lead.').filter((text) => text.startsWith('tool'));
    expect(told).toEqual([
      expect.stringMatching(/TOOL_DENIED/),
      'tool: {"said":"Hello Ann"}',
      expect.stringMatching(/TOOL_DENIED/),
    ]);
  });

  it('of the workflow around hold inside the one that it runs: calling another way evades none', async () => {
    const { models, shown } = playing({ 'Lead.': [{ calls: [call('worker', { task: 'Pay.' })] }] });
    const engine = await stage.open({ models, tools });
    await engine.publish(lead(worker).replace('id: t', 'id: inner'));
    const state = await engine.run(
      'telos: 1\nid: t\npermissions: { deny: [worker] }\nsteps: [{ id: w, workflow: { id: inner } }]',
    );
    expect(state.phase.status).toBe('succeeded');
    expect(toldTo(shown, 'Lead.').at(-1)).toMatch(/TOOL_DENIED/);
  });

  it('of the run hold for the steps of a workflow that it calls', async () => {
    const { models, shown } = playing({ 'Lead.': [{ calls: [call('workflow.child', { who: 'Ann' })] }] });
    const engine = await stage.open({ models, tools });
    await engine.publish(child);
    await engine.run(lead('tools: [workflow.child]', '', 'permissions: { deny: [look] }\n'));
    expect(toldTo(shown, 'Lead.').at(-1)).toMatch(/TOOL_DENIED/);
  });
});

describe('rails on the tool calls of an agent', () => {
  it('look at what it calls besides tools: at the arguments, and at what comes of them', async () => {
    const { models, shown } = playing({
      'Lead.': [
        { calls: [call('worker', { task: 'Write to ann@example.org' })] },
        { calls: [call('workflow.child', { who: 'Ann' })] },
      ],
    });
    const engine = await stage.open({ models, tools: { look: () => 'bob@example.org' }, checks: realChecks });
    await engine.publish(child);
    await engine.run(
      lead(
        `tools: [workflow.child], ${worker}`,
        'rails: { tool_arguments: [{ pii: block }], tool_result: [{ pii: block }] }',
      ),
    );
    const told = toldTo(shown, 'Lead.').filter((text) => text.startsWith('tool'));
    expect(told).toEqual([expect.stringMatching(/RAIL_BLOCKED/), expect.stringMatching(/RAIL_BLOCKED/)]);
    expect(toldTo(shown, 'Work.')).toEqual([]);
    expect(JSON.stringify(shown.filter(({ who }) => who === 'Lead.'))).not.toContain('bob@example.org');
  });
});

describe('rails that redact results of the calls of an agent', () => {
  it('hide what an agent that is called says where it says it: in its turns, and in nothing that is shown', async () => {
    const { models, shown } = playing({
      'Lead.': [{ calls: [call('worker', { task: 'Who?' })] }],
      'Work.': [
        { text: 'I ask bob@example.org.', calls: [call('look', { text: 'x' })] },
        { text: 'It is bob@example.org.' },
      ],
    });
    const engine = await stage.open({ models, tools, checks: realChecks });
    const run = await engine.start(lead(worker, 'rails: { tool_result: [{ pii: redact }] }'));
    expect((await engine.ended(run)).phase.status).toBe('succeeded');
    expect(toldTo(shown, 'Lead.').at(-1)).toBe('tool: {"text":"It is <EMAIL_1>."}');
    const kept = (await engine.events(run)).filter(
      (event) => event.type === 'step.succeeded' || event.type === 'loop.advanced',
    );
    expect(JSON.stringify(kept)).toContain('I ask <EMAIL_1>.');
    expect(JSON.stringify(await engine.events(run))).not.toContain('bob@');
  });
});

describe('a fork with recorded effects', () => {
  const forked = async (first: Said, second: Said) => {
    let turn: Said = first;
    const { models: played, shown } = playing({ 'Work.': [{ calls: [call('send', { to: 'x' })] }] });
    const models: Models = {
      ...played,
      generate: (request, options) => {
        const isLead = request.messages[0]?.text === 'Lead.' && request.messages.length === 2;
        if (!isLead) return played.generate(request, options);
        const { calls: toolCalls = [] } = turn;
        return Promise.resolve({ model: 'a/scripted', text: '', toolCalls, finish: 'tool_calls', usage: noUsage });
      },
    };
    let sent = 0;
    const acts: EngineOptions['tools'] = { send: { effect: 'write', run: async () => `sent ${(sent += 1)}` } };
    const engine = await stage.open({ models, tools: acts });
    await engine.publish(
      'telos: 1\nid: sender\ninputs: { to: string }\nsteps: [{ id: s, uses: send, with: { to: "${{ inputs.to }}" } }]',
    );
    const text = lead(
      'tools: [workflow.sender], agents: { worker: { description: W, instructions: Work., tools: [send] } }',
    );
    const run = await engine.start(text);
    await engine.ended(run);
    turn = second;
    const created = { fork: { run, from: ['ask'], sideEffects: 'recorded' as const } };
    await driven(engine, await engine.start(text, {}, { created }));
    return { sent, told: toldTo(shown, 'Lead.').at(-1), worker: toldTo(shown, 'Work.').at(-1) };
  };
  const send = (to: string): Said => ({ calls: [call('workflow.sender', { to })] });
  const work = (task: string): Said => ({ calls: [call('worker', { task })] });

  it('gives a step inside what it got when every call on the way there is what it was', async () => {
    expect(await forked(send('ann'), send('ann'))).toMatchObject({ sent: 1, told: 'tool: sent 1' });
    expect(await forked(work('Send.'), work('Send.'))).toMatchObject({ sent: 1, worker: 'tool: sent 1' });
  });

  it('gives it nothing when a call further out is another, or has another input', async () => {
    expect(await forked(send('ann'), send('bob'))).toMatchObject({
      sent: 1,
      told: expect.stringMatching(/EFFECT_DENIED/),
    });
    expect(await forked(work('Send.'), work('Send more.'))).toMatchObject({
      sent: 1,
      worker: expect.stringMatching(/EFFECT_DENIED/),
    });
  });
});

describe('a fork from inside what an agent called', () => {
  const forked = async (from: string) => {
    const made: string[] = [];
    const { models, shown } = playing({
      'Lead.': [
        { calls: [call('worker', { task: 'Count.' }), call('workflow.child', { who: 'Ann' })] },
        { text: 'All done.' },
      ],
      'Work.': [{ calls: [call('look', { text: 'seen' })] }, { text: 'Three.' }],
    });
    const engine = await stage.open({
      models,
      tools: { look: ({ text }, { path }) => (made.push(path), text ?? null) },
    });
    const inner = await engine.publish(child);
    const run = await engine.start(lead(`tools: [workflow.child], ${worker}`));
    await engine.ended(run);
    const events = await engine.events(run);
    const [created] = events;
    if (created?.type !== 'run.created') throw new Error('It was not created.');
    const programOf = async (hash: string) =>
      loadProgram((await engine.store.programs.get(hash))?.program ?? null, hash);
    const programs = new Map([[inner, await programOf(inner)]]);
    const plan = forkOf(await programOf(created.program), (hash) => programs.get(hash), events, {
      at: 5,
      from: [from],
    });
    if (isForkRefusal(plan)) throw new Error(plan.message);
    made.length = 0;
    shown.length = 0;
    const id = `${run}f`;
    const fork = { run, from: [...plan.from], sideEffects: 'live' as const };
    await engine.store.journal.create({ id, created: { ...created, fork }, more: plan.more });
    await engine.ring(id);
    return { state: await engine.ended(id), made, turns: shown.map(({ who }) => who) };
  };

  it('asks a turn of the inner agent anew, then the turn that reads its answer, and nothing beside', async () => {
    const { state, made, turns } = await forked('ask#2.call_1#2.turn');
    expect(outputsOf(state)).toEqual({ answer: { text: 'All done.' } });
    expect(made).toEqual([]);
    expect(turns).toEqual(['Work.', 'Lead.']);
  });

  it('does a step of the workflow anew, then the turn that reads its outputs, and nothing beside', async () => {
    const { state, made, turns } = await forked('ask#2.call_2#1.say');
    expect(outputsOf(state)).toEqual({ answer: { text: 'All done.' } });
    expect(made).toEqual(['ask#2.call_2#1.say']);
    expect(turns).toEqual(['Lead.']);
  });
});

describe('an owner that dies while an agent calls others', () => {
  it('may die at any append: the answer is the same, and what was recorded is not done again', async () => {
    const { models } = playing({
      'Lead.': [
        { calls: [call('worker', { task: 'Count.' }), call('workflow.child', { who: 'Ann' })] },
        { text: 'All done.' },
      ],
      'Work.': [{ calls: [call('look', { text: 'seen' })] }, { text: 'Three.' }],
    });
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        await first.publish(child);
        const run = await first.start(
          lead(`tools: [workflow.child], ${worker}`, '', 'permissions: { ask: [worker] }\n'),
        );
        await first.clock.advance(1000);
        const engine = await afterDeath();
        const state = await driven(engine, run);
        expect(outputsOf(state), which).toEqual({ answer: { text: 'All done.' } });
        const recorded = pathsOf(await engine.events(run), 'step.succeeded');
        expect([...recorded].sort(), which).toEqual(
          [
            'ask',
            'ask#1.turn',
            'ask#2.call_1',
            'ask#2.call_1#1.turn',
            'ask#2.call_1#2.call_1',
            'ask#2.call_1#2.turn',
            'ask#2.call_2',
            'ask#2.call_2#1.say',
            'ask#2.turn',
          ].sort(),
        );
      },
      () => ({ models, tools }),
    );
    expect(deaths).toBeGreaterThan(8);
  });

  it('leaves a write inside that was under way in doubt, and the agents around it wait', async () => {
    const begun = createLatch();
    const { models, shown } = playing({
      'Lead.': [{ calls: [call('worker', { task: 'Send.' })] }],
      'Work.': [{ calls: [call('look', { text: 'x' })] }],
    });
    let sent = 0;
    const look = {
      effect: 'write' as const,
      run: (_: Json, { signal }: { signal: AbortSignal }) => ((sent += 1), begun.open(), untilAborted(signal)),
    };
    const first = await stage.open({ models, tools: { look } });
    const run = await first.start(lead(worker));
    await begun.reached;
    await stage.die(first);
    const engine = await stage.another(first, { owner: 'next-owner' });
    await engine.until(run, ({ type }) => type === 'step.in_doubt');
    expect((await engine.store.runs.get(run))?.status).not.toBe('failed');
    await engine.store.inbox.post(run, { id: 'r', kind: 'resolve', path: 'ask#2.call_1#2.call_1', as: 'fail' });
    await driven(engine, run);
    expect(sent).toBe(1);
    expect(toldTo(shown, 'Work.').at(-1)).toMatch(/The call failed/);
  });
});

describe('a turn that another worker takes', () => {
  it('offers the workflows that the run has, as they were when it was created', async () => {
    const { models, shown } = playing({});
    const bells = createBells({ areShared: true });
    shared.push(bells);
    const busy = createLatch();
    const hold: EngineOptions['tools'] = { ...tools, hold: (_, { signal }) => (busy.open(), untilAborted(signal)) };
    const owner = await stage.open({ models, tools: hold, bells, concurrency: 1, owner: 'owner' });
    await owner.publish(child);
    const parallel = `telos: 1
id: t
steps:
  - { id: stuck, uses: hold, needs: [], timeout: 30s, on_error: continue }
  - { id: ask, needs: [], agent: { instructions: Lead., input: Go., model: openai/scripted, tools: [workflow.child] } }
`;
    const run = await owner.start(parallel);
    await busy.reached;
    const helper = await stage.another(owner, { bells, owner: 'helper', concurrency: 5, tools: hold, models });
    await driven(helper, run);
    const claimed = (await helper.events(run)).find(
      (event) => event.type === 'step.started' && event.path === 'ask#1.turn' && event.queue !== undefined,
    );
    expect(claimed).toBeDefined();
    expect(shown[0]?.offers[0]).toMatchObject({ name: 'workflow.child', description: 'Greets somebody.' });
  });
});
