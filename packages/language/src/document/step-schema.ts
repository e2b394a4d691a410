/** A step: an action (`uses` and `with`) or exactly one block, with its policies. */
import { z } from 'zod';
import { hooks } from './agent-hooks.ts';
import { closed } from './closed.ts';
import { model } from './models.ts';
import { budget, parameters, people, policies } from './policies.ts';
import { condition, count, duration, durationOrExpression, name, template, text } from './scalars.ts';

export const steps: z.ZodType = z
  .lazy(() => z.array(step).min(1, 'a list of steps needs at least one'))
  .meta({ id: 'steps', description: 'Steps in sequence.' });

export const blockKinds = [
  'foreach',
  'loop',
  'parallel',
  'switch',
  'approve',
  'wait',
  'workflow',
  'plan',
  'agent',
  'best_of',
  'map_reduce',
] as const;

/** Of a plan block. */
export const mostRounds = 5;

const parallel = z.int().min(1).max(10_000);
const itemError = z.enum(['collect', 'skip', 'fail']).meta({ description: 'Default fail.' });

const output = closed({ schema: z.unknown().optional() });
const globs = z.array(text);
/** A list, or the expression that gives one. */
const texts = z.union([z.array(text), text]);

const maxTurns = z.int().min(1).optional().meta({ description: 'Turns of the model at most; default 12.' });
const context = closed({
  tokens: count.meta({ description: 'Past so many, as they are estimated, a turn is shown less: 60k.' }),
  strategy: z
    .enum(['drop_results'])
    .optional()
    .meta({ description: 'drop_results, the default: old results of calls are cut to their beginnings.' }),
})
  .optional()
  .meta({ description: 'What is done about a conversation that has grown. Without it each turn is shown all of it.' });
const callable = globs
  .optional()
  .meta({ description: 'Globs on names of tools, and workflow.<id> for each workflow that it may call.' });
const agents: z.ZodType = z
  .lazy(() => z.record(name, calledAgent))
  .optional()
  .meta({ id: 'agents', description: 'Agents that it may call, by name: each is asked a task and gives its answer.' });

const handoffs: z.ZodType = z
  .lazy(() => z.record(name, calledAgent))
  .optional()
  .meta({
    id: 'handoffs',
    description: 'Agents that may take the conversation over, by name: their answer is its answer.',
  });

const calledAgent: z.ZodType = closed({
  description: text.meta({ description: 'What the model that may call it is told of it.' }),
  instructions: text.optional().meta({ description: 'What it is, and how it is to work.' }),
  model: model.optional(),
  tools: callable,
  agents,
  handoffs,
  output: output.optional(),
  max_turns: maxTurns,
  context,
  hooks,
  timeout: duration.optional(),
  budget: budget.optional().meta({ description: 'What one call of it may spend.' }),
}).meta({ id: 'called_agent', description: 'An agent that another one may call.' });

