import { describe, expect, it } from 'vitest';
import type { AnyTool } from '@telos/core';
import { briefFaults, compiled, faultsOf, sampleCatalog } from '../testing/sample-catalog.ts';

const step = 'steps: [{ id: a, uses: transform, with: { value: 1 } }]';
const ofRun = (rails: string, more = ''): string => `telos: 1\nid: t\nrails: ${rails}\n${more}${step}`;
const ofStep = (rails: string): string =>
  `telos: 1\nid: t\nsteps: [{ id: a, uses: transform, with: { value: 1 }, rails: ${rails} }]`;
const railsOfRun = (rails: string, more = '') => compiled(ofRun(rails, more)).program.rails;

describe('rails', () => {
  it('are written as a name, which blocks, as a name with an action, or in full', () => {
    expect(
      railsOfRun(
        '{ input: [injection, { pii: flag }, { check: pii, with: { names: true }, action: ask, who: editors }] }',
      ),
    ).toEqual({
      input: [
        { name: 'injection', uses: 'injection', with: {}, action: 'block', mode: 'enforce' },
        { name: 'pii', uses: 'pii', with: {}, action: 'flag', mode: 'enforce' },
        { name: 'pii_2', uses: 'pii', with: { names: true }, action: 'ask', mode: 'enforce', who: ['editors'] },
      ],
    });
  });

  it('ask a check for what it can put in place, and only where that is wanted', () => {
    expect(railsOfRun('{ output: [{ pii: redact }, { hidden_text: repair }] }')?.output).toMatchObject([
      { uses: 'pii', with: { redact: true } },
      { uses: 'hidden_text', with: { clean: true } },
    ]);
    expect(railsOfRun('{ output: [{ check: pii, action: redact, mode: shadow }] }')?.output).toMatchObject([
      { with: {} },
    ]);
  });

  it('name evaluators as well as checks', () => {
    const evaluators = 'evaluators: { people: { uses: pii, with: { names: true }, min: 0.4 } }\n';
    expect(railsOfRun('{ input: [{ people: redact }] }', evaluators)?.input).toEqual([
      { name: 'people', uses: 'pii', with: { names: true, redact: true }, min: 0.4, action: 'redact', mode: 'enforce' },
    ]);
  });

  it('of a step stand at its input, its tool calls and its output', () => {
    const rails = '{ input: [pii], tool_arguments: [secrets], tool_result: [injection], output: [{ pii: redact }] }';
    expect(Object.keys(compiled(ofStep(rails)).program.steps[0]?.rails ?? {})).toEqual([
      'input',
      'output',
      'tool_arguments',
      'tool_result',
    ]);
  });

  it('make their checks and models part of what the program needs', () => {
    const rails = '{ output: [{ check: judge, with: { model: openai/x, rubric: ["it is kind"] } }] }';
    expect(compiled(ofRun(rails)).program.requires).toMatchObject({ checks: ['judge'], models: ['openai/x'] });
  });

  it('read what their place can see, and are counted among what is read', () => {
    const against = '"${{ steps.a.output }}"';
    expect(
      compiled(ofRun(`{ output: [{ check: faithfulness, with: { against: ${against} } }] }`)).program,
    ).toMatchObject({
      outputReads: ['a'],
    });
    expect(faultsOf(ofRun(`{ input: [{ check: faithfulness, with: { against: ${against} } }] }`))).toMatchObject([
      { code: 'UNKNOWN_NAME', path: 'rails.input[0].with.against' },
    ]);
  });

  it.each([
    ['{ input: [pi] }', 'UNKNOWN_CHECK rails.input[0]', 'did you mean `pii`?'],
    ['{ input: [{ pi: redact }] }', 'UNKNOWN_CHECK rails.input[0].pi', 'did you mean `pii`?'],
    ['{ inputs: [pii] }', 'UNKNOWN_KEY rails.inputs', 'did you mean `input`?'],
    [
      '{ memory_write: [{ check: faithfulness, with: { against: "${{ run.id }}" } }] }',
      'UNSUPPORTED rails.memory_write[0]',
      'write values, or put the rail on the steps inside',
    ],
    ['{ tool_result: [pii] }', 'UNKNOWN_KEY rails.tool_result', 'known here: input, output, memory_write'],
    ['{ input: [{ pii: redcat }] }', 'INVALID_VALUE rails.input[0].pii', 'did you mean `redact`?'],
    [
      '{ input: [{ pii: { names: true } }] }',
      'INVALID_VALUE rails.input[0].pii',
      'with parameters it is { check: pii, with: ..., action: ... }',
    ],
    ['{ input: [{ check: pii, action: redcat }] }', 'INVALID_VALUE rails.input[0].action', 'did you mean `redact`?'],
    ['{ input: [{ check: pii, mode: shadows }] }', 'INVALID_VALUE rails.input[0].mode', 'did you mean `shadow`?'],
    ['{ input: [{ check: pii, acton: block }] }', 'UNKNOWN_KEY rails.input[0].acton', 'did you mean `action`?'],
    [
      '{ input: [{ check: pii, with: { nams: true } }] }',
      'TOOL_INPUT rails.input[0].with.nams',
      'did you mean `names`?',
    ],
    ['{ input: [{ injection: redact }] }', 'INVALID_VALUE rails.input[0].injection', 'it can `block`, `flag` or `ask`'],
    ['{ input: [{ check: hidden_text, action: redact }] }', 'INVALID_VALUE rails.input[0].action', 'it can `repair`'],
    ['{ input: [{ check: pii, who: editors }] }', 'INVALID_VALUE rails.input[0].who', undefined],
    [
      '{ input: [{ pii: block, secrets: block }] }',
      'INVALID_VALUE rails.input[0]',
      'write { name: action }, or { check, with, action, mode }',
    ],
    ['{ input: [7] }', 'WRONG_TYPE rails.input[0]', undefined],
  ])('%s is a fault, with what was meant', (rails, fault, hint) => {
    const found = faultsOf(ofRun(rails));
    expect(found.map(({ code, path }) => `${code} ${path}`)).toEqual([fault]);
    expect(found[0]?.hint).toBe(hint);
  });

  it('put back what they hide where they say so, which the program then says too', () => {
    const ofRail = (restore: string) =>
      compiled(
        `telos: 1\nid: t\nsteps: [{ id: a, agent: { input: hi, tools: ["crm.*"], agents: { b: { description: B., instructions: B., tools: [http.request] } } }, rails: { tool_result: [{ check: pii, action: redact, restore: ${restore} }] } }]\ntools: { crm: { db: { url: "sqlite:x.db" } } }`,
      ).program;
    const first = (restore: string) => ofRail(restore).steps[0]?.rails?.tool_result?.[0]?.restore;
    expect(first('output')).toEqual({ output: true });
    expect(first('{ tools: [crm.query, http.request] }')).toEqual({ tools: { 'crm.query': [], 'http.request': [] } });
    expect(first('{ output: true, tools: { crm.query: params, http.request: [url, body.to] } }')).toEqual({
      output: true,
      tools: { 'crm.query': ['params'], 'http.request': ['url', 'body.to'] },
    });
    expect(ofRail('output').restores).toBe(true);
    expect(compiled(ofRun('{ input: [{ pii: redact }] }')).program).not.toHaveProperty('restores');
  });

  it.each([
    ['{ input: [{ check: pii, restore: output }] }', 'restore', 'write action: redact, or leave `restore` out'],
    [
      '{ input: [{ check: pii, action: redact, mode: shadow, restore: output }] }',
      'restore',
      'leave `mode` out, or `restore`',
    ],
    [
      '{ input: [{ check: profanity, action: redact, restore: output }] }',
      'restore',
      'of the checks that come with Telos `pii`, `secrets` and `exfiltration` can be taken back',
    ],
    [
      '{ input: [{ check: pii, action: redact, restore: {} }] }',
      'restore',
      'write restore: output, or restore: { tools: [mail.send] }',
    ],
    [
      '{ input: [{ check: pii, action: redact, restore: { tools: [send] } }] }',
      'restore.tools',
      'write restore: output; the steps that read it are given what was hidden',
    ],
  ])('%s is a fault: there is nothing to put back, or nowhere to', (rails, at, hint) => {
    for (const source of [ofRun(rails), ofStep(rails)])
      expect(faultsOf(source)).toMatchObject([
        { code: 'INVALID_VALUE', path: expect.stringMatching(`rails.input\\[0\\].${at}$`), hint },
      ]);
  });

  it('put nothing back where nothing follows that could be given it', () => {
    const restoring = '[{ check: pii, action: redact, restore: output }]';
    const at = (place: string): readonly string[] =>
      faultsOf(ofStep(`{ ${place}: ${restoring} }`)).map(({ code, path }) => `${code} ${path}`);
    for (const place of ['output', 'tool_result'])
      expect(at(place)).toEqual([`INVALID_VALUE steps[0].rails.${place}[0].restore`]);
    expect(at('tool_arguments')).toEqual([]);
    expect(faultsOf(ofRun(`{ output: ${restoring} }`))).toMatchObject([{ path: 'rails.output[0].restore' }]);
    expect(faultsOf(ofRun(`{ memory_write: ${restoring} }`))).toMatchObject([
      { path: 'rails.memory_write[0].restore' },
    ]);
    const block = `telos: 1\nid: t\nsteps: [{ id: a, foreach: [1], rails: { tool_arguments: ${restoring}, tool_result: ${restoring} }, steps: [{ id: b, uses: transform, with: { value: 1 } }] }]`;
    expect(faultsOf(block)).toMatchObject([{ path: 'steps[0].rails.tool_arguments[0].restore' }]);
  });

  it('name tools that the agent has, and no agent or workflow: its model would be shown what is put back', () => {
    const naming = (tool: string) =>
      faultsOf(
        `telos: 1\nid: t\nsteps: [{ id: a, agent: { input: hi, tools: [http.request], agents: { b: { description: B., instructions: B. } } }, rails: { input: [{ check: pii, action: redact, restore: { tools: [${tool}] } }] } }]`,
      );
    expect(naming('http.request')).toEqual([]);
    expect(naming('http.requst')).toMatchObject([
      { code: 'UNKNOWN_TOOL', path: 'steps[0].rails.input[0].restore.tools', hint: 'did you mean `http.request`?' },
    ]);
    expect(naming('b')).toMatchObject([{ code: 'INVALID_VALUE', hint: 'name the tools that it calls in the end' }]);
  });

  it('of a block hold for the tool calls in it, and see none of its values', () => {
    const block = (rails: string, more = ''): string =>
      `telos: 1\nid: t\nsteps: [{ id: a, foreach: [1], rails: ${rails}, ${more} steps: [{ id: b, uses: transform, with: { value: 1 } }] }]`;
    expect(
      briefFaults(block('{ tool_arguments: [pii], tool_result: [{ pii: redact }], output: [{ pii: ask }] }')),
    ).toEqual([]);
    expect(
      faultsOf(block('{ tool_result: [{ check: faithfulness, with: { against: "${{ run.id }}" } }] }')).map(
        ({ code }) => code,
      ),
    ).toEqual(['UNSUPPORTED']);
    expect(faultsOf(block('{ output: [{ pii: ask }] }', 'gate: { checks: ["true"] },'))).toEqual([]);
  });

  it('of a block look at what it is given, where it is given anything', () => {
    const block = (written: string): string =>
      `telos: 1\nid: t\nsteps: [{ id: a, ${written}, rails: { input: [{ pii: redact }] } }]`;
    const body = 'steps: [{ id: b, uses: transform, with: { value: 1 } }]';
    for (const written of [
      `foreach: [1], ${body}`,
      `loop: { state: {}, max: 2, next: {} }, ${body}`,
      'agent: { input: "hello" }',
      'plan: { objective: "Find it" }',
      'workflow: { id: other }',
    ])
      expect([written, faultsOf(block(written))]).toEqual([written, []]);
    for (const written of [
      `parallel: { b: [{ id: b, uses: transform, with: { value: 1 } }] }`,
      `switch: [{ else: true, ${body} }]`,
    ])
      expect(faultsOf(block(written))).toMatchObject([
        { code: 'INVALID_VALUE', path: 'steps[0].rails.input', hint: expect.stringContaining('tool_arguments') },
      ]);
  });

  it('on memory writes stand on the run, on blocks, and on a step whose tool keeps what it is given', () => {
    const remembers = { ...sampleCatalog.tools.get('transform'), name: 'memory.remember', remembers: true } as AnyTool;
    const tools = new Map([...sampleCatalog.tools, [remembers.name, remembers]]);
    const catalog = { ...sampleCatalog, tools };
    const rails = '{ memory_write: [secrets, { pii: redact }] }';
    expect(railsOfRun(rails)?.memory_write).toMatchObject([{ uses: 'secrets' }, { uses: 'pii', action: 'redact' }]);
    expect(faultsOf(ofStep(rails).replace('transform', 'memory.remember'), { catalog })).toEqual([]);
    expect(faultsOf(ofStep(rails).replace('uses: transform, with: { value: 1 }', 'parallel: { b: [] }'))).toMatchObject(
      [{ path: 'steps[0].parallel.b' }],
    );
    expect(faultsOf(ofStep(rails))).toMatchObject([
      { code: 'INVALID_VALUE', path: 'steps[0].rails.memory_write', hint: expect.stringContaining('memory.remember') },
    ]);
  });

  it('may take as long as their `timeout` says', () => {
    expect(railsOfRun('{ input: [{ check: pii, timeout: 5s }] }')?.input).toMatchObject([{ timeoutMs: 5000 }]);
    expect(faultsOf(ofRun('{ input: [{ check: pii, timeout: soon }] }'))).toMatchObject([
      { code: 'INVALID_VALUE', path: 'rails.input[0].timeout' },
    ]);
  });

  it('do not redact what a step gives that runs on the workers of a queue', () => {
    const queued = (rails: string): string => ofStep(rails).replace('rails:', 'queue: far, rails:');
    expect(
      briefFaults(queued('{ input: [{ pii: redact }], output: [pii, { check: pii, action: redact, mode: shadow }] }')),
    ).toEqual([]);
    expect(faultsOf(queued('{ tool_result: [{ pii: redact }] }')).map(({ code, path }) => `${code} ${path}`)).toEqual([
      'UNSUPPORTED steps[0].rails.tool_result[0]',
    ]);
  });

  it('have no place beside a wait or an approval, and none at the top of a plan', () => {
    expect(faultsOf('telos: 1\nid: t\nsteps: [{ id: a, wait: { for: 1s }, rails: { output: [pii] } }]')).toMatchObject([
      { code: 'UNKNOWN_KEY', path: 'steps[0].rails' },
    ]);
    expect(faultsOf(ofRun('{ output: [pii] }'), { subset: 'plan' }).map(({ code }) => code)).toEqual(['NOT_IN_PLAN']);
    expect(faultsOf(ofStep('{ output: [pii] }'), { subset: 'plan' })).toEqual([]);
  });
});
