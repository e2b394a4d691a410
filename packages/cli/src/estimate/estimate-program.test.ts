import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@telos/driver-local';
import { createChecks } from '@telos/evaluators';
import { compile, createSchemas } from '@telos/language';
import { createModels } from '@telos/models';
import { describe, expect, it } from 'vitest';
import { composeCatalogue } from '../compose/catalogue.ts';
import { loadConfig } from '../config/load-config.ts';
import { createTools } from '@telos/tools';
import { estimateLines } from './estimate-output.ts';
import { estimateProgram } from '@telos/planner';
import type { Estimate } from '@telos/planner';

/** Two dollars a million tokens read, ten a million written. */
const models = createModels({
  prices: { 'openai/priced': { input: 2, output: 10 } },
  ollama: { host: '127.0.0.1:9' },
  schemas: createSchemas(),
  clock: systemClock,
});

/** @param others Texts of other workflows, by id. */
async function estimated(text: string, others: { readonly [id: string]: string } = {}): Promise<Estimate> {
  const folder = mkdtempSync(join(tmpdir(), 'telos-estimate-'));
  const { catalog } = composeCatalogue(await loadConfig({}, folder), folder);
  const tools = createTools({
    models,
    clock: systemClock,
    workspace: folder,
    isWithheld: () => false,
    allowedHosts: [],
    search: {},
  });
  const result = compile(`telos: 1\nid: t\n${text}`, { catalog });
  if (!result.ok) throw new Error(result.faults.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  // Those who judge know the same prices.
  const checks = createChecks({ models, schemas: createSchemas(), evaluateCondition: () => true });
  return estimateProgram(result.compiled.program, {
    catalog: { ...catalog, checks, tools: new Map([...catalog.tools, ...tools]) },
    models,
    workflow: async (id) => {
      const other = others[id];
      const child = other === undefined ? undefined : compile(`telos: 1\nid: ${id}\n${other}`, { catalog });
      return child?.ok === true ? child.compiled.program : undefined;
    },
  });
}

const row = ({ steps }: Estimate, step: string) => steps.find((each) => each.step === step);

describe('the estimate of a program', () => {
  it('counts the words of a prompt and a usual answer, and at most what `max_tokens` allows', async () => {
    const prompt = 'word '.repeat(800);
    const estimate = await estimated(
      `steps:\n  - { id: a, uses: llm, with: { model: openai/priced, prompt: "${prompt}", max_tokens: 2000 } }\n`,
    );
    expect(row(estimate, 'a')).toMatchObject({
      times: { expected: 1, most: 1 },
      cost: { expected: { input_tokens: 1004, output_tokens: 300, calls: 1 }, most: { output_tokens: 2000, calls: 1 } },
    });
    expect(estimate.total.expected.usd).toBeCloseTo((1004 * 2 + 300 * 10) / 1e6);
    expect(estimate.total.most.usd).toBeCloseTo((1004 * 2 + 2000 * 10) / 1e6);
  });

  it('lets values of earlier steps stand in at their usual length, and inputs by their defaults', async () => {
    const estimate = await estimated(`inputs: { topic: { type: string, default: "${'t'.repeat(400)}" }, other: string }
steps:
  - { id: find, uses: web.search, with: { query: "\${{ inputs.topic }}" } }
  - { id: known, uses: llm, with: { model: openai/priced, prompt: "\${{ inputs.topic }}" } }
  - { id: read, uses: llm, with: { model: openai/priced, prompt: "\${{ steps.find.output }}" } }
  - { id: unknown, uses: llm, with: { model: openai/priced, prompt: "\${{ inputs.other }}" } }
`);
    const tokens = (step: string) => row(estimate, step)?.cost.expected.input_tokens;
    expect([tokens('known'), tokens('read'), tokens('unknown')]).toEqual([104, 504, 54]);
  });

  it('counts items by the list where it is known, else by its bound or the usual number, and says so', async () => {
    const estimate = await estimated(`inputs:
  given: { type: array, default: [1, 2, 3] }
  bounded: { type: array, maxItems: 12 }
steps:
  - { id: one, foreach: "\${{ inputs.given }}", as: x, max_parallel: 2, steps: [{ id: s, uses: web.read, with: { url: "https://a.example/" } }] }
  - { id: two, foreach: "\${{ inputs.bounded }}", as: x, max_parallel: 12, steps: [{ id: s, uses: web.read, with: { url: "https://a.example/" } }] }
  - { id: three, foreach: "\${{ steps.one.output }}", as: x, max_parallel: 1, steps: [{ id: s, uses: web.read, with: { url: "https://a.example/" } }] }
`);
    expect(row(estimate, 'one.s')?.times).toEqual({ expected: 3, most: 3 });
    expect(row(estimate, 'two.s')?.times).toEqual({ expected: 5, most: 12 });
    expect(row(estimate, 'three.s')?.times).toEqual({ expected: 5, most: 5 });
    // Three items, two at a time, take twice as long as one.
    expect(row(estimate, 'one')?.cost.expected).toMatchObject({ calls: 3, ms: 3000 });
    expect(row(estimate, 'two')?.assumes).toEqual(['5 items, at most 12: how many there are is known when it runs']);
    expect(estimate.total).toMatchObject({ expected: { calls: 13 }, most: { calls: 20 } });
  });

  it('takes the longest chain for the time, and the dearest case for the cost', async () => {
    const estimate = await estimated(`inputs: { kind: { type: string, default: a } }
steps:
  - { id: slow, uses: web.read, with: { url: "https://a.example/" } }
  - { id: quick, needs: [], uses: db.query, with: { url: "sqlite:a.db", sql: "SELECT 1" } }
  - id: route
    needs: [quick]
    switch:
      - { when: "inputs.kind == 'a'", steps: [{ id: x, uses: llm, with: { model: openai/priced, prompt: hello } }] }
      - { else: true, steps: [{ id: y, uses: transform, with: { value: 1 } }] }
`);
    expect(estimate.total.expected).toMatchObject({ calls: 3, ms: 200 + 7000 });
    expect(row(estimate, 'route')?.assumes).toEqual(['the dearest of its cases']);
  });

  it('counts what rails ask of models: of a step, of the blocks around it for each of its calls, and of the run', async () => {
    const rail = '[{ check: judge, with: { model: openai/priced, rubric: [is good] } }, pii]';
    const step = (rails = ''): string => `{ id: a, uses: transform, with: { value: x }${rails} }`;
    const callsOf = async (text: string): Promise<number> => (await estimated(text)).total.expected.calls;
    expect(await callsOf(`steps: [${step()}]\n`)).toBe(1);
    expect(await callsOf(`steps: [${step(`, rails: { input: ${rail}, tool_result: ${rail} }`)}]\n`)).toBe(3);
    const block = (rails: string): string =>
      `steps: [{ id: b, foreach: [1, 2, 3], rails: { ${rails} }, steps: [${step()}] }]\n`;
    expect(await callsOf(block(`tool_arguments: ${rail}`))).toBe(6);
    expect(await callsOf(block(`output: ${rail}`))).toBe(4);
    expect(await callsOf(block(`memory_write: ${rail}`))).toBe(3);
    const run = await estimated(`rails: { input: ${rail}, output: ${rail} }\nsteps: [${step()}]\n`);
    expect(run.total.expected.calls).toBe(3);
    expect(run.total.expected.usd).toBeGreaterThan(0);
    expect(run.total.most.usd).toBeGreaterThan(run.total.expected.usd);
    expect(run.assumes).toContain('the rails of the run itself are counted in the total alone');
    const memory = '{ id: n, uses: memory.remember, with: { value: x } }';
    expect(await callsOf(`rails: { memory_write: ${rail} }\nsteps: [${memory}, ${step()}]\n`)).toBe(3);
  });

  it('counts every retry, remedy and round at most, and judges with each attempt', async () => {
    const estimate =
      await estimated(`evaluators: { good: { uses: judge, with: { model: openai/priced, rubric: [is good] } } }
steps:
  - id: draft
    uses: llm
    with: { model: openai/priced, prompt: hello }
    retry: { max: 3 }
    gate: { judge: good, on_fail: [{ repair: 2 }] }
  - { id: refine, loop: { state: { n: 0 }, until: "state.n > 3", max: 5, next: { n: "\${{ state.n + 1 }}" } }, steps: [{ id: s, uses: transform, with: { value: 1 } }] }
`);
    expect(row(estimate, 'draft')?.cost).toMatchObject({ expected: { calls: 2 }, most: { calls: 10 } });
    expect(row(estimate, 'refine.s')?.times).toEqual({ expected: 3, most: 5 });
  });

  it('counts another workflow that a step runs, with what it is given, as often as the step runs', async () => {
    const child = `inputs: { topic: string, depth: { type: integer, default: 1 } }
steps:
  - { id: ask, uses: llm, with: { model: openai/priced, prompt: "\${{ inputs.topic }}" } }
  - { id: more, workflow: { id: inner, with: {} } }
`;
    const inner = 'steps:\n  - { id: page, uses: web.read, with: { url: "https://a.example/" } }\n';
    const estimate = await estimated(
      `steps:
  - id: list
    foreach: [1, 2, 3]
    as: x
    steps: [{ id: child, workflow: { id: brief, with: { topic: "${'t'.repeat(400)}" } } }]
`,
      { brief: child, inner },
    );
    expect(row(estimate, 'list.child.ask')).toMatchObject({
      times: { expected: 3, most: 3 },
      cost: { expected: { calls: 3, input_tokens: 3 * 104 } },
    });
    expect(row(estimate, 'list.child.more.page')?.cost.expected.calls).toBe(3);
    expect(row(estimate, 'list.child')?.assumes).toEqual([
      'brief is what its file has now: a run takes the version of its start',
    ]);
    expect(estimate.total.expected.calls).toBe(6);
  });

  it('counts what an agent calls: workflows and agents once each, at most once a turn, and who takes over once', async () => {
    const estimate = await estimated(
      `steps:
  - id: a
    agent:
      { input: Go., model: openai/priced, tools: [workflow.other], max_turns: 5,
        agents: { worker: { description: Works., model: openai/priced, max_turns: 2 } },
        handoffs: { one: { description: One., model: openai/priced, max_turns: 1 }, two: { description: Two., model: openai/priced, max_turns: 3 } } }
`,
      { other: 'steps: [{ id: say, uses: llm, with: { model: openai/priced, prompt: Hi } }]' },
    );
    // Its own turns, a call of each, and the dearest of who may take over.
    expect(estimate.total.expected.calls).toBe(4 + 1 + 2 + 3);
    expect(estimate.total.most.calls).toBe(5 + 4 * 1 + 4 * 2 + 3);
    expect(estimate.steps.map(({ step, times }) => [step, times.most])).toEqual([
      ['a', 1],
      ['a.workflow.other', 4],
      ['a.workflow.other.say', 4],
      ['a.worker', 4],
      ['a.one', 1],
      ['a.two', 1],
    ]);
    expect(row(estimate, 'a')?.assumes).toEqual([
      '4 of at most 5 turns; what its tools cost is not counted',
      'it calls workflow.other, worker once each, at most once a turn',
      'it hands over to the dearest of those who may take over',
    ]);
  });

  it('says of a workflow that it cannot find, or that runs itself, that it is not counted', async () => {
    const estimate = await estimated(
      'steps:\n  - { id: a, workflow: { id: gone, with: {} } }\n  - { id: b, workflow: { id: round, with: {} } }\n',
      {
        round: 'steps:\n  - { id: on, workflow: { id: back, with: {} } }\n',
        back: 'steps:\n  - { id: again, workflow: { id: round, with: {} } }\n',
      },
    );
    expect(row(estimate, 'a')?.assumes).toEqual([
      'the workflow gone is not counted: no file of that name is beside this one',
    ]);
    expect(row(estimate, 'b.on.again')?.assumes).toEqual(['the workflow round runs itself: that is not counted']);
  });

  it('counts drafting a plan and doing it: as plans usually are, and at most as many steps as one may have', async () => {
    const plan = (more: string) => `steps:\n  - { id: work, plan: { objective: "Find out what is sold", ${more} } }\n`;
    const free = row(await estimated(plan('tools: ["web.*", llm]')), 'work');
    expect(free?.cost).toMatchObject({ expected: { calls: 1 + 5 }, most: { calls: 3 + 60 } });
    expect(free?.assumes).toEqual([
      'a plan of 5 steps, of which 3 ask a model, and at most of 60: what they are is known when it is drafted',
    ]);
    const bounded = row(await estimated(plan('tools: ["web.*"]').replace('} }', '}, budget: { calls: 20 } }')), 'work');
    expect(bounded?.cost).toMatchObject({ expected: { calls: 1 + 5 }, most: { calls: 3 + 20 } });
    expect(bounded?.assumes[0]).toContain('of which 0 ask a model, and at most of 60 within its budget');
  });

  it('counts a check that asks a model when it is given one, and only then', async () => {
    const gated = (model: string) =>
      `steps:\n  - { id: a, uses: transform, with: { value: x }, gate: { checks: [{ correctness: { ${model}reference: x } }] } }\n`;
    expect((await estimated(gated('model: openai/priced, '))).total.expected).toMatchObject({ calls: 2 });
    expect((await estimated(gated(''))).total.expected).toMatchObject({ calls: 1 });
  });

  it('warns of a budget that is too small, and of what nobody knows', async () => {
    const estimate = await estimated(`limits: { budget: { usd: 0.001, calls: 50, on_exceeded: fail } }
steps:
  - { id: a, uses: llm, with: { model: openai/priced, prompt: hello, max_tokens: 4000 } }
  - { id: b, when: "true", uses: llm, with: { model: openai/never-heard-of, prompt: hello } }
  - { id: ask, approve: { show: x } }
`);
    expect(estimate.warnings).toEqual(['the budget `usd` is less than what is expected']);
    expect(estimate.assumes).toContain('no price is known for openai/never-heard-of: it counts as nothing');
    expect(row(estimate, 'b')?.assumes).toEqual(['it runs: `when` holds']);
    expect(row(estimate, 'ask')?.assumes).toEqual(['the time that a person takes is not counted']);
  });

  it('is shown as a table, with what was assumed below', async () => {
    const lines = estimateLines(
      await estimated(
        'steps:\n  - { id: list, foreach: [1, 2], as: x, max_parallel: 1, steps: [{ id: page, uses: web.read, with: { url: "https://a.example/" }, retry: { max: 2 } }] }\n',
      ),
      100,
    );
    expect(lines.slice(0, 4).map((line) => line.replace(/ {2,}/g, '  ').trimEnd())).toEqual([
      '  step  times  calls  tokens  cost  time',
      '  list  1  2 – 4  0  $0.0000  3.0 s – 6.0 s',
      '  page  2  2 – 4  0  $0.0000  1.5 s – 3.0 s',
      '  all  2 – 4  0  $0.0000  3.0 s – 6.0 s',
    ]);
  });
});
