/** Rules of an agent, by their place. Each says when it holds, and does one thing. */
import { z } from 'zod';
import { closed } from './closed.ts';
import { condition, name, template, text } from './scalars.ts';

const when = condition.optional().meta({ description: 'Bare CEL; without it the rule always holds.' });
const tools = z
  .array(text)
  .optional()
  .meta({ description: 'Globs on the names of what is called; without them, all of it.' });

const ending = {
  end: text.optional().meta({ description: 'The agent fails with AGENT_ENDED, for this reason.' }),
  answer: template.optional().meta({ description: 'The agent answers this, at once.' }),
};

/** What a rule of each place may do. */
export const hookEffects = {
  before_model: ['add', 'keep', 'end', 'answer'],
  after_model: ['again', 'end', 'answer'],
  before_tool: ['set', 'refuse', 'end', 'answer'],
  after_tool: ['result', 'end', 'answer'],
} as const;

export const hooks = closed({
  before_model: z
    .array(
      closed({
        when,
        add: text.optional().meta({ description: 'A message that the model is shown from this turn on.' }),
        keep: z.int().min(1).optional().meta({ description: 'Of the turns before, only so many are shown.' }),
        ...ending,
      }),
    )
    .optional()
    .meta({ description: 'Before each turn; `turn` holds number and messages.' }),
  after_model: z
    .array(
      closed({
        when,
        again: text.optional().meta({ description: 'What it said is not taken: the model is told this and goes on.' }),
        ...ending,
      }),
    )
    .optional()
    .meta({ description: 'After each turn; `turn` holds number, messages, text, calls and value.' }),
  before_tool: z
    .array(
      closed({
        when,
        tools,
        set: z.record(name, template).optional().meta({ description: "Arguments in place of the model's." }),
        refuse: text.optional().meta({ description: 'The call is not made, and the model is told why.' }),
        ...ending,
      }),
    )
    .optional()
    .meta({ description: 'Before each call; `call` holds name and input.' }),
  after_tool: z
    .array(
      closed({
        when,
        tools,
        result: template.optional().meta({ description: 'What the model is shown in place of what the call gave.' }),
        ...ending,
      }),
    )
    .optional()
    .meta({ description: 'After each call; `call` holds name, input, output and error.' }),
})
  .optional()
  .meta({ id: 'agent_hooks', description: 'Rules around the turns and calls of an agent, each taken in its order.' });
