/** What the steps of a folded run carry. */
import { labellingOf, labelsIn } from '@telos/core';
import type { Carried, Labelling, Labels } from '@telos/core';

export type CarriedLabels = {
  labels: Labels;
  /** The same in full; absent without labels. */
  labelling?: Labelling;
  /** Of what it was given. */
  inputLabelling?: Labelling;
};

type Step = CarriedLabels & { readonly place: { readonly path: string } };

/** From now on the step carries what the event says, and nothing else. */
export function carry(step: Step, event: Carried): void {
  const labelling = labellingOf(event, step.place.path);
  step.labels = labelsIn(labelling);
  if (step.labels.length === 0) delete step.labelling;
  else step.labelling = labelling;
}

/** The same of what a step is given that starts. */
export function carryInput(step: Step, event: Carried): void {
  carry(step, event);
  if (step.labelling === undefined) delete step.inputLabelling;
  else step.inputLabelling = step.labelling;
}