const step: z.ZodType = closed({
  id: name.meta({ description: 'Unique in its list; `steps.<id>` reads it.' }),
  description: z.string().optional().meta({ description: 'What it is for, in a sentence.' }),
  uses: text.optional().meta({ description: 'A tool, such as llm, web.search, db.query.' }),
  with: parameters.optional().meta({ description: "The tool's input; text may hold ${{ CEL }}." }),

  foreach: z
    .union([z.string(), z.array(z.unknown())])
    .optional()
    .meta({ description: 'The list to walk through: ${{ inputs.list }}.' }),
  as: name.optional().meta({ description: 'What an item is called in the body; default item.' }),
  max_parallel: parallel.optional().meta({ description: 'Items under way at once; default 8.' }),
  on_item_error: itemError.optional(),
  yield: template.optional().meta({ description: "What an item gives; default its last step's output." }),
  steps: steps.optional().meta({ description: 'The body of a foreach or loop.' }),

  parallel: z.record(name, steps).optional().meta({ description: 'Branches that run side by side.' }),
  switch: z
    .array(closed({ when: condition.optional(), else: z.literal(true).optional(), steps }))
    .min(1)
    .optional()
    .meta({ description: 'The first case whose `when` holds runs; the last may be { else: true, steps }.' }),
  plan: closed({
    objective: text.meta({ description: 'What is to be achieved.' }),
    criteria: texts.optional().meta({ description: 'What must be true of the result.' }),
    tools: texts.optional().meta({ description: 'What the plan may use: web.*, llm.' }),
    rounds: z
      .int()
      .min(1)
      .max(mostRounds)
      .optional()
      .meta({ description: 'Plans at most: where one misses an objective or fails, another is made. Default 1.' }),
    best_of: z
      .int()
      .min(1)
      .max(mostRounds)
      .optional()
      .meta({ description: 'Plans to draft, of which the one that is placed first is the plan. Default 1.' }),
    approve: z
      .union([
        z.boolean(),
        closed({
          who: people.optional().meta({ description: 'People or roles who may decide; without it, anybody.' }),
          timeout: duration.optional(),
          on_timeout: z
            .enum(['approve', 'reject', 'fail'])
            .optional()
            .meta({ description: 'When nobody answered in time. Default fail.' }),
        }),
      ])
      .optional()
      .meta({ description: 'Whether a person sees each plan before it runs, and who. Default false.' }),
    model: model.optional(),
    context: template.optional().meta({ description: 'What the planner and the plan may know.' }),
  })
    .optional()
    .meta({ description: 'A planner writes the body, for an objective.' }),

  loop: closed({
    state: z.record(name, template).optional().meta({ description: 'What the first round sees as `state`.' }),
    until: condition.optional().meta({ description: 'Bare CEL, asked after each round; true ends the loop.' }),
    max: z.int().min(1).max(1_000_000).optional().meta({ description: 'Rounds at most; default 100.' }),
    next: z.record(name, template).optional().meta({ description: 'Fields of `state` for the next round.' }),
  })
    .optional()
    .meta({ description: 'Runs `steps` again and again, a state carried from round to round.' }),
  approve: closed({
    who: people.optional().meta({ description: 'People or roles who may decide; without it, anybody who may at all.' }),
    show: template.optional().meta({ description: 'What the person sees, and may edit when there is no form.' }),
    form: z.unknown().optional().meta({ description: 'What the person fills in: a JSON Schema, or { field: type }.' }),
    timeout: duration.optional(),
    on_timeout: z
      .enum(['approve', 'reject', 'fail'])
      .optional()
      .meta({ description: 'When nobody answered in time. Default fail.' }),
  })
    .optional()
    .meta({ description: 'Asks a person.' }),
  wait: closed({
    for: durationOrExpression.optional().meta({ description: 'A duration, or an expression that gives one.' }),
    until: text.optional().meta({ description: 'A timestamp with its zone, or an expression that gives one.' }),
    signal: name.optional().meta({ description: 'The name of a signal that somebody sends to the run.' }),
    schema: z.unknown().optional().meta({ description: "A JSON Schema that the signal's payload must fit." }),
    timeout: duration.optional().meta({ description: 'How long to wait for the signal.' }),
    on_timeout: z
      .enum(['fail', 'continue'])
      .optional()
      .meta({ description: 'When no signal came in time; continue goes on with null. Default fail.' }),
  })
    .optional()
    .meta({ description: 'Waits for a time, until an instant, or for a signal; exactly one of the three.' }),
  workflow: closed({ id: name, with: parameters.optional() })
    .optional()
    .meta({ description: 'Runs another workflow as this step; its outputs are the output.' }),
  agent: closed({
    instructions: text.optional(),
    model: model.optional(),
    tools: callable,
    agents,
    handoffs,
    input: template.optional(),
    output: output.optional(),
    max_turns: maxTurns,
    context,
    hooks,
    engine: text.optional().meta({ description: 'native, the default, or langchain, openai-agents, ai-sdk.' }),
  })
    .optional()
    .meta({ description: 'A model that calls tools until it has an answer.' }),
  best_of: closed({
    n: z.int().min(2).max(100).meta({ description: 'How many candidates.' }),
    judge: text
      .optional()
      .meta({ description: "The evaluator whose score decides; without it, the last step's gate." }),
    max_parallel: parallel.optional().meta({ description: 'Candidates under way at once; default all.' }),
    steps,
  })
    .optional()
    .meta({ description: 'Does its steps n times side by side, and gives what the best candidate gave.' }),
  map_reduce: closed({
    over: z.union([z.string(), z.array(z.unknown())]).meta({ description: 'The list: ${{ inputs.list }}.' }),
    batch: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .meta({ description: 'Items that `map` is given together, as `batch`.' }),
    max_parallel: parallel.optional().meta({ description: 'Items or batches under way at once; default 8.' }),
    on_item_error: itemError.optional(),
    map: steps,
    reduce: steps,
  })
    .optional()
    .meta({ description: 'Does `map` for each item, then `reduce` once, which sees `steps.map.output`.' }),

  ...policies,
}).meta({ id: 'step', description: 'An action (`uses`, `with`) or exactly one block, with its policies.' });
