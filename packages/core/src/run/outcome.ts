/** The events that an attempt, a wait or a person can end a step with. */
import type { ErrorRecord } from '../errors/telos-error.ts';
import { labelsIn, unlabelled } from '../labels.ts';
import type { Carried } from '../labels.ts';
import type { StepPath } from '../program/path.ts';
import type { Step } from '../program/program.ts';
import type { Refusal } from './command.ts';
import type { EventOf } from './events.ts';
import type { StepState } from './state.ts';

/** What an event about a step begins with. */
export type Of = { readonly at: number; readonly path: StepPath; readonly attempt: number };

export type Failing = Omit<EventOf<'step.failed'>, 'type' | 'at' | 'path' | 'attempt'>;

/** A failure for good: the step fails, or stands aside when its policy is quarantine and it has done nothing but fail. */
export function fails(of: Of, step: Step, opened: boolean, how: Failing): EventOf<'step.failed' | 'step.quarantined'> {
  const aside = step.onError === 'quarantine' && !opened;
  return { type: aside ? 'step.quarantined' : 'step.failed', ...of, ...how };
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

type EventLabels = Pick<EventOf<'step.succeeded'>, 'labels' | 'labelling'>;

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
