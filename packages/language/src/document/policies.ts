/** Keys that stand beside a step's `uses` or block, whatever the step does. */
import { railActions } from '@telos/core';
import { z } from 'zod';
import { closed } from './closed.ts';
import { model } from './models.ts';
import { condition, count, duration, name, template, text } from './scalars.ts';

export const budget = closed({
  usd: z.number().min(0).optional().meta({ description: 'US dollars.' }),
  tokens: count.optional().meta({ description: 'Input and output tokens together: 400k.' }),
  wall: duration.optional().meta({ description: 'Time from start to end.' }),
  calls: count.optional().meta({ description: 'Model and tool calls.' }),
  on_exceeded: z
    .enum(['pause', 'fail'])
    .optional()
    .meta({ description: 'pause: the run waits until its budget is raised. Default fail.' }),
}).meta({ description: 'Ceilings on what may be spent.' });

export const checkUse = closed({
  uses: text,
  with: template.optional(),
  min: z.number().min(0).max(1).optional().meta({ description: 'The score that passes, inclusive.' }),
});

/** People or roles: one name, or several. */
export const people = z.union([text, z.array(text).min(1, 'it names nobody; leave it out, and anybody may decide')]);

const remedy = closed({
  repair: z.int().min(1).max(10).optional().meta({ description: 'Try again this many times, with the reasons.' }),
  escalate: model.optional().meta({ description: 'Try once more with a stronger model.' }),
  fallback: template.optional().meta({ description: 'Give this value instead.' }),
  approve: z
    .union([people, z.literal(true)])
    .optional()
    .meta({
      description: 'A person lets the output pass, perhaps edited, or not: names of people or roles; true: anybody.',
    }),
});

/** A tool's `with`. */
export const parameters = z.record(z.string(), template);

const gate = closed({
  checks: z
    .array(z.union([text, z.record(z.string(), z.unknown())]))
    .optional()
    .meta({ description: 'Bare CEL over `output`, the name of an evaluator, or { check: parameters }.' }),
  judge: z.union([text, checkUse]).optional().meta({ description: 'A named evaluator whose score is `score`.' }),
  pass: condition.optional().meta({ description: 'Bare CEL over score, scores and output.' }),
  on_fail: z.array(remedy).optional().meta({ description: 'What to try, in order.' }),
}).meta({ description: 'What the output must be worth before the run may go on.' });

const retry = z
  .union([
    z.int().min(1).max(100),
    closed({
      max: z.int().min(1).max(100).meta({ description: 'Attempts in all, the first included.' }),
      backoff: z.enum(['constant', 'exponential']).optional(),
      delay: duration.optional().meta({ description: 'Before the second attempt; default 1s.' }),
      max_delay: duration.optional().meta({ description: 'Default 1m.' }),
      jitter: z.boolean().optional().meta({ description: 'Default true.' }),
      errors: z
        .array(text)
        .optional()
        .meta({ description: 'rate_limit, timeout, unavailable, invalid_output, or error codes.' }),
    }),
  ])
  .meta({ description: 'Attempts in all, or how to try again.' });

const restore = z
  .union([
    z.literal('output'),
    closed({
      output: z.boolean().optional().meta({ description: 'In what the step gives, for whatever reads it.' }),
      tools: z
        .union([z.array(text).min(1), z.record(text, z.union([text, z.array(text).min(1)]))])
        .optional()
        .meta({
          description: "In what an agent's calls of these tools are given; as a map, in these fields of it alone.",
        }),
    }),
  ])
  .meta({ description: 'With redact: where what was hidden is put back. Default nowhere.' });

