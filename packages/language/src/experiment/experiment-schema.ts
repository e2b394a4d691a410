/** The form of an experiment file. Editors get it as JSON Schema. */
import { z } from 'zod';
import { closed } from '../document/closed.ts';
import { model } from '../document/models.ts';
import { budget, checkUse } from '../document/policies.ts';
import { name, template, text } from '../document/scalars.ts';

const part = z.number().min(0).max(1);

const row = closed({
  id: z.union([text, z.number()]).optional().meta({ description: 'Default: its number, from 1.' }),
  inputs: z.record(name, z.unknown()).optional(),
  expected: z.unknown().optional().meta({ description: 'What a good answer is; `expected` in checks.' }),
});

const variant = closed({
  description: z.string().optional(),
  workflow: text.optional().meta({ description: 'Another workflow file in place of `workflow`.' }),
  inputs: z.record(name, z.unknown()).optional().meta({ description: 'Go before those of the row.' }),
  models: z.record(name, model).optional().meta({ description: 'Other models under the aliases of the workflow.' }),
  vars: z.record(name, template).optional().meta({ description: 'Other values of vars of the workflow.' }),
});

export const experimentSchema = closed({
  $schema: z.string().optional().meta({ description: 'For editors, in JSON files.' }),
  telos: z.literal(1).meta({ description: 'Version of the language.' }),
  experiment: name.meta({ description: "The experiment's name." }),
  description: z.string().optional(),
  workflow: text.optional().meta({ description: 'The workflow file, relative to this one.' }),
  dataset: z
    .union([text, z.array(row).min(1, 'it has no rows')])
    .meta({ description: 'A file of rows (.jsonl, .csv), relative to this one, or the rows themselves.' }),
  variants: z
    .record(name, variant)
    .optional()
    .meta({ description: 'What is compared; default one, the workflow as it is.' }),
  baseline: name.optional().meta({ description: 'The variant that the others are compared with; default the first.' }),
  models: z.record(name, model).optional().meta({ description: 'Aliases for the models of judges.' }),
  evaluators: z.record(name, checkUse).optional().meta({ description: 'Checks with their parameters, named once.' }),
  subject: template.optional().meta({
    description: 'What is judged, and `output` in checks: ${{ outputs.answer }}. Default all outputs.',
  }),
  checks: z
    .array(z.union([text, z.record(z.string(), z.unknown())]))
    .optional()
    .meta({
      description:
        'As in a gate: bare CEL over `output`, `outputs`, `inputs` and `expected`, the name of an evaluator, or { check: parameters }.',
    }),
  judge: z.union([text, checkUse]).optional().meta({ description: 'One more check, a named evaluator as a rule.' }),
  repetitions: z.int().min(1).max(100).optional().meta({ description: 'Of each row by each variant; default 1.' }),
  concurrency: z.int().min(1).max(200).optional().meta({ description: 'Runs under way at once; default 4.' }),
  budget: budget
    .omit({ on_exceeded: true })
    .optional()
    .meta({ description: 'What the whole experiment may spend, its judges included.' }),
  floor: closed({ score: part.optional(), pass_rate: part.optional() })
    .optional()
    .meta({ description: 'Below it for any variant, `telos eval` ends with exit code 1.' }),
});
