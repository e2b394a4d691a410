/**
 * Groups of digits that stand together: `4111 1111-1111.1111`, `(020) 7946 0958`.
 * Numbers that people write in groups are looked for in these, so that no
 * pattern has to try the ways to cut a long row of digits.
 */
export type DigitGroup = {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
  /** What stands between this group and the one before; '' for the first of a run. */
  readonly gap: string;
};

/** A run has no gap of more than three characters, and none but blanks, dots, dashes, slashes and brackets. */
export type DigitRun = readonly DigitGroup[];

const joint = /^(?:[ .\-/()]|[ )][-/.(]?[ (]?|[-/.] ?\(?)$/;

export function digitRunsIn(text: string): readonly DigitRun[] {
  const runs: DigitGroup[][] = [];
  let last = -10;
  for (const match of text.matchAll(/\d+/g)) {
    const gap = match.index - last <= 3 ? text.slice(last, match.index) : '';
    const group = { digits: match[0], start: match.index, end: match.index + match[0].length };
    const run = runs.at(-1);
    if (run !== undefined && joint.test(gap)) run.push({ ...group, gap });
    else runs.push([{ ...group, gap: '' }]);
    last = group.end;
  }
  return runs;
}

/** Consecutive groups of a run that hold so many digits together. At most `most` groups each. */
export function* windowsOf(run: DigitRun, fewestDigits: number, mostDigits: number, most = 8): Generator<DigitRun> {
  for (let from = 0; from < run.length; from += 1) {
    let digits = 0;
    for (let to = from; to < run.length && to < from + most; to += 1) {
      digits += run[to]?.digits.length ?? 0;
      if (digits > mostDigits) break;
      if (digits >= fewestDigits) yield run.slice(from, to + 1);
    }
  }
}

export function digitsOf(groups: DigitRun): string {
  return groups.map(({ digits }) => digits).join('');
}

/** The gaps inside, the first left out: what separates the groups. */
export function gapsOf(groups: DigitRun): readonly string[] {
  return groups.slice(1).map(({ gap }) => gap);
}

/** Whether nothing touches the stretch that makes another word or a longer number of it. A comma does where three digits follow it. */
export function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 2), start);
  const after = text.slice(end, end + 5);
  if (/[\p{L}\d_]$/u.test(before) || /^[\p{L}\d_]/u.test(after)) return false;
  const beginsWithDigit = /^\d/.test(text.slice(start, start + 1));
  if (
    beginsWithDigit &&
    (/\d\.$/.test(before) || (/\d,$/.test(before) && /^\d{3}(?!\d)/.test(text.slice(start, start + 4))))
  )
    return false;
  return !/^\.\d|^,\d{3}(?!\d)/.test(after);
}
