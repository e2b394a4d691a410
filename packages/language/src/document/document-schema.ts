/** The whole file. What the language says in words, this says in zod; editors get it as JSON Schema. */
import { z } from 'zod';
import { closed } from './closed.ts';
import { mcpConnection } from './mcp-connection.ts';
import { model } from './models.ts';
import { budget, checkUse, runRails } from './policies.ts';
import { duration, name, template, text } from './scalars.ts';
import { steps } from './step-schema.ts';
import { triggers } from './triggers.ts';

const input = z
  .union([z.enum(['string', 'number', 'integer', 'boolean', 'object', 'array']), z.record(z.string(), z.unknown())])
  .meta({
    description:
      'A JSON Schema; `name: string` is short for { type: string }. Also `default`, `required: false`, `private: true`.',
  });

const rules = z
  .array(
    z.union([text, closed({ uses: text, with: z.record(text, z.union([text, z.number(), z.boolean()])).optional() })]),
  )
  .meta({
    description:
      'Globs on the names of tools: web.*; or also on arguments: { uses: http.request, with: { url: "https://api.example/*" } }.',
  });

export const documentSchema = closed({
  $schema: z.string().optional().meta({ description: 'For editors, in JSON files.' }),
  telos: z.literal(1).meta({ description: 'Version of the language.' }),
  id: name.meta({ description: "The workflow's name." }),
  description: z.string().optional().meta({ description: 'What it is for, in a sentence.' }),
  inputs: z.record(name, input).optional().meta({ description: 'What goes in.' }),
  vars: z
    .record(name, template)
    .optional()
    .meta({ description: 'Values computed once from the inputs; read as vars.<name>.' }),
  triggers: triggers.optional().meta({ description: 'What starts runs by itself, besides people and programs.' }),
  limits: closed({
    budget: budget.optional(),
    concurrency: closed({
      key: text.optional().meta({ description: 'Runs with an equal key share the places; default all runs.' }),
      max: z.int().min(1),
      when_full: z
        .enum(['queue', 'reject', 'replace'])
        .optional()
        .meta({ description: 'replace: the oldest run is cancelled. Default queue.' }),
    }).optional(),
    timeout: duration.optional().meta({ description: 'The same as `wall` of a budget that fails.' }),
  })
    .optional()
    .meta({ description: 'What runs may spend, how long they may take, and how many there may be at a time.' }),
  models: z.record(name, model).optional().meta({ description: 'Aliases for models.' }),
  tools: z
    .record(name, z.object({ mcp: mcpConnection.optional() }).catchall(z.record(z.string(), z.unknown())))
    .optional()
    .meta({ description: 'Connections: { sales: { db: { url: ... } }, crm: { mcp: { url: ... } } }.' }),
  permissions: closed({
    allow: rules.optional(),
    ask: rules.optional(),
    deny: rules.optional(),
    hosts: z.array(text).optional().meta({ description: 'Hosts that may have private data: api.example, *.example.' }),
  })
    .optional()
    .meta({ description: 'What steps and agents may use without a person, with one, or never.' }),
  evaluators: z.record(name, checkUse).optional().meta({ description: 'Checks with their parameters, named once.' }),
  rails: runRails.optional(),
  steps: steps.meta({ description: 'What happens; the list is a sequence.' }),
  catch: z
    .array(
      closed({
        match: z.union([text, z.array(text).min(1, 'it matches no error; leave it out to match any')]).optional(),
        steps,
      }),
    )
    .min(1, 'it handles nothing')
    .optional()
    .meta({
      description: 'What is done when a run has failed: the first handler whose `match` fits; `error` is in scope.',
    }),
  finally: steps.optional().meta({ description: 'What is done however the run ends.' }),
  outputs: z.record(name, template).optional().meta({ description: 'What comes out.' }),
  objectives: z
    .array(
      closed({
        id: name,
        objective: text,
        criterion: text.meta({ description: 'What must hold of the result, in words.' }),
        check: z
          .union([text, z.record(z.string(), z.unknown())])
          .optional()
          .meta({
            description: 'Bare CEL over `output` and `steps`, or { check: parameters }, that tests the criterion.',
          }),
      }),
    )
    .min(1)
    .max(40)
    .optional()
    .meta({ description: 'Of a plan that a planner wrote: what it is to reach, and how that is told.' }),
  expose: z.array(z.enum(['rest', 'mcp', 'a2a', 'openai'])).optional(),
});
