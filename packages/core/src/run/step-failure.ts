/** How a step fails for good. */
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { StepPath } from '../program/path.ts';
import type { Step } from '../program/program.ts';
import type { EventLabels } from './carried-labels.ts';
import type { EventOf } from './events.ts';

/** What an event about a step begins with. */
export type StepEventHead = { readonly at: number; readonly path: StepPath; readonly attempt: number };

export type Failing = Omit<EventOf<'step.failed'>, 'type' | 'at' | 'path' | 'attempt'>;

/**
 * A failure for good: the step fails, or stands aside when its policy is quarantine and it has done nothing but fail.
 *
 * @param aside What it carries while it stands aside, and so does what a person gives in place of its output.
 */
export function failedForGood(
  of: StepEventHead,
  step: Step,
  opened: boolean,
  how: Failing,
  aside: EventLabels,
): EventOf<'step.failed' | 'step.quarantined'> {
  return step.onError === 'quarantine' && !opened
    ? { type: 'step.quarantined', ...of, ...how, ...aside }
    : { type: 'step.failed', ...of, ...how };
}

/** A record of an error that this rule itself finds. */
export function errorAt(path: StepPath, error: Omit<ErrorRecord, 'path' | 'kind'>): ErrorRecord {
  return { kind: 'terminal', ...error, path };
}
