/**
 * Strengths from games (Bradley and Terry): the chance that one beats another
 * is the logistic of the difference of their strengths. A tie is half a win for
 * each. A weak pull of all strengths to 0 keeps them finite where someone never
 * lost, and is part of the intervals. Only
 * differences mean something: strengths add up to 0, and an interval is that of
 * a strength beside the mean of all.
 */
export type Game = {
  readonly first: number;
  readonly second: number;
  /** Of the first: 1 won, 0.5 tied, 0 lost. */ readonly score: number;
};

export type Strength = {
  readonly strength: number;
  /** 95 %. */
  readonly low: number;
  readonly high: number;
};

const pull = 0.25;
const rounds = 50;

/** @param count Of players; 1 to a few hundred. Those without games have strength 0 and a wide interval. */
export function strengthsOf(count: number, games: readonly Game[]): readonly Strength[] {
  const strengths = Array.from({ length: count }, () => 0);
  let inverse: readonly (readonly number[])[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const slope = strengths.map((strength) => -pull * strength);
    const curve = strengths.map((_, i) => strengths.map((__, j) => (i === j ? pull : 0)));
    for (const { first, second, score } of games) {
      const chance = chanceOf((strengths[first] ?? 0) - (strengths[second] ?? 0));
      const sharpness = chance * (1 - chance);
      add(slope, first, score - chance);
      add(slope, second, chance - score);
      for (const [i, j] of [
        [first, second],
        [second, first],
      ] as const) {
        add(curve[i], i, sharpness);
        add(curve[i], j, -sharpness);
      }
    }
    inverse = inverted(curve);
    const steps = inverse.map((row) => row.reduce((sum, value, at) => sum + value * (slope[at] ?? 0), 0));
    for (const [at, step] of steps.entries()) strengths[at] = (strengths[at] ?? 0) + Math.max(-1, Math.min(1, step));
    if (steps.every((step) => Math.abs(step) < 1e-9)) break;
  }
  // How high all stand together is known by the pull alone, and says nothing of anyone.
  const common = 1 / (pull * count);
  return strengths.map((strength, at) => {
    const wide = 1.96 * Math.sqrt(Math.max(0, (inverse[at]?.[at] ?? 1 / pull) - common));
    return { strength, low: strength - wide, high: strength + wide };
  });
}

/** The chance of the stronger by a difference of strengths. */
export function chanceOf(difference: number): number {
  return 1 / (1 + Math.exp(-difference));
}

function add(row: number[] | undefined, at: number, value: number): void {
  if (row !== undefined) row[at] = (row[at] ?? 0) + value;
}

/** By Gauss and Jordan; the matrix is positive definite. */
function inverted(matrix: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const rows = matrix.map((row, i) => [...row, ...matrix.map((_, j) => (i === j ? 1 : 0))]);
  for (const [at, row] of rows.entries()) {
    const pivot = row[at] ?? 1;
    for (let k = 0; k < row.length; k += 1) row[k] = (row[k] ?? 0) / pivot;
    for (const other of rows) {
      if (other === row) continue;
      const factor = other[at] ?? 0;
      for (let k = 0; k < row.length; k += 1) other[k] = (other[k] ?? 0) - factor * (row[k] ?? 0);
    }
  }
  return rows.map((row) => row.slice(matrix.length));
}
