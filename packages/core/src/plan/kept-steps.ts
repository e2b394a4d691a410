/**
 * What two plans have in common, step by step.
 *
 * A step stands unchanged when it has the same id and the same definition, and
 * all that comes before it and all that it reads in its own list stands unchanged
 * too: then what it gave is what it would be given for.
 */
import type { Program, Step } from '../program/program.ts';
import { sameJson } from './same-json.ts';

export type StepChange = { readonly step: string; readonly change: 'same' | 'changed' | 'added' | 'removed' };

/** Ids of steps of the later plan's own list that stand unchanged in it and for which `holds`, in its order. */
export function keptSteps(
  before: Pick<Program, 'steps'>,
  after: Pick<Program, 'steps'>,
  holds: (id: string) => boolean,
): readonly string[] {
  const earlier = new Map(before.steps.map((step) => [step.id, step]));
  const later = new Map(after.steps.map((step) => [step.id, step]));
  const known = new Map<string, boolean>();
  const isKept = (step: Step): boolean => {
    const found = known.get(step.id);
    if (found !== undefined) return found;
    const was = earlier.get(step.id);
    const leansOn = [...step.after, ...step.reads].filter((id) => id !== step.id).flatMap((id) => later.get(id) ?? []);
    const kept = was !== undefined && sameJson(was, step) && holds(step.id) && leansOn.every(isKept);
    known.set(step.id, kept);
    return kept;
  };
  return after.steps.filter(isKept).map(({ id }) => id);
}

/** How the steps of two plans differ: those of the later one in its order, then those that are gone. */
export function planDiff(before: Pick<Program, 'steps'>, after: Pick<Program, 'steps'>): readonly StepChange[] {
  const earlier = new Map(before.steps.map((step) => [step.id, step]));
  const later = new Set(after.steps.map(({ id }) => id));
  const own = after.steps.map((step): StepChange => {
    const was = earlier.get(step.id);
    return { step: step.id, change: was === undefined ? 'added' : sameJson(was, step) ? 'same' : 'changed' };
  });
  const gone = before.steps.filter(({ id }) => !later.has(id));
  return [...own, ...gone.map(({ id }): StepChange => ({ step: id, change: 'removed' }))];
}
