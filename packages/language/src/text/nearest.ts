const mostCandidates = 500;

/**
 * The known name that is most like an unknown one, or undefined when none is
 * near: at most a third of its letters (but always one, and never more than
 * three) may have to be inserted, removed, replaced or swapped. Only the first
 * 500 known names are looked at: a hint is not worth more.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const written = name.toLowerCase();
  const limit = Math.min(3, Math.max(1, Math.floor(written.length / 3)));
  let best: string | undefined;
  let bestDistance = limit + 1;
  let left = mostCandidates;
  for (const candidate of known) {
    if (left-- === 0) break;
    const distance = editDistance(written, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `did you mean ...?`, or nothing when no known name is near. */
export function suggestion(name: string, known: Iterable<string>): string | undefined {
  const found = nearest(name, known);
  return found === undefined ? undefined : `did you mean \`${found}\`?`;
}

/** Optimal string alignment distance, given up as `bound` once it cannot be less. */
function editDistance(left: string, right: string, bound: number): number {
  if (Math.abs(left.length - right.length) >= bound || left.length > 64) return left === right ? 0 : bound;
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1];
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, right.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
