import type { CatalogEntry } from './entry.ts';

/** How a step can fail. */
export const stepsErrors = {
  STEP_TIMEOUT: {
    kind: 'retryable',
    title: 'The step took longer than its timeout',
    next: 'Raise `timeout`, or add `retry`.',
  },
  TOOL_INPUT: {
    kind: 'terminal',
    title: "A step's `with` does not fit its tool",
    next: 'Compare with `telos tools <name>`, which shows the fields it takes.',
  },
  TOOL_UNKNOWN: {
    kind: 'terminal',
    title: 'This worker does not have the tool',
    next: 'Start a worker that has it; `telos tools` lists what is here.',
  },
  SECRET_MISSING: {
    kind: 'terminal',
    title: 'A secret that the workflow names is not set',
    next: 'Set the environment variable TELOS_SECRET_<NAME> where Telos runs.',
  },
  GATE_FAILED: {
    kind: 'terminal',
    title: "The step's output did not pass its gate",
    next: 'Read the verdicts; add `repair`, loosen the gate, or mend the prompt.',
  },
  RAIL_BLOCKED: {
    kind: 'terminal',
    title: 'A rail does not let a value pass',
    next: 'Read the verdicts and mend the value; `action: redact`, `flag` or `ask`, or `mode: shadow`, lets more through.',
  },
  RAIL_FAILED: {
    kind: 'retryable',
    title: 'A rail could not be carried out, so what it guards was held back',
    next: 'Read why, mend the parameters of its check or start its model; nothing was let through unjudged.',
  },
  OUTPUT_INVALID: {
    kind: 'retryable',
    title: "The step's output does not fit its schema",
    next: 'Compare the output with the schema shown.',
  },
  EXPRESSION_FAILED: {
    kind: 'terminal',
    title: 'An expression could not be evaluated',
    next: 'Check the types and names that it uses; `has(x.y)` tests for presence.',
  },
  VALUE_TOO_DEEP: {
    kind: 'terminal',
    title: 'A value is nested too deep',
    next: 'Flatten it: lists and objects may stand 200 levels inside each other.',
  },
  TOOL_FAILED: {
    kind: 'retryable',
    title: 'A tool failed',
    next: "Read the tool's message; add `retry` if it may pass.",
  },
  STEP_NOT_READY: {
    kind: 'bug',
    title: 'A command does not fit the state of its step',
    next: 'Report it with the details shown.',
  },
  STALE_ATTEMPT: {
    kind: 'terminal',
    title: 'The outcome belongs to an attempt that is over',
    next: 'Nothing to do: the later attempt counts.',
  },
  IN_DOUBT: {
    kind: 'terminal',
    title: 'An effect may or may not have happened',
    next: 'Look whether it took effect, then say so: `telos approvals` lists the step.',
  },
  HANDED_OVER: {
    kind: 'retryable',
    title: 'The worker was told to stop while the step was under way',
    next: 'Nothing to do: the next worker starts it again.',
  },
  WAIT_TIMEOUT: {
    kind: 'terminal',
    title: 'What the step waited for did not come in time',
    next: 'Send the signal sooner, raise `timeout`, or write `on_timeout: continue`.',
  },
  WAIT_INVALID: {
    kind: 'terminal',
    title: 'It cannot be told how long the step is to wait',
    next: 'Give a duration such as `10m`, or a time such as `2026-12-31T18:00:00Z`.',
  },
  APPROVAL_REJECTED: {
    kind: 'terminal',
    title: 'A person did not approve',
    next: 'Read the note, then change what was shown, or the workflow.',
  },
  APPROVAL_TIMEOUT: {
    kind: 'terminal',
    title: 'Nobody decided in time',
    next: 'Start it again and decide sooner, or raise `timeout`.',
  },
  PERMISSION_REFUSED: {
    kind: 'terminal',
    title: 'A person did not allow the step to run',
    next: 'Read the note; `permissions.ask` says what is asked about.',
  },
  EFFECT_DENIED: {
    kind: 'terminal',
    title: 'A fork may not have this effect again',
    next: 'Fork with `side_effects: live`, or from a later step.',
  },
  BUDGET_EXCEEDED: {
    kind: 'terminal',
    title: 'The budget is used up',
    next: 'Raise `limits.budget` or pass a larger one when starting the run.',
  },
  INTERRUPTED: {
    kind: 'retryable',
    title: 'The step was under way when its process ended',
    next: 'Nothing to do: it is started again where its effect allows.',
  },
} as const satisfies Record<string, CatalogEntry>;
