import { describe, expect, it } from 'vitest';
import { faultsOf } from './testing/sample-catalog.ts';

/** The example of the language's own description: everything it has, also what this version cannot run. */
const wholeLanguage = `# yaml-language-server: $schema=../schema/workflow.v1.json
telos: 1
id: vendor_brief
description: Research a vendor and write a brief whose every claim has a source.

inputs:
  vendor: string
  questions: { type: array, items: { type: string }, maxItems: 12, default: ["What do they sell?"] }

triggers:
  webhook: { path: /vendor, dedupe: "\${{ event.headers['x-event-id'] }}" }
  schedule: [{ cron: "0 7 * * 1-5", timezone: Europe/Paris, missed: skip }]

limits:
  budget: { usd: 1.50, tokens: 400k, wall: 20m, on_exceeded: pause }
  concurrency: { key: "\${{ inputs.vendor }}", max: 1, when_full: queue }

models:
  small: ollama/llama3.2
  large: openai/gpt-5.2

tools:
  crm: { mcp: { url: "https://crm.example/mcp", auth: "\${{ secrets.CRM_TOKEN }}" } }
  sales: { db: { url: "\${{ secrets.SALES_URL }}", access: read } }
permissions: { allow: ["web.*", "sales.*"], ask: ["crm.update_*"], deny: ["crm.delete_*"] }

evaluators:
  brief_quality:
    uses: judge
    with: { model: large, rubric: ["answers every question", "every claim names its source"] }

rails:
  input:  [injection, { pii: redact }]
  output: [secrets, { pii: redact }]

steps:
  - id: findings
    foreach: \${{ inputs.questions }}
    as: question
    max_parallel: 4
    on_item_error: collect
    steps:
      - id: search
        uses: web.search
        with: { query: "\${{ inputs.vendor }} \${{ question }}", limit: 5 }
      - id: note
        uses: llm
        with:
          model: small
          prompt: |
            Answer "\${{ question }}" only from these results, naming each source.
            \${{ steps.search.output.results }}

  - id: draft
    uses: llm
    with:
      model: { cascade: [small, large] }
      prompt: { file: ./prompts/brief.md }
      output: { schema: ./schemas/brief.json }
    gate:
      checks: ["size(output.citations) >= 3", { faithfulness: { against: "\${{ steps.findings.output }}", min: 0.7 } }]
      judge: brief_quality
      pass: score >= 0.8
      on_fail: [{ repair: 2 }, { escalate: large }, { approve: editors }]
    retry: { max: 3, backoff: exponential, jitter: true, errors: [rate_limit, timeout, unavailable] }
    timeout: 2m

  - id: publish
    when: steps.draft.gate.passed
    uses: crm.update_vendor
    with: { id: "\${{ inputs.vendor }}", brief: "\${{ steps.draft.output }}" }
    effect: irreversible
    idempotency_key: \${{ run.id }}-publish
    compensate: { uses: crm.revert_vendor, with: { id: "\${{ inputs.vendor }}" } }

catch:
  - { match: any, steps: [{ id: tell, uses: http.request, with: { method: POST, url: "\${{ vars.alerts }}", body: "\${{ error }}" } }] }

outputs:
  brief: \${{ steps.draft.output }}
  cost: \${{ run.usage.usd }}

expose: [rest, mcp, a2a, openai]
`;

const everyBlock = `telos: 1
id: blocks
inputs: { list: { type: array }, kind: string, docs: { type: array } }
models: { large: openai/gpt-5.2 }
steps:
  - { id: items, foreach: "\${{ inputs.list }}", as: item, max_parallel: 8, on_item_error: fail, steps: [{ id: a, uses: transform, with: { value: "\${{ item }}" } }] }
  - { id: refine, loop: { state: { text: "" }, until: "state.score > 0.9", max: 5, next: { text: "\${{ steps.write.output }}", score: "\${{ steps.rate.output }}" } }, steps: [{ id: write, uses: transform, with: { value: 1 } }, { id: rate, uses: transform, with: { value: 1 } }] }
  - { id: both, parallel: { left: [{ id: b, uses: transform, with: { value: 1 } }], right: [{ id: c, uses: transform, with: { value: 1 } }] } }
  - { id: route, switch: [{ when: "inputs.kind == 'a'", steps: [{ id: d, uses: transform, with: { value: 1 } }] }, { else: true, steps: [{ id: d, uses: transform, with: { value: 2 } }] }] }
  - { id: nap, wait: { for: 10m } }
  - { id: ok, approve: { who: [editors], show: "\${{ steps.both.output }}", form: {}, timeout: 1d, on_timeout: reject } }
  - { id: child, workflow: { id: other_workflow, with: { a: 1 } } }
  - { id: do, plan: { objective: "Find it", criteria: ["it is found"], tools: ["web.*"], rounds: 3, approve: false } }
  - { id: ask, agent: { instructions: "...", model: large, tools: ["web.*", "sales.query"], input: "...", output: { schema: {} }, max_turns: 12, engine: native } }
  - { id: pick, best_of: { n: 4, judge: brief_quality, steps: [{ id: e, uses: transform, with: { value: 1 } }] } }
  - { id: many, map_reduce: { over: "\${{ inputs.docs }}", batch: 20, map: [{ id: f, uses: transform, with: { value: 1 } }], reduce: [{ id: g, uses: transform, with: { value: 1 } }] } }
`;

describe('the whole language', () => {
  it('is read in its own example, where what cannot be run yet is reported, and two slips of the example', () => {
    expect(faultsOf(wholeLanguage).map(({ code, path }) => `${code} ${path}`)).toEqual([
      'MISSING_KEY triggers.schedule[0]', // a schedule gives no vendor, and a run needs one
      'UNSUPPORTED tools.crm.mcp',
      'UNSUPPORTED steps[1].with.model.cascade',
      'FILE_MISSING steps[1].with.prompt.file',
      'FILE_MISSING steps[1].with.output.schema',
      'UNKNOWN_NAME catch[0].steps[0].with.url', // there are no vars
      'UNSUPPORTED expose[1]',
      'UNSUPPORTED expose[2]',
      'UNSUPPORTED expose[3]',
    ]);
  });

  it('is read in every block, and each block that cannot be run yet is named', () => {
    expect(faultsOf(everyBlock).map(({ code, path }) => `${code} ${path}`)).toEqual([
      'UNKNOWN_TOOL steps[8].agent.tools[1]', // there is no connection `sales`
      'UNKNOWN_EVALUATOR steps[9].best_of.judge', // nor such an evaluator
    ]);
  });
});
