/** What events say of the labels of what they bring. */
import { labellingOf, labelsIn, unlabelled, wholeOf } from '../labels.ts';
import type { Carried, Labels } from '../labels.ts';
import type { StepPath } from '../program/path.ts';
import type { EventOf } from './events.ts';

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
