/** The audit log: who had what done by a door of the installation. Nothing in it is ever changed. */
import type { Instant } from '../ids.ts';
import type { Page } from './page.ts';

export type AuditEntry = {
  readonly at: Instant;
  /** Whom the key was given to; absent: one without a name. */
  readonly by?: string;
  /** What was asked for, as the API names it: `startRun`, `cancelRun`, `publishWorkflow`. */
  readonly action: string;
  /** What it was done to: the id of a run, a workflow, an approval. */
  readonly subject?: string;
  /** Where the request came from. */
  readonly address: string;
  /** Id of the request, as its answer and the log have it. */
  readonly request: string;
};

export type AuditFilter = {
  readonly by?: string;
  readonly action?: string;
  readonly subject?: string;
  /** At this instant or later. */
  readonly since?: Instant;
  /** Before this instant. */
  readonly until?: Instant;
};

export interface Audit {
  /** Durable when it resolves. */
  append(entry: AuditEntry): Promise<void>;
  /** Last written first. `limit` in 1..200. @throws TelosError PAGE_INVALID as `Runs.list` does. */
  list(filter: AuditFilter, limit: number, cursor?: string): Promise<Page<AuditEntry>>;
}
