/** The events that an attempt, a wait or a person can end a step with. */
import type { ErrorRecord } from '../errors/telos-error.ts';
import { labellingOf, labelsIn, unlabelled, wholeOf } from '../labels.ts';
import type { Carried, Labels } from '../labels.ts';
import type { StepPath } from '../program/path.ts';
import type { Step } from '../program/program.ts';
import type { Refusal } from './command.ts';
import type { EventOf } from './events.ts';
import type { StepState } from './state.ts';

/** What an event about a step begins with. */
export type Of = { readonly at: number; readonly path: StepPath; readonly attempt: number };

export type Failing = Omit<EventOf<'step.failed'>, 'type' | 'at' | 'path' | 'attempt'>;

/**
 * A failure for good: the step fails, or stands aside when its policy is quarantine and it has done nothing but fail.
 *
 * @param aside What it carries while it stands aside, and so does what a person gives in place of its output.
 */
export function fails(
  of: Of,
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

export function notReady(path: StepPath, step: StepState | undefined): Refusal {
  return {
    refused: 'STEP_NOT_READY',
    message: `Step ${path} is ${step?.status ?? 'pending'}; the command does not apply.`,
  };
}

export function stale(path: StepPath, named: number, current: number): Refusal {
  return { refused: 'STALE_ATTEMPT', message: `Step ${path} is at attempt ${current}; attempt ${named} is over.` };
}

export function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  // The object has exactly the key K, or none: the mapped type says the same, which inference over a computed key cannot.
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

export type EventLabels = Pick<EventOf<'step.succeeded'>, 'labels' | 'labelling'>;

/** What an event says that brings no labels. Always this one object. */
export const carriesNothing: EventLabels = Object.freeze({});

/** What an event says of labels, and of where they came in unless it is the step itself. */
export function carriedIn({ labels, labelling }: Carried, path: StepPath): EventLabels {
  if (labelling === undefined)
    return labels === undefined || labels.length === 0 ? carriesNothing : { labels: [...labels] };
  if (labelling === unlabelled) return carriesNothing;
  const own = labelsIn(labelling);
  const isOwn = labelling.fields === undefined && own.every((label) => labelling[label]?.join() === path);
  return { labels: [...own], ...(isOwn ? {} : { labelling }) };
}

/** What a step carries that stands aside: what is told of it, else what it was given, each part alike. */
export function carriedAside(given: Carried & { readonly labels: Labels }, told: Carried, path: StepPath): EventLabels {
  if (told.labels === undefined && told.labelling === undefined)
    return carriedIn({ labelling: wholeOf(labellingOf(given, path)) }, path);
  const carried = carriedIn(told, path);
  // Said in so many words, for an event that says nothing leaves what the step was given.
  return carried === carriesNothing && given.labels.length > 0 ? { labels: [] } : carried;
}