const rail = z
  .union([
    text,
    z.looseObject({
      check: text.optional().meta({ description: 'The check, or the evaluator, by its name.' }),
      with: parameters.optional().meta({ description: "The check's parameters." }),
      min: z.number().min(0).max(1).optional().meta({ description: 'The score that passes, inclusive.' }),
      action: z.enum(railActions).optional().meta({
        description:
          'block holds the value back; redact and repair replace it; flag records and goes on; ask has a person decide. Default block.',
      }),
      mode: z
        .enum(['enforce', 'shadow'])
        .optional()
        .meta({ description: 'shadow records the verdict and does nothing. Default enforce.' }),
      who: people.optional().meta({ description: 'With ask: people or roles who may decide.' }),
      timeout: duration
        .optional()
        .meta({ description: 'How long it may take before it counts as one that cannot run. Default 1m.' }),
      restore: restore.optional(),
    }),
  ])
  .meta({ description: 'The name of a check, { name: action }, or { check, with, action, mode }.' });
const railList = (description: string) => z.array(rail).optional().meta({ description });

/** Of the run. */
export const runRails = closed({
  input: railList('What goes into the run, before it starts.'),
  output: railList('What comes out of the run.'),
  memory_write: railList('What any of its steps writes into memory, those of the workflows that it runs too.'),
}).meta({ description: 'Checks on what enters and leaves the run, and what is done about it.' });

const stepRails = closed({
  input: railList('What the step is given: its rendered `with`, of a block its items, state, instructions.'),
  tool_arguments: railList('What each tool call is given; of a block, each one in it.'),
  memory_write: railList('What it writes into memory; of a block, what any step in it does.'),
  tool_result: railList('What each tool call gives; of a block, each one in it.'),
  output: railList("The step's output, before its gate."),
}).meta({ description: 'Checks on what enters and leaves the step, and what is done about it.' });

const cache = z
  .union([
    duration,
    closed({
      ttl: duration.meta({
        description: 'How old what stands for the call may be, and how long what it gives is kept.',
      }),
      scope: z
        .enum(['workflow', 'namespace'])
        .optional()
        .meta({ description: "Equal calls of which workflows count: of this one, or of all in the run's namespace." }),
      key: template.optional().meta({
        description: 'In place of `with`: calls for which it gives the same are equal, whatever else they are given.',
      }),
    }),
  ])
  .meta({
    description:
      'What an equal call has given stands for making it: for how long, or { ttl, scope, key }. Actions that only read.',
  });

export const policies = {
  when: condition.optional().meta({ description: 'Run the step only when this holds. Bare CEL.' }),
  needs: z
    .array(name)
    .optional()
    .meta({ description: 'Steps of this list that must finish first; replaces the step before. [] starts at once.' }),
  retry: retry
    .optional()
    .meta({ description: 'How often it is tried, and when: a number, or { max, backoff, delay, errors }.' }),
  timeout: duration.optional().meta({ description: 'What is under way is aborted; the step fails.' }),
  gate: gate.optional().meta({ description: 'What the output must be worth, and what is done when it is not.' }),
  rails: stepRails.optional().meta({ description: 'Checks on what enters and leaves it, and what is done about it.' }),
  budget: budget.optional().meta({ description: 'What this step, with all that is in it, may spend.' }),
  cache: cache.optional(),
  effect: z
    .enum(['read', 'write', 'irreversible'])
    .optional()
    .meta({ description: "At least as strict as the tool's own." }),
  idempotency_key: z
    .string()
    .optional()
    .meta({ description: 'Sent with a write, so that it may be repeated after a crash.' }),
  compensate: closed({ uses: text, with: parameters.optional() })
    .optional()
    .meta({ description: 'What undoes the step when the run fails or is cancelled after it. Actions only.' }),
  probe: closed({
    uses: text,
    with: parameters.optional(),
    found: condition.meta({ description: 'Bare CEL over `output`, what the probe gave: true when it took effect.' }),
  })
    .optional()
    .meta({ description: 'Tells, after a crash in the middle of a write, whether it took effect. Actions only.' }),
  queue: name.optional().meta({ description: 'Run it on the workers that serve this queue. Actions only.' }),
  on_error: z.enum(['fail', 'continue', 'quarantine']).optional().meta({
    description: 'continue: the steps after it run although it failed. quarantine: a person decides. Default fail.',
  }),
  trust: z.enum(['trusted']).optional().meta({ description: 'A person vouches for what this step returns.' }),
};
