/** Ways by which a text that a rail has hidden might come before a model after all, or before whoever reads a run. */
import type { AnyTool, Json } from '@telos/core';
import { createSchemas } from '@telos/language';
import { createModels } from '@telos/models';
import { createTools } from '@telos/tools';
import { createFakeClock } from '@telos/testkit';
import { startModelServer } from '@telos/testkit/model-server';
import type { ModelServer, ModelServerRequest, Reply } from '@telos/testkit/model-server';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { EngineOptions } from './engine.ts';
import { realChecks } from './real-checks.ts';
import { createStage } from './stage.ts';

const stage = createStage();
const servers: ModelServer[] = [];
afterEach(async () => {
  await stage.clear();
  for (const server of servers.splice(0)) await server.close();
});

const anna = 'anna+news@acme.example';
const phone = '+49 170 1234567';
const iban = 'DE02 1203 0000 0000 2020 51';
const mail = `I am Anna Zoë O'Hara, ${anna}, ${phone}, ${iban}.`;

type Scripted = Reply | ((request: ModelServerRequest) => Reply);
const call = (name: string, input: Json): Reply => ({ toolCalls: [{ name, input }] });

async function opened(replies: readonly Scripted[], tools: NonNullable<EngineOptions['tools']>) {
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
  const llm = createTools({ models, workspace: '.', clock }).get('llm');
  if (llm === undefined) throw new Error('There is no llm.');
  return { server, engine: await stage.open({ models, tools: { llm, ...tools }, checks: realChecks }) };
}
const wire = (server: ModelServer): string => JSON.stringify(server.requests.map(({ body }) => body));

const toTools = '{ check: pii, with: { names: true }, action: redact, restore: { tools: [send] } }';
const agent = (more = '', tools = 'send'): string => `telos: 1
id: t
inputs: { mail: string }
steps:
  - id: ask
    agent: { instructions: Be exact., model: openai/scripted, tools: [${tools}], input: "\${{ inputs.mail }}"${more} }
    rails: { input: [${toTools}] }
outputs: { answer: "\${{ steps.ask.output.text }}" }
`;

const sending = (request: ModelServerRequest): Reply =>
  call('send', { to: [...new Set(request.text.match(/<[A-Z_]+_\d+_[a-z]{6}>/g))].join('; ') });

const answering = (says: (to: string) => Json): Partial<AnyTool> => ({
  input: z.looseObject({}),
  run: (input: { readonly to: string }) => Promise.resolve(says(input.to)),
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a text that was put back in a call', () => {
  it.each<[string, (to: string) => Json, RegExp]>([
    ['in base64', (to) => base64(to), /YW5uYStuZXdzQGFjbWUu|FubmErbmV3c0BhY21l|hbm5hK25ld3NAYWNtZS/],
    ['as HTML writes it', (to) => to.replaceAll('@', '&#64;').replaceAll("'", '&#39;'), /anna|hara/i],
    ['without blanks', (to) => to.replaceAll('; ', '\n\n\n\n').replaceAll(' ', ''), /1203|1701234567/],
    ['as a key', (to) => ({ [to]: true }), /anna|1203|1234567/i],
  ])('is hidden again %s', async (_title, says, leaked) => {
    const { server, engine } = await opened([sending, { text: 'Done.' }], { send: answering(says) });
    await engine.run(agent(), { mail });
    expect(server.requests).toHaveLength(2);
    expect(wire(server)).not.toMatch(leaked);
  });
});

describe('a text that is hidden from an agent', () => {
  const lookOf = (why: string): Partial<AnyTool> => ({ run: () => Promise.reject(new Error(why)) });

  it('is not told by a call that is refused what was put back in it', async () => {
    const refuses = z.looseObject({
      to: z.string().refine(() => false, { error: ({ input }) => `no mailbox ${String(input)}` }),
    });
    const { server, engine } = await opened([sending, { text: 'No.' }], { send: { input: refuses } });
    const run = await engine.start(agent(), { mail });
    await engine.ended(run);
    expect(wire(server)).toContain('no mailbox <PERSON_1_');
    expect(wire(server)).not.toMatch(/anna/i);
    const after = (await engine.events(run)).filter(({ type }) => type === 'step.failed');
    expect(after).toHaveLength(1);
    expect(JSON.stringify(after)).not.toMatch(/anna/i);
  });

  it('is not told by the error of a workflow, or of an agent, that it calls', async () => {
    const calling = (name: string): Reply => call(name, name === 'desk' ? { task: 'Look.' } : {});
    const child = 'telos: 1\nid: child\nsteps: [{ id: look, uses: look }]\n';
    const cases = [
      [agent('', 'workflow.child, send'), [calling('workflow_child'), { text: 'No.' }]],
      [
        agent(', agents: { desk: { description: D., instructions: I., model: openai/scripted, tools: [look] } }'),
        [calling('desk'), call('look', {}), { status: 400, message: `no such thing as ${anna}` }, { text: 'No.' }],
      ],
    ] as const;
    for (const [yaml, replies] of cases) {
      const { server, engine } = await opened(replies, { send: {}, look: lookOf(`No row of ${anna}.`) });
      await engine.publish(child);
      const run = await engine.start(yaml, { mail });
      await engine.ended(run);
      expect(wire(server)).toMatch(/No row of <EMAIL_1_/);
      expect(wire(server)).not.toMatch(/anna\+/i);
    }
  });

  it('is in nothing that is shown while it is called', async () => {
    const shown: string[] = [];
    const { engine } = await opened([sending, { text: 'Done.' }], {
      send: {
        input: z.looseObject({}),
        run: (input: { readonly to: string }, { progress, emitText, emitWork, record }) => {
          progress(`to ${input.to}`, { to: input.to });
          for (const letter of input.to) emitText(letter);
          for (const letter of input.to) emitWork?.({ type: 'thought', text: letter });
          record({
            kind: 'http',
            name: input.to,
            startedAt: 0,
            ms: 1,
            input: { [input.to]: input.to },
            attributes: { 'http.url': `https://a.example/${encodeURIComponent(input.to)}` },
            error: { code: 'TOOL_FAILED', kind: 'terminal', message: input.to },
          });
          return Promise.resolve(null);
        },
      },
    });
    const run = await engine.start(agent(), { mail }, { rung: false });
    engine.live.subscribe(run, (part) => void shown.push(JSON.stringify(part)));
    await engine.ring(run);
    await engine.ended(run);
    expect(shown.join()).toMatch(/EMAIL_1/);
    expect(shown.join()).not.toMatch(/anna|1203|1234567/i);
    const told = (await engine.events(run)).filter(({ type }) => type !== 'run.created' && type !== 'rail.judged');
    expect(told.some(({ type }) => type === 'call.finished')).toBe(true);
    expect(JSON.stringify(told)).not.toMatch(/anna|1203|1234567/i);
  });
});
