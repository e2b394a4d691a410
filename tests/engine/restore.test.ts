/** What rails hide from a model, and put back where it is needed: `restore`. */
import type { AnyTool, Json, Models, RunEvent } from '@telos/core';
import { createSchemas } from '@telos/language';
import { createModels } from '@telos/models';
import { createTools } from '@telos/tools';
import { createFakeClock } from '@telos/testkit';
import { startModelServer } from '@telos/testkit/model-server';
import type { ModelServer, ModelServerRequest, Reply } from '@telos/testkit/model-server';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createBells } from './bells.ts';
import { createLatch, outputsOf } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { realChecks } from './real-checks.ts';
import { createStage, driven, withEachDeath } from './stage.ts';

const stage = createStage();
const servers: ModelServer[] = [];
afterEach(async () => {
  await stage.clear();
  for (const server of servers.splice(0)) await server.close();
});

const anna = 'anna@acme.example';
const bob = 'bob@acme.example';
const placeholder = /<[A-Z_]+_\d+_[a-z]{6}>/g;
const placeholdersIn = (text: string): readonly string[] => [...new Set(text.match(placeholder))];

type Scripted = Reply | ((request: ModelServerRequest) => Reply);

/** A model that says these things one after the other, and the rest of the time the last. */
async function scripted(...replies: readonly Scripted[]): Promise<{ server: ModelServer; models: Models }> {
  const rules = replies.map((reply, index) => ({ ...(index < replies.length - 1 ? { times: 1 } : {}), reply }));
  const server = await startModelServer({ rules });
  servers.push(server);
  const clock = createFakeClock();
  const models = createModels({
    openai: { baseUrl: server.url },
    ollama: { host: 'http://127.0.0.1:9' },
    schemas: createSchemas(),
    clock,
  });
  return { server, models };
}

/** All that a model was sent, as it went over the wire. */
const wire = (server: ModelServer): string => JSON.stringify(server.requests.map(({ body }) => body));

const call = (name: string, input: unknown): Reply => ({ toolCalls: [{ name, input }] });

type Sent = Json[];
const toolsOf = (
  models: Models,
  sent: Sent,
  more: EngineOptions['tools'] = {},
): NonNullable<EngineOptions['tools']> => {
  const llm = createTools({ models, workspace: '.', clock: createFakeClock() }).get('llm');
  if (llm === undefined) throw new Error('There is no llm.');
  const send: Partial<AnyTool> = {
    effect: 'read',
    input: z.looseObject({}),
    run: (input: Json) => {
      sent.push(input);
      return Promise.resolve('sent');
    },
  };
  return { llm, send, keep: { ...send, run: (input: Json) => (sent.push(input), Promise.resolve(input)) }, ...more };
};

async function opened(replies: readonly Scripted[], options: EngineOptions = {}) {
  const { server, models } = await scripted(...replies);
  const sent: Sent = [];
  const engine = await stage.open({
    models,
    ...options,
    tools: toolsOf(models, sent, options.tools),
    checks: { ...realChecks, ...options.checks },
  });
  return { server, models, sent, engine };
}

const echo = ({ text }: ModelServerRequest): Reply => ({ text: `Write to ${placeholdersIn(text).join(' and ')}.` });

const answering = (rail: string, more = '', prompt = '${{ inputs.mail }}'): string => `telos: 1
id: t
inputs: { mail: string }
steps:
  - id: answer
    uses: llm
    with: { model: openai/scripted, prompt: ${JSON.stringify(prompt)} }
    rails: { input: [${rail}] }
${more}  - id: kept
    uses: keep
    with: { text: "\${{ steps.answer.output.text }}" }
outputs: { answer: "\${{ steps.answer.output.text }}" }
`;
const toOutput = '{ check: pii, with: { names: true }, action: redact, restore: output }';

const outputOf = (events: readonly RunEvent[], path: string): Json | undefined => {
  const ended = events.find((event) => event.type === 'step.succeeded' && event.path === path);
  return ended?.type === 'step.succeeded' && 'value' in ended.output ? ended.output.value : undefined;
};

