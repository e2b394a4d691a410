/**
 * Waiting steps: what the store keeps of every step that waits, is in doubt or
 * in quarantine, so that people can find it among millions of runs. A fold of
 * the journal that drivers keep beside it, written in the same transaction.
 */
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { Instant, RunId, Sequence } from '../ids.ts';
import type { Labels } from '../labels.ts';
import type { StepPath } from '../program/path.ts';
import type { RunEvent, Wait } from './events.ts';

export const waitingKinds = ['approval', 'signal', 'time', 'in_doubt', 'quarantined'] as const;
export type WaitingKind = (typeof waitingKinds)[number];

/** What an event says of a step that begins to wait. `id`: the event's sequence, which names the wait within its run. */
export type WaitingStep = {
  readonly id: Sequence;
  readonly path: StepPath;
  readonly attempt: number;
  readonly kind: WaitingKind;
  readonly since: Instant;
  /** When it goes on by itself. */
  readonly dueAt?: Instant;
  readonly labels?: Labels;
  /** Of a signal or an approval. */
  readonly wait?: Wait;
  /** Of a step in doubt or in quarantine. */
  readonly error?: ErrorRecord;
};

/** A waiting step as it is listed: with its run. */
export type ListedWait = WaitingStep & { readonly run: RunId; readonly workflow: string; readonly namespace: string };

export type WaitingChange = {
  readonly begun: readonly WaitingStep[];
  /** Paths of steps that wait no more. */
  readonly over: readonly StepPath[];
  /** Every wait of the run is over. */
  readonly all: boolean;
};

/**
 * What a batch of one run's events changes in the list of waiting steps, or undefined when that is nothing.
 *
 * @param after Sequence of the last event before the batch.
 */
export function waitingChange(events: readonly RunEvent[], after: Sequence): WaitingChange | undefined {
  let begun: WaitingStep[] | undefined;
  let over: StepPath[] | undefined;
  for (let index = 0; index < events.length; index++) {
    const event = events[index];
    switch (event?.type) {
      case 'wait.opened':
      case 'step.in_doubt':
      case 'step.quarantined':
        begun = [...(begun ?? []), waitingStepOf(event, after + index + 1)];
        over = (over ?? []).filter((path) => path !== event.path);
        break;
      case 'wait.closed':
      case 'step.resolved':
      case 'step.cancelled': {
        const { path } = event;
        const known = begun?.some((step) => step.path === path) === true;
        begun = begun?.filter((step) => step.path !== path);
        if (!known) over = [...(over ?? []), path];
        break;
      }
      case 'run.succeeded':
      case 'run.failed':
      case 'run.cancelled':
        return { begun: [], over: [], all: true };
      default:
    }
  }
  if (begun === undefined && over === undefined) return undefined;
  return { begun: begun ?? [], over: over ?? [], all: false };
}

function waitingStepOf(
  event: Extract<RunEvent, { type: 'wait.opened' | 'step.in_doubt' | 'step.quarantined' }>,
  id: Sequence,
): WaitingStep {
  const { path, attempt, at, labels } = event;
  const of = { id, path, attempt, since: at, ...(labels === undefined ? {} : { labels }) };
  if (event.type !== 'wait.opened')
    return { ...of, kind: event.type === 'step.in_doubt' ? 'in_doubt' : 'quarantined', error: event.error };
  const { wait } = event;
  return {
    ...of,
    kind: wait.kind,
    ...(wait.dueAt === undefined ? {} : { dueAt: wait.dueAt }),
    ...(wait.kind === 'time' ? {} : { wait }),
  };
}
