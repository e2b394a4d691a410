/**
 * Every deliberate failure, by its stable code.
 *
 * `kind` is what retry logic reads: `retryable` may succeed if tried again,
 * `terminal` will not, `bug` is ours to mend. `next` tells a person what to do.
 * docs/errors.md is written from this table by `pnpm docs:errors`.
 */
export type ErrorKind = 'retryable' | 'terminal' | 'bug';

export type CatalogEntry = { readonly kind: ErrorKind; readonly title: string; readonly next: string };

export const catalog = {
  // --- the engine itself
  BUG: { kind: 'bug', title: 'Telos broke one of its own rules', next: 'Report it with the details shown.' },
  STALE_OWNER: {
    kind: 'terminal',
    title: 'Another process owns this run now',
    next: 'Nothing is lost: the new owner goes on from the journal.',
  },
  STORE_UNAVAILABLE: {
    kind: 'retryable',
    title: 'The store cannot be reached',
    next: 'Start the database or correct TELOS_DATABASE_URL; runs go on by themselves.',
  },
  STORE_FULL: { kind: 'retryable', title: 'The disk is full', next: 'Free space; what was acknowledged is safe.' },
  STORE_CORRUPT: {
    kind: 'terminal',
    title: 'The database file is damaged',
    next: 'Restore a copy or name another TELOS_HOME; the file was left as it is.',
  },
  RUN_NOT_FOUND: { kind: 'terminal', title: 'There is no such run', next: 'List runs with `telos runs`.' },
  RUN_FINISHED: {
    kind: 'terminal',
    title: 'The run has already ended',
    next: 'A finished run never changes; start or fork another.',
  },
  IDEMPOTENCY_MISMATCH: {
    kind: 'terminal',
    title: 'The idempotency key was used with a different request',
    next: 'Use a new key for a new request.',
  },
  CANCELLED: { kind: 'terminal', title: 'The run was cancelled', next: 'Start it again when it is wanted.' },

  INPUT_INVALID: {
    kind: 'terminal',
    title: 'An input does not fit the workflow',
    next: 'Compare with `inputs:` in the workflow; each problem names its input.',
  },
  WORKFLOW_INVALID: {
    kind: 'terminal',
    title: 'The workflow does not compile',
    next: 'Mend the places listed; `telos check <file>` shows them again.',
  },
  WORKFLOW_NOT_FOUND: {
    kind: 'terminal',
    title: 'There is no workflow of this name',
    next: 'List them with `telos check workflows/*.yaml`, or name a file.',
  },
  SCHEMA_INVALID: {
    kind: 'terminal',
    title: 'A JSON Schema is not valid',
    next: 'Mend the schema; draft 2020-12 is understood.',
  },

  // --- steps
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
    next: 'Set the environment variable of that name where Telos runs.',
  },
  GATE_FAILED: {
    kind: 'terminal',
    title: "The step's output did not pass its gate",
    next: 'Read the verdicts; add `repair`, loosen the gate, or mend the prompt.',
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
    next: 'Look whether it took effect, then start or fork the run again.',
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

  // --- drivers/sqlite
  STORE_NEWER: {
    kind: 'terminal',
    title: 'The store was written by a newer version of Telos',
    next: 'Update Telos, or name another TELOS_HOME; the file was left as it is.',
  },
  STORE_FOREIGN: {
    kind: 'terminal',
    title: 'The file is a database of another program',
    next: 'Name another TELOS_HOME; the file was left as it is.',
  },
  PAGE_INVALID: {
    kind: 'terminal',
    title: 'This page of the list cannot be given',
    next: 'Use the `next` of the page before as cursor, and a limit of 1 to 200.',
  },
} as const satisfies Record<string, CatalogEntry>;

export type ErrorCode = keyof typeof catalog;