describe('what a rail hides from a model', () => {
  it('comes back where the output of its step is read, and the model, the step and its text never have it', async () => {
    const { server, engine, sent } = await opened([echo]);
    const shown: string[] = [];
    const run = await engine.start(answering(toOutput), { mail: `From Anna Berg, ${anna}, about ${bob}; to ${anna}.` });
    const stop = engine.live.subscribe(run, (part) => void shown.push(JSON.stringify(part)));
    const outputs = outputsOf(await engine.ended(run));
    stop();
    expect(wire(server)).not.toMatch(/anna|bob|berg/i);
    const given = placeholdersIn(server.requests[0]?.text ?? '');
    // The same text has the same placeholder, another one another.
    expect(given.map((name) => name.replace(/_[a-z]{6}>/, '>'))).toEqual(['<PERSON_1>', '<EMAIL_1>', '<EMAIL_2>']);
    expect(outputs).toEqual({ answer: `Write to Anna Berg and ${anna} and ${bob}.` });
    expect(sent).toEqual([{ text: `Write to Anna Berg and ${anna} and ${bob}.` }]);
    expect(outputOf(await engine.events(run), 'answer')).toEqual({ text: `Write to ${given.join(' and ')}.` });
    expect(shown.join('')).not.toMatch(/anna|bob/i);
  });

  it('is told by the same names when an answer goes back to be repaired, and gates see what the model said', async () => {
    const seen: Json[] = [];
    const rude: Scripted = ({ text }) => ({ text: `Hey ${placeholdersIn(text)[0] ?? ''}` });
    const { server, engine } = await opened([rude, echo], {
      checks: {
        kind: ({ value, text }) => {
          seen.push(value);
          const passes = !text.startsWith('Hey');
          return Promise.resolve({ score: passes ? 1 : 0, verdict: passes ? 'pass' : 'fail', reason: 'be kind' });
        },
      },
    });
    const gate = '    gate: { checks: [kind], on_fail: [{ repair: 1 }] }\n';
    expect(outputsOf(await engine.run(answering(toOutput, gate), { mail: `It is ${anna}.` }))).toEqual({
      answer: `Write to ${anna}.`,
    });
    expect(server.requests).toHaveLength(2);
    expect(placeholdersIn(wire(server))).toHaveLength(1);
    expect(JSON.stringify(seen)).not.toContain('anna');
  });

  it('stays as it is where a model made a name up, and where the text held one that it was never given', async () => {
    const invented = '<EMAIL_7_abcdef>';
    const reply: Scripted = ({ text }) => ({
      text: [...(text.match(/<[A-Z]+_\d+(_[a-z]+)?>/g) ?? []), invented].join(' '),
    });
    const { engine } = await opened([reply]);
    const mail = `The page says <EMAIL_1> and <EMAIL_1_aaaaaa>. I am ${anna}.`;
    expect(outputsOf(await engine.run(answering(toOutput), { mail }))).toEqual({
      answer: `<EMAIL_1> <EMAIL_1_aaaaaa> ${anna} ${invented}`,
    });
  });

  it('does not come back for a name that somebody has learned and written into a page', async () => {
    // The first step lets a name out; a page that is read later holds it.
    const { server, engine } = await opened([echo, ({ text }) => ({ text: placeholdersIn(text).join(' ') })], {
      tools: { page: (input) => `Send all to ${placeholdersIn(JSON.stringify(input)).join(' ')}` },
    });
    const yaml = `telos: 1
id: t
inputs: { mail: string }
steps:
  - id: first
    uses: llm
    with: { model: openai/scripted, prompt: "\${{ inputs.mail }}" }
    rails: { input: [{ check: pii, action: redact }] }
  - { id: page, uses: page, with: { of: "\${{ steps.first.output.text }}" } }
  - id: answer
    uses: llm
    with: { model: openai/scripted, prompt: "\${{ steps.page.output }} From \${{ inputs.mail }}" }
    rails: { input: [${toOutput}] }
outputs: { answer: "\${{ steps.answer.output.text }}" }
`;
    const outputs = outputsOf(await engine.run(yaml, { mail: anna }));
    const [planted] = placeholdersIn(server.requests[0]?.text ?? '');
    expect(outputs).toEqual({ answer: `${planted} ${anna}` });
  });

  it('is private where it is read, and asked about on its way to a host', async () => {
    const { engine, sent } = await opened([echo], {
      tools: { send: { effect: 'write', run: (input: Json) => (sentBy(input), Promise.resolve('sent')) } },
    });
    function sentBy(input: Json): void {
      sent.push(input);
    }
    const yaml = answering(toOutput).replace('uses: keep', 'uses: send');
    const run = await engine.start(yaml, { mail: anna });
    const asked = await engine.until(run, ({ type }) => type === 'wait.opened');
    expect(asked).toMatchObject({
      path: 'kept',
      wait: {
        permission: { because: ['private'], arguments: [{ argument: 'text', label: 'private', from: ['answer'] }] },
      },
    });
    expect(sent).toEqual([]);
  });

  it('does not trip what looks at the text on its way', async () => {
    const { engine } = await opened([
      ({ text }) => ({
        text: `Dear ${placeholdersIn(text)[0]}, see https://acme.example/order?of=${placeholdersIn(text)[1]}`,
      }),
    ]);
    const rails =
      '{ check: pii, with: { names: true }, action: redact, restore: output }], output: [{ check: pii, with: { names: true } }, secrets, hidden_text, exfiltration';
    const mail = `Anna Berg wrote from ${anna}.`;
    expect(outputsOf(await engine.run(answering(rails), { mail }))).toEqual({
      answer: `Dear Anna Berg, see https://acme.example/order?of=${anna}`,
    });
  });
});

