import type { CatalogEntry } from './entry.ts';

/** Why a plan is not accepted. */
export const plannerErrors = {
  PLAN_REQUEST_INVALID: {
    kind: 'terminal',
    title: 'This cannot be planned as it is asked',
    next: 'Mend what the message names; a plan needs an objective and at least one tool.',
  },
  AGENT_NEEDS_MODEL: {
    kind: 'terminal',
    title: 'The model in use calls no tools, and an agent needs one that does',
    next: 'Set OPENAI_API_KEY or OPENAI_BASE_URL, start Ollama with a model that calls tools, or name one in `model`.',
  },
  AGENT_STUCK: {
    kind: 'terminal',
    title: 'An agent went on without getting anywhere',
    next: 'See its calls with `telos show <run>`; give it other tools, plainer instructions, or a stronger model.',
  },
  AGENT_ENDED: {
    kind: 'terminal',
    title: "A rule among an agent's `hooks` has ended it",
    next: 'The message gives the reason that the rule states; see what led there with `telos show <run>`.',
  },
  CALL_REFUSED: {
    kind: 'terminal',
    title: "A rule among an agent's `hooks` keeps a call from being made",
    next: 'The agent is told and goes on; mend the rule if the call was meant to be made.',
  },
  AGENT_TURNS: {
    kind: 'terminal',
    title: 'An agent had no answer when its turns were used up',
    next: 'Raise `max_turns`, ask for less at once, or fork the run from the turn at which it went astray.',
  },
  PLAN_INVALID: {
    kind: 'terminal',
    title: 'No draft of the plan could be accepted',
    next: 'Read the faults; state the objective more plainly, allow more tools, or name a stronger model.',
  },
  PLAN_NEEDS_MODEL: {
    kind: 'terminal',
    title: 'This objective needs a language model to plan it',
    next: 'Set OPENAI_API_KEY or start Ollama, or state the objective in one of the forms that the message lists.',
  },
  PLAN_TOOL_REFUSED: {
    kind: 'terminal',
    title: 'A plan uses a tool that it was not given',
    next: 'Add the tool to the `tools` of the plan, if it is meant to have it.',
  },
  PLAN_EFFECT_REFUSED: {
    kind: 'terminal',
    title: 'A plan would change something outside',
    next: 'Write that step into the workflow yourself: a plan only reads unless more was allowed.',
  },
  PLAN_STEP_UNSERVED: {
    kind: 'terminal',
    title: 'A step of a plan and an objective do not belong together',
    next: 'Name for each step the objective that it serves, and for each objective a step.',
  },
  PLAN_CHECK_EMPTY: {
    kind: 'terminal',
    title: 'The check of an objective looks at nothing that the plan gives',
    next: 'Test `output` or `steps.<id>.output`, or leave the check out where a judge can decide.',
  },
  PLAN_TOO_LARGE: {
    kind: 'terminal',
    title: 'A plan is too large',
    next: 'State a smaller objective, or several, each with a plan of its own.',
  },
} as const satisfies Record<string, CatalogEntry>;
