/**
 * Labels say where a value has been. They travel with it: whatever is made from
 * a labelled value carries the label too.
 */
export type Label = 'untrusted' | 'private';

/** A set of labels in canonical order, without repeats. Empty for most values. */
export type Labels = readonly Label[];

export const noLabels: Labels = [];

const canonical: Labels = ['untrusted', 'private'];

/** The union of several label sets, in canonical order. */
export function joinLabels(...sets: readonly Labels[]): Labels {
  if (sets.every((set) => set.length === 0)) return noLabels;
  const joined = canonical.filter((label) => sets.some((set) => set.includes(label)));
  return joined.length === 0 ? noLabels : joined;
}
