/**
 * Intervals by the percentile bootstrap: rows are drawn anew with replacement,
 * again and again, and each figure's middle 95 % is its interval. A sample is
 * how often each row was drawn, so a figure is a function of weights. Seeded:
 * the same rows give the same intervals.
 */
export type Figures<K extends string> = { readonly [name in K]: number | null };
export type Intervals<K extends string> = { readonly [name in K]: readonly [low: number, high: number] | null };

export function intervalsOf<K extends string>(
  rows: number,
  figures: (weights: Float64Array) => Figures<K>,
  { samples = 1000, seed = 1 }: { readonly samples?: number; readonly seed?: number } = {},
): Intervals<K> {
  const random = randomFrom(seed);
  const weights = new Float64Array(rows);
  const names = Object.keys(figures(weights.fill(1))) as K[]; // the figures' own names
  const drawn = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let sample = 0; sample < samples; sample += 1) {
    weights.fill(0);
    for (let draw = 0; draw < rows; draw += 1) {
      const at = Math.floor(random() * rows);
      weights[at] = (weights[at] ?? 0) + 1;
    }
    for (const [name, value] of Object.entries(figures(weights)) as [K, number | null][]) {
      if (value !== null) drawn.get(name)?.push(value);
    }
  }
  return Object.fromEntries(names.map((name) => [name, middle(drawn.get(name) ?? [], samples)])) as Intervals<K>; // one for each name
}

/** Null when the figure had no meaning in more than half of the samples. */
function middle(values: number[], samples: number): readonly [number, number] | null {
  if (values.length <= samples / 2) return null;
  values.sort((left, right) => left - right);
  const at = (part: number): number => values[Math.round(part * (values.length - 1))] ?? 0;
  return [at(0.025), at(0.975)];
}

/** Mulberry32: numbers in [0, 1), the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
