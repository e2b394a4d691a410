/** What follows from counting how often each label met each call. */

/** Rows by label, columns by call; square. Counts may be weights. */
export type Confusion = readonly (readonly number[])[];

export function confusionOf(
  classes: number,
  labels: readonly number[],
  calls: readonly number[],
  weights: ArrayLike<number>,
): Confusion {
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (const [at, label] of labels.entries()) {
    const row = counts[label];
    const call = calls[at];
    if (row !== undefined && call !== undefined) row[call] = (row[call] ?? 0) + (weights[at] ?? 0);
  }
  return counts;
}

export type Agreement = {
  readonly accuracy: number | null;
  readonly balancedAccuracy: number | null;
  readonly kappa: number | null;
};

/** Balanced accuracy: the mean over classes that occur of the part of each that was called right. Kappa: Cohen's. */
export function agreementOf(confusion: Confusion): Agreement {
  const sums = confusion.map(sum);
  const total = sum(sums);
  const agreed = sum(confusion.map((row, at) => row[at] ?? 0));
  const rates = confusion.flatMap((row, at) =>
    sums[at] === undefined || sums[at] === 0 ? [] : [(row[at] ?? 0) / sums[at]],
  );
  const called = confusion.map((_, at) => sum(confusion.map((row) => row[at] ?? 0)));
  const byChance = sum(sums.map((count, at) => count * (called[at] ?? 0))) / (total * total);
  return {
    accuracy: ratio(agreed, total),
    balancedAccuracy: rates.length < 2 ? null : sum(rates) / rates.length,
    kappa: total === 0 || byChance >= 1 ? null : (agreed / total - byChance) / (1 - byChance),
  };
}

export type Finding = { readonly precision: number | null; readonly recall: number | null; readonly f1: number | null };

/** Of what was found: how much was right. Of what there was: how much was found. Null where that is 0 of 0. */
export function findingOf(right: number, wrong: number, missed: number): Finding {
  return {
    precision: ratio(right, right + wrong),
    recall: ratio(right, right + missed),
    f1: ratio(2 * right, 2 * right + wrong + missed),
  };
}

export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
