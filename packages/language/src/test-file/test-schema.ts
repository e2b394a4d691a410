/** The form of a `*.test.yaml` file. Editors get it as JSON Schema. */
import { z } from 'zod';
import { closed } from '../document/closed.ts';
import { count, duration, name, text } from '../document/scalars.ts';

export const runStatuses = ['succeeded', 'failed', 'cancelled', 'waiting', 'paused'] as const;
export const stepStatuses = [
  'succeeded',
  'failed',
  'skipped',
  'waiting',
  'cancelled',
  'in_doubt',
  'quarantined',
] as const;
export const decisions = ['approve', 'reject', 'retry', 'succeed', 'fail'] as const;

const mock = closed({
  output: z.unknown().optional().meta({ description: 'What the step gives, as it stands: no ${{ }}.' }),
  error: closed({
    code: text.meta({ description: 'As in docs/errors.md: MODEL_UNAVAILABLE, HTTP_STATUS ...' }),
    message: z.string().optional(),
    kind: z.enum(['retryable', 'terminal']).optional().meta({ description: "Default the code's own." }),
  }).optional(),
});

const mocks = z
  .record(z.string(), z.union([mock, z.array(mock).min(1)]))
  .optional()
  .meta({
    description:
      'What steps give in place of calling their tools: { output } or { error }, or a list, one a call; the last goes on.',
  });

const decided = closed({
  decision: z.enum(decisions),
  value: z.unknown().optional().meta({ description: 'The form filled in, the value edited, or the outcome.' }),
  note: z.string().optional(),
  as: text.optional().meta({
    description:
      'Who decides. With roles behind the name, `anna, editors`, it is refused where others are asked. Default one of those who are.',
  }),
});
const decision = z.union([z.enum(decisions), decided]);

const given = z
  .record(z.string(), z.union([decision, z.array(decision).min(1)]))
  .optional()
  .meta({ description: 'What a person says when a step asks, by step: approve, or { decision, value, note, as }.' });

const signals = z
  .record(name, z.unknown())
  .optional()
  .meta({ description: 'Payloads of signals, by name, each sent when a step waits for it.' });

const instant = z.iso
  .datetime({ offset: true, error: 'expected a timestamp with its zone, such as `2026-01-05T09:00:00Z`' })
  .optional()
  .meta({ description: 'What time it is when a case begins; default 2026-01-01T00:00:00Z. Waits take no time.' });

const checks = z
  .array(z.union([text, z.record(z.string(), z.unknown())]))
  .optional()
  .meta({ description: 'As in a gate, less those that ask a model: bare CEL, or { check: parameters }.' });

const errorExpected = z.union([
  text,
  closed({
    code: text.optional(),
    message: text.optional().meta({ description: 'Stands in the message.' }),
    step: text.optional().meta({ description: 'Where it happened.' }),
  }),
]);

const stepExpected = z.union([
  z.enum(stepStatuses),
  closed({
    status: z.enum(stepStatuses).optional(),
    output: z.unknown().optional().meta({ description: 'Equal to this.' }),
    attempts: z.int().min(1).optional(),
    error: errorExpected.optional(),
    checks: checks.meta({ description: "Over `output`, the step's." }),
  }),
]);

const call = closed({
  tool: text.optional().meta({ description: 'The tool, as the workflow names it: http.request, crm.update_vendor.' }),
  model: text.optional().meta({ description: 'The model, as it was asked for: openai/gpt-5.2, auto.' }),
  step: text.optional().meta({ description: 'The step that makes it.' }),
  with: z
    .unknown()
    .optional()
    .meta({ description: 'Arguments among those that it was given: of a map, the fields named; of a list, all.' }),
  times: z.int().min(0).optional().meta({ description: 'How often; default once or more, and 0 is never.' }),
});

const expectation = closed({
  status: z.enum(runStatuses).optional().meta({ description: 'Default succeeded; with `error`, failed.' }),
  outputs: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({ description: 'Each output named is equal to this; others are not looked at.' }),
  checks: checks.meta({
    description:
      'As in a gate, less those that ask a model, over `output` (all outputs), `inputs`, `steps`, `status`, `error` and `usage`.',
  }),
  error: errorExpected.optional().meta({ description: 'The code of the error, or { code, message, step }.' }),
  steps: z.record(z.string(), stepExpected).optional().meta({ description: 'What came of steps, by step.' }),
  ran: z.array(text).optional().meta({ description: 'Steps that began.' }),
  not_run: z.array(text).optional().meta({ description: 'Steps that did not begin.' }),
  order: z.array(text).optional().meta({ description: 'Steps that began one after the other, others in between.' }),
  calls: z.array(call).optional().meta({ description: 'Calls of tools and models that were made, or were not.' }),
  at_most: closed({
    calls: count.optional(),
    tokens: count.optional(),
    usd: z.number().min(0).optional(),
    wall: duration.optional().meta({ description: "By the test's own clock, waits included." }),
  })
    .optional()
    .meta({ description: 'What the run may have spent, as it is recorded.' }),
});

const testCase = closed({
  description: z.string().optional(),
  inputs: z.record(name, z.unknown()).optional(),
  now: instant,
  mocks,
  decisions: given,
  signals,
  expect: expectation.optional().meta({ description: 'Default: the run succeeds.' }),
});

export const testSchema = closed({
  $schema: z.string().optional().meta({ description: 'For editors, in JSON files.' }),
  telos: z.literal(1).meta({ description: 'Version of the language.' }),
  test: name.meta({ description: "The test's name." }),
  description: z.string().optional(),
  workflow: text.meta({ description: 'The workflow file, relative to this one, or the id of one beside it.' }),
  cassette: text
    .optional()
    .meta({ description: 'What calls gave, relative to this file; default <name>.cassette.yaml.' }),
  keep_private: z.boolean().optional().meta({
    description: 'Whether private values are written into the cassette as they are. Default false: they are masked.',
  }),
  live: z.array(text).optional().meta({
    description: 'Globs of tools that are really called, such as file.read, besides those that only compute.',
  }),
  now: instant,
  mocks,
  decisions: given,
  signals,
  cases: z
    .record(name, testCase)
    .meta({ description: 'Each is one run of the workflow. Mocks, decisions and signals go before those above.' }),
});
