import type { CatalogEntry } from './entry.ts';

/** What the engine itself can meet. */
export const engineErrors = {
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
  QUEUE_UNAVAILABLE: {
    kind: 'retryable',
    title: 'The queue cannot be reached',
    next: 'Start Redis or PostgreSQL, or correct TELOS_QUEUE_URL; nothing is lost, for runs are in the store.',
  },
  STORE_FULL: { kind: 'retryable', title: 'The disk is full', next: 'Free space; what was acknowledged is safe.' },
  STORE_CORRUPT: {
    kind: 'terminal',
    title: 'The database is damaged',
    next: 'Restore a copy, or name another TELOS_HOME or TELOS_DATABASE_URL; the database was left as it is.',
  },
  RUN_NOT_FOUND: {
    kind: 'terminal',
    title: 'There is no such run',
    next: 'List runs with `telos runs` or GET /v1/runs; by REST an id is given whole.',
  },
  RUN_NOT_PAUSED: {
    kind: 'terminal',
    title: 'The run is not paused',
    next: 'See what it waits for with `telos doctor <run>`.',
  },
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
  CONCURRENCY_FULL: {
    kind: 'retryable',
    title: 'As many runs of this key are unfinished as the workflow allows',
    next: 'Start it when one of them has ended, or write `when_full: queue`.',
  },
  NOT_ASKED: {
    kind: 'terminal',
    title: 'Others are asked to decide this',
    next: 'Decide as one of those who are asked: with a key that names one of them, or with `--as`.',
  },
  WAIT_NOT_FOUND: {
    kind: 'terminal',
    title: 'There is no such wait any more',
    next: 'List what waits with `telos approvals`; somebody may have decided already.',
  },
  VALUE_INVALID: {
    kind: 'terminal',
    title: 'A value does not fit what the step waits for',
    next: 'Compare it with the schema of the wait or the form of the approval; each problem names its place.',
  },
  RUN_UNFINISHED: {
    kind: 'terminal',
    title: 'The run has not ended yet',
    next: 'See what it waits for with `telos doctor <run>`; resume it, decide, or cancel it first.',
  },
  FORK_INVALID: {
    kind: 'terminal',
    title: 'The run cannot be forked that way',
    next: 'List its steps with `telos show <run>`; name steps as they stand there.',
  },
  CANCELLED: { kind: 'terminal', title: 'The run was cancelled', next: 'Start it again when it is wanted.' },

  INPUT_INVALID: {
    kind: 'terminal',
    title: 'An input does not fit the workflow',
    next: 'Compare with `inputs:` in the workflow; on the command line one is given as `--input name=value`.',
  },
  WORKFLOW_INVALID: {
    kind: 'terminal',
    title: 'The workflow does not compile',
    next: 'Mend the places listed; `telos check <file>` shows them again.',
  },
  WORKFLOW_NOT_FOUND: {
    kind: 'terminal',
    title: 'There is no workflow of this name',
    next: 'List them with `telos check workflows/*.yaml` or GET /v1/workflows, or name a file.',
  },
  SCHEMA_INVALID: {
    kind: 'terminal',
    title: 'A JSON Schema is not valid',
    next: 'Mend the schema; draft 2020-12 is understood.',
  },
} as const satisfies Record<string, CatalogEntry>;
