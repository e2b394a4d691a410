import type { AnyTool } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CompileOptions } from '../compiled.ts';
import { compiled, faultsOf, sampleCatalog } from '../testing/sample-catalog.ts';
import { plain, workflow } from '../testing/written.ts';

const hits = z.object({
  results: z.array(z.object({ title: z.string(), url: z.string(), published: z.string().exactOptional() })),
});

/** The sample catalogue, whose tools give any JSON: the search gives hits, and `transform` says that it gives its value back. */
const tools = [...sampleCatalog.tools.values()].map((tool): AnyTool => {
  if (tool.name === 'web.search') return { ...tool, output: hits };
  return tool.name === 'transform' ? { ...tool, echoes: 'value' } : tool;
});
const options: Partial<CompileOptions> = {
  catalog: { ...sampleCatalog, tools: new Map(tools.map((tool) => [tool.name, tool])) },
};

const inputs =
  'inputs: { q: string, n: number, l: { type: array, items: { type: string } }, o: { type: string, required: false } }';
const found = '{ id: s, uses: web.search, with: { query: "${{ inputs.q }}" } }';

/** Steps behind the inputs and a search `s`; the first is in line 6. */
function stepsOf(...steps: readonly string[]): string {
  return workflow([inputs, 'steps:', `  - ${found}`, ...steps.map((step) => `  - ${step}`)].join('\n'));
}

