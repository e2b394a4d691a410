/**
 * Regression on known texts by their likeness (a Gaussian process with a linear
 * kernel): a value at a new place leans on the known places near it, and the
 * variance says how little is known there. What each known place would have
 * been told by the others alone follows without fitting anew.
 */
export type Regression = {
  /** @param likenesses To each known place. */
  at(likenesses: Float64Array): { readonly values: readonly number[]; readonly variance: number };
  /** Of each known place, as if it were not known. */
  leftOut(place: number): { readonly values: readonly number[]; readonly variance: number };
};

const noise = 0.3;

/**
 * @param likenesses Square and symmetric, 1 on its diagonal. It is used up.
 * @param targets For each quantity its value at each known place.
 */
export function regressionOf(likenesses: readonly Float64Array[], targets: readonly Float64Array[]): Regression {
  const n = likenesses.length;
  for (const [at, row] of likenesses.entries()) row[at] = (row[at] ?? 0) + noise;
  const factor = cholesky(likenesses);
  const weights = targets.map((target) => backward(factor, forward(factor, target)));
  const precision = inverseDiagonal(factor, n);
  return {
    at(likeness) {
      const half = forward(factor, likeness);
      return {
        values: weights.map((weight) => dot(weight, likeness)),
        variance: 1 - dot(half, half),
      };
    },
    leftOut: (place) => ({
      values: weights.map(
        (weight, quantity) => (targets[quantity]?.[place] ?? 0) - (weight[place] ?? 0) / (precision[place] ?? 1),
      ),
      variance: 1 / (precision[place] ?? 1) - noise,
    }),
  };
}

/** The lower triangle whose square is the matrix; in its place. */
function cholesky(matrix: readonly Float64Array[]): readonly Float64Array[] {
  for (const [i, row] of matrix.entries()) {
    for (let j = 0; j <= i; j += 1) {
      const other = matrix[j] ?? row;
      let sum = row[j] ?? 0;
      for (let k = 0; k < j; k += 1) sum -= (row[k] ?? 0) * (other[k] ?? 0);
      row[j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (other[j] ?? 1);
    }
  }
  return matrix;
}

/** Solves `factor x = right`. */
function forward(factor: readonly Float64Array[], right: Float64Array): Float64Array {
  const solved = new Float64Array(right.length);
  for (const [i, row] of factor.entries()) {
    let sum = right[i] ?? 0;
    for (let k = 0; k < i; k += 1) sum -= (row[k] ?? 0) * (solved[k] ?? 0);
    solved[i] = sum / (row[i] ?? 1);
  }
  return solved;
}

/** Solves `factor^T x = right`. */
function backward(factor: readonly Float64Array[], right: Float64Array): Float64Array {
  const rest = right.slice();
  for (let i = right.length - 1; i >= 0; i -= 1) {
    const row = factor[i] ?? rest;
    const value = (rest[i] ?? 0) / (row[i] ?? 1);
    rest[i] = value;
    for (let k = 0; k < i; k += 1) rest[k] = (rest[k] ?? 0) - (row[k] ?? 0) * value;
  }
  return rest;
}

/** The diagonal of the inverse of the matrix that was factored. */
function inverseDiagonal(factor: readonly Float64Array[], n: number): Float64Array {
  const diagonal = new Float64Array(n);
  const column = new Float64Array(n);
  for (let place = 0; place < n; place += 1) {
    let squares = 0;
    for (let i = place; i < n; i += 1) {
      const row = factor[i] ?? column;
      let sum = i === place ? 1 : 0;
      for (let k = place; k < i; k += 1) sum -= (row[k] ?? 0) * (column[k] ?? 0);
      const value = sum / (row[i] ?? 1);
      column[i] = value;
      squares += value * value;
    }
    diagonal[place] = squares;
  }
  return diagonal;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at += 1) sum += (left[at] ?? 0) * (right[at] ?? 0);
  return sum;
}
