/** A stretch of a text that a rail points at. */
export type Finding = {
  /** What it is: `EMAIL_ADDRESS`, `AWS_ACCESS_KEY`. One to four words of two to twelve capital letters. */
  readonly type: string;
  /** In UTF-16 units; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** In (0, 1]. A checksum or an unmistakable form is near 1, a form that only the words around it explain near 0.5. */
  readonly confidence: number;
};

/**
 * Of findings that share characters the surest one: by confidence, then by length, then by place, then by
 * type. What is left shares nothing and is in the order of the text, however the findings were ordered.
 */
export function surestFindings(findings: readonly Finding[]): readonly Finding[] {
  const kept: Finding[] = [];
  for (const group of overlapping(findings)) {
    if (group.length === 1) kept.push(...group);
    else kept.push(...surestOf(group));
  }
  return kept;
}

/** Groups of findings that hang together by shared characters, in the order of the text. Empty findings are left out. */
export function overlapping(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const groups: Finding[][] = [];
  let end = -1;
  for (const finding of findings.filter(({ start, end }) => start < end).toSorted(byPlace)) {
    const last = groups.at(-1);
    if (last === undefined || finding.start >= end) groups.push([finding]);
    else last.push(finding);
    end = Math.max(end, finding.end);
  }
  return groups;
}

/** The one that names a group. */
export function surest(group: readonly Finding[]): Finding | undefined {
  return group.toSorted(bySureness)[0];
}

function surestOf(group: readonly Finding[]): readonly Finding[] {
  const ranked = group.toSorted(bySureness);
  const kept: Finding[] = [];
  // A group holds few; one that holds many (a text of nothing but addresses, run together) is cut at the first thousand.
  for (const finding of ranked.slice(0, 1000)) {
    if (kept.every((other) => finding.end <= other.start || other.end <= finding.start)) kept.push(finding);
  }
  return kept.toSorted(byPlace);
}

function byPlace(left: Finding, right: Finding): number {
  return left.start - right.start || left.end - right.end || bySureness(left, right);
}

function bySureness(left: Finding, right: Finding): number {
  return (
    right.confidence - left.confidence ||
    right.end - right.start - (left.end - left.start) ||
    left.start - right.start ||
    (left.type < right.type ? -1 : left.type > right.type ? 1 : 0)
  );
}