/** `line:column CODE message`, one for each fault. */
function told(source: string, more: Partial<CompileOptions> = {}): readonly string[] {
  return faultsOf(source, { ...options, ...more }).map(
    ({ line, column, code, message, hint }) =>
      `${line}:${column} ${code} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

const value = (expression: string, id = 'a') =>
  `{ id: ${id}, uses: transform, with: { value: '\${{ ${expression} }}' } }`;

describe('an expression is held against the types of what it reads', () => {
  it.each([
    ['steps.s.output.reslts', '6:66 EXPRESSION_TYPE `steps.s.output` has no `reslts` (did you mean `results`?)'],
    [
      'steps.s.output.results[0].autor',
      '6:77 EXPRESSION_TYPE `steps.s.output.results[0]` has no `autor` (it has title, url, published)',
    ],
    ['inputs.q + 1', '6:51 EXPRESSION_TYPE `+` does not take text and a whole number (write "1")'],
    ['inputs.o.name', '6:60 EXPRESSION_TYPE `inputs.o` is text or null and has no field `name`'],
    ['steps.s.error.mesage', '6:65 EXPRESSION_TYPE `steps.s.error` has no `mesage` (did you mean `message`?)'],
    ['steps.s.gate.passed', '6:64 EXPRESSION_TYPE `steps.s.gate` is null and has no field `passed`'],
    [
      'steps.s.usage.tokens',
      '6:65 EXPRESSION_TYPE `steps.s.usage` has no `tokens` (it has input_tokens, output_tokens, usd, ms, calls)',
    ],
    [
      'run.started_at.getHours()',
      '6:51 EXPRESSION_TYPE `getHours` is asked of a timestamp or a duration, and `run.started_at` is text (write timestamp(run.started_at))',
    ],
    [
      'inputs.q.substring(inputs.n)',
      '6:51 EXPRESSION_TYPE `substring` takes a whole number, and `inputs.n` is a number (write int(inputs.n))',
    ],
  ])('%s', (expression, fault) => {
    expect(told(stepsOf(value(expression)))).toEqual([fault]);
  });

  it('through steps, vars and every kind of block', () => {
    const source = workflow(
      [
        inputs,
        'vars: { heading: "About ${{ inputs.q }}" }',
        'steps:',
        `  - ${found}`,
        `  - ${value('steps.s.output.results', 'kept')}`,
        `  - { id: each, foreach: "\${{ steps.kept.output }}", as: hit, on_item_error: collect, steps: [${value('hit.title', 'inner')}] }`,
        `  - { id: both, parallel: { left: [${value('inputs.n', 'x')}], right: [${value('vars.heading', 'y')}] } }`,
        `  - { id: one, switch: [{ when: "inputs.n > 1.0", steps: [${value('[inputs.n]', 'v')}] }, { else: true, steps: [${value('[inputs.q]', 'w')}] }] }`,
        `  - { id: again, loop: { state: { text: "" }, next: { text: "\${{ state.text + inputs.q }}" }, max: 2 }, steps: [${value('index', 'r')}] }`,
        '  - { id: plan, plan: { objective: x } }',
        '  - { id: agent, agent: { input: x, output: { schema: { type: object, properties: { answer: { type: string } }, additionalProperties: false } } } }',
        '  - { id: nap, wait: { for: 1m } }',
        '  - { id: sign, wait: { signal: paid, schema: { type: object, properties: { sum: { type: number } }, additionalProperties: false } } }',
        '  - { id: ask, approve: { show: x, form: { note: string } } }',
        'outputs:',
        '  a: ${{ steps.each.output[0].tilte }}',
        '  b: ${{ steps.both.output.midle }}',
        '  c: ${{ steps.one.output.first }}',
        '  d: ${{ steps.again.output.state.text - 1 }}',
        '  e: ${{ steps.plan.output.outputs }}',
        '  f: ${{ steps.agent.output.anser }}',
        '  g: ${{ steps.nap.output.until }}',
        '  h: ${{ steps.sign.output.some }}',
        '  i: ${{ steps.ask.output.values }}',
        '  j: ${{ vars.heading.text }}',
        '  k: ${{ steps.again.output.rounds + steps.again.output.state.text }}',
      ].join('\n'),
    );
    expect(told(source).map((line) => line.replace(/^\d+:\d+ EXPRESSION_TYPE /, ''))).toEqual([
      '`steps.each.output[0]` has no `tilte` (it has error)',
      '`steps.both.output` has no `midle` (it has left, right)',
      '`steps.one.output` is a list and has no field `first`',
      '`-` does not take text and a whole number (write double(steps.again.output.state.text))',
      '`steps.plan.output` has no `outputs` (did you mean `output`?)',
      '`steps.agent.output` has no `anser` (did you mean `answer`?)',
      '`steps.nap.output` has no `until` (it has at)',
      '`steps.sign.output` has no `some` (it has sum)',
      '`steps.ask.output` has no `values` (did you mean `value`?)',
      '`vars.heading` is text and has no field `text`',
      '`+` does not take a number and text (write string(steps.again.output.rounds))',
    ]);
  });

  it('in `catch` and in triggers', () => {
    const source = workflow(
      [
        'inputs: { n: number }',
        'triggers: { schedule: [{ cron: "* * * * *", inputs: { n: "${{ event.scheduled_at }}" } }] }',
        `steps: [${plain}]`,
        `catch: [{ steps: [${value('error.mesage')}] }]`,
      ].join('\n'),
    );
    expect(told(source)).toEqual([
      '4:63 INVALID_VALUE the input `n` expects a number, and `event.scheduled_at` is text (write double(event.scheduled_at))',
      '6:71 EXPRESSION_TYPE `error` has no `mesage` (did you mean `message`?)',
    ]);
  });

  it('whatever the order in which the steps are written', () => {
    const source = stepsOf(
      `{ id: a, needs: [b], uses: transform, with: { value: "\${{ steps.b.output.x }}" } }`,
      `{ id: b, needs: [], uses: transform, with: { value: "\${{ inputs.q }}" } }`,
    );
    expect(told(source)).toEqual(['6:78 EXPRESSION_TYPE `steps.b.output` is text and has no field `x`']);
  });

  it('in a gate, a probe and what undoes the step', () => {
    const source = stepsOf(
      `{ id: a, uses: web.search, with: { query: x }, gate: { checks: ["size(output.reslts) > 0"], pass: "score" } }`,
      `{ id: b, uses: web.search, with: { query: x }, compensate: { uses: transform, with: { value: "\${{ steps.b.output.reslts }}" } }, probe: { uses: web.search, with: { query: y }, found: "output.results.foo" } }`,
    );
    expect(told(source).map((line) => line.replace(/^\d+:\d+ /, ''))).toEqual([
      'EXPRESSION_TYPE `output` has no `reslts` (did you mean `results`?)',
      'NOT_BOOLEAN a condition must be true or false, and this is a number (write a comparison, such as `size(x) > 0` or `x == "yes"`)',
      'EXPRESSION_TYPE `steps.b.output` has no `reslts` (did you mean `results`?)',
      'EXPRESSION_TYPE `output.results` is a list and has no field `foo`',
    ]);
  });
});

describe('a condition that never is true or false is refused', () => {
  it.each([
    [`{ id: a, when: inputs.q, uses: transform, with: { value: 1 } }`, '6:20'],
    [`{ id: a, when: steps.s.output.results, uses: transform, with: { value: 1 } }`, '6:20'],
    [`{ id: a, switch: [{ when: inputs.n, steps: [${plain}] }] }`, '6:31'],
    [`{ id: a, loop: { state: { n: 0 }, until: state.n }, steps: [${plain}] }`, '6:46'],
    [`{ id: a, uses: web.search, with: { query: x }, gate: { checks: [output.results] } }`, '6:69'],
    [`{ id: a, uses: web.search, with: { query: x }, gate: { pass: scores.any } }`, '6:66'],
  ])('%s', (step, place) => {
    expect(told(stepsOf(step))).toEqual([expect.stringContaining(`${place} NOT_BOOLEAN`)]);
  });
});

describe('what an expression gives is held against what takes it', () => {
  it.each([
    [
      '{ id: a, uses: web.search, with: { query: "${{ inputs.n }}" } }',
      '6:52 TOOL_INPUT `web.search` expects text for `query`, and `inputs.n` is a number (write string(inputs.n))',
    ],
    [
      '{ id: a, uses: web.search, with: { query: x, limit: "${{ inputs.q }}" } }',
      '6:62 TOOL_INPUT `web.search` expects a number for `limit`, and `inputs.q` is text (write double(inputs.q))',
    ],
    [
      '{ id: a, uses: web.search, with: { query: x, limit: "about ${{ inputs.n }}" } }',
      '6:58 TOOL_INPUT `web.search` expects a number for `limit`, and this is text',
    ],
    [
      '{ id: a, uses: web.search, with: { query: "${{ steps.s.output }}" } }',
      '6:52 TOOL_INPUT `web.search` expects text for `query`, and `steps.s.output` is a map (write toJson(steps.s.output))',
    ],
    [
      '{ id: a, uses: http.request, with: { url: x, method: "${{ steps.s.status }}" } }',
      '6:63 TOOL_INPUT `http.request` expects one of `GET`, `POST`, `DELETE` for `method`, and `steps.s.status` is text',
    ],
    [
      '{ id: a, uses: http.request, with: { url: x, headers: { a: "${{ inputs.n }}" } } }',
      '6:69 TOOL_INPUT `http.request` expects text for `headers.a`, and `inputs.n` is a number (write string(inputs.n))',
    ],
    [
      '{ id: a, uses: transform, with: { value: 1 }, gate: { checks: [{ length: { min: "${{ inputs.q }}" } }] } }',
      '6:90 TOOL_INPUT the check `length` expects a number for `min`, and `inputs.q` is text (write double(inputs.q))',
    ],
    [
      `{ id: a, foreach: "\${{ inputs.q }}", steps: [${plain}] }`,
      '6:28 EXPRESSION_TYPE a foreach walks through a list, and `inputs.q` is text',
    ],
    [
      `{ id: a, foreach: "\${{ steps.s.output }}", steps: [${plain}] }`,
      '6:28 EXPRESSION_TYPE a foreach walks through a list, and `steps.s.output` is a map (for its fields write ${{ steps.s.output.map(key, steps.s.output[key]) }})',
    ],
    [
      '{ id: a, wait: { until: "${{ inputs.l }}" } }',
      '6:34 EXPRESSION_TYPE `until` expects a number or text, and `inputs.l` is a list',
    ],
  ])('%s', (step, fault) => {
    expect(told(stepsOf(step))).toEqual([fault]);
  });

  it('by another workflow, where it is known', () => {
    const child = compiled(
      workflow(
        'inputs: { topic: string, most: { type: integer, default: 3 } }\nsteps: [{ id: s, uses: web.search, with: { query: "${{ inputs.topic }}" } }]\noutputs: { hits: "${{ steps.s.output.results }}" }',
      ),
      options,
    );
    const known = { workflow: (id: string) => (id === 'child' ? child : undefined) };
    const step = (given: string) =>
      stepsOf(`{ id: a, workflow: { id: child, with: ${given} } }`, value('steps.a.output.hist', 'b'));
    expect(told(step('{ topic: "${{ inputs.n }}", mots: 2 }'), known)).toEqual([
      '6:57 INVALID_VALUE the input `topic` of `child` expects text, and `inputs.n` is a number (write string(inputs.n))',
      '6:71 UNKNOWN_INPUT the workflow `child` has no input `mots` (did you mean `most`?)',
      '7:66 EXPRESSION_TYPE `steps.a.output` has no `hist` (did you mean `hits`?)',
    ]);
    expect(told(step('{ most: 2 }'), known)[0]).toBe(
      '6:14 MISSING_KEY the workflow `child` needs the input `topic` (write it under `with`)',
    );
    expect(told(step('{ topic: "${{ inputs.n }}", mots: 2 }'))).toEqual([]);
  });
});

describe('what may work is not refused', () => {
  it.each([
    ['an input that may be null', value('inputs.o + "a"')],
    [
      'a field that is tested first',
      value('cel.bind(h, steps.s.output.results[0], has(h.published) ? h.published : "")'),
    ],
    [
      'a step that may have been skipped',
      `{ id: k, when: "inputs.n > 1.0", uses: web.search, with: { query: x } }`,
      value('steps.k.output == null ? 0 : size(steps.k.output.results)'),
    ],
    [
      'a gate that puts another value in place',
      `{ id: k, uses: web.search, with: { query: x }, gate: { pass: "score > 0.5", on_fail: [{ fallback: { text: none } }] } }`,
      value('steps.k.output.text'),
    ],
    [
      'an output that a person may edit',
      `{ id: k, uses: web.search, with: { query: x }, gate: { pass: "score > 0.5", on_fail: [{ approve: true }] } }`,
      value('steps.k.output.text'),
    ],
    [
      'a step that a person may give a value',
      `{ id: k, uses: web.search, with: { query: x }, on_error: quarantine }`,
      value('steps.k.output.text'),
    ],
    [
      'an output that a rail may mend',
      `{ id: k, uses: web.search, with: { query: x }, rails: { output: [{ pii: redact }] } }`,
      value('steps.k.output.text'),
    ],
    [
      'what a probe may find in place of the output',
      '{ id: k, uses: web.search, with: { query: x }, probe: { uses: http.request, with: { url: x }, found: "true" } }',
      value('steps.k.output.body'),
    ],
    [
      'a tool under a block whose rail may mend its result',
      `{ id: k, rails: { tool_result: [{ pii: redact }] }, foreach: [1], steps: [{ id: i, uses: web.search, with: { query: x } }, ${value('steps.i.output.text', 'j')}] }`,
    ],
    [
      'items that failed and were collected',
      `{ id: k, foreach: [1], on_item_error: collect, steps: [${plain}] }`,
      value('steps.k.output[0].error.message'),
    ],
    [
      'a field of the loop that comes from its body',
      `{ id: k, loop: { state: { a: "" }, next: { a: "\${{ steps.plain.output }}" }, max: 2 }, steps: [${plain}] }`,
      value('steps.k.output.state.a + 1'),
    ],
    ['a number for a whole number', '{ id: k, uses: web.search, with: { query: x, limit: "${{ inputs.n }}" } }'],
    ['an empty list joined', value('inputs.l.join(", ")')],
  ])('%s', (_title, ...steps) => {
    expect(told(stepsOf(...steps))).toEqual([]);
  });

  it('in a handler: nobody knows how far its step came', () => {
    const source = `${stepsOf()}finally: [${value('steps.s.output.text')}]\n`;
    expect(told(source)).toEqual([]);
  });

  it('where a rail may mend the inputs of the run', () => {
    expect(
      told(workflow(`inputs: { n: number }\nrails: { input: [{ pii: redact }] }\nsteps: [${value('inputs.n + "a"')}]`)),
    ).toEqual([]);
  });
});

describe('a workflow that can be run is warned of', () => {
  const warned = (source: string) =>
    compiled(source, options).warnings.map(
      ({ line, column, code, message, hint }) =>
        `${line}:${column} ${code} ${message}${hint === undefined ? '' : ` (${hint})`}`,
    );

  it.each([
    [
      'what fails when it is reached',
      value('steps.s.output.results.map(r, r.tilte)'),
      '6:83 EXPRESSION_TYPE `r` has no `tilte`: this fails whenever it is reached (did you mean `title`?)',
    ],
    [
      'a comparison that never holds',
      `{ id: a, when: "steps.s.status == 'success'", uses: transform, with: { value: 1 } }`,
      '6:21 EXPRESSION_TYPE text never equals the text `success`: this is always false (it is one of pending, running, waiting, succeeded, failed, skipped, cancelled, in_doubt, quarantined)',
    ],
    [
      'braces without a `$` around a name that is known',
      `{ id: a, uses: transform, with: { value: "Sum up {{ steps.s.output }}" } }`,
      '6:54 EXPRESSION_SYNTAX `{{ steps.s.output }}` is no expression without a `$`, and stays as it is written (write ${{ steps.s.output }})',
    ],
  ])('%s', (_title, step, warning) => {
    expect(warned(stepsOf(step))).toEqual([warning]);
  });

  it.each(['Dear {{ customer.name }}', '{{ inputs }}', '{{#each inputs.list}}', "${{ {'a': {'b': inputs.q}} }}"])(
    'and text that another program fills in is not: %s',
    (text) => {
      expect(warned(stepsOf(`{ id: a, uses: transform, with: { value: "${text}" } }`))).toEqual([]);
    },
  );

  it('and a plan, which nobody reads, is not', () => {
    const source = stepsOf(value('steps.s.output.results.map(r, r.tilte)'));
    expect(compiled(source, { ...options, subset: 'plan' }).warnings).toEqual([]);
  });
});

describe('types', () => {
  it('of values that hold each other many times over are told in a moment', () => {
    const double = (index: number, from: string) =>
      `  - { id: s${index}, uses: transform, with: { value: { a: "\${{ ${from} }}", b: "\${{ ${from} }}" } } }`;
    const chain = (first: number, from: string) =>
      Array.from({ length: 60 }, (_, index) =>
        double(first + index, index === 0 ? from : `steps.s${first + index - 1}.output`),
      );
    const source = workflow(
      [
        'inputs: { n: number, q: string }',
        'steps:',
        ...chain(0, 'inputs.n'),
        ...chain(100, 'inputs.q'),
        '  - { id: either, switch: [{ when: "inputs.n > 1.0", steps: [{ id: x, uses: transform, with: { value: "${{ steps.s59.output }}" } }] }, { else: true, steps: [{ id: y, uses: transform, with: { value: "${{ steps.s159.output }}" } }] }] }',
        '  - { id: sent, uses: http.request, with: { url: x, body: "${{ steps.either.output }}" } }',
        '  - { id: last, uses: transform, with: { value: "${{ steps.either.output.a.a.c }}" } }',
      ].join('\n'),
    );
    expect(told(source)).toEqual(['127:78 EXPRESSION_TYPE `steps.either.output.a.a` has no `c` (did you mean `a`?)']);
  });
});
