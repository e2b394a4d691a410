/**
 * Labels say where a value has been. They travel with it: whatever is made from
 * a labelled value carries the label too.
 *
 * A labelling says it in full: each label with the steps and inputs that it came
 * in by, and, where the fields of a value differ, what each field carries. It is
 * always true and may say too much: what is cut away to keep it small is counted
 * as carrying all that the whole carries. See docs/decisions/0012-labels.md.
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

/** Step paths, `inputs.<name>`, `tools.<name>`: where a label came in, in order, without repeats. */
export type Origins = readonly string[];

export type Labelling = {
  readonly untrusted?: Origins;
  readonly private?: Origins;
  /** What a field carries that differs from the whole; every other field carries what the whole does. */
  readonly fields?: { readonly [field: string]: Labelling };
};

/** Of a value that carries nothing. Always this one object. */
export const unlabelled: Labelling = Object.freeze({});

/** Origins of a label that are named; of more it is said that there are. */
const mostOrigins = 16;
export const moreOrigins = '...';
const mostFields = 64;
const deepestField = 4;

/** The labels of a whole value. */
export function labelsIn(labelling: Labelling): Labels {
  if (labelling === unlabelled) return noLabels;
  const labels = canonical.filter((label) => labelling[label] !== undefined);
  return labels.length === 0 ? noLabels : labels;
}

/** These labels, all of one origin. */
export function marked(labels: Labels, origin: string): Labelling {
  return labels.length === 0 ? unlabelled : Object.fromEntries(labels.map((label) => [label, [origin]]));
}

/** What a value carries that is made of all of these; of a single one, its fields too. */
export function joinLabellings(...labellings: readonly Labelling[]): Labelling {
  return joinAll(labellings);
}

/** The same of a list, however long. */
export function joinAll(labellings: readonly Labelling[]): Labelling {
  const some = labellings.filter((labelling) => labelling !== unlabelled);
  const [first = unlabelled, ...others] = some;
  if (others.every((other) => other === first)) return first;
  const joined: { [L in Label]?: Origins } = {};
  for (const label of canonical) {
    const origins = some.flatMap((labelling) => labelling[label] ?? []);
    if (origins.length > 0) joined[label] = few(origins);
  }
  return labelsIn(joined).length === 0 ? unlabelled : joined;
}

/** What the whole carries, of each of its fields alike. */
export function wholeOf(labelling: Labelling): Labelling {
  if (labelling.fields === undefined) return labelling;
  const { fields: _apart, ...whole } = labelling;
  return labelsIn(whole).length === 0 ? unlabelled : whole;
}

/** What a value inside another carries. */
export function labellingAt(labelling: Labelling, path: readonly string[]): Labelling {
  let at = labelling;
  for (const field of path) {
    if (at === unlabelled) return at;
    const { fields } = at;
    at = fields !== undefined && Object.hasOwn(fields, field) ? (fields[field] ?? unlabelled) : wholeOf(at);
  }
  return at;
}

/** What a map carries whose fields carry these. */
export function labellingOfFields(fields: { readonly [field: string]: Labelling }): Labelling {
  const entries = Object.entries(fields);
  const whole = wholeOf(joinLabellings(...entries.map(([, labelling]) => wholeOf(labelling))));
  if (whole === unlabelled) return unlabelled;
  const apart = entries.filter(([, labelling]) => !isEqual(labelling, whole));
  if (apart.length === 0 || entries.length > mostFields) return whole;
  return cut({ ...whole, fields: Object.fromEntries(apart) }, deepestField);
}

/** The same, and everywhere in it what another carries as a whole. */
export function withMarks(labelling: Labelling, more: Labelling): Labelling {
  if (more === unlabelled) return labelling;
  const whole = wholeOf(joinLabellings(wholeOf(labelling), wholeOf(more)));
  const { fields } = labelling;
  return fields === undefined ? whole : { ...whole, fields: mapFields(fields, (inner) => withMarks(inner, more)) };
}

/** Without a label, wherever in the value it stands. */
export function withoutLabel(labelling: Labelling, label: Label): Labelling {
  if (labelling[label] === undefined) return labelling;
  const { [label]: _lifted, fields, ...rest } = labelling;
  if (labelsIn(rest).length === 0) return unlabelled;
  if (fields === undefined) return rest;
  return { ...rest, fields: mapFields(fields, (inner) => withoutLabel(inner, label)) };
}

/** The same, its origins named by what `rename` makes of them. */
export function withOrigins(labelling: Labelling, rename: (origin: string) => string): Labelling {
  if (labelling === unlabelled) return labelling;
  const renamed: { -readonly [K in keyof Labelling]: Labelling[K] } = {};
  for (const label of canonical) {
    const origins = labelling[label];
    if (origins !== undefined) renamed[label] = few(origins.map(rename));
  }
  if (labelling.fields !== undefined) renamed.fields = mapFields(labelling.fields, (one) => withOrigins(one, rename));
  return renamed;
}

/** What an event, or the state of a step, says of labels. */
export type Carried = {
  readonly labels?: Labels | undefined;
  /** Absent when all labels came in by the step itself, of each field alike. */
  readonly labelling?: Labelling | undefined;
};

/** @param origin What `labels` came in by where nothing else is said. */
export function labellingOf({ labels, labelling }: Carried, origin: string): Labelling {
  return labelling ?? (labels === undefined ? unlabelled : marked(labels, origin));
}

function mapFields(
  fields: NonNullable<Labelling['fields']>,
  map: (labelling: Labelling) => Labelling,
): NonNullable<Labelling['fields']> {
  return Object.fromEntries(Object.entries(fields).map(([field, inner]) => [field, map(inner)]));
}

function cut(labelling: Labelling, levels: number): Labelling {
  const { fields } = labelling;
  if (fields === undefined) return labelling;
  if (levels === 0) return wholeOf(labelling);
  return { ...labelling, fields: mapFields(fields, (inner) => cut(inner, levels - 1)) };
}

function few(origins: Origins): Origins {
  const distinct = [...new Set(origins)].filter((origin) => origin !== moreOrigins).sort();
  const more = distinct.length > mostOrigins || origins.includes(moreOrigins);
  return more ? [...distinct.slice(0, mostOrigins), moreOrigins] : distinct;
}

function isEqual(left: Labelling, right: Labelling): boolean {
  if (left === right) return true;
  if (left.fields !== undefined || right.fields !== undefined) return false;
  return canonical.every((label) => {
    const [one, other] = [left[label], right[label]];
    if (one === undefined || other === undefined) return one === other;
    return one.length === other.length && one.every((origin, index) => origin === other[index]);
  });
}