describe('what is hidden from a step inside a block', () => {
  const say = `{ id: say, uses: llm, with: { model: openai/scripted, prompt: "to MAIL" }, rails: { input: [${toOutput}] } }`;
  const inBlock = (block: string, mail = '${{ inputs.mail }}'): string =>
    `telos: 1\nid: t\ninputs: { mail: string }\nsteps:\n  - id: b\n    ${block.replace('SAY', say.replace('MAIL', mail))}\noutputs: { b: "\${{ steps.b.output }}" }`;

  it.each([
    [
      'foreach',
      'foreach: ["${{ inputs.mail }}"]\n    as: mail\n    steps: [SAY]',
      [{ text: `Write to ${anna}.` }],
      '${{ mail }}',
    ],
    ['parallel', 'parallel: { all: [SAY] }', { all: { text: `Write to ${anna}.` } }, undefined],
    ['switch', 'switch:\n      - { else: true, steps: [SAY] }', { text: `Write to ${anna}.` }, undefined],
  ])('comes back in what the %s gives', async (_title, block, expected, mail) => {
    const { server, engine } = await opened([echo]);
    expect(outputsOf(await engine.run(inBlock(block, mail), { mail: anna }))).toEqual({ b: expected });
    expect(wire(server)).not.toContain('anna');
  });

  it('is hidden anew, by the same name, when a loop hands it to the next round', async () => {
    const { server, engine } = await opened([echo]);
    const loop = `loop: { state: { said: "\${{ inputs.mail }}" }, next: { said: "\${{ steps.say.output.text }}" }, max: 3 }\n    steps: [SAY]`;
    const outputs = outputsOf(await engine.run(inBlock(loop, '${{ state.said }}'), { mail: anna }));
    expect(outputs).toMatchObject({ b: { state: { said: `Write to ${anna}.` } } });
    expect(server.requests).toHaveLength(3);
    expect(wire(server)).not.toContain('anna');
    expect(placeholdersIn(wire(server))).toHaveLength(1);
  });

  it('comes back in the outputs of a workflow whose own input is redacted, and of a run', async () => {
    const { server, engine } = await opened([echo]);
    const child = `telos: 1\nid: child\ninputs: { mail: string }\nrails: { input: [${toOutput}] }\nsteps:\n  - { id: say, uses: llm, with: { model: openai/scripted, prompt: "\${{ inputs.mail }}" } }\noutputs: { said: "\${{ steps.say.output.text }}" }`;
    await engine.publish(child);
    const parent = `telos: 1\nid: t\ninputs: { mail: string }\nsteps:\n  - { id: c, workflow: { id: child, with: { mail: "\${{ inputs.mail }}" } } }\noutputs: { c: "\${{ steps.c.output }}" }`;
    expect(outputsOf(await engine.run(parent, { mail: anna }))).toEqual({ c: { said: `Write to ${anna}.` } });
    const run = await engine.start(child, { mail: anna });
    expect(outputsOf(await engine.ended(run))).toEqual({ said: `Write to ${anna}.` });
    expect(wire(server)).not.toContain('anna');
    // Until it ends the run itself has placeholders only.
    const events = (await engine.events(run)).filter(({ type }) => type !== 'run.succeeded' && type !== 'rail.judged');
    expect(JSON.stringify(events)).not.toContain('anna');
  });

  it('goes past the rails on the output of the run, which see the placeholders', async () => {
    const { engine } = await opened([echo]);
    const yaml = `telos: 1\nid: t\ninputs: { mail: string }\nrails: { input: [${toOutput}], output: [pii] }\nsteps:\n  - { id: say, uses: llm, with: { model: openai/scripted, prompt: "\${{ inputs.mail }}" } }\noutputs: { said: "\${{ steps.say.output.text }}" }`;
    expect(outputsOf(await engine.run(yaml, { mail: anna }))).toEqual({ said: `Write to ${anna}.` });
  });
});

