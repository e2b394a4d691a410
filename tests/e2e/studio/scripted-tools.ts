/** Tools and checks whose every answer is known, for workflows that a browser test watches. */
import { TelosError } from '@telos/core';
import type { AnyCheck, AnyTool, Json } from '@telos/core';
import { z } from 'zod';

/** What steps with `hold` wait for until the test lets them go; meanwhile they say what the test says. */
export type Latch = {
  readonly passed: Promise<void>;
  open(): void;
  say(text: string): void;
  onSay(listener: (text: string) => void): void;
};

export function latch(): Latch {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listeners: ((text: string) => void)[] = [];
  return {
    passed: promise,
    open: () => resolve(),
    say: (text) => listeners.forEach((listener) => listener(text)),
    onSay: (listener) => void listeners.push(listener),
  };
}

const brief = `## What a reader should know

Acme sells **industrial valves** to water utilities. It has served [utilities in Europe](https://example.org/utilities)
since 1994, and \`valve-os\` runs in 40 plants.

1. Revenue grew by 12 % in 2025.
2. Half of it is service contracts.

| Region | Revenue |
| --- | --- |
| Europe | 41 M |
| Asia | 12 M |
`;

/** @param paceMs How long a search and a model take. */
export function tools(held: Latch, paceMs: number): readonly AnyTool[] {
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, paceMs));
  return [
    tool('transform', z.object({ value: z.unknown() }), async ({ value }) => value as Json), // a step's input is JSON
    tool('web.search', z.object({ query: z.string() }), async ({ query }) => {
      await pause();
      return {
        results: [1, 2, 3].map((rank) => ({
          title: `${query}: result ${rank}`,
          url: `https://example.org/${rank}`,
          rank,
        })),
      };
    }),
    {
      ...tool('llm', z.object({ prompt: z.string() }), async ({ prompt }, context) => {
        const startedAt = Date.now();
        await pause();
        const text = context.attempt === 1 ? 'Too short.' : brief;
        context.record({
          kind: 'chat',
          name: 'openai/gpt-5.2',
          startedAt,
          ms: Date.now() - startedAt,
          input: [
            { role: 'system', text: 'Write a brief in Markdown.' },
            { role: 'user', text: prompt },
          ],
          output: { text, finish: 'stop' },
          usage: { input_tokens: 1250, output_tokens: 340, usd: 0.0123, ms: 40, calls: 1 },
          attributes: { finish: 'stop' },
        });
        return { text };
      }),
      returns: ['untrusted'],
    },
    tool('hold', z.object({ say: z.string() }), async ({ say }, context) => {
      held.onSay((text) => context.emitText(text));
      await Promise.race([held.passed, aborted(context.signal)]);
      return say;
    }),
    tool('break', z.object({ why: z.string() }), async ({ why }) => {
      throw new TelosError('TOOL_FAILED', `The far side answered 503: ${why}.`, { details: { status: 503 } });
    }),
  ];
}

export const checks: readonly AnyCheck[] = [
  {
    name: 'thorough',
    description: 'Compares the length of a text with a minimum.',
    params: z.object({ min: z.int() }),
    needs: 'local',
    score: async ({ text }, { min }) =>
      text.length >= min
        ? { score: 0.92, verdict: 'pass', reason: `${text.length} characters are enough.`, evidence: { min } }
        : { score: 0.1, verdict: 'fail', reason: `${text.length} characters are too few.`, evidence: { min } },
  },
];

export const briefWorkflow = `telos: 1
id: vendor_brief
description: Researches a vendor and writes a brief whose every claim has a source.
inputs:
  vendor: { type: string, minLength: 2, description: "Whom the brief is about" }
  questions: { type: array, items: { type: string }, default: ["What do they sell?", "Who buys it?", "How do they grow?"] }
  depth: { type: integer, minimum: 1, maximum: 5, default: 2 }
  tone: { type: string, enum: [plain, formal], default: plain }
steps:
  - id: findings
    foreach: \${{ inputs.questions }}
    as: question
    steps:
      - id: search
        uses: web.search
        with: { query: "\${{ inputs.vendor }} \${{ question }}" }
      - id: note
        uses: transform
        with: { value: "\${{ steps.search.output.results }}" }
  - id: both
    parallel:
      left:
        - { id: count, uses: transform, with: { value: 3 } }
      right:
        - { id: label, uses: transform, with: { value: "ready" } }
  - id: draft
    uses: llm
    with: { prompt: "Write about \${{ inputs.vendor }} from \${{ steps.findings.output }}." }
    gate:
      checks: [{ thorough: { min: 100 } }]
      on_fail: [{ repair: 2 }]
outputs:
  brief: \${{ steps.draft.output.text }}
  regions: \${{ steps.both.output }}
`;

export const holdWorkflow = `telos: 1
id: slow_reader
description: Reads, and waits to be let go.
inputs:
  say: { type: string, default: "The first words of an answer" }
steps:
  - { id: prepare, uses: transform, with: { value: 1 } }
  - { id: answer, uses: hold, with: { say: "\${{ inputs.say }}" } }
  - { id: after, uses: transform, with: { value: "\${{ steps.answer.output }}" } }
outputs:
  answer: \${{ steps.after.output }}
`;

export const reviewWorkflow = `telos: 1
id: review
description: Shows a draft to a person, and goes on with what that person lets pass.
inputs: {}
steps:
  - { id: draft, uses: transform, with: { value: { title: Hello } } }
  - { id: ok, approve: { who: [editors], show: "\${{ steps.draft.output }}" } }
outputs:
  title: \${{ steps.ok.output.value.title }}
  note: \${{ steps.ok.output.note }}
`;

export const formWorkflow = `telos: 1
id: article
description: Asks an editor for what an article needs.
inputs: {}
steps:
  - { id: draft, uses: llm, with: { prompt: "Write about valves." } }
  - id: ok
    approve:
      show: "\${{ steps.draft.output.text }}"
      form:
        title: { type: string, minLength: 3, description: As readers see it }
        pages: { type: integer, minimum: 1, maximum: 9, default: 2 }
        tone: { type: string, enum: [plain, formal], required: false }
        urgent: { type: boolean, required: false }
        tags: { type: array, items: { type: string }, required: false }
outputs:
  given: \${{ steps.ok.output.value }}
`;

export const breakWorkflow = `telos: 1
id: nightly_export
description: Fails where it calls the far side.
inputs: {}
steps:
  - { id: load, uses: transform, with: { value: [1, 2] } }
  - id: rows
    foreach: \${{ steps.load.output }}
    steps:
      - { id: send, uses: break, with: { why: "maintenance" } }
  - { id: report, uses: transform, with: { value: done } }
outputs: {}
`;

function tool<I>(name: string, input: z.ZodType<I>, run: (input: I, context: Context) => Promise<Json>): AnyTool {
  return {
    name,
    description: 'A tool of the test.',
    input,
    output: z.json(),
    effect: 'read',
    returns: [],
    idempotent: false,
    run,
  };
}

type Context = Parameters<AnyTool['run']>[1];

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')));
  });
}
