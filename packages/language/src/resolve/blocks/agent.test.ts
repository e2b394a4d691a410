import { describe, expect, it } from 'vitest';
import { briefFaults, compiled, faultsOf } from '../../testing/sample-catalog.ts';
import { compiledStep, oneStep, stepAfterFirst, workflow } from '../../testing/written.ts';

const agent = (body: string, around = ''): string => `${around}agent: { ${body} }`;
const withConnection = (body: string, more = ''): string =>
  workflow(`tools: { sales: { db: { url: sqlite:shop.db } } }\n${more}steps:\n  - id: a\n    agent: { ${body} }`);

describe('an agent', () => {
  it('becomes what it is told and asked, its model, its tools and its limits', () => {
    const source = stepAfterFirst(
      agent(
        'instructions: Be exact., input: "${{ steps.first.output }}", model: a/b, tools: [web.search, "*.query"], max_turns: 5, output: { schema: { type: object } }',
      ),
    );
    expect(compiledStep(source, 'agent')).toMatchObject({
      instructions: 'Be exact.',
      input: '${{ steps.first.output }}',
      model: 'a/b',
      tools: [
        { name: 'web.search', uses: 'web.search' },
        { name: 'db.query', uses: 'db.query' },
      ],
      maxTurns: 5,
      output: { type: 'object' },
      reads: ['first'],
    });
    expect(compiled(source).program.requires).toMatchObject({
      tools: ['db.query', 'transform', 'web.search'],
      models: ['a/b'],
    });
  });

  it('takes what is reachable, no tools and twelve turns unless it says otherwise', () => {
    const made = compiledStep(oneStep(agent('input: Hello')), 'agent');
    expect(made).toMatchObject({ instructions: '', model: 'auto', tools: [], maxTurns: 12 });
    expect(made).not.toHaveProperty('output');
  });

  it('is refused tools where all that it may ask is the model that calls none', () => {
    const asks = (models: string, model: string, tools = '["web.*"]') =>
      workflow(`${models}steps:\n  - id: a\n    agent: { input: Hello, model: ${model}, tools: ${tools} }`);
    expect(briefFaults(asks('', 'offline/extractive'))).toEqual(['5:35 AGENT_NEEDS_MODEL steps[0].agent.model']);
    expect(briefFaults(asks('models: { small: offline/extractive }\n', 'small'))).toEqual([
      '6:35 AGENT_NEEDS_MODEL steps[0].agent.model',
    ]);
    expect(briefFaults(asks('', 'offline/extractive', '[]'))).toEqual([]);
    expect(briefFaults(asks('models: { any: { fallback: [a/b, offline/extractive] } }\n', 'any'))).toEqual([]);
  });

  it('calls a tool on a connection by the name that the workflow gives it', () => {
    const made = compiledStep(withConnection('input: Hi, tools: ["sales.*"]'), 'agent');
    expect(made.tools).toEqual([{ name: 'sales.query', uses: 'db.query', connection: 'sales' }]);
  });

  it('has no bare tool of a connection by a glob that does not name its kind', () => {
    const named = (globs: string) =>
      compiledStep(withConnection(`input: Hi, tools: ${globs}`), 'agent').tools.map(({ name }) => name);
    expect(named('["*.query"]')).toEqual(['sales.query']);
    expect(named('["*"]')).not.toContain('db.query');
    expect(named('["db.*"]')).toEqual(['db.query']);
  });

  it('has each tool once, less those that are denied, and asks about those that ask', () => {
    const source = workflow(
      'permissions: { deny: [http.request], ask: ["db.*"] }\nsteps:\n  - id: a\n    agent: { input: Hi, tools: ["*.query", db.query, "*"] }',
    );
    expect(
      compiledStep(source, 'agent').tools.map((tool) => [tool.name, 'asks' in tool ? tool.asks : undefined]),
    ).toEqual([
      ['db.query', true],
      ['llm', undefined],
      ['web.search', undefined],
      ['transform', undefined],
    ]);
    expect(briefFaults(source)).toEqual([]);
  });

  it('keeps `retry` for its turns', () => {
    const made = compiledStep(oneStep(agent('input: Hi', 'retry: 2\n')), 'agent');
    expect(made.turnRetry).toMatchObject({ max: 2 });
    expect(made).not.toHaveProperty('retry');
  });

  it.each([
    ['nothing to do', agent('tools: [llm]'), '5:5 MISSING_KEY steps[0].agent'],
    ['an unknown key', agent('input: Hi, tool: [llm]'), '5:25 UNKNOWN_KEY steps[0].agent.tool'],
    ['a tool that is not there', agent('input: Hi, tools: [web.serch]'), '5:33 UNKNOWN_TOOL steps[0].agent.tools[0]'],
    ['a glob that names nothing', agent('input: Hi, tools: ["mail.*"]'), '5:33 UNKNOWN_TOOL steps[0].agent.tools[0]'],
    ['an unknown model', agent('input: Hi, model: large'), '5:32 UNKNOWN_MODEL steps[0].agent.model'],
    ['no turns', agent('input: Hi, max_turns: 0'), '5:36 INVALID_VALUE steps[0].agent.max_turns'],
    [
      'an expression of what is not there',
      agent('input: "${{ inputs.q }}"'),
      '5:26 UNKNOWN_INPUT steps[0].agent.input',
    ],
    ['a secret', agent('input: "${{ secrets.KEY }}"'), '5:26 SECRET_MISPLACED steps[0].agent.input'],
    [
      'an expression in its schema',
      agent('input: Hi, output: { schema: { title: "${{ now() }}" } }'),
      '5:43 SCHEMA_INVALID steps[0].agent.output.schema',
    ],
  ])('with %s is refused', (_title, keys, fault) => {
    expect(briefFaults(oneStep(keys))).toEqual([fault]);
  });

  it('suggests the tool that was meant', () => {
    expect(faultsOf(oneStep(agent('input: Hi, tools: [web.serch]')))[0]?.hint).toBe('did you mean `web.search`?');
  });

  it('whose tools are all denied is refused', () => {
    const source = workflow(
      'permissions: { deny: ["web.*"] }\nsteps:\n  - id: a\n    agent: { input: Hi, tools: ["web.*"] }',
    );
    expect(briefFaults(source)).toEqual(['6:33 TOOL_DENIED steps[0].agent.tools[0]']);
  });

  it('can have its output redacted, turn by turn, by rails that see nothing of the workflow', () => {
    const railed = (rails: string) => briefFaults(oneStep(agent('input: Hi', `rails: { ${rails} }\n`)));
    expect(railed('output: [{ pii: redact }]')).toEqual([]);
    const seeing = '{ check: pii, with: { names: "${{ size(run.id) > 0 }}" }';
    expect(railed(`output: [${seeing}, action: block }]`)).toEqual([]);
    expect(railed(`output: [${seeing}, action: redact }]`)).toEqual([
      expect.stringMatching(/UNSUPPORTED steps\[0\]\.rails\.output\[0\]$/),
    ]);
    expect(
      railed('output: [{ pii: flag }], tool_arguments: [{ pii: redact }], tool_result: [{ pii: redact }]'),
    ).toEqual([]);
  });

  it('may be shown less of a conversation that has grown, and so may one that it calls', () => {
    const called = 'agents: { a: { description: X, context: { tokens: 900, strategy: drop_results } } }';
    const made = compiledStep(oneStep(agent(`input: Hi, context: { tokens: 60k }, ${called}`)), 'agent');
    expect(made.context).toEqual({ strategy: 'drop_results', tokens: 60_000 });
    expect(made.tools).toMatchObject([{ agent: { context: { strategy: 'drop_results', tokens: 900 } } }]);
    expect(compiledStep(oneStep(agent('input: Hi')), 'agent')).not.toHaveProperty('context');
    expect(briefFaults(oneStep(agent('input: Hi, context: { tokens: 60k, strategy: forget }')))).toEqual([
      expect.stringMatching(/INVALID_VALUE steps\[0\]\.agent\.context\.strategy$/),
    ]);
    expect(briefFaults(oneStep(agent('input: Hi, context: { strategy: drop_results }')))).toEqual([
      expect.stringMatching(/MISSING_KEY steps\[0\]\.agent\.context\.tokens$/),
    ]);
  });

  it('may call workflows that it names, and needs them', () => {
    const source = oneStep(agent('input: Hi, tools: [workflow.summarise, web.search]'));
    expect(compiledStep(source, 'agent').tools).toEqual([
      { name: 'workflow.summarise', workflow: 'summarise' },
      { name: 'web.search', uses: 'web.search' },
    ]);
    expect(compiled(source).program.requires.workflows).toEqual(['summarise']);
  });

  it('may call agents of its own, which have models, tools, limits and agents themselves', () => {
    const inner = 'reader: { description: Reads., instructions: Read., tools: [workflow.fetch], max_turns: 2 }';
    const source = stepAfterFirst(
      agent(
        `input: Hi, agents: { boss: { description: Leads., instructions: "About \${{ steps.first.output }}", model: a/b, budget: { calls: 9, wall: 1m }, timeout: 2m, output: { schema: { type: object } }, agents: { ${inner} } } }`,
      ),
    );
    const made = compiledStep(source, 'agent');
    expect(made.reads).toEqual(['first']);
    expect(made.tools).toEqual([
      {
        name: 'boss',
        description: 'Leads.',
        agent: {
          reads: ['first'],
          instructions: 'About ${{ steps.first.output }}',
          model: 'a/b',
          tools: [
            {
              name: 'reader',
              description: 'Reads.',
              agent: {
                reads: [],
                instructions: 'Read.',
                model: 'auto',
                tools: [{ name: 'workflow.fetch', workflow: 'fetch' }],
                maxTurns: 2,
              },
            },
          ],
          output: { type: 'object' },
          maxTurns: 12,
          budget: { calls: 9, wallMs: 60_000, onExceeded: 'fail' },
          timeoutMs: 60_000,
        },
      },
    ]);
    expect(compiled(source).program.requires).toMatchObject({ models: ['a/b', 'auto'], workflows: ['fetch'] });
  });

  it.each([
    ['workflows by a glob', 'tools: ["workflow.*"]', 'UNKNOWN_TOOL steps[0].agent.tools[0]'],
    ['the workflow that it is in', 'tools: [workflow.flow]', 'RECURSION steps[0].agent.tools[0]'],
    [
      'an agent without a description',
      'agents: { a: { instructions: X } }',
      'MISSING_KEY steps[0].agent.agents.a.description',
    ],
    [
      'a description that changes',
      'agents: { a: { description: "${{ run.id }}" } }',
      'INVALID_VALUE steps[0].agent.agents.a.description',
    ],
    [
      'an agent with the name of a tool',
      'agents: { llm: { description: X } }',
      'INVALID_VALUE steps[0].agent.agents.llm',
    ],
    [
      'an agent that calls no tool, with tools',
      'agents: { a: { description: X, model: offline/extractive, tools: [llm] } }',
      'AGENT_NEEDS_MODEL steps[0].agent.agents.a.model',
    ],
    [
      'an agent with an unknown key',
      'agents: { a: { description: X, input: Y } }',
      'UNKNOWN_KEY steps[0].agent.agents.a.input',
    ],
    [
      'an agent with a tool that is not there',
      'agents: { a: { description: X, tools: [web.serch] } }',
      'UNKNOWN_TOOL steps[0].agent.agents.a.tools[0]',
    ],
  ])('that would call %s is refused', (_title, keys, fault) => {
    const faults = briefFaults(oneStep(agent(`input: Hi, ${keys}`)));
    expect(faults.map((one) => one.slice(one.indexOf(' ') + 1))).toEqual([fault]);
  });

  it('may not call what is denied, be it a workflow or an agent', () => {
    const source = workflow(
      'permissions: { deny: [workflow.pay, spender] }\nsteps:\n  - id: a\n    agent: { input: Hi, tools: [workflow.pay], agents: { spender: { description: Spends. } } }',
    );
    expect(briefFaults(source)).toEqual([
      expect.stringMatching(/TOOL_DENIED steps\[0\]\.agent\.tools\[0\]$/),
      expect.stringMatching(/TOOL_DENIED steps\[0\]\.agent\.agents\.spender$/),
    ]);
  });

  it('lets no agent that it calls see the state of a loop around it, nor a step whose name means a call in its rounds', () => {
    const called = (sees: string): string =>
      `agent: { input: Hi, agents: { a: { description: X, instructions: "\${{ ${sees} }}" } } }`;
    const looped = (sees: string): string =>
      workflow(
        `steps:\n  - id: l\n    loop: { max: 2, state: { text: "" }, next: { text: "x" } }\n    steps: [{ id: a, ${called(sees)} }]`,
      );
    for (const name of ['state.text', 'index'])
      expect(briefFaults(looped(name))).toEqual([
        expect.stringMatching(/UNKNOWN_NAME steps\[0\]\.steps\[0\]\.agent\.agents\.a\.instructions$/),
      ]);
    expect(briefFaults(looped('run.id'))).toEqual([]);
    const after = (id: string): string =>
      workflow(
        `steps:\n  - { id: ${id}, uses: transform, with: { value: 1 } }\n  - id: a\n    ${called(`steps.${id}.output`)}`,
      );
    for (const id of ['turn', 'call_1'])
      expect(briefFaults(after(id))).toEqual([expect.stringMatching(/UNKNOWN_STEP/)]);
    expect(briefFaults(after('turned'))).toEqual([]);
  });

  it('has no place in a plan', () => {
    expect(briefFaults(oneStep(agent('input: Hi')), { subset: 'plan' })).toEqual(['5:5 NOT_IN_PLAN steps[0].agent']);
  });
});