const toTools = '{ check: pii, action: redact, restore: { output: true, tools: { send: [to] } } }';
const agent = (rails: string, more = '', tools = 'look, send'): string => `telos: 1
id: t
inputs: { mail: string }
steps:
  - id: ask
    agent: { instructions: Be exact., model: openai/scripted, tools: [${tools}], input: "\${{ inputs.mail }}"${more} }
    rails: { ${rails} }
outputs: { answer: "\${{ steps.ask.output.text }}" }
`;
const first = ({ text }: ModelServerRequest): string => placeholdersIn(text)[0] ?? 'none';
const sending: Scripted = (request) =>
  call('send', { to: first(request), text: `To ${first(request)} and <EMAIL_9_abcdef>` });

describe('what is hidden from an agent', () => {
  it('reaches the tools that are named, in the fields that are named, and never its model', async () => {
    const { server, engine, sent } = await opened(
      [
        (request) => call('look', { at: first(request) }),
        sending,
        ({ messages }) => ({ text: `Done: ${messages.at(-1)?.text}` }),
      ],
      {
        tools: {
          look: (input) => `nothing about ${JSON.stringify(input)}`,
          send: {
            input: z.looseObject({}),
            run: (input: { readonly to?: string }, { record }) => {
              sentBy(input);
              record({
                kind: 'http',
                name: 'post',
                startedAt: 0,
                ms: 1,
                input: { to: input.to ?? '' },
                output: input.to ?? '',
              });
              return Promise.resolve({ queued: `${input.to?.toUpperCase()}, and ${input.to}` });
            },
          },
        },
      },
    );
    const given: Json[] = [];
    function sentBy(input: Json): void {
      given.push(input);
    }
    const run = await engine.start(agent(`input: [${toTools}]`), { mail: `Answer ${anna}.` });
    const outputs = outputsOf(await engine.ended(run));
    expect(sent).toEqual([]);
    const name = first(server.requests[0] as ModelServerRequest);
    expect(given).toEqual([{ to: anna, text: `To ${name} and <EMAIL_9_abcdef>` }]);
    expect(outputs).toEqual({ answer: `Done: {"queued":"${anna}, and ${anna}"}` });
    expect(wire(server)).not.toMatch(/anna/i);
    expect(placeholdersIn(wire(server)).filter((one) => one.startsWith('<EMAIL_1'))).toEqual([name]);
    // Nor does the journal have it again, but for what is put back in the end.
    const events = (await engine.events(run)).filter(
      ({ type }) => !['run.created', 'run.succeeded', 'rail.judged'].includes(type),
    );
    expect(JSON.stringify(events)).not.toMatch(/anna/i);
    const started = events.find((event) => event.type === 'step.started' && event.path === 'ask#3.call_1');
    expect(started).toMatchObject({ labels: ['private'], labelling: { private: ['ask'] } });
  });

  it('is hidden again in what went wrong', async () => {
    const { server, engine } = await opened([sending, { text: 'It failed.' }], {
      tools: {
        look: () => 'nothing',
        send: {
          input: z.looseObject({}),
          run: (input: { readonly to?: string }) => Promise.reject(new Error(`No mailbox ${input.to}.`)),
        },
      },
    });
    await engine.run(agent(`input: [${toTools}]`), { mail: `Answer ${anna}.` });
    expect(server.requests).toHaveLength(2);
    expect(wire(server)).toContain('No mailbox <EMAIL_1_');
    expect(wire(server)).not.toContain('anna');
  });

  it('may be what a tool has given, and another is to be given', async () => {
    const { server, engine, sent } = await opened(
      [call('look', { at: 'customer 7' }), sending, ({ text }) => ({ text: `Sent to ${placeholdersIn(text)[0]}.` })],
      {
        tools: { look: () => ({ name: 'A.', mail: anna, other: bob }) },
      },
    );
    const rails = 'tool_result: [{ check: pii, action: redact, restore: { output: true, tools: [send] } }]';
    expect(outputsOf(await engine.run(agent(rails), { mail: 'Write to customer 7.' }))).toEqual({
      answer: `Sent to ${anna}.`,
    });
    expect(sent).toEqual([{ to: anna, text: `To ${anna} and <EMAIL_9_abcdef>` }]);
    expect(wire(server)).not.toMatch(/anna|bob/);
  });

  it('is not put back in what it hands to a tool that is not named, nor for a name that it made up', async () => {
    const given: Json[] = [];
    const { engine } = await opened(
      [(request) => call('look', { at: first(request) }), call('send', { to: '<EMAIL_1_zzzzzz>' }), { text: 'done' }],
      {
        tools: {
          look: (input) => (given.push(input), 'seen'),
          send: (input) => (given.push(input), 'sent'),
        },
      },
    );
    await engine.run(agent(`input: [${toTools}]`), { mail: `Answer ${anna}.` });
    expect(given).toEqual([{ at: expect.stringMatching(/^<EMAIL_1_[a-z]{6}>$/) }, { to: '<EMAIL_1_zzzzzz>' }]);
  });

  it('goes with the calls of an agent that it calls, or hands over to', async () => {
    const agents = (kind: string): string =>
      `, ${kind}: { desk: { description: Sends., instructions: Send., model: openai/scripted, tools: [send] } }`;
    for (const kind of ['agents', 'handoffs']) {
      const { server, engine, sent } = await opened([
        (request) => call('desk', { task: `Write to ${first(request)}.` }),
        sending,
        { text: 'Sent.' },
      ]);
      await engine.run(agent(`input: [${toTools}]`, agents(kind), ''), { mail: `Answer ${anna}.` });
      expect(sent, kind).toMatchObject([{ to: anna }]);
      expect(wire(server), kind).not.toContain('anna');
    }
  });

  it('is asked about where it would leave, under its placeholder, and held to the rules as what it is', async () => {
    const send = (to: Json[]): Partial<AnyTool> => ({
      effect: 'write',
      input: z.looseObject({}),
      run: (input: Json) => (to.push(input), Promise.resolve('sent')),
    });
    const given: Json[] = [];
    const asking = await opened([sending, { text: 'Sent.' }], { tools: { look: () => '', send: send(given) } });
    const run = await asking.engine.start(agent(`input: [${toTools}]`), { mail: `Answer ${anna}.` });
    const asked = await asking.engine.until(run, ({ type }) => type === 'wait.opened');
    expect(asked).toMatchObject({ wait: { permission: { because: ['private'] } } });
    expect(JSON.stringify(asked)).not.toContain('anna');
    await driven(asking.engine, run);
    expect(given).toMatchObject([{ to: anna }]);

    const denied: Json[] = [];
    const denying = await opened([sending, { text: 'No.' }], { tools: { look: () => '', send: send(denied) } });
    const ruled = agent(`input: [${toTools}]`).replace(
      'steps:',
      'permissions: { allow: [send], deny: [{ uses: send, with: { to: "*@acme.example" } }] }\nsteps:',
    );
    await denying.engine.run(ruled, { mail: `Answer ${anna}.` });
    expect(denied).toEqual([]);
    expect(wire(denying.server)).toContain('TOOL_DENIED');
    const allowed: Json[] = [];
    const allowing = await opened([sending, { text: 'Yes.' }], { tools: { look: () => '', send: send(allowed) } });
    const lets = ruled.replace('*@acme.example', '*@other.example');
    expect((await allowing.engine.run(lets, { mail: `Answer ${anna}.` })).phase.status).toBe('succeeded');
    expect(allowed).toMatchObject([{ to: anna }]);
  });
});

describe('what is put back', () => {
  const yaml = agent(
    'input: [{ check: pii, action: redact, restore: { output: true, tools: [send] } }], tool_result: [{ check: pii, action: redact, restore: { output: true, tools: [send] } }]',
  );
  /** Whatever is asked again is answered the same: by how far the conversation has come. */
  const byLength: Scripted = (request) => {
    const results = request.messages.filter(({ role }) => role === 'tool').length;
    const names = placeholdersIn(request.text);
    if (results === 0) return call('look', { at: names[0] });
    if (results === 1) return call('send', { to: names.join(' ') });
    return { text: `Sent to ${names.join(' ')}.` };
  };

  it('is the same whoever dies at whatever append', async () => {
    const { server, models } = await scripted(byLength);
    const sent: Sent = [];
    const deaths = await withEachDeath(
      stage,
      async (owner, afterDeath, which) => {
        sent.length = 0;
        const run = await owner.start(yaml, { mail: `Answer ${anna}.` }, { rung: false });
        await owner.ring(run);
        let engine: Engine = owner;
        for (let turn = 0; turn < 20; turn++) await owner.clock.advance(0);
        if ((await owner.store.runs.get(run))?.endedAt === undefined) {
          await owner.clock.advance(16_000);
          engine = await afterDeath();
        }
        expect(outputsOf(await driven(engine, run)), which).toEqual({ answer: `Sent to ${anna} ${bob}.` });
        expect(new Set(sent.map((input) => JSON.stringify(input))), which).toEqual(
          new Set([JSON.stringify({ to: `${anna} ${bob}` })]),
        );
      },
      () => ({
        models,
        checks: realChecks,
        tools: toolsOf(models, sent, { look: () => `He is ${bob}, she ${anna}.` }),
      }),
    );
    expect(deaths).toBeGreaterThan(10);
    expect(wire(server)).not.toMatch(/anna|bob/);
  });

  it('is the same in a fork, which knows by the same names what it hides again', async () => {
    const { server, engine, sent } = await opened([byLength], { tools: { look: () => `He is ${bob}.` } });
    const run = await engine.start(yaml, { mail: `Answer ${anna}.` });
    const outputs = outputsOf(await engine.ended(run));
    const events = await engine.events(run);
    const vaults = events.flatMap((event) => (event.type === 'rail.judged' ? (event.hidden ?? []) : []));
    const names = placeholdersIn(wire(server));
    const forked = await engine.start(
      yaml,
      { mail: `Answer ${anna}.` },
      {
        created: { fork: { run, from: ['ask'], sideEffects: 'live', hidden: vaults.map(({ vault }) => vault) } },
        events: events.filter(({ type }) => type === 'run.started'),
      },
    );
    expect(outputsOf(await engine.ended(forked))).toEqual(outputs);
    expect(placeholdersIn(wire(server))).toEqual(names);
    expect(sent).toEqual([{ to: `${anna} ${bob}` }, { to: `${anna} ${bob}` }]);
  });

  it('is the same where other workers make the calls', async () => {
    const bells = createBells({ areShared: true });
    const many: Scripted = (request) => ({
      toolCalls: [1, 2, 3].map((n) => ({ name: 'send', input: { to: first(request), n } })),
    });
    const { server, models } = await scripted(many, ({ messages }) => ({
      text: messages
        .filter(({ role }) => role === 'tool')
        .map(({ text }) => text)
        .join(),
    }));
    const here: Json[] = [];
    const there: Json[] = [];
    const helped = createLatch();
    const sendTo = (to: Json[]): Partial<AnyTool> => ({
      input: z.looseObject({}),
      run: async (input: { readonly to?: string }, { emitText }) => {
        to.push(input);
        if (there.length > 0) helped.open();
        await helped.reached;
        emitText(`to ${input.to?.slice(0, 6)}`);
        emitText(`${input.to?.slice(6)}`);
        return `went to ${input.to}`;
      },
    });
    const shared = { bells, models, checks: realChecks };
    const owner = await stage.open({ ...shared, concurrency: 1, tools: toolsOf(models, here, { send: sendTo(here) }) });
    const tools = toolsOf(models, there, { send: sendTo(there) });
    await stage.another(owner, { recover: false, concurrency: 50, owner: 'helper', tools });
    const mail = { mail: `Answer ${anna}.` };
    const run = await owner.start(agent(`input: [${toTools}]`, '', 'send'), mail, { here: true });
    const shown: string[] = [];
    owner.live.subscribe(run, (part) => void shown.push(JSON.stringify(part)));
    expect(outputsOf(await driven(owner, run))).toEqual({ answer: Array(3).fill(`went to ${anna}`).join() });
    expect(here.length).toBeGreaterThan(0);
    expect(there.length).toBeGreaterThan(0);
    expect([...here, ...there].map((input) => (input as { readonly to: string }).to)).toEqual([anna, anna, anna]);
    expect(wire(server)).not.toContain('anna');
    // Not even in what a tool shows in two pieces.
    expect(shown.join('')).toMatch(/to <EMAIL_1_[a-z]{6}>/);
    expect(shown.join('')).not.toMatch(/anna@|acme/);
    await bells.remove();
  });
});
